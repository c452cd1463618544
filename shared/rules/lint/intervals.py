"""Sets of ordered values as half-open intervals: where several ordered tests can hold together."""

from collections.abc import Iterable, Sequence
from typing import Any

Interval = tuple[Any, Any]
"""`low <= v < high`; None is unbounded."""

EVERYTHING: tuple[Interval, ...] = ((None, None),)


def remaining(
    within: Sequence[Interval], asked: Iterable[Sequence[Interval]], denied: Iterable[Sequence[Interval]]
) -> list[Interval]:
    """What of `within` lies in every set of `asked` and in none of `denied`; each set sorted and disjoint."""
    found = list(within)
    for intervals in asked:
        found = _both(found, intervals)
    for intervals in denied:
        found = _both(found, _complement(intervals))
    return found


def _both(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """The intersection of two sorted sets, in one walk over both."""
    found: list[Interval] = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = _latest(one[i][0], other[j][0]), _earliest(one[i][1], other[j][1])
        if low is None or high is None or low < high:
            found.append((low, high))
        if one[i][1] == high:
            i += 1
        else:
            j += 1
    return found


def _complement(intervals: Sequence[Interval]) -> list[Interval]:
    found: list[Interval] = []
    start: Any = None
    for low, high in intervals:
        if low is not None and (start is None or start < low):
            found.append((start, low))
        if high is None:
            return found
        start = high
    return [*found, (start, None)]


def _latest(one: Any, other: Any) -> Any:
    return other if one is None or (other is not None and other > one) else one


def _earliest(one: Any, other: Any) -> Any:
    return other if one is None or (other is not None and other < one) else one
