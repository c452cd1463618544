"""Sums of one variable with constants: `+ - * / %` as a question to the variable itself.

Adding, multiplying by and dividing by a constant never turn two doubles round, rounding included. So "the sum is above
5" means that the variable lies between two doubles, which are found by halving: exact to the last bit.
"""

import struct
from collections.abc import Callable, Sequence
from functools import reduce
from math import copysign, fmod, isfinite, nan
from operator import add, eq, ge, gt, le, lt, mul

import msgspec

from shared.importers.javascript import number_of, parse_float
from shared.importers.jsonlogic.variables import Variable, is_missing, member
from shared.importers.nodes import NEVER, Node, all_of, any_of, condition, is_number, negation
from shared.importers.readings import NUMBER, PARSED, number
from shared.importers.translation import Json
from shared.rules.catalogue import Path
from shared.rules.problems import Problem, Refused

_TESTS: dict[str, Callable[[float, float], bool]] = {"eq": eq, "lt": lt, "lte": le, "gt": gt, "gte": ge}
_LAST_PLACE = 0x7FEF_FFFF_FFFF_FFFF  # of the finite doubles in their order, 0 being 0.0


class Computed(msgspec.Struct, frozen=True):
    """A number that is worked out of one variable by a function that never turns two numbers round.

    reading: the group of readings by which the first operation takes what is no number. divisor: where it is set, the
    number is the remainder by it, which does turn round.
    """

    variable: Variable
    of: Callable[[float], float]
    reading: str
    divisor: int | None = None

    def is_truthy(self) -> Node:
        """It is neither 0 nor NaN; raises `Refused` where that cannot be said."""
        if self.divisor is None:
            return any_of(self.compared("lt", 0), self.compared("gt", 0))
        numbers = (all_of(is_number(path), negation(self._remains(path, 0))) for path in self._paths())
        return any_of(self._constants(bool), *numbers)

    def compared(self, op: str, limit: float) -> Node:
        """`lt`, `lte`, `gt`, `gte` or `eq` a number; raises `Refused` where that cannot be said."""
        if not isfinite(limit):
            raise Refused([Problem("", "not-importable", "a sum is compared with what is no number")])
        constants = self._constants(lambda value: _TESTS[op](value, limit))
        if self.divisor is None:
            between = self._interval(op, limit)
            found = [condition(path, "between", between) for path in self._paths()] if between else []
            return any_of(constants, *found)
        if op != "eq" or limit != limit // 1:
            raise Refused([Problem("", "not-importable", "a remainder is only asked whether it is an integer")])
        return any_of(constants, *(self._remains(path, int(limit)) for path in self._paths()))

    def _paths(self) -> list[Path]:
        own = [self.variable.path] if self.variable.may_be("number") else []
        read = (*self.variable.root, self.reading, self.variable.name)
        return [*own, read] if self.variable.may_be("string", "list") else own

    def _constants(self, wanted: Callable[[float], bool]) -> Node:
        """Where it is null or a boolean; `parseFloat` makes no number of either."""
        if self.reading == PARSED:
            return NEVER
        missing = is_missing(self.variable) if wanted(self.of(0.0)) else NEVER
        booleans = [value for value in (True, False) if wanted(self.of(float(value)))]
        return any_of(missing, member(self.variable.path, booleans if self.variable.may_be("boolean") else []))

    def _remains(self, path: Path, remainder: int) -> Node:
        """The remainder is this one: it has the sign of what is divided, where `mod` takes that of the divisor."""
        divisor = abs(self.divisor or 0)
        if remainder == 0:
            return condition(path, "mod", [divisor, 0])
        if abs(remainder) >= divisor:
            return NEVER
        sign, side = (1, "gt") if remainder > 0 else (-1, "lt")
        return all_of(condition(path, "mod", [sign * divisor, remainder]), condition(path, side, 0))

    def _interval(self, op: str, limit: float) -> list[Json] | None:
        """The first and the last double for which it holds, None where there is none."""
        if op == "eq":
            above, below = self._interval("gte", limit), self._interval("lte", limit)
            both = [max(above[0], below[0]), min(above[1], below[1])] if above and below else [1, 0]
            return both if both[0] <= both[1] else None

        def holds(place: int) -> bool:
            return _TESTS[op](self.of(_double(place)), limit)

        at_first, at_last = holds(-_LAST_PLACE), holds(_LAST_PLACE)
        if at_first == at_last:
            return [number(_double(-_LAST_PLACE)), number(_double(_LAST_PLACE))] if at_first else None
        turn = _first_place(lambda place: holds(place) is at_last)
        places = (turn, _LAST_PLACE) if at_last else (-_LAST_PLACE, turn - 1)
        return [number(_double(place)) for place in places]


