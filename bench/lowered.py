"""Rules brought down to what every competitor can say, and the derived attributes that this takes.

None of the packages knows every operator, so that durations, dates, versions, list lengths and folded texts become
attributes of their own, computed for each visitor before the clock starts: the packages get them as a gift.

    attribute         holds
    geo_country       the value as it is
    …__folded         the text, case-folded
    …__size           a list's length
    …__ms             an instant in Unix milliseconds
    …__age            now less the instant, in ms
    …__since_P1M      the instant less the calendar's cut-off (now less one month), in ms
    …__version        a version as one number in the order of precedence
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench import naive
from bench.engine import Document, Rules
from shared.rules.catalogue import split
from shared.rules.instants import MS_PER_DAY
from shared.rules.kinds import fold
from shared.rules.versions import Key

PRERELEASES = ("0", "alpha.1", "beta.1", "beta.2", "rc.1", "rc.2")
"""The pre-releases of the workload, in the order of precedence."""


@dataclass(frozen=True)
class Test:
    """One question: `exists eq in contains starts_with ends_with matches gt gte lt lte has_any has_all`.

    wanted: the value of `eq`, a pattern, a number, or the tuple of values of the others.
    """

    op: str
    name: str
    wanted: object = None


@dataclass(frozen=True)
class Group:
    """`all` or `any` of some nodes, or `not` of one."""

    kind: str
    items: tuple["Node", ...]


Node = Test | Group


def packed(version: Key) -> int:
    """A version's key as one number in the same order: what the workload uses of versions fits."""
    major, minor, patch, is_release, identifiers = version
    text = ".".join(alpha or str(number) for _, number, alpha in identifiers)
    rank = 31 if is_release else PRERELEASES.index(text)
    assert minor < 1000
    assert patch < 100_000
    return ((major * 1000 + minor) * 100_000 + patch) * 32 + rank


def lower(rules: Rules) -> dict[str, Node]:
    """Every rule as tests of plain and derived attributes."""
    return {key: _node(rule) for key, rule in rules.items()}


def names(nodes: Mapping[str, Node]) -> list[str]:
    """The attributes that the rules ask, plain and derived."""
    found: dict[str, None] = {}
    waiting = list(nodes.values())
    while waiting:
        node = waiting.pop()
        if isinstance(node, Test):
            found[node.name] = None
        else:
            waiting.extend(node.items)
    return sorted(found)


def derive(document: Document, now: int, wanted: list[str]) -> dict[str, object]:
    """A visitor as a flat dictionary of those of the wanted attributes that it has."""
    visitor = {}
    for name in wanted:
        path, _, kind = name.partition("__")
        root, _, trait = path.partition("_")
        value = document[root].get(trait)
        if value is not None:
            visitor[name] = _derived(kind, value, now)
    return visitor


def publish(rules: Rules, form: Callable[[Node], object]) -> bytes:
    """The rules in an engine's own form as JSON, and the attributes that they ask."""
    nodes = lower(rules)
    return json.dumps({"names": names(nodes), "rules": {key: form(node) for key, node in nodes.items()}}).encode()


class TakesFlat:
    """An engine that asks a flat visitor one rule after the other, as `publish` stored them."""

    def __init__(self, stored: bytes) -> None:
        published = json.loads(stored)
        self._names, self._rules = published["names"], list(published["rules"].items())

    def derive(self, document: Document, now: int) -> dict:
        """The flat visitor."""
        return derive(document, now, self._names)


def _derived(kind: str, value: object, now: int) -> object:
    if kind.startswith("since_"):
        return naive.instant(value) - naive.cutoff(now, naive.duration(kind.removeprefix("since_")))
    return DERIVED[kind](value, now)


DERIVED: Mapping[str, Callable] = {
    "": lambda value, _now: value,
    "folded": lambda value, _now: fold(value),
    "size": lambda value, _now: len(value),
    "ms": lambda value, _now: naive.instant(value),
    "age": lambda value, now: now - naive.instant(value),
    "version": lambda value, _now: packed(naive.version(value)),
}


def _node(rule: Mapping) -> Node:
    for kind in ("all", "any"):
        if kind in rule:
            return Group(kind, tuple(_node(item) for item in rule[kind]))
    if "not" in rule:
        return Group("not", (_node(rule["not"]),))
    name = "_".join(split(rule["attribute"]))
    op, wanted = naive.operand(rule)
    node = _positive(op, f"{name}__folded" if "ignore_case" in rule else name, wanted, rule)
    if op != rule["op"]:
        node = Group("not", (node,))
    if rule.get("missing") == "match":
        node = Group("any", (Group("not", (Test("exists", name),)), node))
    return node


def _positive(op: str, name: str, wanted: object, rule: Mapping) -> Node:
    if op in ("within_last", "older_than"):
        return _relative(op, name, wanted, rule["value"])
    if op in ("before", "after", "during", "on"):
        return _absolute(op, f"{name}__ms", wanted)
    if op.startswith("version_"):
        return _version(op.removeprefix("version_"), f"{name}__version", wanted)
    if op == "between":
        return Group("all", (Test("gte", name, wanted[0]), Test("lte", name, wanted[1])))
    if op == "size":
        return Test("gte", f"{name}__size", wanted[0])
    return Test(op, name, _plain(op, wanted, rule))


def _plain(op: str, wanted: object, rule: Mapping) -> object:
    """The operand of an operator that the competitors have themselves."""
    if op == "matches":
        return rule["value"]
    return tuple(sorted(wanted)) if isinstance(wanted, frozenset) else wanted


def _version(op: str, name: str, wanted: object) -> Node:
    if op == "satisfies":
        return Group("any", tuple(_interval(name, low, high) for low, high in wanted))
    return Test(op, name, packed(wanted))


def _relative(op: str, name: str, length: tuple[int, int], text: str) -> Node:
    months, exact = length
    not_later = Test("gte", f"{name}__age", 0)
    if months:
        since = f"{name}__since_{text}"
        return Group("all", (Test("gt", since, 0), not_later)) if op == "within_last" else Test("lte", since, 0)
    if op == "older_than":
        return Test("gte", f"{name}__age", exact)
    return Group("all", (not_later, Test("lt", f"{name}__age", exact)))


def _absolute(op: str, name: str, wanted: object) -> Node:
    if op in ("before", "after"):
        return Test("lt" if op == "before" else "gt", name, wanted)
    low, high = wanted if op == "during" else (wanted, wanted + MS_PER_DAY)
    return Group("all", (Test("gte", name, low), Test("lt", name, high)))


def _interval(name: str, low: Key, high: Key | None) -> Node:
    above = Test("gte", name, packed(low))
    return above if high is None else Group("all", (above, Test("lt", name, packed(high))))
