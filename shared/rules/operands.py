"""Operands: each function checks the value of one kind of condition and prepares what its predicate asks.

All take a condition whose value the parser has read (never None) and return `(test, operand)` as program.py
describes them; all raise Refused with pointers relative to the condition.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from math import inf, nextafter

from shared.rules import durations, instants, limits, patterns, ranges, versions, zones
from shared.rules.cuts import Cut
from shared.rules.instants import Relation
from shared.rules.kinds import MAX_INTEGER, Kind, fold, kind_of
from shared.rules.model import Condition, Operand, Scalar
from shared.rules.problems import Problem, Refused, did_you_mean, step
from shared.rules.program import Test

Prepared = tuple[Test, object]
Prepare = Callable[[Condition], Prepared]

SCALARS = (Kind.STRING, Kind.NUMBER, Kind.BOOLEAN)
_ARTICLES = {Kind.STRING: "a string", Kind.NUMBER: "a number", Kind.BOOLEAN: "a boolean", Kind.LIST: "a list"}
_BARE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch


def present(_: Condition) -> Prepared:
    """PRESENT: takes no value."""
    return Test.PRESENT, None


def equal(condition: Condition) -> Prepared:
    """EQUAL or EQUAL_FOLDED to one scalar."""
    kinds = (Kind.STRING,) if condition.ignore_case else SCALARS
    return _equal(condition, [_one(condition.value, kinds)])


def member(condition: Condition) -> Prepared:
    """EQUAL or EQUAL_FOLDED to one of a list of scalars."""
    return _equal(condition, _many(condition.value, (Kind.STRING,) if condition.ignore_case else SCALARS))


def text(test: Test) -> Prepare:
    """A test on a string, with one string or a list of them: any of them may be found."""

    def prepare(condition: Condition) -> Prepared:
        is_list = isinstance(condition.value, tuple)
        parts = _many(condition.value, (Kind.STRING,)) if is_list else [_one(condition.value, (Kind.STRING,))]
        if "" in parts:
            at = f"/value/{parts.index('')}" if is_list else "/value"
            raise _refused(at, "empty-string", "an empty string is in every string")
        if not condition.ignore_case:
            return test, _distinct(parts)
        folded = Test(test + 1)  # it follows each test on strings
        return folded, _distinct(fold(str(part)) for part in parts)

    return prepare


def pattern(condition: Condition) -> Prepared:
    """PATTERN: RE2 syntax, at most 512 bytes, within the bound on its program."""
    source = str(_one(condition.value, (Kind.STRING,)))
    problem = patterns.find_problem(source, "/value", ignore_case=condition.ignore_case)
    if problem:
        raise Refused([problem])
    return Test.PATTERN, (source, condition.ignore_case)


def number(cut: Cut) -> Prepare:
    """NUMBER on one side of a threshold."""

    def prepare(condition: Condition) -> Prepared:
        threshold = _number(condition.value)
        return Test.NUMBER, (cut(threshold, nextafter(threshold, inf)),)

    return prepare


def between(condition: Condition) -> Prepared:
    """NUMBER from the first to the second, both included."""
    low, high = (_number(value, f"/value/{index}") for index, value in enumerate(_pair(condition.value)))
    if low > high:
        raise _refused("/value", "empty-interval", "the first number is greater than the second", "exchange them")
    return Test.NUMBER, ((low, nextafter(high, inf)),)


def mod(condition: Condition) -> Prepared:
    """MOD by a divisor to a remainder, both integers."""
    divisor, remainder = (_integer(value, f"/value/{index}") for index, value in enumerate(_pair(condition.value)))
    if divisor == 0:
        raise _refused("/value/0", "bad-divisor", "nothing can be divided by 0")
    if remainder % divisor != remainder:
        ends = f"0 to {divisor - 1}" if divisor > 0 else f"{divisor + 1} to 0"
        raise _refused(
            "/value/1", "bad-remainder", f"{remainder} is no remainder of a division by {divisor}", f"use {ends}"
        )
    return Test.MOD, (divisor, remainder)


def instant(cut: Cut) -> Prepare:
    """INSTANT on one side of another."""

    def prepare(condition: Condition) -> Prepared:
        ms = _instant(condition.value)
        return Test.INSTANT, (cut(ms, ms + 1),)

    return prepare


def during(condition: Condition) -> Prepared:
    """INSTANT from the first up to, not including, the second."""
    start, end = (_instant(value, f"/value/{index}") for index, value in enumerate(_pair(condition.value)))
    if start >= end:
        raise _refused("/value", "empty-interval", "the first instant is not before the second")
    return Test.INSTANT, ((start, end),)


def on(condition: Condition) -> Prepared:
    """INSTANT within one calendar day, of `timezone` or UTC; a day that a zone skipped has no instant."""
    ms = instants.parse(condition.value) if isinstance(condition.value, str) and _BARE_DATE(condition.value) else None
    if ms is None:
        raise _refused("/value", "bad-date", "a bare date is expected", "write it as `2024-12-31`")
    zone = condition.timezone or "UTC"
    if zone not in zones.names():
        hint = did_you_mean(zone, zones.names())
        raise _refused("/timezone", "unknown-timezone", f"unknown time zone `{zone}`", hint)
    start, end = zones.day(ms, zone)
    return Test.INSTANT, ((start, end),) if start < end else ()


def relative(relation: Relation) -> Prepare:
    """AGE for an exact duration, CALENDAR for one with months or years."""

    def prepare(condition: Condition) -> Prepared:
        length = durations.parse(condition.value) if isinstance(condition.value, str) else None
        if length is None:
            detail = "an ISO 8601 duration above zero and up to 10,000 years is expected"
            raise _refused("/value", "bad-duration", detail, "write 30 days as `P30D`, 12 hours as `PT12H`")
        if length.months:
            return Test.CALENDAR, (int(relation), length.months, length.ms)
        ages = {
            Relation.WITHIN_LAST: (0, length.ms),
            Relation.OLDER_THAN: (length.ms, None),
            Relation.WITHIN_NEXT: (-length.ms, 0),
            Relation.FURTHER_THAN: (None, -length.ms),
        }
        return Test.AGE, (ages[relation],)

    return prepare


def version(cut: Cut) -> Prepare:
    """VERSION on one side of another, or equal to it, by precedence."""

    def prepare(condition: Condition) -> Prepared:
        key = versions.key(condition.value) if isinstance(condition.value, str) else None
        if key is None:
            raise _refused("/value", "bad-version", "a version is expected", "write it as `1.2.3`")
        return Test.VERSION, (cut(key, (*key, 0)),)

    return prepare


def satisfies(condition: Condition) -> Prepared:
    """VERSION within npm's ranges."""
    intervals = ranges.parse(condition.value) if isinstance(condition.value, str) else None
    if intervals is None:
        raise _refused(
            "/value", "bad-version-range", "a version range is expected", "write it as `^1.2 || ~2.1 || 3.x`"
        )
    return Test.VERSION, intervals


