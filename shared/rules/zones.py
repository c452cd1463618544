"""Time zones, from the `tzdata` package alone, so that every machine reads the same pinned version."""

from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from shared.rules.instants import LATEST, MS_PER_DAY

_UNIX_DAY = date(1970, 1, 1).toordinal()


@cache
def names() -> Collection[str]:
    """All IANA names, links such as `US/Pacific` included."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split())


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of a name that `names` holds."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def day(ms: int, name: str) -> tuple[int, int]:
    """Local midnight to the next one, in Unix milliseconds, of the calendar day that has its UTC midnight at `ms`."""
    return _midnight(ms, name), _midnight(ms + MS_PER_DAY, name)


def _midnight(ms: int, name: str) -> int:
    if ms > LATEST:
        return LATEST + 1
    local = datetime.fromordinal(ms // MS_PER_DAY + _UNIX_DAY)
    # A midnight that the clock skips takes the offset before it, which gives the first instant after the gap.
    offset = zone(name).utcoffset(local)
    assert offset is not None
    return ms - offset.days * MS_PER_DAY - offset.seconds * 1000
