"""Many audiences in one call: each item has a result of its own, as if it had been sent alone."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from shared.api.problems import TYPES, counted
from shared.manage.audience_models import BulkAnswer, BulkAudiences, BulkResult, NewAudience
from shared.manage.audiences import attributes_of, overrides_of, read, to_save
from shared.manage.authoring import KnownRules, references
from shared.manage.bodies import Body
from shared.manage.calls import Call, CurrentCall, answered
from shared.manage.models import ProblemAnswer, is_key
from shared.rules.catalogue import Catalogue
from shared.rules.model import Node
from shared.rules.parser import sketch
from shared.rules.problems import Problem
from shared.store import audience_changes, audiences
from shared.store.changes import Change
from shared.store.errors import Conflict

_WRITERS = 8  # as many transactions at a time; DynamoDB takes about 10 ms for each

router = Router()


class _Item(msgspec.Struct):
    """One item on its way: its place in the call, its key where it has one, and what is wrong with it."""

    number: int
    body: Body[NewAudience]
    key: str | None
    node: Node
    problems: list[Problem]


@router.put("/v1/audiences", summary="Create or replace many audiences", tags=["audiences"])
def put_audiences(body: Body[BulkAudiences], call: CurrentCall) -> Response[BulkAnswer]:
    """Up to 500 audiences, whatever is there; they may refer to each other. Equal content makes no new version."""
    return answered(BulkAnswer(items=saved(body.accepted().items, call)))


def saved(bodies: list[Body[NewAudience]], call: Call) -> list[BulkResult]:
    """What became of each body, in their order: those without problems are saved."""
    items = _checked(bodies, call)
    with ThreadPoolExecutor(_WRITERS) as pool:
        return list(pool.map(lambda item: _result(item, call), items))


def _checked(bodies: list[Body[NewAudience]], call: Call) -> list[_Item]:
    """The items, checked against each other too: whoever refers to an item with problems has one as well."""
    attributes = attributes_of(call)
    drafts = {key: node for body in bodies if (key := _key(body)) and (node := _draft(body))}
    for key, audience in audiences.find_many(call.database, call.project, list(drafts)).items():
        if audience.archived:  # it will be refused, so nothing may refer to it
            del drafts[key]
    keys = Counter(map(_key, bodies))
    while True:
        known = KnownRules(call.database, call.project, drafts)
        items = [_item(number, body, attributes, known, keys) for number, body in enumerate(bodies)]
        broken = {item.key for item in items if item.key in drafts and item.problems}
        needed = {key for item in items if not item.problems for key in references(item.node)}
        if not broken & needed:
            return items
        drafts = {key: node for key, node in drafts.items() if key not in broken}


def _item(
    number: int, body: Body[NewAudience], attributes: Catalogue, known: KnownRules, keys: Counter[str | None]
) -> _Item:
    key = _key(body)
    node, problems = read(body, key, attributes, known)
    if key is not None and keys[key] > 1:
        problems.append(Problem("/key", "repeated-key", f"`{key}` comes {keys[key]} times in this call"))
    placed = [msgspec.structs.replace(each, pointer=f"/items/{number}{each.pointer}") for each in problems]
    return _Item(number, body, key, node, placed)


def _result(item: _Item, call: Call) -> BulkResult:
    if item.problems:
        shown = [ProblemAnswer.model_validate(msgspec.structs.asdict(problem)) for problem in item.problems]
        return BulkResult(key=item.key, status=422, detail=counted(item.problems), problems=shown)
    fields = item.body.accepted()
    try:
        change = audience_changes.put(call.database, _change(call.change, item), to_save(fields, fields.key, item.node))
    except Conflict as error:
        return BulkResult(key=item.key, status=TYPES["conflict"].status, detail=error.detail, problems=[])
    version = change.audience.latest.version
    return BulkResult(key=item.key, status=201 if change.is_new else 200, version=version, problems=[])


def _change(change: Change, item: _Item) -> Change:
    """The change of one item: a transaction, an audit entry and an idempotency record of its own."""
    key = change.idempotency_key
    return msgspec.structs.replace(
        change,
        request_id=f"{change.request_id}.{item.number}",
        idempotency_key=key if key is None else f"{key}.{item.number}",
    )


def _key(body: Body[NewAudience]) -> str | None:
    key = body.raw.get("key") if isinstance(body.raw, dict) else None
    return key if isinstance(key, str) and is_key(key) else None


def _draft(body: Body[NewAudience]) -> Node | None:
    if not isinstance(body.raw, dict):
        return None
    node, problems = sketch(body.raw.get("rule"))
    return None if problems else overrides_of(body.raw).over(node)
