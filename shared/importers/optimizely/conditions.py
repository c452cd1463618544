"""Optimizely's conditions on one attribute, each as two rules: where it is true and where it is false.

Sources: the SDKs' `CustomAttributeConditionEvaluator` and `ODPSegmentConditionEvaluator` (Python 5.7, JavaScript 6.6).
"""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from shared.importers.attributes import Attributes
from shared.importers.nodes import NEVER, Node, all_of, any_of, condition, exists, is_string, negation
from shared.importers.notes import Notes
from shared.importers.optimizely import versions
from shared.importers.translation import Json
from shared.rules.catalogue import Path
from shared.rules.problems import step

SEGMENTS = "$qualified_segments"
"""The name under which an attribute mapping places the segments that a user qualifies for."""

MAX_NUMBER = float(2**53)  # beyond it, in either direction, a number is unknown to the source

PYTHON, JAVASCRIPT = "python", "javascript"
"""The SDKs whose answers differ: on odd pairs of type and match, and on lists that name no operator."""

_CUSTOM, _THIRD_PARTY = "custom_attribute", "third_party_dimension"


class Ternary(NamedTuple):
    """A node of the source: the rule that holds where it is true, and the one that holds where it is false."""

    holds: Node
    fails: Node


UNKNOWN = Ternary(NEVER, NEVER)


class Conditions:
    """Reads conditions one by one."""

    def __init__(self, attributes: Attributes, notes: Notes, dialect: str) -> None:
        self._attributes = attributes
        self._notes = notes
        self._dialect = dialect

    def leaf(self, value: Mapping[str, Json], at: str) -> Ternary:
        """`{"name", "type", "match", "value"}`; without `match` it is `exact`."""
        problem = _malformed(value)
        if problem:
            return self._refuse(at, problem)
        type_, match = value.get("type"), value.get("match")
        if "match" not in value or (match is None and self._dialect == PYTHON):
            match = "exact"
        known = self._known(type_)
        if not isinstance(match, str) or match not in known:
            where, word = ("match", match) if known else ("type", type_)
            return self._unknown(step(at, where), f"the source knows no {where} `{word}` here")
        path = self._attributes.path_of(SEGMENTS if match == "qualified" else value["name"])
        return self._matched(match, path, value.get("value"), at)

    def _known(self, type_: Json) -> Collection[str]:
        """The matches that the source knows for a type of condition."""
        if self._dialect == PYTHON:
            return _MATCHES if type_ in (_CUSTOM, _THIRD_PARTY) else ()
        return _MATCHES_OF.get(type_, ()) if isinstance(type_, str) else ()

    def _matched(self, match: str, path: Path, operand: Json, at: str) -> Ternary:
        try:
            found = _MATCHES[match](path, operand)
        except NotComparable as reason:
            return self._refuse(step(at, "value"), str(reason))
        if found is UNKNOWN:
            return self._unknown(step(at, "value"), f"`{match}` does not take this value")
        if match in _NUMERIC or (match == "exact" and is_number(operand)):
            detail = "a number beyond 2^53 is unknown to the source, so neither it nor its negation holds"
            self._notes.guard(at, "unknown-number", detail)
        if match in versions.PATTERNS:
            detail = "the source compares as many parts of a version as the condition names; a pattern says it"
            self._notes.guard(at, "version-parts", detail)
        return found

    def _unknown(self, at: str, why: str) -> Ternary:
        self._notes.guard(at, "always-unknown", f"{why}: the condition is unknown for everyone")
        return UNKNOWN

    def _refuse(self, at: str, detail: str) -> Ternary:
        node = self._notes.refuse(at, "not-importable", detail)
        return Ternary(node, node)


class NotComparable(ValueError):
    """An operand that cannot be said in this language; the text says why."""


