"""Tests on lists: elements that must be there, elements that must not, and how many there are."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shared.rules.indexing import Question
from shared.rules.kinds import kind_of
from shared.rules.lint.intervals import Interval, remaining
from shared.rules.program import Test

TESTS = (Test.ANY_OF, Test.ALL_OF, Test.SIZE, Test.ELEMENT)

Element = tuple[Any, Any]
"""A value with its kind."""
Excluding = Callable[[Any, Sequence[Any]], bool]
"""(operand of an `element` test, those of others): whether no element passes the one and fails the others."""

_SIZES: Sequence[Interval] = ((0, None),)


def can_be(asked: Sequence[Question], denied: Sequence[Question], is_excluded: Excluding) -> bool:
    """Whether some list may pass all tests that are asked and none that is denied."""
    banned = {element for question in _of(denied, Test.ANY_OF) for element in _elements(question)}
    held = _held(asked, banned)
    if held is None or any(_elements(question) <= held for question in _of(denied, Test.ALL_OF)):
        return False
    others = [question.operand for question in _of(denied, Test.ELEMENT)]
    inner = list(_of(asked, Test.ELEMENT))
    if any(is_excluded(question.operand, others) for question in inner):
        return False
    fewest = max(len(held), int(any(True for _ in _of(asked, Test.ANY_OF)))) + bool(inner)
    sizes = (tuple(question.operand for question in _of(side, Test.SIZE)) for side in (asked, denied))
    return bool(remaining([(fewest, None)], *sizes))


def _held(asked: Sequence[Question], banned: set[Element]) -> set[Element] | None:
    """The elements that a list must have, None where it must not have one of them."""
    held = {element for question in _of(asked, Test.ALL_OF) for element in _elements(question)}
    for question in _of(asked, Test.ANY_OF):
        left = _elements(question) - banned
        if not left:
            return None
        if len(left) == 1:
            held |= left
    return None if held & banned else held


def _of(questions: Iterable[Question], test: Test) -> Iterable[Question]:
    return (question for question in questions if question.test is test)


def _elements(question: Question) -> set[Element]:
    return {(kind_of(value), value) for value in question.operand}
