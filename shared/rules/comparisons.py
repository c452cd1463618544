"""One attribute against another (`other`): the positive operators by name, on two values that are both there.

Each holds where its operator would with the second value written as its operand; a value of a kind that the
operator cannot take, on either side, is false.
"""

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

from shared.rules.kinds import Kind, as_instant, as_version, kind_of

Typed = tuple[Kind, Any]
"""A normalised value with its kind, as `kinds.typed` gives it."""

Comparison = Callable[[Typed, Typed, Callable[[str], str]], bool | None]
"""(value, other value, `fold` or `str`) to the answer; None where one of the kinds cannot be taken."""

_SCALARS = (Kind.STRING, Kind.NUMBER, Kind.BOOLEAN)


def _equal(value: Typed, other: Typed, change: Callable[[str], str]) -> bool | None:
    if value[0] not in _SCALARS or other[0] not in _SCALARS:
        return None
    if value[0] is not other[0]:
        return False
    return change(value[1]) == change(other[1]) if value[0] is Kind.STRING else bool(value[1] == other[1])


def _text(test: Callable[[str, str], bool]) -> Comparison:
    def compare(value: Typed, other: Typed, change: Callable[[str], str]) -> bool | None:
        parts = {Kind.STRING: (other[1],), Kind.LIST: other[1]}.get(other[0])
        if value[0] is not Kind.STRING or parts is None:
            return None
        text = change(value[1])
        return any(test(text, change(part)) for part in parts if isinstance(part, str))

    return compare


def _ordered(read: Callable[[Kind, Any], Any], test: Callable[[Any, Any], bool]) -> Comparison:
    def compare(value: Typed, other: Typed, _: Callable[[str], str]) -> bool | None:
        first, second = read(*value), read(*other)
        return None if first is None or second is None else test(first, second)

    return compare


def _as_number(kind: Kind, value: Any) -> Any:
    return value if kind is Kind.NUMBER else None


def _elements(quantifier: Callable[[Any], bool]) -> Comparison:
    def compare(value: Typed, other: Typed, _: Callable[[str], str]) -> bool | None:
        if value[0] is not Kind.LIST or other[0] is not Kind.LIST:
            return None
        held = scalars(value[1])
        return quantifier(kind_of(item) in _SCALARS and (kind_of(item), item) in held for item in other[1])

    return compare


def scalars(elements: list[Any]) -> set[Typed]:
    """The scalar elements of a list, each with its kind: True is not 1."""
    return {(kind_of(item), item) for item in elements if kind_of(item) in _SCALARS}


COMPARISONS: Mapping[str, Comparison] = {
    "eq": _equal,
    "gt": _ordered(_as_number, gt),
    "gte": _ordered(_as_number, ge),
    "lt": _ordered(_as_number, lt),
    "lte": _ordered(_as_number, le),
    "contains": _text(str.__contains__),
    "starts_with": _text(str.startswith),
    "ends_with": _text(str.endswith),
    "before": _ordered(as_instant, lt),
    "after": _ordered(as_instant, gt),
    "version_eq": _ordered(as_version, eq),
    "version_gt": _ordered(as_version, gt),
    "version_gte": _ordered(as_version, ge),
    "version_lt": _ordered(as_version, lt),
    "version_lte": _ordered(as_version, le),
    "has_any": _elements(any),
    "has_all": _elements(all),
}
"""By the positive operator's name; an operator that is not here takes no `other`."""
