"""Export: an audience's rule for another system, where that can say exactly the same."""

from typing import Any

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from shared.api.problems import Failure
from shared.exporters.registry import MODULES, exporter
from shared.manage import authoring
from shared.manage.authoring import KnownRules
from shared.manage.bodies import Model
from shared.manage.calls import CurrentCall, answered, refuse
from shared.rules.problems import Problem
from shared.store import audiences

router = Router()


class ExportAnswer(Model):
    """The rule of an audience's latest version in the form of another system, references written out."""

    format: str
    key: str
    version: int
    rule: Any


@router.get("/v1/audiences/<key>/export/<format>", summary="Export an audience", tags=["audiences"])
def export_audience(
    key: str,
    format: str,  # noqa: A002  # the parameter's name in the address
    call: CurrentCall,
) -> Response[ExportAnswer]:
    """The rule as `jsonlogic` or `react-querybuilder`; refused, place by place, where that cannot say the same."""
    if format not in MODULES:
        raise Failure("not-found", f"there is no format `{format}`, but " + ", ".join(f"`{each}`" for each in MODULES))
    latest = audiences.get(call.database, call.project, key).latest
    node = authoring.rule_of(latest)
    found = exporter(format).export(node, authoring.referred(node, KnownRules(call.database, call.project)))
    overrides = [
        Problem(f"/{name}", "not-exportable", f"`{name}` overrides the rule, and only that is exported")
        for name in ("include", "exclude")
        if getattr(latest, name)
    ]
    refuse([*overrides, *(msgspec.structs.replace(each, pointer=f"/rule{each.pointer}") for each in found.problems)])
    return answered(ExportAnswer(format=format, key=key, version=latest.version, rule=found.rule))
