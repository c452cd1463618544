"""Strings that JavaScript reads as numbers, compared with one number by a pattern: `"21" > 18`.

The patterns read plain decimals, as `-007.50`, between white space; a string of white space alone is 0. What else
`Number` reads (exponents, other bases, infinity) and fractions so long that they are rounded is `EXOTIC`.
"""

from decimal import Decimal

from shared.importers.digits import Threshold

MOST_DIGITS = 15
"""Decimals of so many significant digits are told apart by doubles, and ordered as they are written."""

_SPACE = r"[\t-\r \x{a0}\x{feff}\pZ]*"
# at most 9 + 6 digits are left to the other patterns where there is a fraction
_LONG = r"[0-9]{10,}\.[0-9]+|[0-9]*\.[0-9]{7,}"
_EXPONENT = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"
_OTHER_BASE = "0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+"
EXOTIC = rf"\A{_SPACE}(?:[+-]?(?:{_LONG}|{_EXPONENT}|Infinity)|{_OTHER_BASE}){_SPACE}\z"
"""A pattern of the strings that are numbers to `Number` and that `pattern` does not read."""


def is_plain(number: float) -> bool:
    """Whether `pattern` can compare with this number."""
    if number - number != 0:
        return False
    _, digits, places = Decimal(repr(number)).normalize().as_tuple()
    return len(digits) <= MOST_DIGITS and -MOST_DIGITS <= int(places) <= MOST_DIGITS - len(digits)


def pattern(relation: str, number: float) -> str:
    """The strings s for which `Number(s) <relation> number`; relation: eq, lt, lte, gt or gte. `number` is plain."""
    threshold = Threshold(f"{Decimal(repr(number)):f}")
    forms = [threshold.equal()] if relation in ("eq", "lte", "gte") else []
    blank = number == 0 if forms else False
    if relation in ("lt", "lte"):
        forms.append(threshold.below())
        blank |= number > 0
    elif relation in ("gt", "gte"):
        forms.append(threshold.above())
        blank |= number < 0
    return rf"\A{_SPACE}(?:{'|'.join([*forms, *([''] if blank else [])])}){_SPACE}\z"
