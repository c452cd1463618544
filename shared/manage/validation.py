"""Validate: whether a rule could be saved as it is, what it says in words, and what it costs."""

from typing import Annotated

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query

from shared.manage import authoring, compiled
from shared.manage.audience_models import Candidate, Cost, ValidateAnswer
from shared.manage.audiences import attributes_of, repeated_ids
from shared.manage.authoring import KnownRules, Overrides, conditions
from shared.manage.bodies import Body
from shared.manage.calls import CurrentCall, answered
from shared.manage.compiled import Programs
from shared.manage.models import ProblemAnswer
from shared.rules import inlining
from shared.rules.catalogue import join
from shared.rules.model import Node
from shared.rules.sentence import sentence

_UNSAVED = ""
"""Stands for the key of a rule that has none yet; no audience has it."""

Environment = Annotated[
    str | None,
    Query(description="The environment whose profiles the linter goes by; without it, all that the key names."),
]

router = Router()


@router.post("/v1/audiences/validate", summary="Check a rule", tags=["rules"])
def validate_rule(
    body: Body[Candidate], call: CurrentCall, environment: Environment = None
) -> Response[ValidateAnswer]:
    """A rule's problems, or its sentence and its cost; saves nothing."""
    if environment is not None:
        call.refuse_foreign(environment)
    candidate = body.accepted()
    known = KnownRules(call.database, call.project)
    overrides = Overrides(tuple(candidate.include), tuple(candidate.exclude))
    attributes = attributes_of(call)
    authored = authoring.read_rule(candidate.rule, attributes, known, candidate.key, overrides=overrides)
    found = [*authored.problems, *repeated_ids(candidate.model_dump(include={"include", "exclude"}))]
    if found:
        problems = [ProblemAnswer.model_validate(msgspec.structs.asdict(problem)) for problem in found]
        return answered(ValidateAnswer(valid=False, problems=problems, warnings=[]))
    whole, programs, key = overrides.over(authored.node), Programs(known), candidate.key or _UNSAVED
    referred = authoring.referred(whole, known)
    found_out = compiled.lint(call, key, authored.node, overrides, programs, attributes, environment)
    standing = compiled.standing(key, programs)
    assert standing is not None  # everything that it refers to was just read
    return answered(
        ValidateAnswer(
            valid=True,
            problems=[],
            sentence=overrides.told(sentence(authored.node)),
            cost=_cost(whole, referred, standing.cost),
            membership=standing.membership,
            contextual=list(standing.contextual),
            **compiled.told(found_out),
        )
    )


def _cost(node: Node, referred: dict[str, Node], microseconds: float) -> Cost:
    size = inlining.size(node, referred)
    asked = {
        path
        for rule in (node, *referred.values())
        for condition in conditions(rule)
        for path in (condition.attribute, condition.other)
        if path is not None
    }
    return Cost(
        microseconds=microseconds,
        conditions=size.conditions,
        depth=size.depth,
        attributes=sorted(map(join, asked)),
        references=sorted(referred),
    )
