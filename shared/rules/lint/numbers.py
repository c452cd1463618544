"""Tests on numbers: intervals of doubles, equal values as intervals of one, and remainders."""

from collections.abc import Iterable, Sequence
from math import gcd, inf, nextafter

from shared.rules.indexing import Question
from shared.rules.kinds import MAX_INTEGER, Kind, kind_of
from shared.rules.lint.intervals import EVERYTHING, Interval, remaining
from shared.rules.program import Test

TESTS = (Test.NUMBER, Test.EQUAL, Test.MOD)

Congruence = tuple[int, int]
"""(modulus above 0, remainder from 0 on)."""


def can_be(asked: Sequence[Question], denied: Sequence[Question]) -> bool:
    """Whether some number may pass all tests that are asked and none that is denied."""
    within = remaining(EVERYTHING, map(_intervals, _ordered(asked)), map(_intervals, _ordered(denied)))
    congruences = [_congruence(question) for question in asked if question.test is Test.MOD]
    if not within or not congruences:
        return bool(within)
    common = _common(congruences)
    if common is None or any(_follows(common, _congruence(each)) for each in denied if each.test is Test.MOD):
        return False
    return any(_meets(common, interval) for interval in within)


def _ordered(questions: Iterable[Question]) -> list[Question]:
    return [question for question in questions if question.test is not Test.MOD]


def _intervals(question: Question) -> Sequence[Interval]:
    """Integers beyond 2^53 are no values, so a number and the next double have nothing between them."""
    if question.test is Test.NUMBER:
        return question.operand  # type: ignore[no-any-return]  # intervals, see program.Test
    values = sorted({float(value) for value in question.operand if kind_of(value) is Kind.NUMBER})
    return [(value, nextafter(value, inf)) for value in values]


def _congruence(question: Question) -> Congruence:
    divisor, remainder = question.operand
    return abs(divisor), remainder % abs(divisor)


def _common(congruences: Iterable[Congruence]) -> Congruence | None:
    """The numbers that all congruences leave (Chinese remainders), None where they leave none."""
    modulus, remainder = 1, 0
    for divisor, wanted in congruences:
        shared = gcd(modulus, divisor)
        if (wanted - remainder) % shared:
            return None
        steps = (wanted - remainder) // shared * pow(modulus // shared, -1, divisor // shared) % (divisor // shared)
        remainder += modulus * steps
        modulus = modulus // shared * divisor
        remainder %= modulus
    return modulus, remainder


def _follows(congruence: Congruence, other: Congruence) -> bool:
    """Whether every number of the one is a number of the other."""
    return congruence[0] % other[0] == 0 and congruence[1] % other[0] == other[1]


def _meets(congruence: Congruence, interval: Interval) -> bool:
    """Whether an integer of a congruence lies in an interval."""
    modulus, remainder = congruence
    low = -MAX_INTEGER if interval[0] is None else max(interval[0], -MAX_INTEGER)
    first = -int(-low // 1)
    first += (remainder - first) % modulus
    return first <= MAX_INTEGER and (interval[1] is None or first < interval[1])
