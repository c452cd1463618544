"""Text tests over many operands at once: each finds the mask of the predicates that hold for a string."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shared.rules.image import ImageRefused, Lookup, owner_lists
from shared.rules.masks import Memo
from shared.rules.program import Test
from shared.rules.room import Room

FEW = 12
"""Up to so many substrings are searched one by one (35 ns each); a search of any number in RE2 takes 0.8 us."""
PATTERN_MEMORY = 64 * 1024 * 1024
"""What one attribute's compiled patterns may take; RE2 refuses a set that needs more."""

TextTest = Callable[[str], int]
"""A string to what it flips."""
Entry = tuple[str, tuple[int, ...]]
"""A text or an RE2 pattern, with the predicates that hold where it is found."""


def readers(tests: dict[Test, Any], room: Room, *, folded: bool) -> list[TextTest]:
    """The text tests of one attribute, as few as find everything; those with `ignore_case` want the folded value."""
    fold = int(folded)
    return _exact(tests, fold, room) + _searches(tests, fold, room) + _unders(tests, fold, room)


def _exact(tests: dict[Test, Any], fold: int, room: Room) -> list[TextTest]:
    owners = {value: owners for value, owners in _entries(tests.get(Test(Test.EQUAL + fold))) if isinstance(value, str)}
    if not owners:
        return []
    find, outcomes = owners.get, room.outcomes(is_shared=False)

    def test(value: str) -> int:
        found = find(value)
        return outcomes[found] if found else 0

    return [test]


def _searches(tests: dict[Test, Any], fold: int, room: Room) -> list[TextTest]:
    """Substrings, prefixes, suffixes and patterns: in one RE2 set where one is needed anyway, else by look-ups."""
    substrings, prefixes, suffixes = (
        list(_entries(tests.get(Test(test + fold)))) for test in (Test.CONTAINS, Test.PREFIX, Test.SUFFIX)
    )
    rows = tests[Test.PATTERN].rows if Test.PATTERN in tests and not fold else ()
    if rows or len(substrings) > FEW:
        return [_search([_patterns(rows), *_literals(substrings, prefixes, suffixes)], room)]
    found = [
        _substrings(substrings, room) if substrings else None,
        _prefixes(prefixes, room) if prefixes else None,
        _suffixes(suffixes, room) if suffixes else None,
    ]
    return [test for test in found if test]


def _entries(index: Lookup | None) -> Iterable[tuple[Any, tuple[int, ...]]]:
    return zip(index.values, owner_lists(index.owners), strict=True) if index is not None else ()


def _substrings(entries: Sequence[Entry], room: Room) -> TextTest:
    texts = [(text, at) for at, (text, _) in enumerate(entries)]
    outcomes = room.outcomes([owners for _, owners in entries])

    def test(value: str) -> int:
        found: tuple[int, ...] = ()
        for text, at in texts:
            if text in value:
                found = (*found, at)
        return outcomes[found] if found else 0

    return test


def _prefixes(entries: Sequence[Entry], room: Room) -> TextTest:
    """A look-up for each length that some prefix has."""
    tables = _by_length(entries)
    outcomes = room.outcomes([owners for _, owners in entries])

    def test(value: str) -> int:
        found: tuple[int, ...] = ()
        for length, find in tables:
            at = find(value[:length])
            if at is not None:
                found = (*found, at)
        return outcomes[found] if found else 0

    return test


def _suffixes(entries: Sequence[Entry], room: Room) -> TextTest:
    """A look-up for each length that some suffix has."""
    tables = _by_length(entries)
    outcomes = room.outcomes([owners for _, owners in entries])

    def test(value: str) -> int:
        size = len(value)
        found: tuple[int, ...] = ()
        for length, find in tables:
            if length > size:
                break
            at = find(value[size - length :])
            if at is not None:
                found = (*found, at)
        return outcomes[found] if found else 0

    return test


def _unders(tests: dict[Test, Any], fold: int, room: Room) -> list[TextTest]:
    """Every path of names above a value, and the value itself, is looked up."""
    entries = list(_entries(tests.get(Test(Test.UNDER + fold))))
    if not entries:
        return []
    find = {top: at for at, (top, _) in enumerate(entries)}.get
    longest = max(len(top) for top, _ in entries)
    outcomes = room.outcomes([owners for _, owners in entries])

    def test(value: str) -> int:
        tops = [value] if value else []
        slash = value.find("/", 0, longest + 1)
        while slash >= 0:
            tops.append(value[:slash])
            slash = value.find("/", slash + 1, longest + 1)
        found = tuple(at for top in tops if (at := find(top)) is not None)
        return outcomes[found] if found else 0

    return [test]


def _by_length(entries: Sequence[Entry]) -> list[tuple[int, Callable[[str], int | None]]]:
    tables: dict[int, dict[str, int]] = {}
    for at, (text, _) in enumerate(entries):
        tables.setdefault(len(text), {})[text] = at
    return [(length, tables[length].get) for length in sorted(tables)]


def _patterns(rows: Sequence[tuple[Any, ...]]) -> list[Entry]:
    return [(f"(?i){pattern}" if ignore_case else pattern, (owner,)) for pattern, ignore_case, owner in rows]


def _literals(*families: Sequence[Entry]) -> list[list[Entry]]:
    """Substrings, prefixes and suffixes as patterns."""
    from re2 import escape  # noqa: PLC0415  # as in _search

    forms = ("{}", r"\A{}", r"{}\z")
    return [
        [(form.format(escape(text)), owners) for text, owners in family]
        for form, family in zip(forms, families, strict=True)
    ]


def _search(families: Sequence[Sequence[Entry]], room: Room) -> TextTest:
    """One `re2.Set` for all; raises ImageRefused where RE2 does not take them.

    An empty pattern stands last in the set and matches everything, so that a search which RE2 gave up for want
    of memory is told from one without a match; then each pattern is asked alone, which RE2 never gives up.
    """
    import re2  # noqa: PLC0415  # 2 to 5 ms of start-up, paid only by images that search

    options = re2.Options()
    options.max_mem = PATTERN_MEMORY
    options.log_errors = False
    compiled = re2.Set.SearchSet(options)
    sources = [pattern for family in families for pattern, _ in family]
    try:
        for pattern in [*sources, ""]:
            compiled.Add(pattern)
        compiled.Compile()
    except re2.error as error:
        raise ImageRefused("bad-pattern", f"the {len(sources)} patterns of one attribute: {error}") from error
    match = compiled.Match
    by_families = Memo(_by_families(families, room), room.budget, len)

    def test(value: str) -> int:
        found = match(value) or [at for at, pattern in enumerate(sources) if re2.search(pattern, value, options)]
        found.sort()
        return by_families[tuple(found)]  # type: ignore[no-any-return]  # masks are integers

    return test


def _by_families(families: Sequence[Sequence[Entry]], room: Room) -> Callable[[tuple[int, ...]], int]:
    """From the places of what was found, in order, to its mask; what one family finds, others find elsewhere, too."""
    owners = [owners for family in families for _, owners in family]
    ends = [sum(map(len, families[: n + 1])) for n in range(len(families))]
    tables = [(end, room.outcomes(owners)) for end, family in zip(ends, families, strict=True) if family]

    def mask_of(found: tuple[int, ...]) -> int:
        mask, start, parts = 0, 0, 0
        for end, outcomes in tables:
            stop = bisect_left(found, end, start)
            if stop > start:
                mask ^= outcomes[found[start:stop]]
                start = stop
                parts += 1
        return room.budget.composed(mask) if parts > 1 else mask

    return mask_of
