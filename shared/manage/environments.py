"""Environments and their releases: create, publish, promote, roll back."""

from typing import Annotated, Literal

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from shared.manage.bodies import Body, Model, Text
from shared.manage.calls import Call, CurrentCall, after_number, answered, cursor_of, refuse
from shared.manage.models import Cursor, Instant, Key, Limit, Name, Number
from shared.rules.instants import to_text
from shared.rules.problems import Problem
from shared.store import environments, publish, releases
from shared.store.environments import Environment
from shared.store.publish import Order, Outcome
from shared.store.releases import Release
from shared.visitors.context import UNREADABLE

router = Router()


class NewEnvironment(Model):
    """An environment to create; `name` defaults to the key."""

    key: Key
    name: Name | None = None


class SettingsFields(Model):
    """What an environment's next release lets rules see of a visitor's request."""

    allowed_headers: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]],
        Field(max_length=50, description="Headers, in lower case, that rules may look at as `request.headers.*`."),
    ]


class EnvironmentChange(Model):
    """The settings of an environment, all of them."""

    settings: SettingsFields


class EnvironmentAnswer(Model):
    """An environment and the release that it serves."""

    key: str
    name: str
    release: str
    image: str
    published_at: Instant
    created_at: Instant
    created_by: str
    settings: SettingsFields


class EnvironmentPage(Model):
    """All environments of the project."""

    items: list[EnvironmentAnswer]
    next_cursor: None = None


class Publication(Model):
    """What to publish: everything at its latest version, or only `audiences`, or what another environment serves."""

    message: Annotated[Text, Field(max_length=500)] = ""
    audiences: Annotated[
        dict[str, Number | Literal["latest"] | None] | None,
        Field(description="Only these change: to a version, to `latest`, or to null, which takes them out."),
    ] = None
    from_: Annotated[Key | None, Field(alias="from", description="Another environment, taken over as it is live.")] = (
        None
    )
    dry_run: Annotated[bool, Field(description="Answer what would change, and change nothing.")] = False


class Rollback(Model):
    """The release to go back to."""

    release: Annotated[str, Field(pattern=r"^r[0-9]{1,10}$")]


class ChangeAnswer(Model):
    """One audience that a release changes: `from` null is new, `to` null is taken out."""

    key: str
    from_: Annotated[int | None, Field(alias="from")]
    to: int | None


class ReleaseAnswer(Model):
    """One release, as lists show it. `from` tells where a promotion or a rollback came from."""

    release: str
    environment: str
    image: str
    message: str
    published_at: Instant
    published_by: str
    from_: Annotated[str | None, Field(alias="from")]


class ReleaseDetail(ReleaseAnswer):
    """One release with the version of each audience that it serves."""

    audiences: dict[str, int]


class PublishAnswer(ReleaseAnswer):
    """The release that was made, or would be made by a dry run, with what it changes."""

    dry_run: bool
    changes: list[ChangeAnswer]


class ReleasePage(Model):
    """Releases, newest first."""

    items: list[ReleaseAnswer]
    next_cursor: str | None


@router.get("/v1/environments", summary="List environments", tags=["environments"])
def list_environments(call: CurrentCall) -> Response[EnvironmentPage]:
    """The environments of the project, with the release that each serves."""
    found = environments.every(call.database, call.project)
    return answered(EnvironmentPage(items=[_environment(each, call) for each in found]))


@router.post("/v1/environments", summary="Create an environment", tags=["environments"], status_code=201)
def create_environment(body: Body[NewEnvironment], call: CurrentCall) -> Response[EnvironmentAnswer]:
    """It starts with an empty release `r0`, and no key but those made for it."""
    new = body.accepted()
    made = environments.create(call.database, call.signer, call.change, new.key, new.name or new.key)
    return answered(_environment(made, call), 201, location=f"/v1/environments/{made.key}")


@router.get("/v1/environments/<environment>", summary="Get an environment", tags=["environments"])
def get_environment(environment: str, call: CurrentCall) -> Response[EnvironmentAnswer]:
    """One environment and the release that it serves."""
    return answered(_environment(environments.get(call.database, call.project, environment), call))


