"""The readers of clocks: which windows of schedules are open now, by a clock in a zone."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from shared.rules import windows, zones
from shared.rules.instants import LATEST
from shared.rules.masks import mask_of
from shared.rules.turns import Relevant, Turns
from shared.rules.windows import Window

ZONES_KEPT = 64
"""What so many zones show is remembered until it changes; a mask may be 14 KB."""

TURNS_KEPT = 65_536
"""So many next changes are remembered, each of one window in one zone."""

Row = tuple[Window, int]
"""A window with the predicate that asks for it."""


class ZoneClocks:
    """Windows that are asked of a clock in whatever zone a value names."""

    def __init__(self, rows: Iterable[Row], positions: Sequence[Sequence[int]]) -> None:
        self._rows = list(rows)
        self._positions = positions
        self._shown: dict[str, tuple[int, int, int]] = {}
        self._turns = Turns(min(ZONES_KEPT * len(self._rows), TURNS_KEPT))
        self._first_turns = Turns(ZONES_KEPT)

    def at(self, zone: str, now_ms: int) -> int:
        """What is flipped while the clock in a zone shows now; nothing where there is no such zone."""
        shown = self._shown.get(zone)
        if shown is None or not shown[0] <= now_ms < shown[1]:
            if shown is None and zone not in zones.names():
                return 0
            shown = self.look(zone, now_ms)
        return shown[2]

    def look(self, zone: str, now_ms: int) -> tuple[int, int, int]:
        """(from, to, mask): what the clock in a known zone shows now, and how long at least."""
        stretch = zones.stretch(now_ms, zone)
        until = min(windows.quiet_until(window, now_ms, stretch) for window, _ in self._rows)
        opened = (predicate for window, predicate in self._rows if windows.is_open(window, now_ms, stretch[2]))
        mask = mask_of(at for predicate in opened for at in self._positions[predicate])
        if len(self._shown) >= ZONES_KEPT:
            self._shown.clear()
        self._shown[zone] = now_ms, until, mask
        return self._shown[zone]

    def next_change(self, zone: str, now_ms: int, relevant: Relevant) -> int | None:
        """The first instant after now at which one of the windows opens or closes."""
        if zone not in zones.names():
            return None
        return self._first_turns.after(relevant, zone, now_ms, partial(self._first_turn, zone, now_ms, relevant))

    def _first_turn(self, zone: str, now_ms: int, relevant: Relevant) -> int | None:
        turns = (
            self._turns.after(None, (zone, predicate), now_ms, partial(windows.next_change, window, now_ms, zone))
            for window, predicate in self._rows
            if relevant is None or predicate in relevant
        )
        return min((turn for turn in turns if turn is not None), default=None)


class Clock:
    """Windows of zones that the rules name: what is flipped depends on now alone."""

    def __init__(self, rows: Iterable[Row], positions: Sequence[Sequence[int]]) -> None:
        by_zone: dict[str, list[Row]] = {}
        for window, predicate in rows:
            by_zone.setdefault(window.zone or "UTC", []).append((window, predicate))
        self._zones = [(zone, ZoneClocks(found, positions)) for zone, found in by_zone.items()]
        self._shown = 0, 0, 0

    def at(self, now_ms: int) -> int:
        """What is flipped now."""
        start, end, mask = self._shown
        if not start <= now_ms < end:
            start, end, mask = now_ms, LATEST + 1, 0
            for zone, clocks in self._zones:
                _, until, literals = clocks.look(zone, now_ms)
                end, mask = min(end, until), mask ^ literals
            self._shown = start, end, mask
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
