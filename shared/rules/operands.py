"""Operands: each function checks the value of one kind of condition and prepares what its predicate asks.

All take a condition whose value the parser has read (never None) and return `(test, operand)` as program.py
describes them; all raise Refused with pointers relative to the condition.
"""

from collections.abc import Callable, Sequence
from math import inf, nextafter

from shared.rules import patterns, ranges, versions
from shared.rules.cuts import Cut
from shared.rules.expect import SCALARS, distinct, integer, many, number_at, one, pair, refused
from shared.rules.kinds import Kind, fold
from shared.rules.model import Condition, Scalar
from shared.rules.problems import Problem, Refused, did_you_mean, step
from shared.rules.program import Test

Prepared = tuple[Test, object]
Prepare = Callable[[Condition], Prepared]


def present(_: Condition) -> Prepared:
    """PRESENT: takes no value."""
    return Test.PRESENT, None


def equal(condition: Condition) -> Prepared:
    """EQUAL or EQUAL_FOLDED to one scalar."""
    kinds = (Kind.STRING,) if condition.ignore_case else SCALARS
    return _equal(condition, [one(condition.value, kinds)])


def member(condition: Condition) -> Prepared:
    """EQUAL or EQUAL_FOLDED to one of a list of scalars."""
    return _equal(condition, many(condition.value, (Kind.STRING,) if condition.ignore_case else SCALARS))


def text(test: Test) -> Prepare:
    """A test on a string, with one string or a list of them: any of them may be found."""

    def prepare(condition: Condition) -> Prepared:
        is_list = isinstance(condition.value, tuple)
        parts = many(condition.value, (Kind.STRING,)) if is_list else [one(condition.value, (Kind.STRING,))]
        if "" in parts:
            at = f"/value/{parts.index('')}" if is_list else "/value"
            raise refused(at, "empty-string", "an empty string is in every string")
        if not condition.ignore_case:
            return test, distinct(parts)
        folded = Test(test + 1)  # it follows each test on strings
        return folded, distinct(fold(str(part)) for part in parts)

    return prepare


def under(condition: Condition) -> Prepared:
    """UNDER or UNDER_FOLDED: one path of names or a list of them, kept without the slashes that end them."""
    test, parts = text(Test.UNDER)(condition)
    return test, distinct(str(part).rstrip("/") for part in parts)  # type: ignore[attr-defined]  # `text` gives a tuple


def pattern(condition: Condition) -> Prepared:
    """PATTERN: RE2 syntax, at most 512 bytes, within the bound on its program."""
    source = str(one(condition.value, (Kind.STRING,)))
    problem = patterns.find_problem(source, "/value", ignore_case=condition.ignore_case)
    if problem:
        raise Refused([problem])
    return Test.PATTERN, (source, condition.ignore_case)


def number(cut: Cut) -> Prepare:
    """NUMBER on one side of a threshold."""

    def prepare(condition: Condition) -> Prepared:
        threshold = number_at(condition.value)
        return Test.NUMBER, (cut(threshold, nextafter(threshold, inf)),)

    return prepare


def between(condition: Condition) -> Prepared:
    """NUMBER from the first to the second, both included."""
    low, high = (number_at(value, f"/value/{index}") for index, value in enumerate(pair(condition.value)))
    if low > high:
        raise refused("/value", "empty-interval", "the first number is greater than the second", "exchange them")
    return Test.NUMBER, ((low, nextafter(high, inf)),)


def mod(condition: Condition) -> Prepared:
    """MOD by a divisor to a remainder, both integers."""
    divisor, remainder = (integer(value, f"/value/{index}") for index, value in enumerate(pair(condition.value)))
    if divisor == 0:
        raise refused("/value/0", "bad-divisor", "nothing can be divided by 0")
    if remainder % divisor != remainder:
        ends = f"0 to {divisor - 1}" if divisor > 0 else f"{divisor + 1} to 0"
        raise refused(
            "/value/1", "bad-remainder", f"{remainder} is no remainder of a division by {divisor}", f"use {ends}"
        )
    return Test.MOD, (divisor, remainder)


def version(cut: Cut) -> Prepare:
    """VERSION on one side of another, or equal to it, by precedence."""

    def prepare(condition: Condition) -> Prepared:
        key = versions.key(condition.value) if isinstance(condition.value, str) else None
        if key is None:
            raise refused("/value", "bad-version", "a version is expected", "write it as `1.2.3`")
        return Test.VERSION, (cut(key, (*key, 0)),)

    return prepare


def satisfies(condition: Condition) -> Prepared:
    """VERSION within npm's ranges."""
    intervals = ranges.parse(condition.value) if isinstance(condition.value, str) else None
    if intervals is None:
        raise refused("/value", "bad-version-range", "a version range is expected", "write it as `^1.2 || ~2.1 || 3.x`")
    return Test.VERSION, intervals


def elements(test: Test) -> Prepare:
    """ANY_OF or ALL_OF a list of scalars."""

    def prepare(condition: Condition) -> Prepared:
        return test, distinct(many(condition.value, SCALARS))

    return prepare


def element(_: Condition) -> Prepared:
    """ELEMENT; the compiler puts the program of its rule in the operand's place."""
    return Test.ELEMENT, None


def size(condition: Condition) -> Prepared:
    """SIZE within all given bounds, an object of `gt gte lt lte eq`."""
    bounds = condition.value
    if not isinstance(bounds, dict) or not bounds:
        raise refused("/value", "wrong-type", "an object of bounds is expected", 'write it as `{"gte": 2}`')
    known = ("gt", "gte", "lt", "lte", "eq")
    problems = [
        Problem(step("/value", name), "unknown-field", f"unknown bound `{name}`", did_you_mean(name, known))
        for name in bounds
        if name not in known
    ]
    if problems:
        raise Refused(problems)
    number_of = {name: integer(value, f"/value/{name}") for name, value in bounds.items()}
    lows = {"gt": 1, "gte": 0, "eq": 0}
    highs = {"lt": 0, "lte": 1, "eq": 1}
    low = max((bound + lows[name] for name, bound in number_of.items() if name in lows), default=0)
    high = min((bound + highs[name] for name, bound in number_of.items() if name in highs), default=None)
    if low < 0 or (high is not None and low >= high):
        raise refused("/value", "empty-interval", "no size lies within these bounds")
    return Test.SIZE, ((low, high),)


def _equal(condition: Condition, values: Sequence[Scalar]) -> Prepared:
    if condition.ignore_case:
        return Test.EQUAL_FOLDED, distinct(fold(str(value)) for value in values)
    return Test.EQUAL, distinct(values)
