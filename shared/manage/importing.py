"""Import: audiences of another system's export, translated, reported, and saved where the caller says so."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field, TypeAdapter

from shared.api.problems import Failure
from shared.importers.registry import MODULES, Importer, dialect_of, importer
from shared.importers.report import Item, Report, report
from shared.manage import bulk
from shared.manage.audience_models import MAX_BULK, BulkResult, NewAudience
from shared.manage.audiences import attributes_of
from shared.manage.bodies import Body, Model
from shared.manage.calls import Call, CurrentCall, answered, refuse
from shared.manage.models import ProblemAnswer, Rule
from shared.rules.problems import Problem, Refused

MAX_NAME = 200

router = Router()

_new_audience = TypeAdapter(Body[NewAudience])


class ImportRequest(Model):
    """An export of another system, as its own API or file has it."""

    document: Annotated[Any, Field(description="The export.")]
    dialect: Annotated[str | None, Field(description="The source's own variant, where it has several.")] = None
    attributes: Annotated[
        dict[str, str], Field(max_length=1_000, description="The source's names by the paths that they get here.")
    ] = Field(default_factory=dict)
    extra: Annotated[dict[str, Any], Field(description="What else the source's rules need.")] = Field(
        default_factory=dict
    )
    save: Annotated[bool, Field(description="Whether to save what is imported, whatever is there.")] = False


class GuardAnswer(Model):
    """A condition that was added, or a form that was chosen, to keep the meaning; `pointer` leads into the source."""

    pointer: str
    code: str
    detail: str


class ImportItem(Model):
    """One audience; `assumes` says of which visitors the rule is exact where it is not of all."""

    key: str
    name: str
    outcome: Literal["imported", "guarded", "refused"]
    rule: Rule | None = None
    sentence: str | None = None
    assumes: str | None = None
    guards: list[GuardAnswer]
    problems: list[ProblemAnswer]
    saved: BulkResult | None = None


class ImportCounts(Model):
    """How many audiences had each outcome."""

    imported: int
    guarded: int
    refused: int


class ImportAnswer(Model):
    """The report on an export, in its order."""

    format: str
    dialect: str
    counts: ImportCounts
    items: list[ImportItem]


@router.post("/v1/import/<format>", summary="Import audiences of another system", tags=["audiences"])
def import_audiences(
    format: str,  # noqa: A002  # the parameter's name in the address
    body: Body[ImportRequest],
    call: CurrentCall,
) -> Response[ImportAnswer]:
    """Translates an export of up to 500 audiences; only with `save` anything is kept, each as a bulk call would."""
    found = _report(_importer(format), body.accepted(), call)
    if len(found.items) > MAX_BULK:
        detail = f"{len(found.items)} audiences, the limit is {MAX_BULK}"
        refuse([Problem("/document", "too-many", detail, "send the export in parts")])
    saved = _saved(found, call) if body.accepted().save else {}
    items = [_shown(item, saved.get(item.key)) for item in found.items]
    counts = ImportCounts.model_validate(found.counts)
    return answered(ImportAnswer(format=found.format, dialect=found.dialect, counts=counts, items=items))


def _importer(name: str) -> Importer:
    if name not in MODULES:
        raise Failure("not-found", f"there is no format `{name}`, but " + ", ".join(f"`{each}`" for each in MODULES))
    return importer(name)


def _report(source: Importer, asked: ImportRequest, call: Call) -> Report:
    extra = {**asked.extra, "attributes": asked.attributes} if asked.attributes else asked.extra
    try:
        return report(source, dialect_of(source, asked.dialect), asked.document, extra, attributes_of(call))
    except Refused as refused:
        refuse([_placed(problem, asked) for problem in refused.problems])
        raise


def _placed(problem: Problem, asked: ImportRequest) -> Problem:
    """With the pointer to where the caller wrote it."""
    mapped = "/extra/attributes"
    if asked.attributes and problem.pointer.startswith(mapped):
        return msgspec.structs.replace(problem, pointer=problem.pointer.removeprefix("/extra"))
    return problem


def _saved(found: Report, call: Call) -> Mapping[str, BulkResult]:
    """The results by key of what was imported."""
    kept = [item for item in found.items if item.rule is not None]
    bodies = [{"key": item.key, "name": item.name[:MAX_NAME], "rule": item.rule} for item in kept]
    results = bulk.saved([_new_audience.validate_python(body) for body in bodies], call)
    return {item.key: result for item, result in zip(kept, results, strict=True)}


def _shown(item: Item, saved: BulkResult | None) -> ImportItem:
    lists = {
        "guards": [*map(msgspec.structs.asdict, item.guards)],
        "problems": [*map(msgspec.structs.asdict, item.problems)],
    }
    return ImportItem.model_validate({**msgspec.structs.asdict(item), **lists, "saved": saved})
