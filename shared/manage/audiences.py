"""Audiences: list, get, create, replace, archive, restore, delete, and many at once."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from shared.api.problems import Failure
from shared.manage import authoring, compiled
from shared.manage.audience_models import (
    AudienceAnswer,
    AudienceFields,
    AudiencePage,
    NewAudience,
    ReplacedAudience,
    SavedAnswer,
    Status,
)
from shared.manage.authoring import KnownRules, Overrides
from shared.manage.bodies import Body
from shared.manage.calls import Call, CurrentCall, after_cursor, answered, cursor_of, done, refuse
from shared.manage.compiled import Programs
from shared.manage.models import Cursor, Limit
from shared.rules.catalogue import Catalogue
from shared.rules.instants import to_text
from shared.rules.kinds import nfc
from shared.rules.limits import MAX_OVERRIDES
from shared.rules.model import Node
from shared.rules.problems import Problem
from shared.store import audience_changes, audiences, catalogue, environments, releases
from shared.store.audiences import Audience, AudienceVersion, Content, LiveVersions

RESERVED = ("validate", "preview", "overlap")
"""Keys that no audience may have: addresses of the API stand in their place."""

PAGE_BYTES = 2 * 1024 * 1024  # of rules on one page: an answer of Lambda holds 6 MB

router = Router()


@router.get("/v1/audiences", summary="List audiences", tags=["audiences"])
def list_audiences(
    call: CurrentCall,
    limit: Limit = 50,
    cursor: Cursor = None,
    search: Annotated[str | None, Query(description="Part of key, name or description, in any case.")] = None,
    tag: Annotated[str | None, Query(description="Only audiences with this tag.")] = None,
    status: Annotated[Status | None, Query(description="Only audiences of this status.")] = None,
) -> Response[AudiencePage]:
    """Audiences at their latest versions, in the order of their keys, archived ones too."""
    live, programs = live_versions(call), Programs(KnownRules(call.database, call.project))
    found: list[AudienceAnswer] = []
    size = 0
    at_a_time = limit + 1 if (search, tag, status) == (None, None, None) else None
    for audience in audiences.every(call.database, call.project, after_cursor(cursor), at_a_time):
        if len(found) == limit or size > PAGE_BYTES:
            return answered(AudiencePage(items=found, next_cursor=cursor_of(found[-1].key)))
        if _is_wanted(audience.latest, search, tag) and status in (None, _status(audience, live)):
            found.append(describe(audience, live, programs))
            size += len(audience.latest.rule_json)
    return answered(AudiencePage(items=found, next_cursor=None))


@router.post("/v1/audiences", summary="Create an audience", tags=["audiences"], status_code=201)
def create_audience(body: Body[NewAudience], call: CurrentCall) -> Response[SavedAnswer]:
    """A new audience at version 1; it is live nowhere until it is published."""
    known, attributes = KnownRules(call.database, call.project), attributes_of(call)
    key = body.value.key if body.value else None
    node, problems = read(body, key, attributes, known)
    refuse(problems)
    fields = body.accepted()
    saved = audience_changes.create(call.database, call.change, to_save(fields, fields.key, node))
    answer = _saved(saved, node, known, attributes, call)
    return answered(answer, 201, version=answer.version, location=f"/v1/audiences/{answer.key}")


@router.get("/v1/audiences/<key>", summary="Get an audience", tags=["audiences"])
def get_audience(key: str, call: CurrentCall) -> Response[AudienceAnswer]:
    """An audience at its latest version; `ETag` is what `If-Match` takes to replace it."""
    return _described(audiences.get(call.database, call.project, key), call)


@router.put("/v1/audiences/<key>", summary="Replace an audience", tags=["audiences"])
def replace_audience(
    key: str,
    body: Body[ReplacedAudience],
    call: CurrentCall,
    if_match: Annotated[str | None, Header(alias="if-match", description="The `ETag` that you last read.")] = None,
) -> Response[SavedAnswer]:
    """Saves the next version; content equal to the latest makes none. `If-Match` is needed."""
    seen = _version_of(if_match, key)
    known, attributes = KnownRules(call.database, call.project), attributes_of(call)
    node, problems = read(body, key, attributes, known)
    if body.value and body.value.key not in (None, key):
        problems.append(Problem("/key", "bad-value", f"the key is `{key}`, as in the address, and never changes"))
    refuse(problems)
    saved = audience_changes.replace(call.database, call.change, to_save(body.accepted(), key, node), seen)
    answer = _saved(saved, node, known, attributes, call)
    return answered(answer, version=answer.version)


@router.delete("/v1/audiences/<key>", summary="Delete an audience", tags=["audiences"], status_code=204)
def delete_audience(key: str, call: CurrentCall) -> Response[None]:
    """Refused while it is live anywhere, or while a latest or live version refers to it."""
    audience_changes.delete(call.database, call.change, key, live_versions(call))
    return done()


@router.post("/v1/audiences/<key>/archive", summary="Archive an audience", tags=["audiences"])
def archive_audience(key: str, call: CurrentCall) -> Response[AudienceAnswer]:
    """Takes it out of the next release; what is live stays so until then. Refused while others refer to it."""
    live = live_versions(call)
    return _described(audience_changes.archive(call.database, call.change, key, live), call)


@router.post("/v1/audiences/<key>/restore", summary="Restore an archived audience", tags=["audiences"])
def restore_audience(key: str, call: CurrentCall) -> Response[AudienceAnswer]:
    """Undoes archiving; refused where its rule no longer fits, because what it refers to is gone."""
    latest = audiences.get(call.database, call.project, key).latest
    known, overrides = KnownRules(call.database, call.project), Overrides(latest.include, latest.exclude)
    rule = msgspec.json.decode(latest.rule_json)
    refuse(authoring.read_rule(rule, attributes_of(call), known, key, overrides=overrides).problems)
    return _described(audience_changes.restore(call.database, call.change, key), call)


def read(
    body: Body[NewAudience] | Body[ReplacedAudience], key: str | None, attributes: Catalogue, known: KnownRules
) -> tuple[Node, list[Problem]]:
    """The rule of a body, and everything that is wrong with the body."""
    raw = body.raw if isinstance(body.raw, dict) else {}
    problems = list(body.problems)
    if key in RESERVED:
        problems.append(Problem("/key", "bad-value", f"`{key}` is an address of the API", "choose another key"))
    problems += repeated_ids(raw)
    authored = authoring.read_rule(raw.get("rule"), attributes, known, key, overrides=overrides_of(raw))
    return authored.node, [*problems, *(authored.problems if "rule" in raw else ())]


def to_save(fields: AudienceFields, key: str, node: Node) -> Content:
    """What the store keeps of a body without problems."""
    overrides = Overrides(tuple(fields.include), tuple(fields.exclude))
    return authoring.content(
        key, fields.name, fields.description, fields.tags, node, public=fields.public, overrides=overrides
    )


def overrides_of(raw: Mapping[str, object]) -> Overrides:
    """The ids of a body as sent; what is no list of strings has problems of its own, and counts as none."""
    include, exclude = (_ids(raw.get(name)) for name in ("include", "exclude"))
    return Overrides(tuple(include), tuple(exclude))


def repeated_ids(raw: Mapping[str, object]) -> list[Problem]:
    """Problems of ids that come twice in one list of a body; one that is in both lists is excluded."""
    problems = []
    for name in ("include", "exclude"):
        seen: set[str] = set()
        for i, each in enumerate(_ids(raw.get(name))[:MAX_OVERRIDES]):
            if each in seen:
                problems.append(Problem(f"/{name}/{i}", "repeated-id", "the id is there already"))
            seen.add(each)
    return problems


def attributes_of(call: Call) -> Catalogue:
    """The attribute catalogue of the call's project."""
    return catalogue.get(call.database, call.project).attributes


