"""What every engine of the bench is asked for; an adapter is a module with two names.

publish(rules) -> bytes       what the side that writes rules would store: converted, compiled where that can be
load(stored) -> Engine        what the side that answers makes of it
"""

from collections.abc import Mapping
from typing import Any, Protocol

Rules = Mapping[str, Mapping[str, Any]]
"""Rule JSON by audience key."""

Document = Mapping[str, Mapping[str, Any]]
"""A decoded visitor document: a dictionary of roots."""


class Engine(Protocol):
    """Loaded rules, ready to be asked."""

    def derive(self, document: Document, now: int) -> Any:
        """The visitor as this engine wants it; not timed. The document itself where it serves."""
        ...

    def evaluate(self, visitor: Any, now: int) -> list[str]:
        """The keys of the audiences that hold, in any order, for what `derive` made of a visitor at `now` (ms)."""
        ...


class TakesDocument:
    """An engine that takes the visitor document as it is."""

    @staticmethod
    def derive(document: Document, _now: int) -> Document:
        """The document itself."""
        return document
