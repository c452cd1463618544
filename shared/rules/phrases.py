"""Operands in plain English, for the sentences of conditions."""

from collections.abc import Sequence

from shared.rules import durations
from shared.rules.model import Operand

SHOWN_VALUES = 8
"""A longer list is cut in a sentence and says how many values it left out."""

_BOUNDS = {"gt": "more than", "gte": "at least", "lt": "less than", "lte": "at most", "eq": "exactly"}


def value(operand: Operand) -> str:
    """One scalar: strings in backticks, numbers and booleans plain."""
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return f"`{operand}`" if isinstance(operand, str) else str(operand)


def values(operand: Operand) -> str:
    """A list of scalars: "`a`, `b` and 3 more"."""
    items = _items(operand)
    left_out = len(items) - SHOWN_VALUES
    shown = ", ".join(value(item) for item in items[:SHOWN_VALUES])
    return f"{shown} and {left_out} more" if left_out > 0 else shown


def choice(operand: Operand) -> str:
    """One scalar, or any of a list: "any of `a`, `b`"."""
    return f"any of {values(operand)}" if isinstance(operand, tuple) and len(operand) > 1 else values(operand)


def pair(operand: Operand) -> str:
    """Both ends of an interval."""
    low, high = _items(operand)
    return f"{value(low)} and {value(high)}"


def span(operand: Operand) -> str:
    """An interval of time, its end excluded."""
    start, end = _items(operand)
    return f"{value(start)} until just before {value(end)}"


def remainder(operand: Operand) -> str:
    """The numbers that a divisor and a remainder describe."""
    divisor, rest = (int(item) for item in _items(operand) if isinstance(item, int | float))
    distance = f"{abs(rest)} {'more' if rest > 0 else 'less'} than " if rest else ""
    return f"{distance}a multiple of {abs(divisor)}"


def duration(operand: Operand) -> str:
    """A length of time in words."""
    return durations.words(str(operand))


def size(operand: Operand) -> str:
    """The bounds on a list's length."""
    bounds = operand.items() if isinstance(operand, dict) else ()
    return " and ".join(f"{_BOUNDS[name]} {value(bound)}" for name, bound in bounds)


def _items(operand: Operand) -> Sequence[Operand]:
    return operand if isinstance(operand, tuple) else (operand,)
