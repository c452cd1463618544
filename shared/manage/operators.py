"""The operator table, and the JSON Schema of rules that follows from it."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from shared.manage.bodies import Model
from shared.manage.calls import answered
from shared.rules.buckets import HASHES
from shared.rules.kinds import Type
from shared.rules.limits import MAX_SALT_LENGTH
from shared.rules.operators import OPERATORS, Operator
from shared.rules.parser import SCHEDULE_FIELDS
from shared.rules.windows import DAYS, VISITOR

router = Router()


class OperatorAnswer(Model):
    """One operator. `phrase` is how sentences say it, the value standing at `{}`.

    takes_rule: its value is a rule about an element. takes_place: its attribute is an object with `lat` and `lon`.
    """

    name: str
    phrase: str
    types: list[str]
    negates: str | None
    takes_value: bool
    takes_other: bool
    takes_ignore_case: bool
    takes_timezone: bool
    takes_rule: bool
    takes_place: bool


class OperatorTable(Model):
    """Every operator, each positive form before its negation, and the JSON Schema of a rule."""

    items: list[OperatorAnswer]
    rule_schema: dict[str, Any]


@router.get("/v1/operators", summary="List operators", tags=["rules"])
def list_operators() -> Response[OperatorTable]:
    """What a condition may ask, and how a rule is written."""
    items = [_described(operator) for operator in OPERATORS.values()]
    return answered(OperatorTable(items=items, rule_schema=rule_schema("#/$defs/Rule")))


def rule_schema(reference: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a rule; `reference` is where it will refer to itself.

    It says how a rule is written. What depends on the operator, the catalogue or other audiences, the
    checker says.
    """
    rule = {"$ref": reference}
    group = {"type": "array", "items": rule, "minItems": 1}
    schema = {
        "title": "Rule",
        "description": "A tree of all, any, not, conditions, audiences, lists, rollouts and schedules.",
        "oneOf": [
            _object({"all": group}, ["all"]),
            _object({"any": group}, ["any"]),
            _object({"not": rule}, ["not"]),
            _object({"audience": {"type": "string", "description": "The key of another audience."}}, ["audience"]),
            _object({"list": {"type": "string", "description": "The key of a stored list."}}, ["list"]),
            _object({"rollout": _rollout()}, ["rollout"]),
            _object({"schedule": _schedule()}, ["schedule"]),
            _condition(rule),
        ],
    }
    return schema if reference.startswith("#/components") else {**rule, "$defs": {"Rule": schema}}


def _rollout() -> dict[str, Any]:
    properties = {
        "percent": {"type": "number", "minimum": 0, "maximum": 100},
        "by": {"type": "string", "description": "An attribute.", "examples": ["visitor.id"]},
        "salt": {"type": "string", "minLength": 1, "maxLength": MAX_SALT_LENGTH},
        "hash": {"enum": list(HASHES), "default": HASHES[0]},
    }
    return _object(properties, ["percent", "by", "salt"])


def _schedule() -> dict[str, Any]:
    def numbers(last: int) -> dict[str, Any]:
        number = {"type": "integer", "minimum": 1, "maximum": last}
        return {"type": "array", "items": number, "minItems": 1, "uniqueItems": True}

    properties: dict[str, Any] = {name: {"type": "string"} for name in SCHEDULE_FIELDS}
    properties["days"] = {"type": "array", "items": {"enum": list(DAYS)}, "minItems": 1, "uniqueItems": True}
    properties |= {"days_of_month": numbers(31), "months": numbers(12)}
    properties["timezone"]["examples"] = ["Europe/Zurich", VISITOR]
    return {**_object(properties, []), "minProperties": 1}


def _condition(rule: dict[str, Any]) -> dict[str, Any]:
    scalar: dict[str, Any] = {"type": ["string", "number", "boolean"]}
    listed = {"type": "array", "items": scalar, "minItems": 1}
    named = {"type": "object", "additionalProperties": scalar}
    value = {"anyOf": [scalar, listed, named, {**rule, "description": "Of an element: `op` is `element`."}]}
    properties = {
        "attribute": {"type": "string", "minLength": 1, "examples": ["traits.plan"]},
        "op": {"enum": list(OPERATORS)},
        "value": value,
        "other": {"type": "string", "minLength": 1, "description": "Another attribute, in place of `value`."},
        "ignore_case": {"type": "boolean"},
        "missing": {"const": "match", "description": "Makes the condition true where the attribute is missing."},
        "timezone": {"type": "string", "examples": ["Europe/Zurich"]},
    }
    return _object(properties, ["attribute", "op"])


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _described(operator: Operator) -> OperatorAnswer:
    return OperatorAnswer(
        name=operator.name,
        phrase=operator.phrase,
        types=[type_.name.lower() for type_ in operator.types if type_ is not Type.UNDECLARED],
        negates=operator.negates,
        takes_value=operator.takes_value,
        takes_other=operator.takes_other,
        takes_ignore_case=operator.takes_ignore_case,
        takes_timezone=operator.takes_timezone,
        takes_rule=operator.takes_rule,
        takes_place=operator.takes_place,
    )
