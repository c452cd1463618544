"""Explain: why one rule holds for a visitor or does not, with a witness for every condition."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any as Json

import msgspec

from shared.rules import instants, predicates
from shared.rules.catalogue import Path, join
from shared.rules.kinds import Kind, Type, typed
from shared.rules.model import All, Any, Condition, Node, Not, Reference
from shared.rules.operators import OPERATORS, prepare
from shared.rules.pairs import find
from shared.rules.problems import step
from shared.rules.sentence import sentence


class Reason(StrEnum):
    """What decided a condition."""

    HOLDS = "holds"  # the value, and it is as asked
    FAILS = "fails"  # the value, and it is not as asked
    MISSING = "missing"  # there is no value
    WRONG_KIND = "wrong-kind"  # the operator cannot take such a value


class Seen(msgspec.Struct, frozen=True):
    """What a visitor has at an attribute: its kind by name, and the value normalised, instants as RFC 3339 text."""

    attribute: str
    kind: str
    value: Json


class Witness(msgspec.Struct, frozen=True, omit_defaults=True):
    """A condition's evidence: its sentence, the value seen, the other one where two are compared, the reason."""

    asked: str
    seen: Seen
    reason: Reason
    other: Seen | None = None


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One node of a rule and whether it holds; the tree mirrors the rule, each reference followed by its audience's.

    node: `all`, `any`, `not`, `condition` or `audience`. pointer: to the node in its own audience's rule. items: of a
    group its items, of `not` its one item, of a reference the rule that it names. audience: the key of a reference.
    """

    node: str
    holds: bool
    pointer: str
    items: tuple["Explanation", ...] = ()
    audience: str | None = None
    witness: Witness | None = None


class _Visit(msgspec.Struct, frozen=True):
    """One visitor at one instant, and what is needed to read him."""

    document: Mapping[str, Json]
    now_ms: int
    types: Mapping[Path, Type]
    audiences: Mapping[str, Node]


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
    return _explain(node, _Visit(document, now_ms, types, audiences), pointer)


def _explain(node: Node, visit: _Visit, pointer: str) -> Explanation:
    match node:
        case All(items):
            told = tuple(_explain(item, visit, f"{pointer}/all/{index}") for index, item in enumerate(items))
            return Explanation("all", all(item.holds for item in told), pointer, told)
        case Any(items):
            told = tuple(_explain(item, visit, f"{pointer}/any/{index}") for index, item in enumerate(items))
            return Explanation("any", any(item.holds for item in told), pointer, told)
        case Not(item):
            inner = _explain(item, visit, step(pointer, "not"))
            return Explanation("not", not inner.holds, pointer, (inner,))
        case Reference(audience):
            referred = _explain(visit.audiences[audience], visit, "/rule")
            return Explanation("audience", referred.holds, pointer, (referred,), audience=audience)
        case Condition():
            return _condition(node, visit, pointer)


def _condition(condition: Condition, visit: _Visit, pointer: str) -> Explanation:
    value = _read(condition.attribute, visit)
    other = None if condition.other is None else _read(condition.other, visit)
    is_negation = OPERATORS[condition.op].negates is not None
    if value[0] is Kind.MISSING or (other is not None and other[0] is Kind.MISSING):
        holds, reason = condition.missing_matches or is_negation, Reason.MISSING
    else:
        answer = _ask(condition, value, other, visit.now_ms)
        holds = bool(answer) is not is_negation
        reason = Reason.WRONG_KIND if answer is None else Reason.HOLDS if holds else Reason.FAILS
    witness = Witness(
        asked=sentence(condition),
        seen=_seen(condition.attribute, value, visit),
        reason=reason,
        other=None if condition.other is None or other is None else _seen(condition.other, other, visit),
    )
    return Explanation("condition", holds, pointer, witness=witness)


def _ask(
    condition: Condition, value: tuple[Kind, Json], other: tuple[Kind, Json] | None, now_ms: int
) -> predicates.Answer:
    if other is not None:
        return predicates.compare((OPERATORS[condition.op].positive, condition.ignore_case), value, other)
    return predicates.ask(*prepare(condition), value, now_ms)


def _read(path: Path, visit: _Visit) -> tuple[Kind, Json]:
    return typed(find(visit.document, path), visit.types.get(path, Type.UNDECLARED))


def _seen(path: Path, value: tuple[Kind, Json], visit: _Visit) -> Seen:
    """A value for readers: a version shows as it came, since its key says nothing to them."""
    kind, shown = value
    if kind is Kind.INSTANT:
        shown = instants.to_text(shown)
    elif kind is Kind.VERSION:
        shown = find(visit.document, path)
    return Seen(join(path), kind.name.lower(), shown)
