"""Witnesses: what one leaf of a rule asked of a visitor, what it saw, and what followed."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any as Json

import msgspec

from shared.rules import buckets, instants, predicates, schedules, windows, zones
from shared.rules.catalogue import Path, join
from shared.rules.instants import MS_PER_DAY
from shared.rules.kinds import Kind, Type, as_text, typed
from shared.rules.model import Condition, Listed, Node, Rollout, Schedule
from shared.rules.operators import OPERATORS
from shared.rules.overrides import ANONYMOUS_ID, ID
from shared.rules.pairs import find
from shared.rules.questions import LISTS, ZONE, Asking, place_paths, question
from shared.rules.sentence import sentence

Typed = tuple[Kind, Json]


class Reason(StrEnum):
    """What decided a leaf."""

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
    """A leaf's evidence: its sentence, the value seen, the other one where two are compared, the reason.

    bucket: of a rollout, where the value stands between 0 and 100 percent.
    """

    asked: str
    seen: Seen
    reason: Reason
    other: Seen | None = None
    bucket: float | None = None


class Visit(msgspec.Struct, frozen=True):
    """One visitor at one instant, and what is needed to read him."""

    document: Mapping[str, Json]
    now_ms: int
    types: Mapping[Path, Type]
    audiences: Mapping[str, Node]

    def read(self, path: Path) -> Typed:
        """The value at a path, normalised to its declared type."""
        return typed(find(self.document, path), self.types.get(path, Type.UNDECLARED))


Finding = tuple[bool, Witness]
"""Whether a leaf holds, and its evidence."""


def witness(leaf: Asking, visit: Visit) -> Finding:
    """The finding of a leaf; of `element` see explain.py, which follows it into the elements."""
    match leaf:
        case Condition() if OPERATORS[leaf.op].takes_place:
            return _place(leaf, visit)
        case Condition():
            return _condition(leaf, visit)
        case Listed():
            return _listed(leaf, visit)
        case Rollout():
            return _rollout(leaf, visit)
        case Schedule():
            return _schedule(leaf, visit)


def named_witness(field: str, count: int, visit: Visit, *, is_named: bool) -> Witness:
    """The evidence of an audience's `include` or `exclude`: the id that was looked for."""
    value = visit.read(ID)
    path = ID if value[0] is not Kind.MISSING else ANONYMOUS_ID
    value = visit.read(path)
    reason = Reason.MISSING if value[0] is Kind.MISSING else _reason(is_named)
    return Witness(f"one of the {count} ids of `{field}`", seen(path, value, visit), reason)


def concluded(condition: Condition, answer: predicates.Answer, *, is_missing: bool) -> tuple[bool, Reason]:
    """What follows for a condition from the answer to its positive question, and why."""
    is_negation = OPERATORS[condition.op].negates is not None
    if is_missing:
        return condition.missing_matches or is_negation, Reason.MISSING
    holds = bool(answer) is not is_negation
    return holds, Reason.WRONG_KIND if answer is None else _reason(holds)


def seen(path: Path, value: Typed, visit: Visit) -> Seen:
    """A value for readers: a version or an address shows as it came, since its key says nothing to them."""
    kind, shown = value
    if kind is Kind.INSTANT:
        shown = instants.to_text(shown)
    elif kind in (Kind.VERSION, Kind.IP):
        shown = find(visit.document, path)
    return Seen(join(path), kind.name.lower(), shown)


def _reason(holds: bool) -> Reason:  # noqa: FBT001  # a truth, not an option
    return Reason.HOLDS if holds else Reason.FAILS


def _condition(condition: Condition, visit: Visit) -> Finding:
    value = visit.read(condition.attribute)
    other = None if condition.other is None else visit.read(condition.other)
    is_missing = value[0] is Kind.MISSING or (other is not None and other[0] is Kind.MISSING)
    answer = None if is_missing else _ask(condition, value, other, visit)
    holds, reason = concluded(condition, answer, is_missing=is_missing)
    told = Witness(
        asked=sentence(condition),
        seen=seen(condition.attribute, value, visit),
        reason=reason,
        other=None if condition.other is None or other is None else seen(condition.other, other, visit),
    )
    return holds, told


def _ask(condition: Condition, value: Typed, other: Typed | None, visit: Visit) -> predicates.Answer:
    if other is not None:
        return predicates.compare((OPERATORS[condition.op].positive, condition.ignore_case), value, other)
    asked = question(condition)
    return predicates.ask(asked.test, asked.operand, value, visit.now_ms)


def _place(condition: Condition, visit: Visit) -> Finding:
    """The place is missing where its latitude or its longitude is."""
    asked = question(condition)
    latitude, longitude = (visit.read(path) for path in place_paths(condition.attribute))
    is_missing = Kind.MISSING in (latitude[0], longitude[0])
    answer = None if is_missing else predicates.lies(asked.test, asked.operand, latitude, longitude)
    holds, reason = concluded(condition, answer, is_missing=is_missing)
    shown = Seen(join(condition.attribute), "object", {"lat": latitude[1], "lon": longitude[1]})
    return holds, Witness(sentence(condition), shown, reason)


def _listed(leaf: Listed, visit: Visit) -> Finding:
    keys = find(visit.document, LISTS) or []
    holds = leaf.list in keys
    return holds, Witness(sentence(leaf), Seen(join(LISTS), "list", keys), _reason(holds))


def _rollout(rollout: Rollout, visit: Visit) -> Finding:
    value = visit.read(rollout.by)
    asked, text = question(rollout), as_text(*value)
    shown = seen(rollout.by, value, visit)
    if text is None:
        reason = Reason.MISSING if value[0] is Kind.MISSING else Reason.WRONG_KIND
        return False, Witness(sentence(rollout), shown, reason)
    holds = bool(predicates.ask(asked.test, asked.operand, value, visit.now_ms))
    bucket = buckets.percent(rollout.hash, rollout.salt, text)
    return holds, Witness(sentence(rollout), shown, _reason(holds), bucket=bucket)


def _schedule(schedule: Schedule, visit: Visit) -> Finding:
    """Seen is the clock in the schedule's zone, or what should have named a zone."""
    window = schedules.window(schedule)
    kind, zone = (Kind.STRING, window.zone) if window.zone is not None else visit.read(ZONE)
    if kind is not Kind.STRING or zone not in zones.names():
        reason = Reason.MISSING if kind is Kind.MISSING else Reason.WRONG_KIND
        return False, Witness(sentence(schedule), seen(ZONE, (kind, zone), visit), reason)
    holds = windows.holds(window, visit.now_ms, zone)
    return holds, Witness(sentence(schedule), _clock(visit.now_ms, zone), _reason(holds))


def _clock(now_ms: int, zone: str) -> Seen:
    """What a clock on a wall in the zone shows."""
    local = now_ms + zones.stretch(now_ms, zone)[2]
    day = windows.DAYS[(local // MS_PER_DAY + 3) % 7]
    shown = instants.to_text(min(max(local, instants.EARLIEST), instants.LATEST))[:-1].replace("T", " ")
    return Seen("request.time", "instant", f"{day} {shown} {zone}")
