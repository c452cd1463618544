"""Explain: why a rule holds for a visitor or does not."""

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from shared.manage import authoring
from shared.manage.audiences import attributes_of
from shared.manage.authoring import KnownRules
from shared.manage.bodies import Body
from shared.manage.calls import Call, CurrentCall, answered, refuse
from shared.manage.explain_models import ChangeAnswer, ExplainAnswer, NodeAnswer, Question
from shared.manage.visitors import Environment
from shared.rules.catalogue import CLOSED, Catalogue, Path, declared
from shared.rules.compiler import compile_rule
from shared.rules.explain import Explanation, explain
from shared.rules.instants import to_text
from shared.rules.kinds import Type
from shared.rules.model import Node
from shared.rules.nearest.finding import nearest
from shared.rules.problems import Problem, Refused
from shared.rules.sentence import sentence
from shared.rules.telling import tell
from shared.rules.witness import Visit
from shared.store import audiences, list_entries, releases
from shared.store.audiences import AudienceVersion
from shared.store.profiles import Visitor, Visitors
from shared.visitors import context, document, page, profile
from shared.visitors.document import LISTS, Document, members_of

router = Router()


class _Subject(msgspec.Struct, frozen=True):
    """What is explained: a rule with those that it refers to, in words, and where it was saved."""

    node: Node
    referred: dict[str, Node]
    sentence: str
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
    _complete(visitor, subject, call, name, now_ms)
    visit = Visit(visitor, now_ms, _types(attributes), subject.referred)
    told = explain(subject.node, visitor, now_ms, visit.types, visit.audiences)
    return answered(
        ExplainAnswer(
            holds=told.holds,
            sentence=subject.sentence,
            audience=subject.audience,
            version=subject.version,
            environment=name,
            evaluated_at=to_text(now_ms),
            sentences=list(tell(told)),
            nearest=_nearest(subject.node, visit),
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
    return _Subject(authored.node, authoring.referred(authored.node, known), sentence(authored.node))


def _saved(key: str, call: Call, environment: str) -> _Subject:
    """An audience as it is live in the environment with all that it refers to, else its latest version."""
    served = releases.current(call.database, call.project, environment).versions
    if key not in served:
        latest = audiences.get(call.database, call.project, key).latest
        node = authoring.rule_of(latest)
        referred = authoring.referred(node, KnownRules(call.database, call.project))
        return _Subject(node, referred, latest.sentence, key, latest.version)
    found: dict[str, AudienceVersion] = {}
    missing = {key}
    while missing:
        found |= audiences.versions(call.database, call.project, {name: served[name] for name in missing})
        missing = {name for version in found.values() for name in version.references} - found.keys()
    rules = {name: authoring.rule_of(version) for name, version in found.items()}
    return _Subject(rules[key], rules, found[key].sentence, key, served[key])


def _complete(visitor: Document, subject: _Subject, call: Call, environment: str, now_ms: int) -> None:
    """Adds what evaluate adds: what follows from URLs and headers, the stored profile and lists, and the time."""
    page.fill(visitor)
    asked = {path for node in (subject.node, *subject.referred.values()) for path in compile_rule(node).paths}
    context.fill(visitor, context.wants(asked), context.forwarded(visitor, call.cdn), frozenset())
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
    if LISTS not in visitor:
        stored_lists = list_entries.lists_of(call.database, call.project, environment, wanted[0]) if wanted else []
        visitor[LISTS] = stored_lists
    visitor["request"] = {"time": now_ms, **members_of(visitor, "request")}


def _types(attributes: Catalogue) -> dict[Path, Type]:
    """The type of every path that has one, built in or by the catalogue."""
    built_in = [(root, name) for root, names in CLOSED.items() for name in names]
    return {path: declared(path, attributes) for path in (*built_in, *attributes)}


def _told(explanation: Explanation) -> NodeAnswer:
    return NodeAnswer.model_validate_json(msgspec.json.encode(explanation))


def _nearest(node: Node, visit: Visit) -> list[ChangeAnswer]:
    """None for a draft that grew beyond the limits with what it refers to: it could not be published either."""
    try:
        changes = nearest(node, visit)
    except Refused:
        return []
    told = [{**msgspec.to_builtins(each), "at": None if each.at is None else to_text(each.at)} for each in changes]
    return [ChangeAnswer.model_validate_json(msgspec.json.encode(each)) for each in told]
