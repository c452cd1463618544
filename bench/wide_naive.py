"""The newer questions for the yardstick and for code generation: plain functions over the standard library.

What depends on a text or on the clock alone is computed through a cache, as dates and versions are.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mmh3 import hash as murmur3

from shared.rules import instants

MS_PER_DAY = instants.MS_PER_DAY
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EARTH_KM = 6371.0088
IPV6 = 1 << 40
"""What is added to an IPv6 address, so that both families are numbers apart from each other."""

zone_of = lru_cache(None)(ZoneInfo)
instant = lru_cache(65_536)(instants.parse)


class Clock(NamedTuple):
    """What a clock shows: ms of the day; (weekday, day, month) of today and of yesterday."""

    time: int
    today: tuple[int, int, int]
    yesterday: tuple[int, int, int]


class Window(NamedTuple):
    """A schedule, prepared; None where something is not asked. opens and closes are ms of the day."""

    zone: str
    start: int | None
    end: int | None
    opens: int
    closes: int
    days: frozenset[int] | None
    months: frozenset[int] | None


def _of(day: date) -> tuple[int, int, int]:
    return day.weekday(), day.day, day.month


@lru_cache(256)
def clock(zone: str, now: int) -> Clock:
    """The clock of a zone at `now` (ms)."""
    local = datetime.fromtimestamp(now / 1000, zone_of(zone))
    time = ((local.hour * 60 + local.minute) * 60 + local.second) * 1000 + now % 1000
    return Clock(time, _of(local), _of(local - timedelta(days=1)))


def is_open(window: Window, zone: str, now: int) -> bool:
    """Whether now lies in a window, by a clock in the zone."""
    if (window.start is not None and now < window.start) or (window.end is not None and now >= window.end):
        return False
    time, day, yesterday = clock(zone, now)
    if window.opens < window.closes:
        if not window.opens <= time < window.closes:
            return False
    elif time < window.opens:
        if time >= window.closes:
            return False
        day = yesterday
    return (window.days is None or day[0] in window.days) and (window.months is None or day[2] in window.months)


@lru_cache(65_536)
def month_and_day(ms: int, zone: str) -> tuple[int, int]:
    """The month and day of an instant in a zone; 29 February counts as 1 March."""
    found = datetime.fromtimestamp(ms / 1000, zone_of(zone))
    return (3, 1) if (found.month, found.day) == (2, 29) else (found.month, found.day)


@lru_cache(256)
def today(zone: str, now: int) -> date:
    """The calendar day of now."""
    return datetime.fromtimestamp(now / 1000, zone_of(zone)).date()


def days_until(ms: int, zone: str, now: int) -> int:
    """Days from today to the next anniversary of an instant."""
    day = today(zone, now)
    due = date(day.year, *month_and_day(ms, zone))
    return ((due if due >= day else date(day.year + 1, due.month, due.day)) - day).days


@lru_cache(65_536)
def address(text: str) -> int | None:
    """An address as a number, None where the text is none."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return int(found) + (IPV6 if found.version == 6 else 0)


def network(text: str) -> tuple[int, int]:
    """The first and last address of a network, as numbers."""
    found = ip_network(text)
    family = IPV6 if found.version == 6 else 0
    return int(found.network_address) + family, int(found.broadcast_address) + family


def is_near(lat: float, lon: float, centre: tuple[float, float, float, float, float]) -> bool:
    """Whether a place lies within so many km of (latitude, longitude, its cosine, km, the same in degrees).

    The degrees of latitude between the two decide for most: no distance is shorter than along a meridian.
    """
    lat0, lon0, cosine, km, degrees = centre
    if not -degrees <= lat - lat0 <= degrees:
        return False
    half = sin(radians(lat - lat0) / 2) ** 2 + cosine * cos(radians(lat)) * sin(radians(lon - lon0) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half))) <= km


@lru_cache(65_536)
def bucket(salt: str, text: str) -> float:
    """Where a text stands between 0 and 1."""
    return murmur3(f"{salt}:{text}", 0, signed=False) / 4_294_967_296


