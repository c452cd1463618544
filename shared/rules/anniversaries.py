"""Anniversaries: how many days from today on the month and day of an instant come round again.

29 February counts as 1 March, in every year.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from shared.rules import zones
from shared.rules.instants import LATEST, MS_PER_DAY

VALUES_KEPT = 16_384
"""The month and day of so many instants, each in one zone, are remembered: 4 MB."""


def distance(ms: int, now_ms: int, zone: str) -> int:
    """Days from today (0 to 365) to the next day with the month and day of an instant, by a clock in the zone."""
    today = _date(now_ms, zone)
    month, day = month_and_day(ms, zone)
    due = date(today.year, month, day)
    if due < today:
        due = date(today.year + 1, month, day)
    return (due - today).days


@lru_cache(VALUES_KEPT)
def month_and_day(ms: int, zone: str) -> tuple[int, int]:
    """The month and day of an instant on a calendar in the zone."""
    found = zones.calendar_day((ms + zones.offset(ms, zone)) // MS_PER_DAY)
    return (3, 1) if (found.month, found.day) == (2, 29) else (found.month, found.day)


def next_change(ms: int, now_ms: int, zone: str, days: Sequence[int]) -> int | None:
    """The first instant after now at which "within so many days" of an instant's anniversary changes for one of `days`.

    `days` is ascending and not empty. None where nothing changes within nine years, which hold every case of the
    calendar.
    """
    was, at = bisect_left(days, distance(ms, now_ms, zone)), now_ms
    for _ in range(9):
        left = distance(ms, at, zone)
        fewer = bisect_left(days, left)
        due = _day_start(at, zone, left - days[fewer - 1] if fewer else left + 1)
        turns = [end for _, end, _ in zones.stretches(at, zone, due) if at < end < due]
        for turn in (*turns, due):
            if turn > LATEST or bisect_left(days, distance(ms, turn, zone)) != was:
                return turn
        at = due
    return None


def next_leap_change(now_ms: int, zone: str) -> int:
    """The first instant after now at which now begins, or ceases, to have its anniversary today: 29 February."""
    today = _date(now_ms, zone)
    if (today.month, today.day) == (2, 29):
        return _day_start(now_ms, zone, 1)
    lasts = (date(year, 3, 1).toordinal() - 1 for year in range(today.year, today.year + 9))
    leap = next(last for last in lasts if last > today.toordinal() and date.fromordinal(last).day == 29)
    return _day_start(now_ms, zone, leap - today.toordinal())


def _day_start(now_ms: int, zone: str, ahead: int) -> int:
    """The first instant of the calendar day that lies so many days ahead of today."""
    today = (now_ms + zones.stretch(now_ms, zone)[2]) // MS_PER_DAY
    return max(zones.midnight((today + ahead) * MS_PER_DAY, zone), now_ms + 1)


def _date(ms: int, zone: str) -> date:
    return zones.calendar_day((ms + zones.stretch(ms, zone)[2]) // MS_PER_DAY)
