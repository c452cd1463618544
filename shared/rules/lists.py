"""The reader of list values: elements decide, each with its kind."""

from collections.abc import Sequence
from typing import Any

from shared.rules.image import Lookup, owner_lists
from shared.rules.kinds import Kind
from shared.rules.masks import Memo, Regions
from shared.rules.program import Test
from shared.rules.room import Room

SCALARS = {str: Kind.STRING, int: Kind.NUMBER, float: Kind.NUMBER, bool: Kind.BOOLEAN}
Element = tuple[Kind, Any]


class ListReader:
    """`reader[list]` is the mask that a list flips.

    Elements are or-ed before the one xor: two elements that one predicate asks for must not cancel.

    by_tuple: the masks by `tuple(list)`, None where nothing is asked about elements or where such a key would not
    do. It does where only strings are asked for: (1,), (True,) and (1.0,) are one key, but answer alike then.
    """

    def __init__(self, tests: dict[Test, Any], present: int, sizes: Regions | None, room: Room) -> None:
        owners = elements(tests.get(Test.ANY_OF))
        rows = tests[Test.ALL_OF].rows if Test.ALL_OF in tests else ()
        wanted = [([(SCALARS[value.__class__], value) for value in values], predicate) for values, predicate in rows]
        asked = [*owners, *(element for values, _ in wanted for element in values)]
        self._by_kind = not {kind for kind, _ in asked} <= {Kind.STRING}
        # where strings alone are asked for, the string is the element
        place = slice(None) if self._by_kind else 1
        self._owners = {element[place]: predicates for element, predicates in owners.items()}
        self._wanted: dict[Any, list[tuple[frozenset[Any], int]]] = {}
        for values, predicate in wanted:
            needed = frozenset(element[place] for element in values)
            self._wanted.setdefault(min(needed), []).append((needed, predicate))
        self._present = present
        self._sizes = sizes
        self._owned = room.outcomes()
        self._budget = room.budget
        self._memo = Memo(self._mask, room.budget, _characters)
        self.by_tuple = self._memo if asked and not self._by_kind else None

    def __getitem__(self, value: list[Any]) -> int:
        try:
            return self._memo[(*value, *map(type, value)) if self._by_kind else tuple(value)]  # type: ignore[no-any-return]  # masks are integers
        except TypeError:  # an element that is a list or an object is no key, and equal to nothing
            return self._read([item for item in value if item.__class__ in SCALARS], len(value))

    def _mask(self, key: tuple[Any, ...]) -> int:
        size = len(key) // 2 if self._by_kind else len(key)
        return self._read(key[:size], size)

    def _read(self, items: Sequence[Any], size: int) -> int:
        held = {(SCALARS[item.__class__], item) for item in items if item is not None} if self._by_kind else {*items}
        flips, owned = 0, self._owned
        for element in held:
            owners = self._owners.get(element)
            if owners:
                flips |= owned[owners]
            for needed, predicate in self._wanted.get(element, ()):
                if needed <= held:
                    flips |= owned[(predicate,)]
        base = self._present if self._sizes is None else self._sizes.at(size)
        return self._budget.composed(base ^ flips) if flips else base


def _characters(key: tuple[Any, ...]) -> int:
    try:
        return sum(map(len, key))
    except TypeError:  # not only strings
        return sum(len(item) if item.__class__ is str else 2 for item in key)


def elements(index: Lookup | None) -> dict[Element, tuple[int, ...]]:
    """Owners by element: a value with its kind."""
    if index is None:
        return {}
    pairs = zip(index.values, owner_lists(index.owners), strict=True)
    return {(SCALARS[value.__class__], value): owners for value, owners in pairs}
