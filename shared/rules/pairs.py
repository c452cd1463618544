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
    """Asks each predicate of the pair for each visitor: pairs of values repeat too seldom to be remembered."""

    def __init__(self, attribute: Attribute, room: Room, presence: Sequence[int]) -> None:
        self._path, self._other = attribute.path, attribute.other or ()
        self._types = attribute.type, attribute.other_type
        self._present = mask_of(presence)
        self._rows = [
            (COMPARISONS[str(name)], fold if ignore_case else str, mask_of(room.positions[predicate]))
            for index in attribute.indexes
            if isinstance(index, Rows) and index.test is Test.COMPARE
            for name, ignore_case, predicate in index.rows
        ]
        places = [
            (index.test, tuple(operand), mask_of(room.positions[predicate]))
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
        mask = self._present
        for compare, change, literals in self._rows:
            if compare(one, two, change):
                mask ^= literals
        found = place(one, two) if self._atlas is not None else None
        return mask if self._atlas is None or found is None else mask ^ self._atlas.at(found)


def find(document: Mapping[str, Any], path: Path) -> Any:
    """The value at a path of a visitor document, None where it is missing; steps descend objects only."""
    node: Any = document
    for step in path:
        if not isinstance(node, dict):
            return None
        node = node.get(step)
    return node
