"""Explain: why one rule holds for a visitor or does not, with a witness for every condition."""

from collections.abc import Mapping
from typing import Any as Json

import msgspec

from shared.rules.catalogue import Path
from shared.rules.kinds import Kind, Type
from shared.rules.model import All, Any, Condition, Listed, Node, Not, Reference, Rollout, Schedule
from shared.rules.overrides import Excluded, Included, Override, field, item_pointers, named
from shared.rules.problems import step
from shared.rules.sentence import sentence
from shared.rules.witness import Visit, Witness, concluded, named_witness, seen, witness

SHOWN_ELEMENTS = 10
_KINDS = {Condition: "condition", Listed: "list", Rollout: "rollout", Schedule: "schedule"}


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One node of a rule and whether it holds; the tree mirrors the rule, each reference followed by its audience's.

    node: `all`, `any`, `not`, `condition`, `list`, `rollout`, `schedule` or `audience`, and `include` or `exclude`
    above the rule of an audience that has such ids. pointer: to the node in its own audience. items: of a group its
    items, of `not` its one item, of a reference, and of such ids, the rule; of an `element` condition its rule once
    for each element that was asked, the last `SHOWN_ELEMENTS` of them. audience: the key of a reference. element: the
    place in the list of the element that is told of.
    """

    node: str
    holds: bool
    pointer: str
    items: tuple["Explanation", ...] = ()
    audience: str | None = None
    witness: Witness | None = None
    element: int | None = None


def explain(
    node: Node,
    document: Mapping[str, Json],
    now_ms: int,
    types: Mapping[Path, Type],
    audiences: Mapping[str, Node],
    pointer: str = "/rule",
) -> Explanation:
    """Why a checked rule holds at `now_ms` (Unix milliseconds) or does not; of every group all items are told.

    document: roots to values, as for the machine. types: of the declared paths. audiences: the trees that references
    name. Agrees with the machine on every rule and visitor.
    """
    return _explain(node, Visit(document, now_ms, types, audiences), pointer)


def _explain(node: Node, visit: Visit, pointer: str) -> Explanation:
    match node:
        case Excluded() | Included():
            return _override(node, visit, pointer)
        case All(items) | Any(items):
            places = zip(items, item_pointers(node, pointer), strict=True)
            told = tuple(_explain(item, visit, at) for item, at in places)
            name, decided = ("all", all) if isinstance(node, All) else ("any", any)
            return Explanation(name, decided(item.holds for item in told), pointer, told)
        case Not(item):
            inner = _explain(item, visit, step(pointer, "not"))
            return Explanation("not", not inner.holds, pointer, (inner,))
        case Reference(audience):
            referred = _explain(visit.audiences[audience], visit, "/rule")
            return Explanation("audience", referred.holds, pointer, (referred,), audience=audience)
        case Condition() if node.element is not None:
            return _element(node, node.element, visit, pointer)
        case _:
            holds, told_of = witness(node, visit)
            return Explanation(_KINDS[type(node)], holds, pointer, witness=told_of)


def _override(override: Override, visit: Visit, pointer: str) -> Explanation:
    """Whether the ids decide, then the rule, which is told in any case."""
    asked, count = named(override)
    is_named = _explain(asked, visit, pointer).holds
    at, rule_at = item_pointers(override, pointer)
    told = _explain(override.items[1], visit, rule_at)
    holds = (told.holds and not is_named) if isinstance(override, Excluded) else (told.holds or is_named)
    evidence = named_witness(field(override), count, visit, is_named=is_named)
    return Explanation(field(override), holds, at, (told,), witness=evidence)


def _element(condition: Condition, rule: Node, visit: Visit, pointer: str) -> Explanation:
    """Each element is told with the rule as it sees it, up to the first that satisfies it."""
    value = visit.read(condition.attribute)
    told: list[Explanation] = []
    for place, item in enumerate(value[1] if value[0] is Kind.LIST else ()):
        if isinstance(item, dict):
            inside = Visit(item, visit.now_ms, {}, {})
            told.append(msgspec.structs.replace(_explain(rule, inside, f"{pointer}/value"), element=place))
            if told[-1].holds:
                break
    answer = any(item.holds for item in told) if value[0] is Kind.LIST else None
    holds, reason = concluded(condition, answer, is_missing=value[0] is Kind.MISSING)
    evidence = Witness(sentence(condition), seen(condition.attribute, value, visit), reason)
    return Explanation("condition", holds, pointer, tuple(told[-SHOWN_ELEMENTS:]), witness=evidence)
