"""What an audience was, what differs, and who uses it."""

from typing import Annotated

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from shared.manage.audience_models import (
    DiffAnswer,
    UsageAnswer,
    UsagePage,
    VersionAnswer,
    VersionPage,
)
from shared.manage.audiences import live_versions
from shared.manage.calls import CurrentCall, after_number, answered, cursor_of
from shared.manage.differences import differences
from shared.manage.models import Cursor, Limit, Number
from shared.rules.instants import to_text
from shared.store import audiences
from shared.store.audiences import AudienceVersion

_COMPARED = ("name", "description", "tags", "public", "include", "exclude")

router = Router()


@router.get("/v1/audiences/<key>/versions", summary="List the versions of an audience", tags=["audiences"])
def list_versions(key: str, call: CurrentCall, limit: Limit = 50, cursor: Cursor = None) -> Response[VersionPage]:
    """Every saved version, newest first."""
    found, before = audiences.history(call.database, call.project, key, after_number(cursor), limit)
    return answered(VersionPage(items=[_described(version) for version in found], next_cursor=cursor_of(before)))


@router.get("/v1/audiences/<key>/versions/<number>", summary="Get a version", tags=["audiences"])
def get_version(key: str, number: Annotated[Number, Path()], call: CurrentCall) -> Response[VersionAnswer]:
    """One saved version; it never changes."""
    return answered(_described(audiences.version(call.database, call.project, key, number)))


@router.get("/v1/audiences/<key>/diff", summary="Compare two versions", tags=["audiences"])
def diff_versions(
    key: str,
    call: CurrentCall,
    older: Annotated[Number, Query(alias="from", description="The version to start from.")],
    newer: Annotated[Number, Query(alias="to", description="The version to compare it with.")],
) -> Response[DiffAnswer]:
    """The fields and the places of the rule that differ, and both rules in words."""
    before = audiences.version(call.database, call.project, key, older)
    after = audiences.version(call.database, call.project, key, newer)
    answer = {
        "key": key,
        "from": older,
        "to": newer,
        "fields": [
            {"field": name, "from": getattr(before, name), "to": getattr(after, name)}
            for name in _COMPARED
            if getattr(before, name) != getattr(after, name)
        ],
        "rule": [
            {"pointer": place.pointer, "change": place.kind, "from": place.before, "to": place.after}
            for place in differences(msgspec.json.decode(before.rule_json), msgspec.json.decode(after.rule_json))
        ],
        "sentences": {"from": before.sentence, "to": after.sentence},
    }
    return answered(DiffAnswer.model_validate(answer))


@router.get("/v1/audiences/<key>/usages", summary="List what refers to an audience", tags=["audiences"])
def list_usages(key: str, call: CurrentCall) -> Response[UsagePage]:
    """The audiences whose latest version, or whose version that an environment serves, refers to it."""
    audiences.get(call.database, call.project, key)
    found = audiences.usages(call.database, call.project, key, live_versions(call))
    items = [UsageAnswer(key=usage.audience, version=usage.version, environment=usage.environment) for usage in found]
    return answered(UsagePage(items=items))


def _described(version: AudienceVersion) -> VersionAnswer:
    return VersionAnswer(
        key=version.key,
        version=version.version,
        name=version.name,
        description=version.description,
        tags=list(version.tags),
        public=version.public,
        rule=msgspec.json.decode(version.rule_json),
        include=list(version.include),
        exclude=list(version.exclude),
        sentence=version.sentence,
        created_at=to_text(version.created_at),
        created_by=version.created_by,
    )
