"""Text tests over many operands at once: each adds the predicates that hold for a string to its hits."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shared.rules.image import ImageRefused, Lookup, Rows, owner_lists
from shared.rules.program import Test

FEW = 12
"""Up to so many substrings are searched one by one (35 ns each); a search of any number in RE2 takes 0.8 us."""
PATTERN_MEMORY = 64 * 1024 * 1024
"""What one attribute's compiled patterns may take; RE2 refuses a set that needs more."""

Hits = set[int]
TextTest = Callable[[str, Hits], None]
Sources = list[tuple[str, tuple[int, ...]]]
"""RE2 patterns, each with the predicates that hold where it is found."""


def readers(tests: dict[Test, Any]) -> list[TextTest]:
    """The text tests of one attribute, as few as find everything."""
    folded = [_on_folded(test) for test in _exact(tests, 1) + _searches(tests, 1)]
    return _exact(tests, 0) + _searches(tests, 0) + folded


def _exact(tests: dict[Test, Any], fold: int) -> list[TextTest]:
    index = tests.get(Test(Test.EQUAL + fold))
    owners = {value: owners for value, owners in _entries(index) if isinstance(value, str)}
    return [_lookup(owners)] if owners else []


def _searches(tests: dict[Test, Any], fold: int) -> list[TextTest]:
    """Substrings, prefixes, suffixes and patterns: in one RE2 set where one is needed anyway, else by look-ups."""
    substrings, prefixes, suffixes = (
        list(_entries(tests.get(Test(test + fold)))) for test in (Test.CONTAINS, Test.PREFIX, Test.SUFFIX)
    )
    rows = tests[Test.PATTERN].rows if Test.PATTERN in tests and not fold else ()
    if rows or len(substrings) > FEW:
        return [_search(_patterns(rows) + _literals(substrings, prefixes, suffixes))]
    found = [
        _substrings(substrings) if substrings else None,
        _prefixes(prefixes) if prefixes else None,
        _suffixes(suffixes) if suffixes else None,
    ]
    return [test for test in found if test]


def _entries(index: Lookup | None) -> Iterable[tuple[Any, tuple[int, ...]]]:
    return zip(index.values, owner_lists(index.owners), strict=True) if index is not None else ()


def _lookup(owners: dict[str, tuple[int, ...]]) -> TextTest:
    find = owners.get

    def test(value: str, hits: Hits) -> None:
        found = find(value)
        if found:
            hits.update(found)

    return test


def _substrings(entries: Sources) -> TextTest:
    def test(value: str, hits: Hits) -> None:
        for text, owners in entries:
            if text in value:
                hits.update(owners)

    return test


def _prefixes(entries: Sources) -> TextTest:
    """A look-up for each length that some prefix has."""
    tables = _by_length(entries)

    def test(value: str, hits: Hits) -> None:
        for length, find in tables:
            owners = find(value[:length])
            if owners:
                hits.update(owners)

    return test


def _suffixes(entries: Sources) -> TextTest:
    """A look-up for each length that some suffix has."""
    tables = _by_length(entries)

    def test(value: str, hits: Hits) -> None:
        size = len(value)
        for length, find in tables:
            if length > size:
                break
            owners = find(value[size - length :])
            if owners:
                hits.update(owners)

    return test


def _by_length(entries: Sources) -> list[tuple[int, Callable[[str], tuple[int, ...] | None]]]:
    tables: dict[int, dict[str, tuple[int, ...]]] = {}
    for text, owners in entries:
        tables.setdefault(len(text), {})[text] = owners
    return [(length, tables[length].get) for length in sorted(tables)]


def _patterns(rows: Sequence[tuple[Any, ...]]) -> Sources:
    return [(f"(?i){pattern}" if ignore_case else pattern, (owner,)) for pattern, ignore_case, owner in rows]


def _literals(substrings: Sources, prefixes: Sources, suffixes: Sources) -> Sources:
    from re2 import escape  # noqa: PLC0415  # as in _search

    return [
        *((escape(text), owners) for text, owners in substrings),
        *((rf"\A{escape(text)}", owners) for text, owners in prefixes),
        *((rf"{escape(text)}\z", owners) for text, owners in suffixes),
    ]


def _search(sources: Sources) -> TextTest:
    """One `re2.Set` for all; raises ImageRefused where RE2 does not take them.

    An empty pattern stands last in the set and matches everything, so that a search which RE2 gave up for want
    of memory is told from one without a match; then each pattern is asked alone, which RE2 never gives up.
    """
    import re2  # noqa: PLC0415  # 2 to 5 ms of start-up, paid only by images that search

    options = re2.Options()
    options.max_mem = PATTERN_MEMORY
    options.log_errors = False
    compiled = re2.Set.SearchSet(options)
    try:
        for pattern in [*(pattern for pattern, _ in sources), ""]:
            compiled.Add(pattern)
        compiled.Compile()
    except re2.error as error:
        raise ImageRefused("bad-pattern", str(error)) from error
    match, sentinel = compiled.Match, len(sources)
    if not match(""):
        raise ImageRefused("bad-pattern", f"the {len(sources)} patterns of one attribute need too much memory")
    owners = [owners for _, owners in sources]

    def test(value: str, hits: Hits) -> None:
        found = match(value)
        if not found:
            found = [at for at, (pattern, _) in enumerate(sources) if re2.search(pattern, value, options)]
        for at in found:
            if at != sentinel:
                hits.update(owners[at])

    return test


def _on_folded(test: TextTest) -> TextTest:
    """The same test on the folded value; its operands were folded when they were compiled."""

    def on_folded(value: str, hits: Hits) -> None:
        test(value.casefold(), hits)

    return on_folded
