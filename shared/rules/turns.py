"""The next change of something, remembered until it comes."""

from collections.abc import Callable, Hashable

SELECTIONS_KEPT = 8
"""For so many selections of audiences: a selection may name tens of thousands of predicates."""

Relevant = frozenset[int] | None
"""The predicates that matter, None for all."""


class Turns:
    """Looks for the next change of each key once, and again when now has passed it.

    kept: how many are remembered for one selection, before it begins afresh.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._known: dict[Relevant, dict[Hashable, tuple[int, int | None]]] = {}

    def after(self, relevant: Relevant, key: Hashable, now_ms: int, look: Callable[[], int | None]) -> int | None:
        """The first change after now of what is relevant, None where there is none; `look` finds it anew."""
        if relevant not in self._known and len(self._known) >= SELECTIONS_KEPT:
            self._known.clear()
        turns = self._known.setdefault(relevant, {})
        known = turns.get(key)
        if known is not None and known[0] <= now_ms and (known[1] is None or now_ms < known[1]):
            return known[1]
        if len(turns) >= self._kept:
            turns.clear()
        turn = look()
        turns[key] = now_ms, turn
        return turn
