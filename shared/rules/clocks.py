"""The readers of clocks: which windows of schedules are open now, by a clock in a zone."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared.rules import windows, zones
from shared.rules.masks import mask_of
from shared.rules.windows import Window

ZONES_KEPT = 64
"""What so many zones show is remembered until it changes; a mask may be 14 KB."""

Row = tuple[Window, int]
"""A window with the predicate that asks for it."""
Relevant = frozenset[int] | None
"""The predicates that matter, None for all."""


class ZoneClocks:
    """Windows that are asked of a clock in whatever zone a value names."""

    def __init__(self, rows: Iterable[Row], positions: Sequence[Sequence[int]]) -> None:
        self._rows = [(window, mask_of(positions[predicate]), predicate) for window, predicate in rows]
        self._shown: dict[str, tuple[int, int, int]] = {}
        self._turns: dict[tuple[str, int], tuple[int, int | None]] = {}

    def at(self, zone: str, now_ms: int) -> int:
        """What is flipped while the clock in a zone shows now; nothing where there is no such zone."""
        shown = self._shown.get(zone)
        if shown is None or not shown[0] <= now_ms < shown[1]:
            if shown is None and zone not in zones.names():
                return 0
            shown = self._look(zone, now_ms)
        return shown[2]

    def _look(self, zone: str, now_ms: int) -> tuple[int, int, int]:
        """(from, to, mask): what the clock shows now, and how long at least."""
        stretch = zones.stretch(now_ms, zone)
        mask, until = 0, stretch[1]
        for window, literals, _ in self._rows:
            if windows.is_open(window, now_ms, stretch[2]):
                mask ^= literals
            until = min(until, windows.quiet_until(window, now_ms, stretch))
        if len(self._shown) >= ZONES_KEPT:
            self._shown.clear()
        self._shown[zone] = now_ms, until, mask
        return self._shown[zone]

    def next_change(self, zone: str, now_ms: int, relevant: Relevant) -> int | None:
        """The first instant after now at which one of the windows opens or closes."""
        if zone not in zones.names():
            return None
        turns = (
            self._turn(zone, now_ms, window, predicate)
            for window, _, predicate in self._rows
            if relevant is None or predicate in relevant
        )
        return min((turn for turn in turns if turn is not None), default=None)

    def _turn(self, zone: str, now_ms: int, window: Window, predicate: int) -> int | None:
        known = self._turns.get((zone, predicate))
        if known is not None and known[0] <= now_ms and (known[1] is None or now_ms < known[1]):
            return known[1]
        if len(self._turns) >= ZONES_KEPT * len(self._rows):
            self._turns.clear()
        turn = windows.next_change(window, now_ms, zone)
        self._turns[zone, predicate] = now_ms, turn
        return turn


class Clock:
    """Windows of zones that the rules name: what is flipped depends on now alone."""

    def __init__(self, rows: Iterable[Row], positions: Sequence[Sequence[int]]) -> None:
        by_zone: dict[str, list[Row]] = {}
        for window, predicate in rows:
            by_zone.setdefault(window.zone or "UTC", []).append((window, predicate))
        self._zones = [(zone, ZoneClocks(found, positions)) for zone, found in by_zone.items()]

    def at(self, now_ms: int) -> int:
        """What is flipped now."""
        mask = 0
        for zone, clocks in self._zones:
            mask ^= clocks.at(zone, now_ms)
        return mask

    def next_change(self, now_ms: int, relevant: Relevant) -> int | None:
        """The first instant after now at which one of the windows opens or closes."""
        turns = (clocks.next_change(zone, now_ms, relevant) for zone, clocks in self._zones)
        return min((turn for turn in turns if turn is not None), default=None)


def rows_of(rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Windows and predicates from an index's rows; raises ValueError on an unknown zone."""
    found = [(Window(*parts), predicate) for *parts, predicate in rows]
    for window, _ in found:
        zones.known(window.zone or "UTC")
    return found
