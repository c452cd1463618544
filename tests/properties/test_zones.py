"""Wall clocks in ten zones, around every transition of 2024 to 2028: the machine against the oracle."""

from bisect import bisect_left
from datetime import date
from functools import cache

import pytest

from tests import clocks, oracle, readings
from tests.agreement import Subject

ZONES = (
    "Europe/Zurich",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/St_Johns",
    "Pacific/Auckland",
    "Asia/Tehran",
    "Pacific/Apia",
)
WITHOUT_TRANSITIONS = {"America/Sao_Paulo", "Asia/Kathmandu", "Asia/Tehran", "Pacific/Apia"}
YEARS = [readings.instant(f"{year}-01-01") for year in range(2024, 2030)]
MINUTE, HOUR, DAY = 60_000, 3_600_000, readings.DAY
WINDOWS = (
    ("00:00", "01:00"),
    ("01:00", "02:00"),
    ("01:30", "02:30"),
    ("02:00", "03:00"),
    ("02:15", "02:45"),
    ("23:30", "00:30"),
    ("22:00", "06:00"),
    ("03:00", "02:00"),
    ("02:30", "02:00"),
    ("12:00", "24:00"),
)


@cache
def transitions(zone):
    """The instants of 2024 to 2028 at which the zone's offset changes, by bisection of its days."""
    found = []
    for day in range(YEARS[0], YEARS[-1], DAY):
        before = clocks.offset(day, zone)
        if before != clocks.offset(day + DAY, zone):
            later = range(day, day + DAY)
            found.append(day + bisect_left(later, 1, key=lambda ms, at=before: int(clocks.offset(ms, zone) != at)))
    return found


@cache
def instants(zone):
    """A millisecond before, at and after each transition, the hours of the days beside it and the minutes near it.

    Where a zone has no transition, the same around the turns of the years.
    """
    beside = [hours * HOUR for hours in range(-27, 28)] + [minutes * MINUTE for minutes in range(-150, 151, 15)]
    around = {ms + distance for ms in transitions(zone) or YEARS[1:] for distance in beside}
    return sorted(ms + just for ms in around for just in (-1, 0, 1))


def schedules(zone):
    """Schedules whose edges lie in the hours that transitions skip and repeat, and in the days around them."""
    found = {f"{start} to {end}": {"from": start, "to": end} for start, end in WINDOWS}
    found |= {day: {"days": [day]} for day in clocks.WEEKDAYS}
    found |= {f"night of {day}": {"days": [day], "from": "22:00", "to": "03:00"} for day in clocks.WEEKDAYS}
    found |= {"odd days": {"days_of_month": list(range(1, 32, 2)), "to": "02:30"}, "spring": {"months": [3, 4, 5]}}
    return {key: {"schedule": {**when, "timezone": zone}} for key, when in found.items()}


@pytest.mark.parametrize("zone", ZONES)
def test_the_zones_that_put_their_clocks_forward_have_transitions(zone):
    assert bool(transitions(zone)) is (zone not in WITHOUT_TRANSITIONS)


@pytest.mark.parametrize("zone", ZONES)
def test_schedules_follow_the_wall_clock_through_every_transition(zone):
    rules = schedules(zone)
    own = {f"own {key}": {"schedule": {**rule["schedule"], "timezone": "visitor"}} for key, rule in rules.items()}
    subject = Subject(rules | own, {"geo.timezone": "string"})
    visitor = {"geo": {"timezone": zone}}
    for ms in instants(zone):
        expected = {key for key, rule in rules.items() if oracle.holds(rule, visitor, ms)}
        assert subject.matches(visitor, ms) == expected | {f"own {key}" for key in expected}, ms


@pytest.mark.parametrize("zone", ZONES)
def test_on_follows_the_calendar_through_every_transition(zone):
    types = {"traits.at": "datetime"}
    days = {date.fromordinal(clocks.wall(ms, zone)[0] + readings.EPOCH).isoformat() for ms in instants(zone)}
    rules = {day: {"attribute": "traits.at", "op": "on", "value": day, "timezone": zone} for day in days}
    subject = Subject(rules, types)
    for ms in instants(zone):
        visitor = {"traits": {"at": ms}}
        assert subject.matches(visitor, 0) == {
            day for day, rule in rules.items() if oracle.holds(rule, visitor, 0, types)
        }, ms


@pytest.mark.parametrize("zone", ZONES)
def test_anniversaries_follow_the_calendar_through_every_transition(zone):
    types = {"traits.at": "datetime"}
    rules = {
        days: {"attribute": "traits.at", "op": "anniversary_within", "value": days, "timezone": zone}
        for days in ("P0D", "P1D", "P1W", "P364D")
    }
    subject = Subject(rules, types)
    for ms in instants(zone):
        for visitor in ({"traits": {"at": ms - gone}} for gone in (0, 365 * DAY, 366 * DAY + HOUR, 36 * HOUR)):
            expected = {key for key, rule in rules.items() if oracle.holds(rule, visitor, ms, types)}
            assert subject.matches(visitor, ms) == expected, (visitor, ms)