def live_versions(call: Call) -> LiveVersions:
    """What each environment of the project serves."""
    names = (environment.key for environment in environments.every(call.database, call.project))
    return releases.live(call.database, call.project, names)


def describe(audience: Audience, live: LiveVersions, programs: Programs) -> AudienceAnswer:
    """An audience as the API shows it; `programs` are those of its project."""
    latest = audience.latest
    live_in = {environment: served[latest.key] for environment, served in live.items() if latest.key in served}
    standing = compiled.saved_standing(latest, programs)
    return AudienceAnswer(
        key=latest.key,
        name=latest.name,
        description=latest.description,
        tags=list(latest.tags),
        public=latest.public,
        rule=msgspec.json.decode(latest.rule_json),
        include=list(latest.include),
        exclude=list(latest.exclude),
        version=latest.version,
        status=_status(audience, live),
        sentence=latest.sentence,
        membership=standing.membership if standing else None,
        cost=standing.cost if standing else None,
        created_at=to_text(audience.created_at),
        updated_at=to_text(audience.updated_at),
        updated_by=audience.updated_by,
        live_in=dict(sorted(live_in.items())),
    )


def _status(audience: Audience, live: LiveVersions) -> Status:
    if audience.archived:
        return "archived"
    return "live" if any(audience.latest.key in served for served in live.values()) else "draft"


def _ids(value: object) -> list[str]:
    return [nfc(each) for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _described(audience: Audience, call: Call) -> Response[AudienceAnswer]:
    programs = Programs(KnownRules(call.database, call.project))
    answer = describe(audience, live_versions(call), programs)
    return answered(answer, version=answer.version)


def _saved(audience: Audience, rule: Node, known: KnownRules, attributes: Catalogue, call: Call) -> SavedAnswer:
    """A saved audience with the linter's warnings."""
    latest, programs = audience.latest, Programs(known)
    found = compiled.lint(call, latest.key, rule, Overrides(latest.include, latest.exclude), programs, attributes)
    answer = describe(audience, live_versions(call), programs)
    return SavedAnswer(**answer.model_dump(), **compiled.told(found))


def _is_wanted(version: AudienceVersion, search: str | None, tag: str | None) -> bool:
    if tag is not None and tag not in version.tags:
        return False
    texts = (version.key, version.name, version.description)
    return search is None or any(search.casefold() in text.casefold() for text in texts)


def _version_of(if_match: str | None, key: str) -> int:
    """The version number of an `If-Match` header; raises `Failure` where there is none."""
    if if_match is None:
        raise Failure("precondition-required", f"replacing audience `{key}` wants `If-Match` with its `ETag`")
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit()):
        raise Failure("stale-version", f"`{if_match:.40}` is no `ETag` of audience `{key}`")
    return int(number)
