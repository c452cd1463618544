"""Explain: why a rule holds for a visitor or does not."""

from typing import Any, Literal

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from shared.manage import authoring
from shared.manage.audiences import attributes_of
from shared.manage.authoring import KnownRules
from shared.manage.bodies import Body, Model
from shared.manage.calls import Call, CurrentCall, answered, refuse
from shared.manage.models import Instant, Key, Rule
from shared.manage.visitors import Environment
from shared.rules.catalogue import CLOSED, Catalogue, Path, declared
from shared.rules.explain import Explanation, explain
from shared.rules.instants import to_text
from shared.rules.kinds import Type
from shared.rules.model import Node
from shared.rules.problems import Problem
from shared.rules.sentence import sentence
from shared.store import audiences, releases
from shared.store.profiles import Visitor, Visitors
from shared.visitors import document, page, profile
from shared.visitors.document import Document, members_of

router = Router()

Root = dict[str, Any] | None


class Question(Model):
    """A saved audience or a rule, and a visitor: any roots of the visitor document, as evaluate takes them."""

    audience: Key | None = None
    rule: Rule = None
    visitor: Root = None
    traits: Root = None
    groups: Root = None
    page: Root = None
    utm: Root = None
    device: Root = None
    geo: Root = None
    locale: Root = None
    request: Root = None


class SeenAnswer(Model):
    """What the visitor has at an attribute."""

    attribute: str
    kind: str
    value: Any = None


class WitnessAnswer(Model):
    """What a condition asked, what it saw, and what followed."""

    asked: str
    seen: SeenAnswer
    reason: Literal["holds", "fails", "missing", "wrong-kind"]
    other: SeenAnswer | None = None


class NodeAnswer(Model):
    """One node of the rule; an `audience` holds the rule that it refers to."""

    node: Literal["all", "any", "not", "condition", "audience"]
    holds: bool
    pointer: str
    items: list["NodeAnswer"] = Field(default_factory=list)
    audience: str | None = None
    witness: WitnessAnswer | None = None


class ExplainAnswer(Model):
    """Whether the rule holds at `evaluated_at`, and why; `version` is that of a saved audience."""

    holds: bool
    sentence: str
    audience: str | None
    version: int | None
    environment: str
    evaluated_at: Instant
    explanation: NodeAnswer


class _Subject(msgspec.Struct, frozen=True):
    """What is explained: a rule with those that it refers to, and where it was saved."""

    node: Node
    referred: dict[str, Node]
    audience: str | None = None
    version: int | None = None


@router.post("/v1/explain", summary="Explain an answer", tags=["rules"])
def explain_rule(body: Body[Question], call: CurrentCall, environment: Environment = None) -> Response[ExplainAnswer]:
    """Why a visitor is in an audience or not: as it is live in the environment, else at its latest version."""
    name = call.environment(environment)
    raw = body.raw if isinstance(body.raw, dict) else {}
    attributes = attributes_of(call)
    problems = [problem for problem in body.problems if problem.pointer in ("", "/audience")]
    asked = {root: members for root, members in raw.items() if root not in ("audience", "rule")}
    problems += document.problems_of(asked, "", ("audience", "rule"))
    subject = _subject(raw, call, name, attributes, problems)
    visitor = document.normalised(asked, is_plain=False)
    at_ms = document.instant_of(visitor)
    now_ms = call.now_ms if at_ms is None else at_ms
    _complete(visitor, call, name, now_ms)
    told = explain(subject.node, visitor, now_ms, _types(attributes), subject.referred)
    return answered(
        ExplainAnswer(
            holds=told.holds,
            sentence=sentence(subject.node),
            audience=subject.audience,
            version=subject.version,
            environment=name,
            evaluated_at=to_text(now_ms),
            explanation=_told(told),
        )
    )


def _subject(
    raw: dict[str, object], call: Call, environment: str, attributes: Catalogue, problems: list[Problem]
) -> _Subject:
    """The rule that is asked about; raises `Failure` with these problems and its own."""
    if ("rule" in raw) == ("audience" in raw):
        refuse([*problems, Problem("", "bad-value", "exactly one of `audience` and `rule` is needed")])
    if "audience" in raw:
        refuse(problems)
        return _saved(str(raw["audience"]), call, environment)
    known = KnownRules(call.database, call.project)
    authored = authoring.read_rule(raw["rule"], attributes, known)
    refuse([*problems, *authored.problems])
    return _Subject(authored.node, authoring.referred(authored.node, known))


def _saved(key: str, call: Call, environment: str) -> _Subject:
    """An audience as it is live in the environment with all that it refers to, else its latest version."""
    served = releases.current(call.database, call.project, environment).versions
    if key not in served:
        latest = audiences.get(call.database, call.project, key).latest
        node = authoring.rule_of(latest)
        return _Subject(node, authoring.referred(node, KnownRules(call.database, call.project)), key, latest.version)
    found: dict[str, Node] = {}
    missing = {key}
    while missing:
        versions = audiences.versions(call.database, call.project, {name: served[name] for name in missing})
        found |= {name: authoring.rule_of(version) for name, version in versions.items()}
        missing = {name for version in versions.values() for name in version.references} - found.keys()
    return _Subject(found[key], found, key, served[key])


def _complete(visitor: Document, call: Call, environment: str, now_ms: int) -> None:
    """Adds what evaluate adds: what follows from URLs, the stored profile, and the time."""
    page.fill(visitor)
    ids = members_of(visitor, "visitor")
    wanted = [
        Visitor(str(ids[name]), is_anonymous)
        for name, is_anonymous in (("id", False), ("anonymous_id", True))
        if ids.get(name) is not None
    ]
    stored = Visitors(call.database, call.project, environment).find_many(wanted)
    found = [stored[each] for each in wanted if each in stored]
    if wanted:
        profile.overlay(visitor, profile.merge(*found) if len(found) == 2 else next(iter(found), None))
    visitor["request"] = {"time": now_ms, **members_of(visitor, "request")}


def _types(attributes: Catalogue) -> dict[Path, Type]:
    """The type of every path that has one, built in or by the catalogue."""
    built_in = [(root, name) for root, names in CLOSED.items() for name in names]
    return {path: declared(path, attributes) for path in (*built_in, *attributes)}


def _told(explanation: Explanation) -> NodeAnswer:
    return NodeAnswer.model_validate_json(msgspec.json.encode(explanation))
