"""What an operand has to be: readings of a condition's value that give it, or raise Refused and say where.

Pointers are relative to the condition.
"""

from collections.abc import Iterable, Sequence

from shared.rules import instants, limits, zones
from shared.rules.kinds import MAX_INTEGER, Kind, kind_of
from shared.rules.model import Operand, Scalar
from shared.rules.problems import Problem, Refused, did_you_mean

SCALARS = (Kind.STRING, Kind.NUMBER, Kind.BOOLEAN)
_ARTICLES = {Kind.STRING: "a string", Kind.NUMBER: "a number", Kind.BOOLEAN: "a boolean", Kind.LIST: "a list"}


def one(value: Operand, kinds: Sequence[Kind], at: str = "/value") -> Scalar:
    """A scalar of one of these kinds."""
    if isinstance(value, str | int | float) and kind_of(value) in kinds:
        return value
    raise refused(at, "wrong-type", f"{_names(kinds)} is expected")


def many(value: Operand, kinds: Sequence[Kind]) -> list[Scalar]:
    """A list of 1 to 1,000 scalars of these kinds."""
    if not isinstance(value, tuple):
        raise refused("/value", "wrong-type", "a list is expected", "put the value into brackets")
    if not value:
        raise refused("/value", "empty-list", "the list is empty")
    if len(value) > limits.MAX_VALUES:
        raise refused("/value", "too-many-values", f"{len(value)} values, the limit is {limits.MAX_VALUES}")
    wrong = [
        Problem(f"/value/{index}", "wrong-type", f"{_names(kinds)} is expected")
        for index, item in enumerate(value)
        if kind_of(item) not in kinds
    ]
    if wrong:
        raise Refused(wrong)
    return [item for item in value if isinstance(item, str | int | float)]


def distinct(values: Iterable[Scalar]) -> tuple[Scalar, ...]:
    """Each value once and in one order, so that equal questions are equal operands; True is not 1."""
    by_kind = {(kind_of(value), value): value for value in values}
    return tuple(by_kind[key] for key in sorted(by_kind))


def pair(value: Operand) -> tuple[Operand, Operand]:
    """A list of exactly two values."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise refused("/value", "wrong-type", "a list of two values is expected")
    return value[0], value[1]


def number_at(value: Operand, at: str = "/value") -> float:
    """A double: thresholds of equal rules are equal however they were written; 0.0 stands for -0.0."""
    return float(one(value, (Kind.NUMBER,), at)) + 0.0


def integer(value: Operand, at: str) -> int:
    """An integer within 2^53 - 1 of zero; 4.0 is one."""
    found = one(value, (Kind.NUMBER,), at)
    if found != int(found) or abs(found) > MAX_INTEGER:
        raise refused(at, "wrong-type", "an integer is expected")
    return int(found)


def instant_at(value: Operand, at: str = "/value") -> int:
    """Unix milliseconds of an instant's text."""
    ms = instants.parse(value) if isinstance(value, str) else None
    if ms is None:
        detail = "an RFC 3339 date-time with offset, or a bare date, is expected"
        raise refused(at, "bad-instant", detail, "write it as `2024-12-31T23:59:59Z` or `2024-12-31`")
    return ms


def zone_of(name: str | None) -> str:
    """A known time zone, UTC where none is named; raises Refused for any other name."""
    if name is None or name in zones.names():
        return name or "UTC"
    hint = did_you_mean(name, zones.names())
    raise refused("/timezone", "unknown-timezone", f"unknown time zone `{name}`", hint)


def _names(kinds: Sequence[Kind]) -> str:
    names = [_ARTICLES[kind] for kind in kinds]
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]


def refused(at: str, code: str, detail: str, hint: str | None = None) -> Refused:
    """One problem, to be raised."""
    return Refused([Problem(at, code, detail, hint)])