def _number(value: object) -> bool:
    return type(value) is float or type(value) is int


def _near(value: object, centre: tuple, _now: int) -> bool:
    if type(value) is not dict:
        return False
    lat, lon = value.get("lat"), value.get("lon")
    return _number(lat) and _number(lon) and is_near(lat, lon, centre)


def _inside(value: object, box: tuple, _now: int) -> bool:
    if type(value) is not dict:
        return False
    lat, lon = value.get("lat"), value.get("lon")
    north, east, south, west = box
    return _number(lat) and _number(lon) and south <= lat <= north and west <= lon <= east


def _addressed(value: object, networks: tuple, _now: int) -> bool:
    if type(value) is not str or (found := address(value)) is None:
        return False
    return any(first <= found <= last for first, last in networks)


def _comes_round(value: object, wanted: tuple, now: int) -> bool:
    days, zone = wanted
    return type(value) is str and (ms := instant(value)) is not None and days_until(ms, zone, now) <= days


TESTS: Mapping[str, Callable[..., bool]] = {
    "under": lambda v, o, _now: type(v) is str and (v.startswith(o[0]) or v in o[1]),
    "in_cidr": _addressed,
    "within_km": _near,
    "within_box": _inside,
    "anniversary_within": _comes_round,
    "rollout": lambda v, o, _now: type(v) is str and bucket(o[1], v) < o[0],
    "list": lambda v, o, _now: type(v) is list and o in v,
    "schedule": lambda _v, o, now: is_open(o, o.zone, now),
    "visitor_schedule": lambda v, o, now: type(v) is str and is_open(o, v, now),
}
"""As `naive.TESTS`."""


def _folders(value: str | list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    folders = tuple(item.rstrip("/") for item in ([value] if isinstance(value, str) else value))
    return tuple(f"{folder}/" for folder in folders), folders


def _centre(value: Mapping) -> tuple[float, float, float, float, float]:
    lat, km = value["lat"], value["km"]
    return lat, value["lon"], cos(radians(lat)), km, km / EARTH_KM / radians(1) + 1e-6


def _clock_time(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    hours, minutes = map(int, text.split(":"))
    return (hours * 60 + minutes) * 60_000


def _window(schedule: Mapping) -> Window:
    days, months = schedule.get("days"), schedule.get("months")
    start, end = (instants.parse(schedule[name]) if name in schedule else None for name in ("start", "end"))
    return Window(
        schedule["timezone"],
        start,
        end,
        _clock_time(schedule.get("from"), 0),
        _clock_time(schedule.get("to"), MS_PER_DAY),
        None if days is None else frozenset(map(DAYS.index, days)),
        None if months is None else frozenset(months),
    )


def _anniversary(value: Mapping) -> tuple[int, str]:
    count, unit = int(value["value"][1:-1]), value["value"][-1]
    return count * (7 if unit == "W" else 1), value.get("timezone", "UTC")


PREPARE: Mapping[str, Callable] = {
    "under": _folders,
    "in_cidr": lambda value: tuple(map(network, [value] if isinstance(value, str) else value)),
    "within_km": _centre,
    "within_box": lambda value: tuple(value[name] for name in ("north", "east", "south", "west")),
    "anniversary_within": _anniversary,
    "rollout": lambda value: (value["percent"] / 100, value["salt"]),
    "schedule": _window,
    "visitor_schedule": _window,
}
"""As `naive.PREPARE`."""


def question(node: Mapping) -> Mapping:
    """A rollout, list or schedule written as a condition; a condition is itself."""
    if "list" in node:
        return {"attribute": "lists", "op": "list", "value": node["list"]}
    if "rollout" in node:
        return {"attribute": node["rollout"]["by"], "op": "rollout", "value": node["rollout"]}
    if "schedule" in node:
        of_visitor = node["schedule"]["timezone"] == "visitor"
        op, attribute = ("visitor_schedule", "geo.timezone") if of_visitor else ("schedule", "request")
        return {"attribute": attribute, "op": op, "value": node["schedule"]}
    return node | {"value": node} if node["op"] == "anniversary_within" else node
