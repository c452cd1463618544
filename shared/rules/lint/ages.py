"""How far instants lie from now: where several tests on one instant's age can hold together, whatever now is.

A cut-off is an age. Of an exact duration it is a number; of a calendar one it depends on now, but not on how it
stands to others: fewer months with fewer milliseconds are never further off, and a number of months lies within
bounds in days. Only what follows from that is taken for proven.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from shared.rules.indexing import Question
from shared.rules.instants import MS_PER_DAY, Relation
from shared.rules.program import Test

MAX_MONTHS = 12 * 900
"""Longer calendar durations are not compared: they may lead out of the calendar, which begins with year 1."""
MAX_SPANS = 6
"""So many denied spans are tried on both sides; more are passed over, which proves less."""


class Cut(msgspec.Struct, frozen=True):
    """The age `months` on the calendar and then `ms`; both negative for what lies ahead of now."""

    months: int
    ms: int

    def is_at_most(self, other: "Cut") -> bool:
        """Whether this age is proven never to exceed the other one."""
        if max(abs(self.months), abs(other.months)) > MAX_MONTHS:
            return self == other
        if self.months <= other.months and self.ms <= other.ms and self._side() * other._side() >= 0:  # noqa: SLF001  # its own kind
            return True
        return self._bounds()[1] <= other._bounds()[0]  # noqa: SLF001  # its own kind

    def _side(self) -> int:
        return (self.months > 0 or self.ms > 0) - (self.months < 0 or self.ms < 0)

    def _bounds(self) -> tuple[int, int]:
        """The least and the most that it can be, in ms: 12 months are 365 or 366 days, one is 28 to 31."""
        years, months = divmod(abs(self.months), 12)
        low, high = (years * 365 + months * 28) * MS_PER_DAY, (years * 366 + months * 31) * MS_PER_DAY
        if self.months < 0:
            low, high = -high, -low
        return low + self.ms, high + self.ms


NOW = Cut(0, 0)
Span = tuple[Cut | None, Cut | None]
"""`low <= age < high`; None is unbounded."""

TESTS = (Test.AGE, Test.CALENDAR)


def can_be(asked: Iterable[Question], denied: Iterable[Question]) -> bool:
    """Whether some instant may have an age within all that is asked and nothing that is denied."""
    lows: list[Cut] = []
    highs: list[Cut] = []
    for span in _spans(asked):
        _bound(span, lows, highs)
    sides = [span for span in _spans(denied) if None not in span][:MAX_SPANS]
    for low, high in _spans(denied):
        if low is None and high is not None:
            lows.append(high)
        elif high is None and low is not None:
            highs.append(low)
    return _can_avoid(sides, lows, highs)


def _bound(span: Span, lows: list[Cut], highs: list[Cut]) -> None:
    low, high = span
    if low is not None:
        lows.append(low)
    if high is not None:
        highs.append(high)


def _can_avoid(spans: Sequence[Span], lows: list[Cut], highs: list[Cut]) -> bool:
    """Whether an age may lie between the bounds and outside of every span: below it or above."""
    if any(high.is_at_most(low) for high in highs for low in lows):
        return False
    if not spans:
        return True
    (low, high), *rest = spans
    assert low is not None
    assert high is not None
    return _can_avoid(rest, lows, [*highs, low]) or _can_avoid(rest, [*lows, high], highs)


def _spans(questions: Iterable[Question]) -> Iterator[Span]:
    for question in questions:
        if question.test is Test.AGE:
            for low, high in question.operand:
                yield _exact(low), _exact(high)
        else:
            relation, months, ms = question.operand
            yield _calendar_span(Relation(relation), Cut(months, ms), Cut(-months, -ms))


def _exact(ms: int | None) -> Cut | None:
    return None if ms is None else Cut(0, ms)


def _calendar_span(relation: Relation, ago: Cut, ahead: Cut) -> Span:
    spans: dict[Relation, Span] = {
        Relation.WITHIN_LAST: (NOW, ago),
        Relation.OLDER_THAN: (ago, None),
        Relation.WITHIN_NEXT: (ahead, NOW),
        Relation.FURTHER_THAN: (None, ahead),
    }
    return spans[relation]
