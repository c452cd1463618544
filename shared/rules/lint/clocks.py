"""Schedules: which of them can hold at one instant, as far as their parts tell one by one."""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from shared.rules.indexing import Question
from shared.rules.program import Test
from shared.rules.windows import Window


def can_be(asked: Iterable[Question], denied: Iterable[Question]) -> bool:
    """Whether all asked schedules may hold at an instant at which no denied one does; all read the same clock."""
    windows = _windows(asked)
    if any(_exclude(one, other) for one, other in combinations(windows, 2)):
        return False
    return not any(_contains(outer, inner) for inner, outer in product(windows, _windows(denied)))


def _windows(questions: Iterable[Question]) -> list[Window]:
    return [Window(*question.operand) for question in questions if question.test is Test.WINDOW]


def _is_plain(one: Window, other: Window) -> bool:
    """Whether both read the same wall clock and end on the day on which they began: then their parts compare."""
    return one.zone == other.zone and one.opens < one.closes and other.opens < other.closes


def _exclude(one: Window, other: Window) -> bool:
    if _is_over(one.end, other.start) or _is_over(other.end, one.start):
        return True
    if not _is_plain(one, other):
        return False
    is_apart = one.closes <= other.opens or other.closes <= one.opens
    return is_apart or not all(mine & theirs for mine, theirs in zip(_bits(one), _bits(other), strict=True))


def _is_over(end: int | None, start: int | None) -> bool:
    return end is not None and start is not None and end <= start


def _contains(outer: Window, inner: Window) -> bool:
    is_within = (outer.start is None or (inner.start is not None and outer.start <= inner.start)) and (
        outer.end is None or (inner.end is not None and inner.end <= outer.end)
    )
    if not is_within or not (_is_plain(outer, inner) or _shows_as(outer, inner)):
        return False
    covers = outer.opens <= inner.opens and inner.closes <= outer.closes
    return covers and all(theirs & ~mine == 0 for mine, theirs in zip(_bits(outer), _bits(inner), strict=True))


def _shows_as(one: Window, other: Window) -> bool:
    """Whether both windows are alike on the wall clock but for the days on which they begin."""
    return (one.zone, one.opens, one.closes) == (other.zone, other.opens, other.closes)


def _bits(window: Window) -> Sequence[int]:
    return window.days, window.days_of_month, window.months
