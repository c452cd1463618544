"""Visitors: their stored traits, by id or by anonymous id, one or many."""

from collections import Counter
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from shared.api.problems import Failure
from shared.manage.bodies import Body, Model, Text
from shared.manage.calls import Call, CurrentCall, answered, done, refuse
from shared.manage.models import Instant
from shared.rules.instants import to_text
from shared.rules.kinds import nfc
from shared.rules.problems import Problem, Refused
from shared.store.profiles import Visitor, Visitors
from shared.visitors import document
from shared.visitors.profile import Profile, encode

MAX_BATCH = 500
MAX_READ_BYTES = 4 * 1024 * 1024  # of profiles as stored: an answer of Lambda holds 6 MB of JSON

Environment = Annotated[
    str | None, Query(description="The environment that holds the visitors; needed where the key names several.")
]
Anonymous = Annotated[bool, Query(description="Whether the id in the address is an anonymous id.")]
Id = Annotated[Text, Field(min_length=1, max_length=document.MAX_ID_LENGTH)]
Traits = Annotated[dict[str, Any], Field(description="Any JSON by name; null is missing.")]

router = Router()


class TraitsFields(Model):
    """What is stored of a visitor."""

    traits: Traits


class Identity(Model):
    """Whose profile: exactly one of `id` and `anonymous_id`."""

    id: Id | None = None
    anonymous_id: Id | None = None


class IdentifiedTraits(Identity):
    """The traits of one visitor."""

    traits: Traits


class TraitsBatch(Model):
    """The traits of up to 500 visitors."""

    items: Annotated[list[IdentifiedTraits], Field(min_length=1, max_length=MAX_BATCH)]


class IdentityBatch(Model):
    """Up to 500 visitors."""

    items: Annotated[list[Identity], Field(min_length=1, max_length=MAX_BATCH)]


class VisitorAnswer(Model):
    """A visitor's profile."""

    id: str | None
    anonymous_id: str | None
    traits: dict[str, Any]
    first_seen: Instant | None
    last_seen: Instant | None


class VisitorPage(Model):
    """The visitors asked for of whom anything is stored."""

    items: list[VisitorAnswer]


class StoredAnswer(Model):
    """How many profiles were written."""

    stored: int


@router.get("/v1/visitors/<id>", summary="Get a visitor", tags=["visitors"])
def get_visitor(
    id: str,  # noqa: A002  # the name in the address
    call: CurrentCall,
    environment: Environment = None,
    anonymous: Anonymous = False,  # noqa: FBT002  # a query parameter
) -> Response[VisitorAnswer]:
    """The stored profile; an id with `/` or `%` in it is asked for by `POST /v1/visitors/read`."""
    visitor = _named(id, anonymous=anonymous)
    profile = _visitors(call, environment).find(visitor)
    if profile is None:
        raise Failure("not-found", "nothing is stored of this visitor")
    return answered(_described(visitor, profile))


@router.put("/v1/visitors/<id>", summary="Replace a visitor's traits", tags=["visitors"])
def put_visitor(
    id: str,  # noqa: A002  # the name in the address
    body: Body[TraitsFields],
    call: CurrentCall,
    environment: Environment = None,
    anonymous: Anonymous = False,  # noqa: FBT002  # a query parameter
) -> Response[VisitorAnswer]:
    """Sets all traits, whatever is there."""
    visitor = _named(id, anonymous=anonymous)
    stored = _visitors(call, environment).put(visitor, _known(_traits(body.accepted().traits)))
    return answered(_described(visitor, stored))


@router.patch("/v1/visitors/<id>", summary="Change a visitor's traits", tags=["visitors"])
def patch_visitor(
    id: str,  # noqa: A002  # the name in the address
    body: Body[TraitsFields],
    call: CurrentCall,
    environment: Environment = None,
    anonymous: Anonymous = False,  # noqa: FBT002  # a query parameter
) -> Response[VisitorAnswer]:
    """Sets these traits, top-level name by name, and removes those that are null."""
    visitor = _named(id, anonymous=anonymous)
    stored = _visitors(call, environment).patch(visitor, _traits(body.accepted().traits))
    return answered(_described(visitor, stored))


