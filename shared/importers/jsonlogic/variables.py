"""What JsonLogic's comparisons ask of a variable whose kind is not known: one condition for each kind it may have."""

from collections.abc import Callable, Iterable

import msgspec

from shared.importers import text_order
from shared.importers.javascript import (
    is_less,
    loosely_equal,
    number_of,
    primitive,
    text_of,
)
from shared.importers.nodes import (
    ALWAYS,
    NEVER,
    Node,
    all_of,
    any_of,
    condition,
    exists,
    is_number,
    negation,
)
from shared.importers.readings import NUMBER, TEXT, number
from shared.importers.translation import Json
from shared.rules.catalogue import Path
from shared.rules.problems import Problem, Refused

KINDS = frozenset({"null", "boolean", "number", "string", "list", "object"})
MAX_SEARCHED = 40
"""Characters of a constant text in which a variable is looked for: each of its parts becomes a value."""

_BOOLEANS = (True, False)
_PROMISE = "name in `kinds` of `extra` what kind each variable holds, or work it out beforehand"


class Variable(msgspec.Struct, frozen=True):
    """A value of the visitor: where it stands, what it is called there, and the kinds that it may have.

    root: the path beside which its readings stand.
    """

    name: str
    path: Path
    root: Path
    kinds: frozenset[str] = KINDS

    @property
    def number(self) -> Path:
        """Where `Number` of it stands, if it is a text or a list."""
        return (*self.root, NUMBER, self.name)

    @property
    def text(self) -> Path:
        """Where its text stands, if it is a list or an object."""
        return (*self.root, TEXT, self.name)

    def may_be(self, *kinds: str) -> bool:
        """Whether one of these kinds is possible."""
        return not self.kinds.isdisjoint(kinds)


def is_missing(variable: Variable) -> Node:
    """It is missing or null."""
    return negation(exists(variable.path)) if variable.may_be("null") else NEVER


def is_truthy(variable: Variable) -> Node:
    """It is none of null, `false`, 0, an empty text and an empty list."""
    falsy = [value for kind, value in (("string", ""), ("number", 0), ("boolean", False)) if variable.may_be(kind)]
    empty = condition(variable.path, "size", {"eq": 0}) if variable.may_be("list") else NEVER
    is_there = exists(variable.path) if variable.may_be("null") else ALWAYS
    return all_of(is_there, negation(any_of(member(variable.path, falsy), empty)))


def equals(variable: Variable, value: Json) -> Node:
    """`===` a constant."""
    if value is None:
        return is_missing(variable)
    return member(variable.path, [value] if may_equal(variable, value) else [])


def equals_loosely(variable: Variable, value: Json) -> Node:
    """`==` a constant."""
    if value is None:
        return is_missing(variable)
    wanted = primitive(value)
    values: list[Json] = [each for each in _BOOLEANS if variable.may_be("boolean") and loosely_equal(each, value)]
    converted = _finite(wanted)
    if converted is not None and variable.may_be("number"):
        values.append(converted)
    if not isinstance(wanted, str):
        return any_of(member(variable.path, values), _read_number(variable, "eq", converted))
    if variable.may_be("string"):
        values.append(wanted)
    text = condition(variable.text, "eq", wanted) if has_text(variable) and not _is_reference(value) else NEVER
    return any_of(member(variable.path, values), text)


def is_ordered(variable: Variable, op: str, value: Json) -> Node:
    """`lt`, `lte`, `gt` or `gte` a constant."""
    wanted, or_equal = primitive(value), op.endswith("e")

    def holds(each: Json) -> bool:
        left, right = (each, wanted) if op.startswith("l") else (wanted, each)
        return is_less(left, right, or_equal=or_equal)

    booleans = member(variable.path, [each for each in _BOOLEANS if variable.may_be("boolean") and holds(each)])
    missing = is_missing(variable) if holds(None) else NEVER
    numbers = _numbers(variable, op, wanted)
    if not isinstance(wanted, str):
        return any_of(missing, booleans, numbers, _read_number(variable, op, _finite(wanted)))
    pattern = (text_order.before if op.startswith("l") else text_order.after)(wanted, or_equal=or_equal)
    strings = condition(variable.path, "matches", pattern) if variable.may_be("string") else NEVER
    texts = condition(variable.text, "matches", pattern) if has_text(variable) else NEVER
    return any_of(missing, booleans, numbers, strings, texts)


