"""What a condition of GrowthBook says of each kind of value, put together as one rule.

GrowthBook's SDKs compare as their languages do: what `{"age": {"$gt": 18}}` means depends on whether `age` is a number,
a string, a list or missing. Each condition is therefore written kind by kind, and the kinds are joined here.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from shared.importers import nodes
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, negation
from shared.importers.translation import Json
from shared.rules.catalogue import Path

KINDS = ("missing", "string", "number", "boolean", "list", "object")
SCALARS = frozenset(("string", "number", "boolean"))

Truth = Mapping[str, Node]
"""A condition by the kind of the value that is there; it does not hold of the kinds that are left out."""

_GUARDS: Mapping[str, Callable[[Path], Node]] = {
    "missing": lambda path: negation(nodes.exists(path)),
    "string": nodes.is_string,
    "number": nodes.is_number,
    "boolean": nodes.is_boolean,
    "list": nodes.is_list,
    "object": nodes.is_object,
}


class Subject(msgspec.Struct, frozen=True):
    """What a condition looks at: a path, and the kinds that a value there, or an element of a list there, can have."""

    path: Path
    kinds: frozenset[str] = frozenset(KINDS)
    elements: frozenset[str] = SCALARS | {"object"}


def kind_of(value: Json) -> str:
    """The kind of a decoded value, as `KINDS` names it."""
    kinds = {type(None): 0, str: 1, int: 2, float: 2, bool: 3, list: 4, dict: 5}
    return KINDS[kinds[type(value)]]


def constant(holds: object) -> Node:
    """`ALWAYS` or `NEVER`."""
    return ALWAYS if holds else NEVER


def one_of(path: Path, values: Iterable[Json]) -> Node:
    """The value is one of these scalars, compared with their kinds."""
    distinct = list({(kind_of(value), value): value for value in values}.values())
    if not distinct:
        return NEVER
    return condition(path, "in", distinct) if len(distinct) > 1 else condition(path, "eq", distinct[0])


def has_any(path: Path, values: Iterable[Json]) -> Node:
    """The value is a list with one of these scalars, compared with their kinds."""
    distinct = list({(kind_of(value), value): value for value in values}.values())
    return condition(path, "has_any", distinct) if distinct else NEVER


def by_kind(subject: Subject, truth: Truth) -> Node:
    """One rule with the truth of whichever kind is there, written directly or as a complement, the shorter of both."""
    asked = {kind: truth.get(kind, NEVER) for kind in KINDS if kind in subject.kinds}
    direct = _joined(subject, asked)
    inverse = negation(_joined(subject, {kind: negation(node) for kind, node in asked.items()}))
    return min(direct, inverse, key=_conditions)


def _joined(subject: Subject, truth: Truth) -> Node:
    always = {kind for kind, node in truth.items() if node == ALWAYS}
    if always == set(truth):
        return ALWAYS
    known = set(truth) - {"missing"}
    parts = [] if always != known else [nodes.exists(subject.path)]
    values: list[Json] = []
    for kind, node in truth.items():
        if node == ALWAYS and always != known:
            parts.append(_guard(kind, subject))
        elif node.get("op") in ("eq", "in"):
            values += node["value"] if node["op"] == "in" else [node["value"]]
        elif node not in (ALWAYS, NEVER):
            parts.append(node if _is_false_elsewhere(node) else all_of(_guard(kind, subject), node))
    return any_of(one_of(subject.path, values), *parts)


def _guard(kind: str, subject: Subject) -> Node:
    only_kind = subject.kinds == {"missing", kind}
    return nodes.exists(subject.path) if only_kind else _GUARDS[kind](subject.path)


def _is_false_elsewhere(node: Node) -> bool:
    """Whether a rule made of positive conditions on one kind is false of every other kind."""
    if "all" in node:
        return any(_is_false_elsewhere(item) for item in node["all"])
    if "any" in node:
        return all(_is_false_elsewhere(item) for item in node["any"])
    return "not" not in node


def holds_of_nothing(node: Node) -> bool:
    """Whether a rule made of positive conditions holds where every attribute is missing."""
    if "all" in node:
        return all(holds_of_nothing(item) for item in node["all"])
    if "any" in node:
        return any(holds_of_nothing(item) for item in node["any"])
    return "not" in node and not holds_of_nothing(node["not"])


def _conditions(node: Node) -> int:
    if "not" in node:
        return _conditions(node["not"])
    items = node.get("all") or node.get("any")
    return sum(map(_conditions, items)) if items else int(node not in (ALWAYS, NEVER))
