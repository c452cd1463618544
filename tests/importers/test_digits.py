"""Patterns for the order of numbers that stand as text agree with decimal arithmetic."""

import re
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from shared.importers import digits

NUMERALS = st.text("0129", min_size=1, max_size=4)
DECIMALS = st.from_regex(rf"\A{digits.DECIMAL}\Z", fullmatch=True).filter(str.isascii).map(lambda text: text[:9])
DECIMALS = DECIMALS.filter(re.compile(digits.DECIMAL).fullmatch)


def found(pattern, text):
    return pattern is not None and re.fullmatch(pattern, text) is not None


@given(NUMERALS, NUMERALS)
@example("10", "9")
@example("0", "00")
def test_numerals_are_ordered_as_integers(threshold, text):
    answers = (
        found(digits.below(threshold), text),
        found(digits.equal(threshold), text),
        found(digits.above(threshold), text),
    )
    assert answers == (int(text) < int(threshold), int(text) == int(threshold), int(text) > int(threshold))


@given(DECIMALS, DECIMALS)
@example("-0", ".0")
@example("5", "5.")
@example("5.25", "5")
@example("-5.25", "-05.2500")
@example(".5", ".05")
def test_decimals_are_ordered_as_numbers(threshold, text):
    compared = digits.Threshold(threshold)
    answers = (found(compared.below(), text), found(compared.equal(), text), found(compared.above(), text))
    number, bound = Decimal(text), Decimal(threshold)
    assert answers == (number < bound, number == bound, number > bound)
