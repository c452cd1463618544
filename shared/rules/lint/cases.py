"""What one attribute can be: whether claims and denials about it are true of some value, kind by kind.

Every kind of value is a case of its own (missing, string, number and so on); within a kind each family of tests says
whether it has a value left. Families of one kind are taken for independent, and so are attributes: that leaves cases
over that no visitor is, and never takes one away that some visitor could be.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from math import inf, nextafter
from typing import Any

from shared.rules import patterns, predicates
from shared.rules.indexing import Question
from shared.rules.instants import EARLIEST, LATEST
from shared.rules.kinds import Kind, as_instant, kind_of
from shared.rules.lint import ages, clocks, lists, numbers, pairs, texts
from shared.rules.lint.formulas import CLOCK
from shared.rules.lint.intervals import EVERYTHING, Interval, remaining
from shared.rules.program import Test

Questions = Sequence[Question]


_TIMES = (Test.INSTANT, Test.AGE, Test.CALENDAR, Test.ANNIVERSARY)
_TAKES: Mapping[Test, tuple[Kind, ...]] = {
    **dict.fromkeys((*texts.TESTS, Test.PATTERN, Test.WINDOW), (Kind.STRING,)),
    **dict.fromkeys(numbers.TESTS, (Kind.NUMBER,)),
    **dict.fromkeys(lists.TESTS, (Kind.LIST,)),
    **dict.fromkeys(_TIMES, (Kind.STRING, Kind.INSTANT)),
    Test.VERSION: (Kind.STRING, Kind.VERSION),
    Test.NETWORK: (Kind.STRING, Kind.IP),
    Test.ROLLOUT: (Kind.STRING, Kind.NUMBER),
}
"""The kinds on which a test can hold; EQUAL says so by its values."""

_BUCKETS: Mapping[str, Interval] = {
    "murmur3": (0.0, 1.0),
    "launchdarkly": (0.0, nextafter(1.0, inf)),
    "flagsmith": (0.0, 100.0),
}
"""Where the buckets of each hash lie."""


def can_be(asked: Questions, denied: Questions, is_excluded: lists.Excluding) -> bool:
    """Whether some value may pass all tests that are asked and none that is denied; all are about one subject.

    False is a proof. is_excluded: see lists.Excluding.
    """
    subject = (asked or denied)[0]
    if subject.other is not None:
        return pairs.can_be(asked, denied)
    if subject.path == CLOCK:
        return clocks.can_be(asked, denied)
    if not asked:
        return True  # where it is missing
    if any(question.test is Test.PRESENT for question in denied):
        return False
    asked = [question for question in asked if question.test is not Test.PRESENT]
    if not asked:
        return True  # where it is an object
    kinds = set.intersection(*(set(_kinds(question)) for question in asked))
    return any(_is_left(kind, asked, denied, is_excluded) for kind in sorted(kinds))


def _kinds(question: Question) -> Iterable[Kind]:
    if question.test is Test.EQUAL:
        return {kind_of(value) for value in question.operand}
    return _TAKES[question.test]


def _is_left(kind: Kind, asked: Questions, denied: Questions, is_excluded: lists.Excluding) -> bool:
    denied = [question for question in denied if question.test is not Test.PRESENT and kind in _kinds(question)]
    values = _values(kind, asked)
    if values is not None:
        return any(_may_be(kind, value, asked, denied) for value in values)
    if kind is Kind.LIST:
        return lists.can_be(asked, denied, is_excluded)
    return _FAMILIES[kind](asked, denied)


def _values(kind: Kind, asked: Questions) -> Iterable[Any] | None:
    """All values of a kind that are left where they can be told one by one, else None."""
    equal = [{v for v in question.operand if kind_of(v) is kind} for question in _of(asked, Test.EQUAL)]
    if kind is Kind.BOOLEAN:
        equal.append({True, False})
    return set.intersection(*equal) if equal else None


def _may_be(kind: Kind, value: Any, asked: Questions, denied: Questions) -> bool:
    return all(_passes(question, kind, value) is not False for question in asked) and not any(
        _passes(question, kind, value) for question in denied
    )


def _passes(question: Question, kind: Kind, value: Any) -> bool | None:
    """Whether a value passes a test, None where that depends on now."""
    if question.test is Test.WINDOW:
        return None
    if question.test is Test.PATTERN:
        return _pattern(*question.operand).search(value) is not None
    if question.test in _TIMES and question.test is not Test.INSTANT:
        return False if as_instant(kind, value) is None else None
    return bool(predicates.ask(question.test, question.operand, (kind, value), 0))


@lru_cache(256)
def _pattern(source: str, ignore_case: bool) -> Any:  # noqa: FBT001  # an operand's second part
    return patterns.compiled(source, ignore_case=ignore_case)


def _string(asked: Questions, denied: Questions) -> bool:
    """A string need be no instant, version or address; only where one is asked for do their denials matter."""
    return (
        texts.can_be(_of(asked, *texts.TESTS), _of(denied, *texts.TESTS))
        and (not _of(asked, *_TIMES) or _instant(asked, denied))
        and (not _of(asked, Test.VERSION) or _ordered(Test.VERSION, asked, denied))
        and (not _of(asked, Test.NETWORK) or _ordered(Test.NETWORK, asked, denied))
        and _bucket(asked, denied)
        and clocks.can_be(_of(asked, Test.WINDOW), _of(denied, Test.WINDOW))
    )


def _number(asked: Questions, denied: Questions) -> bool:
    """Not every number has a bucket, so that denials matter only where one is asked for."""
    return numbers.can_be(_of(asked, *numbers.TESTS), _of(denied, *numbers.TESTS)) and (
        not _of(asked, Test.ROLLOUT) or _bucket(asked, denied)
    )


def _instant(asked: Questions, denied: Questions) -> bool:
    return (
        _ordered(Test.INSTANT, asked, denied, [(EARLIEST, LATEST + 1)])
        and ages.can_be(_of(asked, *ages.TESTS), _of(denied, *ages.TESTS))
        and _anniversary(_of(asked, Test.ANNIVERSARY), _of(denied, Test.ANNIVERSARY))
    )


def _ordered(test: Test, asked: Questions, denied: Questions, within: Sequence[Interval] = EVERYTHING) -> bool:
    sides = ([question.operand for question in _of(side, test)] for side in (asked, denied))
    return bool(remaining(within, *sides))


def _anniversary(asked: Questions, denied: Questions) -> bool:
    """Fewer days are within more of them, where both are counted in one zone."""
    for days, zone in (question.operand for question in asked):
        if any(zone == other and days <= more for more, other in (question.operand for question in denied)):
            return False
    return True


def _bucket(asked: Questions, denied: Questions) -> bool:
    """Shares of one hash with one salt are shares of one split; others are independent."""
    splits = {question.operand[:2] for side in (asked, denied) for question in _of(side, Test.ROLLOUT)}
    for split in splits:
        sides = (
            [question.operand[2] for question in _of(side, Test.ROLLOUT) if question.operand[:2] == split]
            for side in (asked, denied)
        )
        if not remaining([_BUCKETS[split[0]]], *sides):
            return False
    return True


def _of(questions: Questions, *tests: Test) -> Questions:
    return [question for question in questions if question.test in tests]


_FAMILIES: Mapping[Kind, Callable[[Questions, Questions], bool]] = {
    Kind.STRING: _string,
    Kind.NUMBER: _number,
    Kind.INSTANT: _instant,
    Kind.VERSION: partial(_ordered, Test.VERSION),
    Kind.IP: partial(_ordered, Test.NETWORK),
}
"""The kinds whose values cannot be told one by one."""
