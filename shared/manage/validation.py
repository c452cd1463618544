"""Validate: whether a rule could be saved as it is, what it says in words, and what it costs."""

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from shared.manage import authoring
from shared.manage.audience_models import Candidate, Cost, ValidateAnswer
from shared.manage.audiences import attributes_of
from shared.manage.authoring import KnownRules, conditions
from shared.manage.bodies import Body
from shared.manage.calls import CurrentCall, answered
from shared.manage.models import ProblemAnswer
from shared.rules import inlining
from shared.rules.catalogue import join
from shared.rules.model import Node
from shared.rules.sentence import sentence

router = Router()


@router.post("/v1/audiences/validate", summary="Check a rule", tags=["rules"])
def validate_rule(body: Body[Candidate], call: CurrentCall) -> Response[ValidateAnswer]:
    """A rule's problems, or its sentence and its cost; saves nothing."""
    candidate = body.accepted()
    known = KnownRules(call.database, call.project)
    authored = authoring.read_rule(candidate.rule, attributes_of(call), known, candidate.key)
    if authored.problems:
        problems = [ProblemAnswer.model_validate(msgspec.structs.asdict(problem)) for problem in authored.problems]
        return answered(ValidateAnswer(valid=False, problems=problems))
    cost = _cost(authored.node, authoring.referred(authored.node, known))
    return answered(ValidateAnswer(valid=True, problems=[], sentence=sentence(authored.node), cost=cost))


def _cost(node: Node, referred: dict[str, Node]) -> Cost:
    size = inlining.size(node, referred)
    asked = {
        path
        for rule in (node, *referred.values())
        for condition in conditions(rule)
        for path in (condition.attribute, condition.other)
        if path is not None
    }
    return Cost(
        conditions=size.conditions,
        depth=size.depth,
        attributes=sorted(map(join, asked)),
        references=sorted(referred),
    )
