"""The reader of two attributes that are asked together: compared with each other (`other`), or a place."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.rules.catalogue import Path
from shared.rules.comparisons import COMPARISONS
from shared.rules.image import Attribute, Rows
from shared.rules.kinds import fold, typed
from shared.rules.masks import mask_of
from shared.rules.places import Atlas, place
from shared.rules.program import Test
from shared.rules.room import Room


class PairReader:
    """Asks each predicate of the pair for each visitor: pairs of values repeat too seldom to be remembered.

    Places do, and so do combinations of what holds together, which keep their masks.
    """

    def __init__(self, attribute: Attribute, room: Room, presence: Sequence[int]) -> None:
        self._path, self._other = attribute.path, attribute.other or ()
        self._types = attribute.type, attribute.other_type
        self._present = mask_of(presence)
        self._outcomes = room.outcomes()
        self._rows = [
            (COMPARISONS[str(name)], fold if ignore_case else str, predicate)
            for index in attribute.indexes
            if isinstance(index, Rows) and index.test is Test.COMPARE
            for name, ignore_case, predicate in index.rows
        ]
        places = [
            (index.test, tuple(operand), predicate)
            for index in attribute.indexes
            if isinstance(index, Rows) and index.test is not Test.COMPARE
            for *operand, predicate in index.rows
        ]
        self._atlas = Atlas(places) if places else None

    def at(self, document: Mapping[str, Any]) -> int:
        """What the two values of a visitor flip; nothing where either is missing."""
        left, right = find(document, self._path), find(document, self._other)
        if left is None or right is None:
            return 0
        one, two = typed(left, self._types[0]), typed(right, self._types[1])
        hits = tuple([predicate for compare, change, predicate in self._rows if compare(one, two, change)])
        if self._atlas is not None and (found := place(one, two)) is not None:
            hits += self._atlas.at(found)
        return self._present ^ self._outcomes[hits] if hits else self._present


def find(document: Mapping[str, Any], path: Path) -> Any:
    """The value at a path of a visitor document, None where it is missing; steps descend objects only."""
    node: Any = document
    for step in path:
        if not isinstance(node, dict):
            return None
        node = node.get(step)
    return node
