"""The reader of list values: elements decide, each with its kind."""

from typing import TYPE_CHECKING, Any

from shared.rules.image import Lookup, owner_lists
from shared.rules.kinds import Kind
from shared.rules.masks import Memo, Regions
from shared.rules.program import Test

if TYPE_CHECKING:
    from shared.rules.readers import Room

SCALARS = {str: Kind.STRING, int: Kind.NUMBER, float: Kind.NUMBER, bool: Kind.BOOLEAN}
Element = tuple[Kind, Any]


class ListReader:
    """`reader[list]` is the mask that a list flips.

    Elements are or-ed before the one xor: two elements that one predicate asks for must not cancel.
    """

    def __init__(self, tests: dict[Test, Any], present: int, sizes: Regions | None, room: "Room") -> None:
        self._owners = elements(tests.get(Test.ANY_OF))
        self._wanted: dict[Element, list[tuple[frozenset[Element], int]]] = {}
        for values, predicate in tests[Test.ALL_OF].rows if Test.ALL_OF in tests else ():
            wanted = frozenset((SCALARS[value.__class__], value) for value in values)
            self._wanted.setdefault(min(wanted), []).append((wanted, predicate))
        self._present = present
        self._owned = room.outcomes()
        self._room = room
        self._sizes = sizes
        asked = {kind for kind, _ in self._owners} | {kind for wanted in self._wanted for kind in (wanted[0],)}
        # where only strings are asked for, (1,) and (True,) and (1.0,) answer alike and may share a key
        self._key = tuple if asked <= {Kind.STRING} else _with_kinds
        self._memo = Memo(self._mask, room.budget)

    def __getitem__(self, value: list[Any]) -> int:
        try:
            return self._memo[self._key(value)]  # type: ignore[no-any-return]  # masks are integers
        except TypeError:  # an element that is a list or an object is no key, and equal to nothing
            return self._read([item for item in value if item.__class__ in SCALARS], len(value))

    def _mask(self, key: tuple[Any, ...]) -> int:
        if self._key is tuple:
            return self._read(key, len(key))
        size = len(key) // 2
        return self._read(key[:size], size)

    def _read(self, items: Any, size: int) -> int:
        present = {(SCALARS[item.__class__], item) for item in items if item is not None}
        held: list[int] = []
        flips, owned = 0, self._owned
        for element in present:
            owners = self._owners.get(element)
            if owners:
                flips |= owned[owners]
            for wanted, predicate in self._wanted.get(element, ()):
                if wanted <= present:
                    held.append(predicate)
        if held:
            flips |= owned[tuple(sorted(held))]
        base = self._present if self._sizes is None else self._sizes.at(size)
        return self._room.composed(base ^ flips) if flips else base


def _with_kinds(value: list[Any]) -> tuple[Any, ...]:
    return (*value, *map(type, value))


def elements(index: Lookup | None) -> dict[Element, tuple[int, ...]]:
    """Owners by element: a value with its kind."""
    if index is None:
        return {}
    pairs = zip(index.values, owner_lists(index.owners), strict=True)
    return {(SCALARS[value.__class__], value): owners for value, owners in pairs}