def computed(name: str, operands: Sequence[Variable | Computed | Json]) -> Variable | Computed | float:
    """The result of an operation; raises `Refused` where it is not that of one variable and constants."""
    if name == "*" and len(operands) == 1:
        return operands[0]  # of a single one JavaScript makes no product
    read = parse_float if name in ("+", "*") else number_of
    places = [place for place, each in enumerate(operands) if isinstance(each, Variable | Computed)]
    if len(places) > 1:
        raise _unsaid(f"`{name}` of several variables")
    constants = [nan if place in places else read(each) for place, each in enumerate(operands)]
    if any(not isfinite(each) for place, each in enumerate(constants) if place not in places):
        raise _unsaid(f"`{name}` with what is no number")
    if not places:
        return _worked_out(name, constants)
    inner, place = operands[places[0]], places[0]
    if not _keeps_order(name, constants, place):
        raise _unsaid(f"`{name}` with these values")

    def of(value: float) -> float:
        return _apply(name, [*constants[:place], value, *constants[place + 1 :]])

    if isinstance(inner, Variable):
        divisor = int(constants[1]) if name == "%" else None
        return Computed(inner, of, PARSED if read is parse_float else NUMBER, divisor)
    if inner.divisor is not None or name == "%":
        raise _unsaid(f"`{name}` together with `%`")
    return Computed(inner.variable, lambda value: of(inner.of(value)), inner.reading)


def _keeps_order(name: str, constants: Sequence[float], place: int) -> bool:
    """Whether the operation, as one of its operands rises, rises or falls throughout; `%` by an integer counts."""
    others = [*constants[:place], *constants[place + 1 :]]
    if name == "*":
        return 0 not in others
    if name == "/":
        return place == 0 and len(others) == 1 and others[0] != 0
    if name == "%":
        return place == 0 and len(others) == 1 and others[0] == others[0] // 1 != 0
    return name == "+" or len(constants) <= 2


def _worked_out(name: str, constants: Sequence[float]) -> float:
    arity = len(constants)
    if (name in ("/", "%") and (arity != 2 or constants[1] == 0)) or not constants or (name == "-" and arity > 2):
        raise _unsaid(f"`{name}` of these values")
    return _apply(name, constants)


def _apply(name: str, operands: Sequence[float]) -> float:
    if name == "+":
        return reduce(add, operands, 0.0)
    if name == "*":
        return reduce(mul, operands)
    if len(operands) == 1:
        return -operands[0]
    left, right = operands
    if name == "-":
        return left - right
    return left / right if name == "/" else fmod(left, right)


def _unsaid(what: str) -> Refused:
    detail = f"{what} is no question to one variable"
    return Refused([Problem("", "not-importable", detail, "work it out before the visitor is asked about")])


def _double(place: int) -> float:
    """The double at this place of the order, 0.0 at 0."""
    magnitude: float = struct.unpack("<d", struct.pack("<Q", abs(place)))[0]
    return copysign(magnitude, place)


def _first_place(holds: Callable[[int], bool]) -> int:
    """The first place where it holds, given that it does so from there to the last."""
    low, high = -_LAST_PLACE, _LAST_PLACE
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
