"""Edges of questions about instants, as in edges.py."""

from collections.abc import Iterator
from typing import Any as Json

from shared.rules import anniversaries, instants
from shared.rules.instants import EARLIEST, LATEST, MS_PER_DAY
from shared.rules.kinds import as_instant
from shared.rules.nearest.edges import Asked
from shared.rules.program import Test


def instant(asked: Asked) -> Iterator[Json]:
    """The ends of an interval and the milliseconds before them."""
    _, intervals = asked.prepared
    for bound in _bounds(intervals):
        yield from _texts(bound, bound - 1)


def relative(asked: Asked) -> Iterator[Json]:
    """Now, and now stepped by the duration to either side, with the milliseconds around them."""
    test, operand = asked.prepared
    if test is Test.AGE:
        steps = [asked.now_ms - bound for bound in _bounds(operand)]
    else:
        _, months, exact_ms = operand
        steps = [asked.now_ms, *(instants.shift(asked.now_ms, sign * months, sign * exact_ms) for sign in (-1, 1))]
    for ms in steps:
        yield from _texts(ms, ms + 1, ms - 1)


def anniversary(asked: Asked) -> Iterator[Json]:
    """The value moved by whole days so that its anniversary comes to the first day that is asked, the last, or past."""
    _, (days, zone) = asked.prepared
    ms = as_instant(*asked.seen)
    if ms is None:
        ms = asked.now_ms
    left = anniversaries.distance(ms, asked.now_ms, zone)
    for ahead in (0, -left, days - left, days + 1 - left, -left - 1, 365 - left, 366 - left):
        yield from _texts(*(ms + (ahead + slack) * MS_PER_DAY for slack in (0, 1, -1)))


def _bounds(intervals: Json) -> list[int]:
    return [bound for interval in intervals for bound in interval if bound is not None]


def _texts(*found: int) -> Iterator[str]:
    return (instants.to_text(ms) for ms in found if EARLIEST <= ms <= LATEST)
