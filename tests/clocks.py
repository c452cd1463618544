"""What wall clocks and calendars show: time zones, local days, anniversaries and schedules.

A part of the oracle: written from the language page, and nothing under `shared` is imported here. Instants are in
milliseconds since 1970, local days in days since 1970, times of day in milliseconds since midnight.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from tests.readings import DAY, EARLIEST, EPOCH, LATEST, instant

CYCLE = 146_097  # days of 400 years, after which the calendar, its weekdays and the rules of the zones come again
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def zone_names():
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split())


@cache
def zone(name):
    """A zone as the `tzdata` package has it; the machine's own files may be of another version."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def offset(ms, name):
    """How far the zone's wall clock is ahead of UTC at an instant, in milliseconds."""
    if ms > LATEST - 2 * DAY:  # no clock of Python's goes past the year 9999, nor one before the year 1
        ms -= CYCLE * DAY
    elif ms < EARLIEST + 2 * DAY:
        ms += CYCLE * DAY
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return moment.astimezone(zone(name)).utcoffset() // timedelta(milliseconds=1)


def wall(ms, name):
    """(local day, time of day) that a clock in the zone shows at an instant."""
    return divmod(ms + offset(ms, name), DAY)


@lru_cache(100_000)
def calendar(day):
    """The date of a local day, in the years 1 to 400: month, day of month and weekday are the true ones."""
    return date.fromordinal((day + EPOCH - 1) % CYCLE + 1)


@cache
def local_day(text, name):
    """[from, to) of a local calendar day: its midnight and the next one."""
    day = date.fromisoformat(text)
    midnights = (datetime(d.year, d.month, d.day, tzinfo=zone(name)) for d in (day, day + timedelta(days=1)))
    return [int(midnight.timestamp()) * 1000 for midnight in midnights]


def yearly(day):
    """(month, day of month) on which what happened on a local day comes round: after 29 February that is 1 March."""
    found = month_and_day(day)
    return (3, 1) if found == (2, 29) else found


def month_and_day(day):
    return calendar(day).month, calendar(day).day


def comes_round(ms, now_ms, days, name):
    """Whether the anniversary of an instant lies in today..today + days, by the days of the zone."""
    today, wanted = wall(now_ms, name)[0], yearly(wall(ms, name)[0])
    return any(month_and_day(today + ahead) == wanted for ahead in range(days + 1))


def clock(text):
    hours, minutes, seconds = (*map(int, text.split(":")), 0)[:3]
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def window(schedule):
    """(from, to) as times of day; the whole day where neither is given."""
    return clock(schedule.get("from", "00:00")), clock(schedule.get("to", "24:00"))


def begins_on(schedule, day):
    """Whether a window of the schedule begins on this local day."""
    found = calendar(day)
    return (
        WEEKDAYS[found.weekday()] in schedule.get("days", WEEKDAYS)
        and found.day in schedule.get("days_of_month", range(1, 32))
        and found.month in schedule.get("months", range(1, 13))
    )


def scheduled(schedule, now_ms, name):
    """Whether now lies in the schedule by the wall clock of the zone."""
    if "start" in schedule and now_ms < instant(schedule["start"]):
        return False
    if "end" in schedule and now_ms >= instant(schedule["end"]):
        return False
    day, time = wall(now_ms, name)
    opens, closes = window(schedule)
    if crosses_midnight(schedule):
        return (time >= opens and begins_on(schedule, day)) or (time < closes and begins_on(schedule, day - 1))
    return opens <= time < closes and begins_on(schedule, day)


def crosses_midnight(schedule):
    opens, closes = window(schedule)
    return opens > closes