def holds_text_or_element(variable: Variable, needle: Json) -> Node:
    """A constant is part of it where it is a text, one of it where it is a list; raises `Refused` for null in lists."""
    if needle is None and variable.may_be("list"):
        raise unsaid("null is looked for in a list")
    part = text_of(needle)
    text = condition(variable.path, "contains", part) if part else condition(variable.path, "matches", "(?s).")
    element = condition(variable.path, "has_any", [needle]) if not _is_reference(needle) else NEVER
    return any_of(text if variable.may_be("string") else NEVER, element if variable.may_be("list") else NEVER)


def is_part_of(variable: Variable, text: str) -> Node:
    """Its text is part of a constant text; raises `Refused` beyond `MAX_SEARCHED` characters."""
    if not text:
        return NEVER
    if len(text) > MAX_SEARCHED:
        raise unsaid(f"a variable is looked for in a text of more than {MAX_SEARCHED} characters")
    parts = {text[start:end] for start in range(len(text)) for end in range(start, len(text) + 1)}
    numbers = [number(number_of(part)) for part in parts if _finite(part) is not None]
    values: list[Json] = sorted(parts) if variable.may_be("string") else []
    if variable.may_be("number"):
        values += sorted({each for each in numbers if text_of(each) in parts})
    if variable.may_be("boolean"):
        values += [each for each in _BOOLEANS if text_of(each) in parts]
    texts = condition(variable.text, "in", sorted(parts)) if has_text(variable) else NEVER
    return any_of(is_missing(variable) if "null" in parts else NEVER, member(variable.path, values), texts)


def may_equal(variable: Variable, value: Json) -> bool:
    """Whether a constant is a scalar of a kind that the variable may have."""
    return value is not None and not _is_reference(value) and kind_of(value) in variable.kinds


def unsaid(what: str) -> Refused:
    """A refusal of what no condition of this language says; its pointer is put in by who knows it."""
    return Refused([Problem("", "not-importable", f"{what}: no condition says so", _PROMISE)])


def member(path: Path, values: Iterable[Json]) -> Node:
    """One of these scalars is there; of none, never."""
    values = list(values)
    if not values:
        return NEVER
    return condition(path, "eq", values[0]) if len(values) == 1 else condition(path, "in", values)


def _is_reference(value: Json) -> bool:
    return isinstance(value, list | dict)


def kind_of(value: Json) -> str:
    """The kind of a JSON value, one of `KINDS`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "list" if isinstance(value, list) else "object"


def has_text(variable: Variable) -> bool:
    """Whether it may have a text that is not its own value."""
    return variable.may_be("list", "object")


def has_reading(variable: Variable) -> bool:
    """Whether it may have a number that is not its own value."""
    return variable.may_be("string", "list")


def _finite(value: Json) -> int | float | None:
    """`Number(value)`, None where it is none or infinite."""
    found = number_of(value)
    return number(found) if found - found == 0 else None


def _numbers(variable: Variable, op: str, wanted: Json) -> Node:
    """Where it is a number, in order with a constant read as a number."""
    if not variable.may_be("number"):
        return NEVER
    limit = number_of(wanted)
    if limit - limit == 0:
        return condition(variable.path, op, number(limit))
    return is_number(variable.path) if compares(op, 0.0, limit) else NEVER


def _read_number(variable: Variable, op: str, limit: int | float | None) -> Node:
    return condition(variable.number, op, limit) if limit is not None and has_reading(variable) else NEVER


def compares(op: str, left: float, right: float) -> bool:
    """Whether two numbers are in this order."""
    tests: dict[str, Callable[[float, float], bool]] = {
        "lt": float.__lt__,
        "lte": float.__le__,
        "gt": float.__gt__,
        "gte": float.__ge__,
    }
    return tests[op](float(left), float(right))
