"""Time zones, from the `tzdata` package alone, so that every machine reads the same pinned version.

What a clock on the wall shows is an offset that is constant over stretches of time; a zone is read as those.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import IO, TYPE_CHECKING

from shared.rules.instants import EARLIEST, LATEST, MS_PER_DAY

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_UNIX_DAY = date(1970, 1, 1).toordinal()
_CYCLE_DAYS = 146_097  # 400 years, after which the calendar repeats
_LAST_ORDINAL = date(9990, 1, 1).toordinal()  # so that the years after it can be counted on
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 2, 9998  # one year in from where `datetime` ends: an offset must not lead out
_YEARS_KEPT = 2048
_DAYS_KEPT = 4096

Stretch = tuple[int, int, int]
"""(from, to, offset), all in ms: the clock shows an instant in [from, to) plus the offset."""
_last: dict[str, Stretch] = {}  # of each zone the stretch asked for last: mostly that of now, again and again


@cache
def names() -> Collection[str]:
    """All IANA names, links such as `US/Pacific` included."""
    with _opened("zones") as data:
        return frozenset(data.read().decode("ascii").split())


def known(name: str) -> str:
    """The name, raising ValueError where it is none."""
    if name not in names():
        raise ValueError(f"unknown time zone `{name}`")
    return name


@cache
def zone(name: str) -> "ZoneInfo":
    """The zone of a name that `names` holds."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # only rules on clocks pay for its import

    with _opened("zoneinfo", *name.split("/")) as data:
        return ZoneInfo.from_file(data, key=name)


def _opened(*steps: str) -> IO[bytes]:
    from importlib import resources  # noqa: PLC0415  # as in `zone`; it brings thirty modules with it

    return resources.files("tzdata").joinpath(*steps).open("rb")


def day(ms: int, name: str) -> tuple[int, int]:
    """Local midnight to the next one, in Unix milliseconds, of the calendar day that has its UTC midnight at `ms`."""
    return midnight(ms, name), midnight(ms + MS_PER_DAY, name)


def midnight(ms: int, name: str) -> int:
    """Local midnight of the calendar day that has its UTC midnight at `ms`, in Unix milliseconds."""
    if ms > LATEST:
        return LATEST + 1
    local = datetime.fromordinal(ms // MS_PER_DAY + _UNIX_DAY)
    # A midnight that the clock skips takes the offset before it, which gives the first instant after the gap.
    offset = zone(name).utcoffset(local)
    assert offset is not None
    return ms - offset.days * MS_PER_DAY - offset.seconds * 1000


@lru_cache(_DAYS_KEPT)
def calendar_day(day: int) -> date:
    """The date of a local day since 1970; beyond the years of `date` the calendar goes on, 400 years off."""
    ordinal = day + _UNIX_DAY
    if ordinal < 1:
        ordinal += _CYCLE_DAYS
    return date.fromordinal(ordinal if ordinal <= _LAST_ORDINAL else ordinal - _CYCLE_DAYS)


def offset(ms: int, name: str) -> int:
    """What the clock shows beyond an instant, in ms; a fraction of what `stretch` takes in a year not yet looked at."""
    return _offset(zone(name), ms) if _FIRST_YEAR <= _year(ms) <= _LAST_YEAR else stretch(ms, name)[2]


def stretch(ms: int, name: str) -> Stretch:
    """The stretch of constant offset that holds an instant; it ends with the UTC year, if not before."""
    found = _last.get(name)
    if found is None or not found[0] <= ms < found[1]:
        found = _last[name] = _stretch(ms, name)
    return found


def _stretch(ms: int, name: str) -> Stretch:
    year = min(max(_year(ms), _FIRST_YEAR), _LAST_YEAR)
    starts, offsets = _stretches(name, year)
    at = max(bisect_right(starts, ms) - 1, 0)
    end = starts[at + 1] if at + 1 < len(starts) else _new_year(year + 1)
    return (
        starts[at] if at or year > _FIRST_YEAR else EARLIEST,
        end if year < _LAST_YEAR or at + 1 < len(starts) else LATEST + 1,
        offsets[at],
    )


def stretches(ms: int, name: str, end: int) -> Iterator[Stretch]:
    """The stretches from the one that holds `ms` on, up to `end`."""
    while ms < end and ms <= LATEST:
        found = stretch(ms, name)
        yield found
        ms = found[1]


@lru_cache(_YEARS_KEPT)
def _stretches(name: str, year: int) -> tuple[list[int], list[int]]:
    """Where each stretch of a UTC year begins, and its offset.

    A zone's offset is compared from day to day: no zone changed twice within a day and back.
    """
    where, start, end = zone(name), _new_year(year), _new_year(year + 1)
    starts, offsets = [start], [_offset(where, start)]
    for ms in range(start + MS_PER_DAY, end, MS_PER_DAY):
        offset = _offset(where, ms)
        if offset != offsets[-1]:
            starts.append(_changed(where, ms - MS_PER_DAY, ms))
            offsets.append(offset)
    return starts, offsets


def _changed(where: "ZoneInfo", low: int, high: int) -> int:
    """The instant, in whole seconds, of the change that lies in (low, high]."""
    offset = _offset(where, low)
    while high - low > 1000:
        middle = (low + high) // 2000 * 1000
        low, high = (middle, high) if _offset(where, middle) == offset else (low, middle)
    return high


def _offset(where: "ZoneInfo", ms: int) -> int:
    offset = (_EPOCH + timedelta(milliseconds=ms)).astimezone(where).utcoffset()
    assert offset is not None
    return (offset.days * 86_400 + offset.seconds) * 1000


def _year(ms: int) -> int:
    return date.fromordinal(min(max(ms, EARLIEST), LATEST) // MS_PER_DAY + _UNIX_DAY).year


def _new_year(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _UNIX_DAY) * MS_PER_DAY
