"""Export to JsonLogic, as json-logic-js evaluates it on our visitor document: `{"var": "traits.plan"}`.

JsonLogic coerces where this language does not. So a condition asks for the kind first: `{"===": [{"+": [V]}, V]}` is
true of numbers alone, `{"===": [{"cat": [V]}, V]}` of texts alone. Texts are compared as they come: bring them to NFC.
"""

from collections.abc import Callable, Mapping
from typing import Any as Json

from shared.exporters.exporting import Exported, Form, Unsaid, exported, holds_on_nothing, name_of
from shared.rules.kinds import MAX_INTEGER
from shared.rules.model import Condition, Node
from shared.rules.operators import OPERATORS

FORMAT = "jsonlogic"

_ORDERED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def export(node: Node, referred: Mapping[str, Node]) -> Exported:
    """A rule as JsonLogic; `referred` holds the rules that it refers to."""
    return exported(node, referred, _FORM)


def _group(name: str, items: list[Json]) -> Json:
    joined = "and" if name == "all" else "or"
    return {joined: [part for item in items for part in item.get(joined, [item])]}


def _negation(item: Json) -> Json:
    return {"!": [item]}


def _condition(condition: Condition, write: Callable[[Node], Json]) -> Json:
    if condition.ignore_case:
        raise Unsaid("JsonLogic cannot ignore case")
    variable = {"var": name_of(condition.attribute)}
    operator = OPERATORS[condition.op]
    found = _positive(condition, operator.positive, variable, write)
    if operator.negates:
        found = _negation(found)
    if not condition.missing_matches:
        return found
    asked = [variable, *([{"var": name_of(condition.other)}] if condition.other else [])]
    return {"or": [*({"===": [each, None]} for each in asked), found]}


def _positive(condition: Condition, name: str, variable: Json, write: Callable[[Node], Json]) -> Json:
    if condition.other is not None:
        return _with_other(condition, name, variable)
    if condition.element is not None:
        if holds_on_nothing(condition.element):
            raise Unsaid("JsonLogic takes elements that are no objects, too, and the rule holds on them")
        return {"some": [variable, write(condition.element)]}
    if name not in _WRITTEN:
        raise Unsaid(f"JsonLogic has nothing like `{condition.op}`")
    return _WRITTEN[name](variable, condition.value)


def _with_other(condition: Condition, name: str, variable: Json) -> Json:
    other = {"var": name_of(condition.other or ())}
    if other == variable or name not in ("eq", *_ORDERED):
        raise Unsaid(f"JsonLogic cannot compare two attributes by `{condition.op}`")
    if name == "eq":
        return {"and": [{"!==": [variable, None]}, {"===": [variable, other]}]}
    return {"and": [_is_number(variable), _is_number(other), {_ORDERED[name]: [variable, other]}]}


def _is_number(variable: Json) -> Json:
    return {"===": [{"+": [variable]}, variable]}


def _is_text(variable: Json) -> Json:
    return {"===": [{"cat": [variable]}, variable]}


def _texts(write: Callable[[Json, str], Json]) -> Callable[[Json, Json], Json]:
    """A condition on a text, with one part or several."""

    def written(variable: Json, value: Json) -> Json:
        parts = [write(variable, part) for part in (value if isinstance(value, tuple) else (value,))]
        return {"and": [_is_text(variable), parts[0] if len(parts) == 1 else {"or": parts}]}

    return written


def _units(text: str) -> int:
    """The length of a text in JavaScript."""
    return len(text.encode("utf-16-be")) // 2


def _matches(variable: Json, value: Json) -> Json:
    if value:
        raise Unsaid("JsonLogic has no patterns")
    return _is_text(variable)


def _number(op: str) -> Callable[[Json, Json], Json]:
    return lambda variable, value: {"and": [_is_number(variable), {_ORDERED[op]: [variable, value]}]}


def _between(variable: Json, value: Json) -> Json:
    return {"and": [_is_number(variable), {"<=": [value[0], variable, value[1]]}]}


def _mod(variable: Json, value: Json) -> Json:
    """JavaScript's remainder has the sign of what is divided, ours that of the divisor."""
    divisor, remainder = value
    remainders = [remainder, remainder - divisor] if remainder else [0]
    rest = {"in": [{"%": [variable, divisor]}, remainders]}
    return {"and": [_is_number(variable), {"<=": [-MAX_INTEGER, variable, MAX_INTEGER]}, rest]}


def _elements(group: str) -> Callable[[Json, Json], Json]:
    """`in` looks into texts, too, which have no elements."""

    def written(variable: Json, value: Json) -> Json:
        found = [{"in": [each, variable]} for each in value]
        return {"and": [{"!": [_is_text(variable)]}, {group: found}]}

    return written


_WRITTEN: Mapping[str, Callable[[Json, Json], Json]] = {
    "exists": lambda variable, _: {"!==": [variable, None]},
    "eq": lambda variable, value: {"===": [variable, value]},
    "in": lambda variable, value: {"in": [variable, list(value)]},
    "contains": _texts(lambda variable, part: {"in": [part, variable]}),
    "starts_with": _texts(lambda variable, part: {"===": [{"substr": [variable, 0, _units(part)]}, part]}),
    "ends_with": _texts(lambda variable, part: {"===": [{"substr": [variable, -_units(part)]}, part]}),
    "matches": _matches,
    **{op: _number(op) for op in _ORDERED},
    "between": _between,
    "mod": _mod,
    "has_any": _elements("or"),
    "has_all": _elements("and"),
}
"""The positive operators that JsonLogic can say."""

_FORM = Form(_group, _negation, _condition)