@router.patch("/v1/environments/<environment>", summary="Set up an environment", tags=["environments"])
def set_up_environment(
    environment: str, body: Body[EnvironmentChange], call: CurrentCall
) -> Response[EnvironmentAnswer]:
    """Sets all settings; they take effect with the environment's next release."""
    problems = [*body.problems]
    if body.value:
        problems += _header_problems(body.value.settings.allowed_headers)
    refuse(problems)
    call.refuse_foreign(environment)
    allowed = tuple(sorted(set(body.accepted().settings.allowed_headers)))
    settings = msgspec.structs.replace(
        environments.get(call.database, call.project, environment).settings, allowed_headers=allowed
    )
    return answered(_environment(environments.set_up(call.database, call.change, environment, settings), call))


@router.get("/v1/environments/<environment>/releases", summary="List releases", tags=["releases"])
def list_releases(
    environment: str, call: CurrentCall, limit: Limit = 50, cursor: Cursor = None
) -> Response[ReleasePage]:
    """What the environment served from when on, newest first."""
    call.refuse_foreign(environment)
    found, before = releases.history(call.database, call.project, environment, after_number(cursor), limit)
    items = [ReleaseAnswer.model_validate(_release(release)) for release in found]
    return answered(ReleasePage(items=items, next_cursor=cursor_of(before)))


@router.get("/v1/environments/<environment>/releases/<release>", summary="Get a release", tags=["releases"])
def get_release(environment: str, release: str, call: CurrentCall) -> Response[ReleaseDetail]:
    """One release with the exact version of each audience in it."""
    call.refuse_foreign(environment)
    found = releases.get(call.database, call.project, environment, release)
    return answered(ReleaseDetail.model_validate({**_release(found), "audiences": found.versions}))


@router.post("/v1/environments/<environment>/releases", summary="Publish", tags=["releases"], status_code=201)
def publish_release(environment: str, body: Body[Publication], call: CurrentCall) -> Response[PublishAnswer]:
    """Makes a release of the environment; 200 with `dry_run`, which tells what would change."""
    call.refuse_foreign(environment)
    wanted = body.accepted()
    if wanted.from_ is not None:
        call.refuse_foreign(wanted.from_)
    order = Order(environment, wanted.message, wanted.audiences, wanted.from_, wanted.dry_run)
    outcome = publish.publish(call.database, call.signer, call.change, order)
    return _published(outcome, is_dry_run=wanted.dry_run)


@router.post("/v1/environments/<environment>/rollback", summary="Roll back", tags=["releases"], status_code=201)
def roll_back(environment: str, body: Body[Rollback], call: CurrentCall) -> Response[PublishAnswer]:
    """Makes a new release that serves what an earlier one did."""
    call.refuse_foreign(environment)
    outcome = publish.roll_back(call.database, call.signer, call.change, environment, body.accepted().release)
    return _published(outcome, is_dry_run=False)


def _header_problems(names: list[str]) -> list[Problem]:
    return [
        Problem(f"/settings/allowed_headers/{i}", "bad-value", f"`{name}` holds a secret: no rule may look at it")
        for i, name in enumerate(names)
        if name in UNREADABLE
    ]


def _environment(environment: Environment, call: Call) -> EnvironmentAnswer:
    serving = releases.current(call.database, call.project, environment.key)
    return EnvironmentAnswer(
        key=environment.key,
        name=environment.name,
        release=serving.name,
        image=serving.image,
        published_at=to_text(serving.published_at),
        created_at=to_text(environment.created_at),
        created_by=environment.created_by,
        settings=SettingsFields(allowed_headers=list(environment.settings.allowed_headers)),
    )


def _release(release: Release) -> dict[str, object]:
    return {
        "release": release.name,
        "environment": release.environment,
        "image": release.image,
        "message": release.message,
        "published_at": to_text(release.published_at),
        "published_by": release.published_by,
        "from": release.origin_environment or release.origin_release,
    }


def _published(outcome: Outcome, *, is_dry_run: bool) -> Response[PublishAnswer]:
    changes = [{"key": change.key, "from": change.before, "to": change.after} for change in outcome.changes]
    answer = PublishAnswer.model_validate({**_release(outcome.release), "dry_run": is_dry_run, "changes": changes})
    location = f"/v1/environments/{answer.environment}/releases/{answer.release}"
    return answered(answer, 200) if is_dry_run else answered(answer, 201, location=location)
