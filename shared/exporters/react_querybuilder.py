"""Export to react-querybuilder: a `RuleGroupType` that means the same as our rule, by its own JsonLogic export.

Fields are dotted attributes of the visitor document. react-querybuilder's `=` and `>` coerce as JavaScript does; its
`in` and `beginsWith` do not. So equality is written with `in`, and a comparison of numbers excludes all other kinds.
Process the query without `parseNumbers`.
"""

from collections.abc import Callable, Mapping
from typing import Any as Json

from shared.exporters.exporting import Exported, Form, Unsaid, exported, holds_on_nothing, name_of
from shared.importers.javascript import trim
from shared.rules.model import Condition, Node
from shared.rules.operators import OPERATORS

FORMAT = "react-querybuilder"

_ORDERED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_ANYTHING = {"combinator": "and", "rules": [{"field": "", "operator": "notIn", "value": []}]}


def export(node: Node, referred: Mapping[str, Node]) -> Exported:
    """A rule as a query; `referred` holds the rules that it refers to."""
    found = exported(node, referred, _FORM)
    is_rule = isinstance(found.rule, dict) and "field" in found.rule
    return Exported(_group("all", [found.rule])) if is_rule else found


def _group(name: str, items: list[Json]) -> Json:
    joined = {"combinator": "and" if name == "all" else "or"}
    parts = (item["rules"] if item == {**joined, "rules": item.get("rules")} else [item] for item in items)
    return {**joined, "rules": [part for each in parts for part in each]}


def _all(*items: Json) -> Json:
    return _group("all", list(items))


def _any(*items: Json) -> Json:
    return items[0] if len(items) == 1 else _group("any", list(items))


def _negation(item: Json) -> Json:
    return {**_all(item), "not": True}


def _rule(field: str, operator: str, value: Json = "") -> Json:
    return {"field": field, "operator": operator, "value": value}


def _condition(condition: Condition, write: Callable[[Node], Json]) -> Json:
    if condition.ignore_case:
        raise Unsaid("react-querybuilder cannot ignore case")
    field = name_of(condition.attribute)
    operator = OPERATORS[condition.op]
    found = _positive(condition, operator.positive, field, write)
    if operator.negates:
        found = _negation(found)
    if not condition.missing_matches:
        return found
    asked = [field, *([name_of(condition.other)] if condition.other else [])]
    return _any(*(_rule(each, "null") for each in asked), found)


def _positive(condition: Condition, name: str, field: str, write: Callable[[Node], Json]) -> Json:
    if condition.other is not None:
        other = name_of(condition.other)
        if name != "eq" or other == field:
            raise Unsaid(f"react-querybuilder cannot compare two attributes by `{condition.op}`")
        return _all(_rule(field, "notNull"), {**_rule(field, "in", [other]), "valueSource": "field"})
    if condition.element is not None:
        if holds_on_nothing(condition.element):
            raise Unsaid("react-querybuilder takes elements that are no objects, too, and the rule holds on them")
        return {**_rule(field, "=", _all(write(condition.element))), "match": {"mode": "some"}}
    if name not in _WRITTEN:
        raise Unsaid(f"react-querybuilder has nothing like `{condition.op}`")
    return _WRITTEN[name](field, condition.value)


def _is_text(field: str) -> Json:
    """`beginsWith` is false of what is no text, and every text begins with the empty one."""
    return _rule(field, "beginsWith", "")


def _one_of(field: str, values: tuple[Json, ...]) -> Json:
    if any(isinstance(value, str) and trim(value) != value for value in values):
        raise Unsaid("react-querybuilder takes white space off the ends of values")
    return _rule(field, "in", list(values))


def _parts(operator: str) -> Callable[[str, Json], Json]:
    """A condition on a text, with one part or several."""

    def written(field: str, value: Json) -> Json:
        parts = value if isinstance(value, tuple) else (value,)
        found = _any(*(_rule(field, operator, part) for part in parts))
        return _all(_is_text(field), found) if operator == "contains" else found  # lists contain, too

    return written


def _matches(field: str, value: Json) -> Json:
    if value:
        raise Unsaid("react-querybuilder has no patterns")
    return _is_text(field)


def _number(operator: str) -> Callable[[str, Json], Json]:
    """Neither missing, text, boolean nor list, and so a number or an object, which is in no order with numbers."""

    def written(field: str, value: Json) -> Json:
        filled = {**_rule(field, "=", _ANYTHING), "match": {"mode": "none"}}
        # of all that is left only 0 and the empty list equal the empty text
        no_empty_list = _any(_rule(field, "in", [0]), _rule(field, "!=", ""))
        kinds = (_rule(field, "notNull"), _negation(_is_text(field)), _rule(field, "notIn", [True, False]))
        asked = _rule(field, operator, list(value) if isinstance(value, tuple) else value)
        return _all(*kinds, filled, no_empty_list, asked)

    return written


def _elements(group: str) -> Callable[[str, Json], Json]:
    """`contains` looks into texts, too, which have no elements."""

    def written(field: str, value: Json) -> Json:
        return _all(_negation(_is_text(field)), _group(group, [_rule(field, "contains", each) for each in value]))

    return written


_WRITTEN: Mapping[str, Callable[[str, Json], Json]] = {
    "exists": lambda field, _: _rule(field, "notNull"),
    "eq": lambda field, value: _one_of(field, (value,)),
    "in": _one_of,
    "contains": _parts("contains"),
    "starts_with": _parts("beginsWith"),
    "ends_with": _parts("endsWith"),
    "matches": _matches,
    **{op: _number(operator) for op, operator in _ORDERED.items()},
    "between": _number("between"),
    "has_any": _elements("any"),
    "has_all": _elements("all"),
}
"""The positive operators that react-querybuilder can say."""

_FORM = Form(_group, _negation, _condition)
