"""The reader of lists whose elements are asked by rules of their own."""

from typing import Any, Protocol

from shared.rules.image import Elements
from shared.rules.masks import Memo
from shared.rules.room import Room
from shared.rules.turns import Relevant


class Inner(Protocol):
    """The machine of an `Elements` index: an element is its document, each predicate an audience."""

    def hits(self, document: Any, now_ms: int) -> int:
        """The root bits of what holds for one element."""

    def names(self, hits: int) -> list[str]:
        """The keys of root bits."""

    def select(self, keys: Any) -> int:
        """The root bits of keys."""

    def valid_until(self, document: Any, now_ms: int, among: int | None = None) -> int | None:
        """The first instant after now at which a condition on one element changes."""


class ElementReader:
    """Asks each element that is an object; what holds for some element flips."""

    def __init__(self, index: Elements, room: Room) -> None:
        self.machine: Inner = room.inner(index.image)
        outcomes = room.outcomes(is_shared=False)
        self._masks = Memo(
            lambda hits: outcomes[tuple(map(int, self.machine.names(hits)))],
            room.budget,
            lambda hits: hits.bit_length() // 32,
        )

    def at(self, value: list[Any], now_ms: int) -> int:
        """The mask that a list flips."""
        hits, ask = 0, self.machine.hits
        for item in value:
            if type(item) is dict:
                hits |= ask(item, now_ms)
        return self._masks[hits] if hits else 0

    def next_change(self, value: list[Any], now_ms: int, relevant: Relevant) -> int | None:
        """The first instant after now at which a condition on one of the elements changes."""
        among = None if relevant is None else self.machine.select(map(str, relevant))
        turns = (self.machine.valid_until(item, now_ms, among) for item in value if type(item) is dict)
        return min((turn for turn in turns if turn is not None), default=None)