def elements(test: Test) -> Prepare:
    """ANY_OF or ALL_OF a list of scalars."""

    def prepare(condition: Condition) -> Prepared:
        return test, _distinct(_many(condition.value, SCALARS))

    return prepare


def size(condition: Condition) -> Prepared:
    """SIZE within all given bounds, an object of `gt gte lt lte eq`."""
    bounds = condition.value
    if not isinstance(bounds, dict) or not bounds:
        raise _refused("/value", "wrong-type", "an object of bounds is expected", 'write it as `{"gte": 2}`')
    known = ("gt", "gte", "lt", "lte", "eq")
    problems = [
        Problem(step("/value", name), "unknown-field", f"unknown bound `{name}`", did_you_mean(name, known))
        for name in bounds
        if name not in known
    ]
    if problems:
        raise Refused(problems)
    number_of = {name: _integer(value, f"/value/{name}") for name, value in bounds.items()}
    lows = {"gt": 1, "gte": 0, "eq": 0}
    highs = {"lt": 0, "lte": 1, "eq": 1}
    low = max((bound + lows[name] for name, bound in number_of.items() if name in lows), default=0)
    high = min((bound + highs[name] for name, bound in number_of.items() if name in highs), default=None)
    if low < 0 or (high is not None and low >= high):
        raise _refused("/value", "empty-interval", "no size lies within these bounds")
    return Test.SIZE, ((low, high),)


def _equal(condition: Condition, values: Sequence[Scalar]) -> Prepared:
    if condition.ignore_case:
        return Test.EQUAL_FOLDED, _distinct(fold(str(value)) for value in values)
    return Test.EQUAL, _distinct(values)


def _one(value: Operand, kinds: Sequence[Kind], at: str = "/value") -> Scalar:
    if isinstance(value, str | int | float) and kind_of(value) in kinds:
        return value
    raise _refused(at, "wrong-type", f"{_names(kinds)} is expected")


def _many(value: Operand, kinds: Sequence[Kind]) -> list[Scalar]:
    if not isinstance(value, tuple):
        raise _refused("/value", "wrong-type", "a list is expected", "put the value into brackets")
    if not value:
        raise _refused("/value", "empty-list", "the list is empty")
    if len(value) > limits.MAX_VALUES:
        raise _refused("/value", "too-many-values", f"{len(value)} values, the limit is {limits.MAX_VALUES}")
    wrong = [
        Problem(f"/value/{index}", "wrong-type", f"{_names(kinds)} is expected")
        for index, item in enumerate(value)
        if kind_of(item) not in kinds
    ]
    if wrong:
        raise Refused(wrong)
    return [item for item in value if isinstance(item, str | int | float)]


def _distinct(values: Iterable[Scalar]) -> tuple[Scalar, ...]:
    """Each value once and in one order, so that equal questions are equal operands; True is not 1."""
    by_kind = {(kind_of(value), value): value for value in values}
    return tuple(by_kind[key] for key in sorted(by_kind))


def _pair(value: Operand) -> tuple[Operand, Operand]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise _refused("/value", "wrong-type", "a list of two values is expected")
    return value[0], value[1]


def _number(value: Operand, at: str = "/value") -> float:
    """A double: thresholds of equal rules are equal however they were written; 0.0 stands for -0.0."""
    return float(_one(value, (Kind.NUMBER,), at)) + 0.0


def _integer(value: Operand, at: str) -> int:
    found = _one(value, (Kind.NUMBER,), at)
    if found != int(found) or abs(found) > MAX_INTEGER:
        raise _refused(at, "wrong-type", "an integer is expected")
    return int(found)


def _instant(value: Operand, at: str = "/value") -> int:
    ms = instants.parse(value) if isinstance(value, str) else None
    if ms is None:
        detail = "an RFC 3339 date-time with offset, or a bare date, is expected"
        raise _refused(at, "bad-instant", detail, "write it as `2024-12-31T23:59:59Z` or `2024-12-31`")
    return ms


def _names(kinds: Sequence[Kind]) -> str:
    names = [_ARTICLES[kind] for kind in kinds]
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def _refused(at: str, code: str, detail: str, hint: str | None = None) -> Refused:
    return Refused([Problem(at, code, detail, hint)])
