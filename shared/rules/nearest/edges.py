"""Edges: the values at and beside the edges of what a condition asks, as near to the present one as may be.

Each function takes what is asked of one attribute and gives values of which some make the question true and some
make it false; whoever asks tries them. Values are JSON as a caller would send them: instants and versions as text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from math import ulp
from typing import Any as Json

import msgspec

from shared.rules.instants import to_text
from shared.rules.kinds import Kind, Type, kind_of
from shared.rules.model import Condition, Operand
from shared.rules.operators import prepare
from shared.rules.program import Test

MOST_VALUES = 16
"""Of so many values of one condition each is tried."""
MOST_ELEMENTS = 1_000
"""A list is made no longer."""
_NEUTRAL = ("other", "none", "-")  # for "anything but": some text that nobody asks for
_PLAIN = re.compile(r"\^?((?:[^\\^$.|?*+()\[\]{}]|\\[^0-9A-Za-z])+)\$?").fullmatch
_CENT = Decimal("0.01")
EXAMPLE_ADDRESS = "192.0.2.1"  # of a network that RFC 5737 keeps for examples

Typed = tuple[Kind, Json]


class Asked(msgspec.Struct, frozen=True):
    """What is asked of one attribute: a condition with a value, the attribute's own normalised, its type, and now."""

    condition: Condition
    seen: Typed
    declared: Type
    now_ms: int

    @property
    def values(self) -> Sequence[Json]:
        """The values that the condition names, one or a list of them."""
        value = self.condition.value
        return value[:MOST_VALUES] if isinstance(value, tuple) else (value,)

    @property
    def prepared(self) -> tuple[Test, Json]:
        """The test and the operand of its predicate, see program.Test."""
        return prepare(self.condition)

    @property
    def text(self) -> str:
        """The present value where it is a string, else nothing."""
        return str(self.seen[1]) if self.seen[0] is Kind.STRING else ""

    @property
    def elements(self) -> list[Json]:
        """The present value where it is a list, else none."""
        return list(self.seen[1]) if self.seen[0] is Kind.LIST else []


def known(asked: Asked) -> Iterator[Json]:
    """A value of the declared type."""
    yield {
        Type.NUMBER: 1,
        Type.BOOLEAN: True,
        Type.DATETIME: to_text(asked.now_ms),
        Type.VERSION: "1.0.0",
        Type.LIST: [],
        Type.OBJECT: {},
        Type.IP: EXAMPLE_ADDRESS,
    }.get(asked.declared, "known")


def equal(asked: Asked) -> Iterator[Json]:
    """The values that are named, and others."""
    yield from asked.values
    for value in asked.values:
        if isinstance(value, bool):
            yield not value
        elif not isinstance(value, str):
            yield from (whole(value + 1), whole(value - 1))
    yield from _NEUTRAL


def threshold(asked: Asked) -> Iterator[Json]:
    """The thresholds, and one more and one less: by 1 among integers, else by a hundredth."""
    kind, now = asked.seen
    for value in asked.values:
        yield whole(value)
        is_counted = whole(value) == int(value) and (kind is not Kind.NUMBER or now == int(now))
        gap = Decimal(1) if is_counted else _CENT
        gap = max(gap, Decimal(ulp(value)))
        yield from (whole(float(Decimal(str(value)) + step)) for step in (gap, -gap))


def remainder(asked: Asked) -> Iterator[Json]:
    """The nearest integers with the remainder, and without."""
    divisor, remainder = (int(value) for value in asked.values)
    now = int(asked.seen[1]) if asked.seen[0] is Kind.NUMBER else 0
    fitting = now + (remainder - now) % abs(divisor)
    yield from (fitting, fitting - abs(divisor), now + (1 if abs(divisor) > 1 else 0.5))


def text(put: Callable[[str, str], str], cut: Callable[[str, str], str]) -> Callable[[Asked], Iterator[Json]]:
    """The text with each part put to it, and with all of them cut from it."""

    def values(asked: Asked) -> Iterator[Json]:
        yield from (put(asked.text, part) for part in asked.values)
        left = asked.text
        for part in asked.values:
            left = cut(left, part)
        yield from (left, *_NEUTRAL) if left else _NEUTRAL

    return values


def under(asked: Asked) -> Iterator[Json]:
    """The paths of names themselves, and no path."""
    yield from (part.rstrip("/") or part for part in asked.values)
    yield from _NEUTRAL


def pattern(asked: Asked) -> Iterator[Json]:
    """Only what a pattern of plain text asks for can be told."""
    found = _PLAIN(asked.values[0])
    if found:
        yield re.sub(r"\\(.)", r"\1", found[1])
    yield from _NEUTRAL


def any_of(asked: Asked) -> Iterator[Json]:
    """The list with each of the values, and without all of them."""
    yield from ([*asked.elements, value] for value in asked.values)
    yield _without(asked.elements, asked.condition.value)


def all_of(asked: Asked) -> Iterator[Json]:
    """The list with all of the values, and without each of them."""
    wanted = asked.condition.value if isinstance(asked.condition.value, tuple) else ()
    yield [*asked.elements, *_without(wanted, asked.elements)]
    yield from (_without(asked.elements, [value]) for value in asked.values)


def size(asked: Asked) -> Iterator[Json]:
    """Cut at either end, or made longer with nulls, which are elements like any other."""
    _, operand = asked.prepared
    elements = asked.elements
    for bound in (bound for interval in operand for bound in interval if bound is not None):
        for length in (bound, bound - 1):
            if 0 <= length <= len(elements):
                yield from (elements[:length], elements[len(elements) - length :])
            elif len(elements) < length <= MOST_ELEMENTS:
                yield elements + [None] * (length - len(elements))


def _without(elements: Iterable[Json], unwanted: Operand | list[Json]) -> list[Json]:
    """Those elements that are, kind and value, none of these."""
    found = [(kind_of(value), value) for value in unwanted] if isinstance(unwanted, tuple | list) else []
    return [element for element in elements if (kind_of(element), element) not in found]


def whole(number: int | float) -> int | float:
    """The number, as an integer where it is one that a document may hold."""
    return int(number) if number == number // 1 and abs(number) <= 2**53 - 1 else number
