"""API keys and the audit trail: what an administrator of the project sees."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from shared.manage.bodies import Body, Model
from shared.manage.calls import CurrentCall, after_cursor, answered, cursor_of, done
from shared.manage.models import Cursor, Instant, Limit, Name
from shared.rules.instants import to_text
from shared.store import api_keys, changes
from shared.store.api_keys import PUBLISHABLE_SCOPES, ApiKey, NewKey
from shared.store.changes import AuditEntry
from shared.store.errors import NotFound

Kind = Literal["publishable", "secret"]
Scope = Literal["read", "write", "publish", "evaluate", "collect", "image", "privacy", "admin"]

router = Router()


class KeyRequest(Model):
    """A key to make: a publishable one for one environment and its origins, a secret one with scopes."""

    kind: Kind
    name: Name
    environments: Annotated[list[str], Field(min_length=1)]
    scopes: Annotated[list[Scope] | None, Field(description="Of secret keys; publishable ones have fixed scopes.")] = (
        None
    )
    origins: Annotated[
        list[Annotated[str, Field(pattern=r"^(\*|https?://[^\s/]+)$")]],
        Field(default_factory=list, description="Of publishable keys: the exact origins of pages that may use it."),
    ]


class KeyAnswer(Model):
    """A key, without its text."""

    key_id: str
    kind: Kind
    name: str
    environments: list[str]
    scopes: list[str]
    origins: list[str]
    last_four: str
    created_at: Instant
    created_by: str
    revoked_at: Instant | None


class NewKeyAnswer(KeyAnswer):
    """A key with its text, which is shown this once; null where the call repeats an earlier one."""

    key: str | None


class KeyPage(Model):
    """All keys of the project, revoked ones too."""

    items: list[KeyAnswer]
    next_cursor: None = None


class AuditAnswer(Model):
    """One change: who did what to what. `before` and `after` are versions or releases."""

    at: Instant
    actor: str
    request_id: str
    action: str
    subject: str
    environment: str | None
    before: str | None
    after: str | None


class AuditPage(Model):
    """Changes, newest first."""

    items: list[AuditAnswer]
    next_cursor: str | None


@router.get("/v1/keys", summary="List keys", tags=["keys"])
def list_keys(call: CurrentCall) -> Response[KeyPage]:
    """The keys of the project, revoked ones too; never their texts."""
    found = api_keys.every(call.database, call.project)
    return answered(KeyPage(items=[KeyAnswer.model_validate(_key(key)) for key in found]))


@router.post("/v1/keys", summary="Create a key", tags=["keys"], status_code=201)
def create_key(body: Body[KeyRequest], call: CurrentCall) -> Response[NewKeyAnswer]:
    """The only answer that holds the key's text: keep it."""
    wanted = body.accepted()
    is_publishable = wanted.kind == "publishable"
    scopes = tuple(wanted.scopes) if wanted.scopes is not None else PUBLISHABLE_SCOPES if is_publishable else ()
    new = NewKey(wanted.name, is_publishable, tuple(wanted.environments), scopes, tuple(wanted.origins))
    made, text = api_keys.create(call.database, call.signer, call.change, new)
    return answered(NewKeyAnswer.model_validate({**_key(made), "key": text}), 201, location=f"/v1/keys/{made.key_id}")


@router.get("/v1/keys/<key_id>", summary="Get a key", tags=["keys"])
def get_key(key_id: str, call: CurrentCall) -> Response[KeyAnswer]:
    """One key, without its text."""
    for key in api_keys.every(call.database, call.project):
        if key.key_id == key_id:
            return answered(KeyAnswer.model_validate(_key(key)))
    raise NotFound(f"there is no key `{key_id}`")


@router.delete("/v1/keys/<key_id>", summary="Revoke a key", tags=["keys"], status_code=204)
def revoke_key(key_id: str, call: CurrentCall) -> Response[None]:
    """Refused by this API from now on, by evaluate within 60 seconds. A revoked key stays so."""
    api_keys.revoke(call.database, call.signer, call.change, key_id)
    return done()


@router.get("/v1/audit", summary="List changes", tags=["audit"])
def list_changes(call: CurrentCall, limit: Limit = 50, cursor: Cursor = None) -> Response[AuditPage]:
    """Who changed what, newest first; written in the same transaction as the change."""
    found, last = changes.audit_page(call.database, call.project, after_cursor(cursor), limit)
    return answered(AuditPage(items=[_change(entry) for entry in found], next_cursor=cursor_of(last)))


def _key(key: ApiKey) -> dict[str, object]:
    return {
        "key_id": key.key_id,
        "kind": "publishable" if key.publishable else "secret",
        "name": key.name,
        "environments": list(key.environments),
        "scopes": list(key.scopes),
        "origins": list(key.origins),
        "last_four": key.last_four,
        "created_at": to_text(key.created_at),
        "created_by": key.created_by,
        "revoked_at": None if key.revoked_at is None else to_text(key.revoked_at),
    }


def _change(entry: AuditEntry) -> AuditAnswer:
    return AuditAnswer(
        at=to_text(entry.at_ms),
        actor=entry.actor,
        request_id=entry.request_id,
        action=entry.action,
        subject=entry.subject,
        environment=entry.environment,
        before=entry.before,
        after=entry.after,
    )
