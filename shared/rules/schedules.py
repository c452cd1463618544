"""Schedules: from what is written in a rule to the window that a machine asks."""

import re
from collections.abc import Collection, Sequence

from shared.rules import instants, zones
from shared.rules.instants import MS_PER_DAY
from shared.rules.model import Schedule
from shared.rules.problems import Problem, Refused, did_you_mean, step
from shared.rules.windows import DAYS, MONTH_LENGTHS, VISITOR, Window

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?").fullmatch


def window(schedule: Schedule) -> Window:
    """The window of a schedule; raises Refused with every problem, pointers relative to the schedule's members."""
    problems: list[Problem] = []
    start, end = (_instant(getattr(schedule, name), f"/{name}", problems) for name in ("start", "end"))
    opens, closes = _clock(schedule.opens, "/from", problems), _clock(schedule.closes, "/to", problems)
    found = Window(
        zone=_zone(schedule.timezone, problems),
        start=start,
        end=end,
        opens=0 if opens is None else opens,
        closes=MS_PER_DAY if closes is None else closes,
        days=_bits(_weekdays(schedule.days, problems), 7),
        days_of_month=_bits(_ordinals(schedule.days_of_month, 31, "days_of_month", problems), 31),
        months=_bits(_ordinals(schedule.months, 12, "months", problems), 12),
    )
    problems += _contradictions(schedule, found)
    if problems:
        raise Refused(problems)
    return found


def _contradictions(schedule: Schedule, found: Window) -> list[Problem]:
    problems = []
    if not any((schedule.start, schedule.end, schedule.days, schedule.days_of_month, schedule.months)) and (
        schedule.opens is None and schedule.closes is None
    ):
        hint = "say when: `start`, `end`, `days`, `days_of_month`, `months`, `from` or `to`"
        problems.append(Problem("", "empty-schedule", "the schedule names no time", hint))
    if found.start is not None and found.end is not None and found.start >= found.end:
        problems.append(Problem("/end", "empty-interval", "`end` is not after `start`"))
    if schedule.opens is not None and found.opens == found.closes:
        problems.append(
            Problem("/to", "empty-interval", "`from` and `to` are the same time", "leave both out for the whole day")
        )
    if schedule.closes is not None and found.closes == 0 and schedule.opens is None:
        hint = "write the day's end as `24:00`"
        problems.append(Problem("/to", "empty-interval", "nothing lies before `00:00`", hint))
    if found.months and found.days_of_month and not _has_a_day(found):
        problems.append(Problem("/days_of_month", "empty-interval", "none of the months has such a day"))
    return problems


def _has_a_day(found: Window) -> bool:
    longest = max(length for month, length in enumerate(MONTH_LENGTHS) if found.months >> month & 1)
    return bool(found.days_of_month & (1 << longest) - 1)


def _zone(name: str | None, problems: list[Problem]) -> str | None:
    if name is None:
        return "UTC"
    if name == VISITOR:
        return None
    if name not in zones.names():
        hint = did_you_mean(name, (VISITOR, *zones.names()))
        problems.append(Problem("/timezone", "unknown-timezone", f"unknown time zone `{name}`", hint))
    return name


def _instant(text: str | None, at: str, problems: list[Problem]) -> int | None:
    found = None if text is None else instants.parse(text)
    if text is not None and found is None:
        detail = "an RFC 3339 date-time with offset, or a bare date, is expected"
        problems.append(Problem(at, "bad-instant", detail, "write it as `2024-12-31T23:59:59Z` or `2024-12-31`"))
    return found


def _clock(text: str | None, at: str, problems: list[Problem]) -> int | None:
    if text is None:
        return None
    if text == "24:00" and at == "/to":
        return MS_PER_DAY
    found = _CLOCK(text)
    if found is None:
        problems.append(Problem(at, "bad-time", f"`{text}` is no time of day", "write it as `09:00` or `17:30:00`"))
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def _weekdays(days: Sequence[str], problems: list[Problem]) -> list[int]:
    listed = ", ".join(f"`{day}`" for day in DAYS)
    problems += [
        Problem(f"/days/{at}", "bad-value", f"`{day}` is none of {listed}", did_you_mean(day, DAYS))
        for at, day in enumerate(days)
        if day not in DAYS
    ]
    problems += _repeated(days, "days")
    return [DAYS.index(day) for day in days if day in DAYS]


def _ordinals(numbers: Sequence[int], last: int, field: str, problems: list[Problem]) -> list[int]:
    problems += [
        Problem(step(f"/{field}", at), "bad-value", f"a number from 1 to {last} is expected")
        for at, number in enumerate(numbers)
        if not 1 <= number <= last
    ]
    problems += _repeated(numbers, field)
    return [number - 1 for number in numbers if 1 <= number <= last]


def _repeated(values: Sequence[object], field: str) -> list[Problem]:
    return [
        Problem(step(f"/{field}", at), "duplicate-value", f"`{value}` stands there already")
        for at, value in enumerate(values)
        if value in values[:at]
    ]


def _bits(places: Collection[int], size: int) -> int:
    """All where none is named."""
    return sum(1 << place for place in set(places)) or (1 << size) - 1
