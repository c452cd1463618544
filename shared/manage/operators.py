"""The operator table, and the JSON Schema of rules that follows from it."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from shared.manage.bodies import Model
from shared.manage.calls import answered
from shared.rules.kinds import Type
from shared.rules.operators import OPERATORS, Operator

router = Router()


class OperatorAnswer(Model):
    """One operator. `phrase` is how sentences say it, the value standing at `{}`."""

    name: str
    phrase: str
    types: list[str]
    negates: str | None
    takes_value: bool
    takes_other: bool
    takes_ignore_case: bool
    takes_timezone: bool


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
        "description": "A tree of all, any, not, conditions, and references to other audiences.",
        "oneOf": [
            _object({"all": group}, ["all"]),
            _object({"any": group}, ["any"]),
            _object({"not": rule}, ["not"]),
            _object({"audience": {"type": "string", "description": "The key of another audience."}}, ["audience"]),
            _condition(),
        ],
    }
    return schema if reference.startswith("#/components") else {**rule, "$defs": {"Rule": schema}}


def _condition() -> dict[str, Any]:
    scalar: dict[str, Any] = {"type": ["string", "number", "boolean"]}
    value = {"oneOf": [scalar, {"type": "array", "items": scalar, "minItems": 1}, {"type": "object"}]}
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
    )