@router.delete("/v1/visitors/<id>", summary="Delete a visitor", tags=["visitors"], status_code=204)
def delete_visitor(
    id: str,  # noqa: A002  # the name in the address
    call: CurrentCall,
    environment: Environment = None,
    anonymous: Anonymous = False,  # noqa: FBT002  # a query parameter
) -> Response[None]:
    """Forgets the profile; nothing happens where nothing is stored."""
    _visitors(call, environment).delete(_named(id, anonymous=anonymous))
    return done()


@router.put("/v1/visitors", summary="Replace the traits of many visitors", tags=["visitors"])
def put_visitors(body: Body[TraitsBatch], call: CurrentCall, environment: Environment = None) -> Response[StoredAnswer]:
    """Up to 500 at once, all or none where there are problems; the last writer wins."""
    items = body.accepted().items
    visitors = _identified(items)
    problems = [p for i, item in enumerate(items) for p in _trait_problems(item.traits, f"/items/{i}")]
    refuse(problems)
    known = {visitor: _known(_composed(item.traits)) for visitor, item in zip(visitors, items, strict=True)}
    try:
        _visitors(call, environment).put_many(known)
    except Refused as refused:
        refuse([msgspec.structs.replace(p, pointer=f"/items{p.pointer}") for p in refused.problems])
    return answered(StoredAnswer(stored=len(known)))


@router.post("/v1/visitors/read", summary="Get many visitors", tags=["visitors"])
def read_visitors(
    body: Body[IdentityBatch], call: CurrentCall, environment: Environment = None
) -> Response[VisitorPage]:
    """The profiles of up to 500 visitors; those of whom nothing is stored are left out."""
    visitors = _identified(body.accepted().items)
    found = _visitors(call, environment).find_many(visitors)
    if sum(len(encode(profile)) for profile in found.values()) > MAX_READ_BYTES:
        raise Failure("too-large", "the profiles are larger than one answer can be, ask for fewer visitors")
    items = [_described(visitor, found[visitor]) for visitor in visitors if visitor in found]
    return answered(VisitorPage(items=items))


@router.post("/v1/visitors/delete", summary="Delete many visitors", tags=["visitors"], status_code=204)
def delete_visitors(body: Body[IdentityBatch], call: CurrentCall, environment: Environment = None) -> Response[None]:
    """Forgets up to 500 profiles."""
    _visitors(call, environment).delete_many(_identified(body.accepted().items))
    return done()


def _visitors(call: Call, environment: str | None) -> Visitors:
    return Visitors(call.database, call.project, call.environment(environment))


def _named(text: str, *, anonymous: bool) -> Visitor:
    """The visitor of an address."""
    name = nfc(unquote(text))
    if not 1 <= len(name) <= document.MAX_ID_LENGTH:
        refuse([Problem("", "bad-parameter", f"an id has 1 to {document.MAX_ID_LENGTH} characters")])
    return Visitor(name, anonymous)


def _identified(items: list[Identity] | list[IdentifiedTraits]) -> list[Visitor]:
    """The visitors of a batch; raises `Failure` where one is named by no id, by both, or twice."""
    problems = [
        Problem(f"/items/{i}", "bad-value", "exactly one of `id` and `anonymous_id` is needed")
        for i, item in enumerate(items)
        if (item.id is None) == (item.anonymous_id is None)
    ]
    visitors = [Visitor(item.id or item.anonymous_id or "", item.id is None) for item in items]
    times = Counter(visitors)
    problems += [
        Problem(f"/items/{i}", "repeated-visitor", f"this visitor comes {times[visitor]} times in this call")
        for i, visitor in enumerate(visitors)
        if visitor.id and times[visitor] > 1
    ]
    refuse(problems)
    return visitors


def _traits(traits: dict[str, Any]) -> dict[str, object]:
    refuse(_trait_problems(traits, ""))
    return _composed(traits)


def _known(traits: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in traits.items() if value is not None}


def _trait_problems(traits: dict[str, Any], pointer: str) -> list[Problem]:
    return document.problems_of({"traits": traits}, pointer)


def _composed(traits: dict[str, Any]) -> dict[str, object]:
    composed = document.composed(traits)
    assert isinstance(composed, dict)
    return composed


def _described(visitor: Visitor, profile: Profile) -> VisitorAnswer:
    return VisitorAnswer(
        id=None if visitor.anonymous else visitor.id,
        anonymous_id=visitor.id if visitor.anonymous else None,
        traits=profile.traits,
        first_seen=None if profile.first_seen is None else to_text(profile.first_seen),
        last_seen=None if profile.last_seen is None else to_text(profile.last_seen),
    )