def _malformed(value: Mapping[str, Json]) -> str | None:
    if not isinstance(value.get("name"), str) or not value["name"]:
        return "a condition needs `name`, a text"
    if isinstance(value.get("match"), list) or isinstance(value.get("type"), list):
        return "`type` and `match` are texts"
    if any(isinstance(each, dict) for each in value.values()):
        return "an object within a condition is read in a way of its own at the source"
    return None


def _exact(path: Path, operand: Json) -> Ternary:
    holds = condition(path, "eq", operand)
    if isinstance(operand, bool):
        return Ternary(holds, condition(path, "eq", not operand))
    if isinstance(operand, str):
        return Ternary(holds, all_of(is_string(path), condition(path, "neq", operand)))
    if not is_number(operand):
        return UNKNOWN
    return Ternary(holds, all_of(_known_number(path), condition(path, "neq", operand)))


def _exists(path: Path, _: Json) -> Ternary:
    return Ternary(exists(path), negation(exists(path)))


def _substring(path: Path, operand: Json) -> Ternary:
    if not isinstance(operand, str):
        return UNKNOWN
    if not operand:
        return Ternary(is_string(path), NEVER)
    return Ternary(
        condition(path, "contains", operand), all_of(is_string(path), condition(path, "not_contains", operand))
    )


def _ordered(name: str) -> Callable[[Path, Json], Ternary]:
    """A comparison of numbers; its opposite is the other side, up to the last number that the source knows."""

    def read(path: Path, operand: Json) -> Ternary:
        if not is_number(operand):
            return UNKNOWN
        at_least, at_most = (
            condition(path, "between", [operand, MAX_NUMBER]),
            condition(path, "between", [-MAX_NUMBER, operand]),
        )
        more = all_of(condition(path, "gt", operand), condition(path, "lte", MAX_NUMBER))
        less = all_of(condition(path, "lt", operand), condition(path, "gte", -MAX_NUMBER))
        return {
            "gt": Ternary(more, at_most),
            "ge": Ternary(at_least, less),
            "lt": Ternary(less, at_least),
            "le": Ternary(at_most, more),
        }[name]

    return read


def _version(name: str) -> Callable[[Path, Json], Ternary]:
    """A comparison of versions: patterns for what is a version, for what is greater and for what is equal."""

    def read(path: Path, operand: Json) -> Ternary:
        if not isinstance(operand, str):
            return UNKNOWN
        if not versions.is_version(operand):
            return UNKNOWN
        target = versions.target_of(operand)
        if target is None:
            raise NotComparable(versions.NOT_TAKEN)
        holding = any_of(*(condition(path, "matches", each(target)) for each in versions.PATTERNS[name]))
        version = condition(path, "matches", versions.VALID)
        rest = all_of(version, negation(holding))
        return Ternary(rest, holding) if name in versions.COMPLEMENTS else Ternary(holding, rest)

    return read


def _qualified(path: Path, operand: Json) -> Ternary:
    if not isinstance(operand, str):
        raise NotComparable("the source's SDKs differ on a segment that is no text")
    return Ternary(condition(path, "has_any", [operand]), condition(path, "has_none", [operand]))


def _known_number(path: Path) -> Node:
    return condition(path, "between", [-MAX_NUMBER, MAX_NUMBER])


def is_number(operand: Json) -> bool:
    """Whether it is a number that the source knows."""
    return isinstance(operand, int | float) and not isinstance(operand, bool) and abs(operand) <= MAX_NUMBER


_NUMERIC = ("gt", "ge", "lt", "le")
_MATCHES: Mapping[str, Callable[[Path, Json], Ternary]] = {
    "exact": _exact,
    "exists": _exists,
    "substring": _substring,
    "qualified": _qualified,
    **{name: _ordered(name) for name in _NUMERIC},
    **{name: _version(name) for name in versions.PATTERNS},
}
_MATCHES_OF: Mapping[str, Collection[str]] = {
    _CUSTOM: _MATCHES.keys() - {"qualified"},
    _THIRD_PARTY: {"qualified"},
}
