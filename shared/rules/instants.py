"""Instants and calendar steps: RFC 3339 text to Unix milliseconds, and months on the UTC calendar."""

import re
from datetime import UTC, date, datetime
from enum import IntEnum

MS_PER_DAY = 86_400_000
_UNIX_DAY = date(1970, 1, 1).toordinal()
EARLIEST = (date.min.toordinal() - _UNIX_DAY) * MS_PER_DAY
LATEST = (date.max.toordinal() - _UNIX_DAY + 1) * MS_PER_DAY - 1
_EPOCH, _BARE_EPOCH = datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1)  # noqa: DTZ001  # a bare date is UTC's
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
EPOCH_SECONDS_BELOW = 1e11  # 5138-11-16 in seconds, 1973-03-03 in milliseconds: no real date is both

# `datetime.fromisoformat` also takes week dates, basic forms and odd offsets; this is the gate before it.
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]))?"
).fullmatch


class Relation(IntEnum):
    """How a calendar predicate compares v with now and now stepped; `d` is the duration."""

    WITHIN_LAST = 0  # now - d < v <= now
    OLDER_THAN = 1  # v <= now - d
    WITHIN_NEXT = 2  # now < v <= now + d
    FURTHER_THAN = 3  # v > now + d


def parse(text: str) -> int | None:
    """Unix milliseconds of an RFC 3339 date-time with offset or of a bare date (midnight UTC); else None.

    Finer fractions are cut. A date-time without offset is no instant, nor is second 60, nor what an offset
    moves out of the years 1 to 9999.
    """
    if not _INSTANT(text):
        return None
    try:
        # a finer fraction than microseconds is cut by fromisoformat itself
        moment = datetime.fromisoformat(text if text.isupper() else text.upper())
    except ValueError:
        return None
    since = moment - (_EPOCH if moment.tzinfo is not None else _BARE_EPOCH)
    ms = since.days * MS_PER_DAY + since.seconds * 1000 + since.microseconds // 1000
    return ms if EARLIEST <= ms <= LATEST else None


def from_epoch(number: int | float) -> int | None:
    """Unix milliseconds of an epoch number, which is in seconds below 1e11 in size, else in milliseconds.

    None out of the years 1 to 9999.
    """
    ms = _milliseconds(number) if -EPOCH_SECONDS_BELOW < number < EPOCH_SECONDS_BELOW else int(number // 1)
    return ms if EARLIEST <= ms <= LATEST else None


def _milliseconds(seconds: int | float) -> int:
    """The last millisecond that is not after `seconds`. Cutting the product would lose one: 1.001 * 1000 < 1001."""
    nearest = round(seconds * 1000)
    return nearest if nearest / 1000 <= seconds else nearest - 1


def to_text(ms: int) -> str:
    """RFC 3339 UTC text of Unix milliseconds, with a fraction only where there is one."""
    day, rest = divmod(ms, MS_PER_DAY)
    seconds, fraction = divmod(rest, 1000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{date.fromordinal(_UNIX_DAY + day)}T{clock}{f'.{fraction:03}' if fraction else ''}Z"


def shift(ms: int, months: int, exact_ms: int) -> int:
    """`ms` stepped by signed months on the UTC calendar, then by a signed exact length.

    A day that the target month lacks becomes the first instant of the next month, so that a cut-off
    never moves backwards while `ms` grows. Steps out of the years 1 to 9999 end at EARLIEST or LATEST.
    """
    if months:
        day, rest = divmod(ms, MS_PER_DAY)
        origin = date.fromordinal(_UNIX_DAY + day)
        year, month = divmod(origin.year * 12 + origin.month - 1 + months, 12)
        if not 1 <= year <= 9999:
            return EARLIEST if year < 1 else LATEST
        length = _month_length(year, month)
        lacks = origin.day > length
        first = date(year, month + 1, 1).toordinal() - _UNIX_DAY
        ms = (first + length) * MS_PER_DAY if lacks else (first + origin.day - 1) * MS_PER_DAY + rest
    return ms + exact_ms


def stepped_from(ms: int, months: int) -> int:
    """The first instant that `shift` by `-months` brings to `ms` or later; LATEST + 1 where none does.

    As `shift`, it never goes back while `ms` grows.
    """
    if ms <= EARLIEST:
        return EARLIEST
    day, rest = divmod(min(ms, LATEST), MS_PER_DAY)
    reached = date.fromordinal(_UNIX_DAY + day)
    year, month = divmod(reached.year * 12 + reached.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return EARLIEST if year < 1 else LATEST + 1
    first = (date(year, month + 1, 1).toordinal() - _UNIX_DAY) * MS_PER_DAY
    if reached.day == 1 and rest == 0:
        # the days that the month before lacks were brought to this instant, too
        before = date.fromordinal(_UNIX_DAY + day - 1).day
        lacked = _month_length(year, month - 1) - before if month else _month_length(year - 1, 11) - before
        return first - max(lacked, 0) * MS_PER_DAY
    length = _month_length(year, month)
    return first + (reached.day - 1) * MS_PER_DAY + rest if reached.day <= length else first + length * MS_PER_DAY


def _month_length(year: int, month: int) -> int:
    """month: from 0."""
    return _MONTH_DAYS[month] + (month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
