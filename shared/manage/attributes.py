"""The attribute catalogue: what the project says of the paths that rules may name."""

from typing import Annotated, Literal
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from shared.api.problems import Failure
from shared.manage.bodies import Body, Model, Text
from shared.manage.calls import CurrentCall, answered, done, refuse
from shared.manage.models import Description
from shared.rules.catalogue import CLOSED, Attribute, Path, declared, join, split
from shared.rules.checker import check
from shared.rules.kinds import Type, nfc
from shared.rules.model import Condition
from shared.rules.problems import Problem
from shared.store import catalogue, environments, sightings

TypeName = Literal["string", "number", "boolean", "datetime", "version", "list", "object", "ip"]
Example = Annotated[Text, Field(max_length=200)] | bool | int | Annotated[float, Field(allow_inf_nan=False)]

router = Router()


class AttributeFields(Model):
    """What the project says of one path."""

    type: Annotated[
        TypeName | None, Field(description="Values are converted to it; null leaves them as they come.")
    ] = None
    description: Description = ""
    examples: Annotated[list[Example], Field(max_length=20, default_factory=list)]
    personal: Annotated[bool, Field(description="Personal data.")] = False
    trusted: Annotated[bool, Field(description="Browsers cannot set it.")] = False


class AttributeAnswer(AttributeFields):
    """An attribute; `built_in` ones are known without the catalogue, and their type is fixed."""

    path: str
    built_in: bool


class AttributePage(Model):
    """Every attribute that is built in or in the catalogue, sorted by path."""

    items: list[AttributeAnswer]
    next_cursor: None = None


@router.get("/v1/attributes", summary="List attributes", tags=["attributes"])
def list_attributes(call: CurrentCall) -> Response[AttributePage]:
    """The catalogue with the built-in attributes; rules may also name any other path in an open root."""
    entries = dict(catalogue.get(call.database, call.project).attributes)
    for root, names in CLOSED.items():
        for name in names:
            entries.setdefault((root, name), Attribute())
    return answered(AttributePage(items=[_described(path, entries[path]) for path in sorted(entries)]))


@router.get("/v1/attributes/<path>", summary="Get an attribute", tags=["attributes"])
def get_attribute(path: str, call: CurrentCall) -> Response[AttributeAnswer]:
    """One attribute by its dotted path."""
    steps = _steps(path)
    entry = catalogue.get(call.database, call.project).attributes.get(steps)
    if entry is None and not _is_built_in(steps):
        raise Failure("not-found", f"the catalogue has no attribute `{join(steps)}`")
    return answered(_described(steps, entry or Attribute()))


@router.put("/v1/attributes/<path>", summary="Describe an attribute", tags=["attributes"])
def put_attribute(path: str, body: Body[AttributeFields], call: CurrentCall) -> Response[AttributeAnswer]:
    """Sets the whole entry. A type takes effect on values at the next release, and on rules when they are saved."""
    steps = _steps(path)
    problems = [*body.problems]
    wanted = Type[body.value.type.upper()] if body.value and body.value.type else Type.UNDECLARED
    if _is_built_in(steps) and wanted not in (Type.UNDECLARED, declared(steps, {})):
        fixed = declared(steps, {}).name.lower()
        problems.append(Problem("/type", "bad-value", f"the type of `{join(steps)}` is fixed as `{fixed}`"))
    refuse(problems)
    fields = body.accepted()
    entry = Attribute(wanted, fields.description, tuple(fields.examples), fields.personal, fields.trusted)
    catalogue.put(call.database, call.change, steps, entry)
    if entry.personal:
        names = [environment.key for environment in environments.every(call.database, call.project)]
        sightings.forget_values(call.database, call.project, names, steps)
    return answered(_described(steps, entry))


@router.delete("/v1/attributes/<path>", summary="Remove an attribute", tags=["attributes"], status_code=204)
def delete_attribute(path: str, call: CurrentCall) -> Response[None]:
    """Takes the entry out of the catalogue; rules that name the path stay valid where its root is open."""
    catalogue.delete(call.database, call.change, _steps(path))
    return done()


def _steps(path: str) -> Path:
    """The steps of a path in an address; raises `Failure` where no rule could name it."""
    text = nfc(unquote(path))
    try:
        steps = split(text)
    except ValueError as error:
        problem = Problem("", "bad-path", f"`{text:.80}` is no attribute: {error}")
        raise Failure("invalid-request", "1 problem", [problem]) from error
    refuse(
        [
            Problem("", problem.code, problem.detail, problem.hint)
            for problem in check(Condition(steps, "exists"), {}, {}, pointer="")
        ]
    )
    return steps


def _is_built_in(path: Path) -> bool:
    return len(path) == 2 and path[1] in CLOSED.get(path[0], {})


def _described(path: Path, entry: Attribute) -> AttributeAnswer:
    known = declared(path, {path: entry})
    return AttributeAnswer.model_validate(
        {
            "path": join(path),
            "type": None if known is Type.UNDECLARED else known.name.lower(),
            "description": entry.description,
            "examples": list(entry.examples),
            "personal": entry.personal,
            "trusted": entry.trusted,
            "built_in": _is_built_in(path),
        }
    )
