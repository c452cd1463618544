"""Windows of a schedule: whether now lies in one, and the next instant at which that changes."""

from collections.abc import Iterator

import msgspec

from shared.rules.instants import LATEST, MS_PER_DAY
from shared.rules.zones import calendar_day, stretch, stretches

VISITOR = "visitor"
"""The `timezone` that stands for the visitor's own."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HORIZON_YEARS = 48  # 29 February falls on each day of the week within 40 years, 2100 included


class Window(msgspec.Struct, frozen=True, array_like=True):
    """A schedule, prepared. zone: None for the zone that the visitor's attribute names.

    start, end: Unix ms, `start <= now < end`, None where open. opens, closes: ms of the local day, `closes` excluded;
    above `opens` where the window ends on its own day, at or below it where on the next. days, days_of_month, months:
    bits from Monday, from the 1st and from January on, asked of the day on which the window began.
    """

    zone: str | None
    start: int | None
    end: int | None
    opens: int
    closes: int
    days: int
    days_of_month: int
    months: int


def is_open(window: Window, now_ms: int, offset: int) -> bool:
    """Whether now lies in a window, by a clock that shows now plus `offset` ms."""
    if not (window.start is None or window.start <= now_ms) or not (window.end is None or now_ms < window.end):
        return False
    return _shows(window, now_ms + offset)


def holds(window: Window, now_ms: int, zone: str) -> bool:
    """Whether now lies in a window, by a clock in the zone."""
    return is_open(window, now_ms, stretch(now_ms, zone)[2])


def quiet_until(window: Window, now_ms: int, found: tuple[int, int, int]) -> int:
    """An instant before which nothing changes, by the stretch that holds now: the next edge of any kind."""
    local = now_ms + found[2]
    midnight = local // MS_PER_DAY * MS_PER_DAY
    ends = [found[1], midnight + MS_PER_DAY - found[2]]
    ends += [edge for edge in (window.start, window.end) if edge is not None and edge > now_ms]
    ends += [midnight + edge - found[2] for edge in (window.opens, window.closes) if midnight + edge > local]
    return min(ends)


def next_change(window: Window, now_ms: int, zone: str) -> int | None:
    """The first instant after now at which a window opens or closes, None where there is none.

    Looked for over the next 48 years, in which every day that a schedule can name comes round.
    """
    if window.end is not None and now_ms >= window.end:
        return None
    start = now_ms if window.start is None else max(now_ms, window.start)
    was = holds(window, now_ms, zone)
    if start > now_ms and holds(window, start, zone):
        return start
    limit = min(start + _HORIZON_YEARS * 366 * MS_PER_DAY, LATEST + 1)
    limit = limit if window.end is None else min(limit, window.end)
    for instant in _turns(window, start, limit, zone):
        if _shows(window, instant + stretch(instant, zone)[2]) is not was:
            return instant
    return window.end if was else None


def _turns(window: Window, now_ms: int, limit: int, zone: str) -> Iterator[int]:
    """Instants in (now, limit), ascending, among which every change of what the clock shows is."""
    for start, end, offset in stretches(now_ms, zone, limit):
        if start > now_ms:
            yield start
        first = max(start, now_ms) + offset
        for local in _local_turns(window, first, min(end, limit) + offset):
            yield local - offset


def _local_turns(window: Window, first: int, end: int) -> Iterator[int]:
    """Edges of windows in (first, end) of a clock that runs evenly; days without a window have none."""
    day = first // MS_PER_DAY - 1
    length = (window.closes - window.opens) % MS_PER_DAY or MS_PER_DAY
    while day * MS_PER_DAY < end:
        skipped = _days_without(window, day)
        if skipped:
            day += skipped
            continue
        opens = day * MS_PER_DAY + window.opens
        yield from (edge for edge in (opens, opens + length) if first < edge < end)
        day += 1


def _shows(window: Window, local: int) -> bool:
    """Whether a clock that shows `local` (ms since 1970 on the wall) lies in a window."""
    day, time = divmod(local, MS_PER_DAY)
    if window.opens < window.closes:
        return window.opens <= time < window.closes and not _days_without(window, day)
    if time >= window.opens:
        return not _days_without(window, day)
    return time < window.closes and not _days_without(window, day - 1)


def _days_without(window: Window, day: int) -> int:
    """0 where a window may begin on a day (since 1970), else how many days from it on have none at least."""
    if window.days != 127 and not window.days >> (day + 3) % 7 & 1:
        return 1
    if window.months == 4095 and window.days_of_month == 0x7FFFFFFF:
        return 0
    found = calendar_day(day)
    if not window.months >> found.month - 1 & 1:
        return max(28 - found.day, 1)
    return 0 if window.days_of_month >> found.day - 1 & 1 else 1
