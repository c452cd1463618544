"""Supposing: what the leaves of a rule would say if a visitor had other values, or if it were later."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any as Json

import msgspec

from shared.rules import predicates, windows, zones
from shared.rules.catalogue import Path
from shared.rules.instants import to_text
from shared.rules.kinds import Kind
from shared.rules.model import All, Any, Condition, Listed, Node, Not, Reference, Rollout, Schedule
from shared.rules.operators import OPERATORS
from shared.rules.overrides import item_pointers
from shared.rules.pairs import find
from shared.rules.questions import CLOCK, LISTS, ZONE, Asking, place_paths, question
from shared.rules.schedules import window
from shared.rules.windows import VISITOR
from shared.rules.witness import Visit, concluded

NOW: Path = ("request", "time")
Puts = Mapping[Path, Json]
"""What is supposed: a value for each path, None for one that is to be unknown; at `CLOCK` Unix milliseconds."""

_PASSING = (
    "within_last", "older_than", "within_next", "further_than", "anniversary_within",
)  # fmt: skip
"""Operators whose answer about one value changes while time passes."""


def supposed(visit: Visit, puts: Puts) -> Visit:
    """The visit with these values in place of its own; where it has a `request.time`, that is always its now."""
    document = visit.document
    now_ms = puts.get(CLOCK, visit.now_ms)
    for path, value in puts.items():
        if path:
            document = _with(document, path, value)
    if now_ms != visit.now_ms and find(document, NOW) is not None:
        document = _with(document, NOW, to_text(now_ms))
    return Visit(document, now_ms, visit.types, visit.audiences)


def inside(element: Mapping[str, Json], visit: Visit) -> Visit:
    """An element of a list as its rule sees it: by itself, with nothing declared."""
    return Visit(element, visit.now_ms, {}, {})


def _with(document: Mapping[str, Json], path: Path, value: Json) -> dict[str, Json]:
    """A copy with the value at the path; whatever is no object on the way gives way to one."""
    name, *rest = path
    if rest:
        inner = document.get(name)
        value = _with(inner if isinstance(inner, dict) else {}, tuple(rest), value)
    return {**document, name: value}


class Leaf:
    """One leaf of a checked rule, prepared so that it can be asked of many visits.

    looks: the paths that decide it, `CLOCK` among them where it changes while time passes. pointer: to it in the rule
    of `audience`, which is None for the rule that is asked itself. element: the rule about an element, if it has one.
    """

    def __init__(self, node: Asking, pointer: str, audience: str | None, *, is_inner: bool) -> None:
        self.node = node
        self.pointer = pointer
        self.audience = audience
        rule = node.element if isinstance(node, Condition) else None
        self.element = None if rule is None else _grown(rule, {}, f"{pointer}/value", None, is_inner=True)
        self.looks = frozenset(_looks(node, self.element, is_inner=is_inner))
        self._truth = _truth(node, self.element)

    def holds(self, visit: Visit) -> bool:
        """Whether it holds; agrees with the machine."""
        return self._truth(visit)

    def questions(self, visit: Visit) -> int:
        """How much there is to ask: one question, or all those about the elements of a list."""
        if self.element is None or not isinstance(self.node, Condition):
            return 1
        kind, items = visit.read(self.node.attribute)
        return 1 + (len(items) * sum(1 for _ in leaves(self.element)) if kind is Kind.LIST else 0)


class Group(msgspec.Struct, frozen=True):
    """Items of which `all`, `any` or `none` hold."""

    quantifier: str
    items: tuple["Tree", ...]

    def holds(self, visit: Visit) -> bool:
        """Whether it holds; agrees with the machine."""
        truths = (item.holds(visit) for item in self.items)
        return all(truths) if self.quantifier == "all" else any(truths) is (self.quantifier == "any")


Tree = Leaf | Group
"""A rule whose references have been followed."""


def grown(node: Node, audiences: Mapping[str, Node]) -> Tree:
    """A checked rule, prepared; `audiences` holds the rules that it refers to."""
    return _grown(node, audiences, "/rule", None, is_inner=False)


def leaves(tree: Tree) -> Iterator[Leaf]:
    """All leaves, in the rule's order; not those within an element."""
    if isinstance(tree, Leaf):
        yield tree
    else:
        for item in tree.items:
            yield from leaves(item)


def subjects(leaf: Leaf) -> list[tuple[Path, ...]]:
    """What readers take for one attribute each of those that a leaf looks at: a place is one, of two paths."""
    node = leaf.node
    if isinstance(node, Condition) and OPERATORS[node.op].takes_place:
        return [place_paths(node.attribute)]
    return [(path,) for path in sorted(leaf.looks) if path != CLOCK]


def _grown(node: Node, audiences: Mapping[str, Node], pointer: str, audience: str | None, *, is_inner: bool) -> Tree:
    def grown(item: Node, at: str) -> Tree:
        return _grown(item, audiences, at, audience, is_inner=is_inner)

    match node:
        case All(items) | Any(items):
            places = zip(items, item_pointers(node, pointer), strict=True)
            return Group("all" if isinstance(node, All) else "any", tuple(grown(item, at) for item, at in places))
        case Not(item):
            return Group("none", (grown(item, f"{pointer}/not"),))
        case Reference(key):
            return _grown(audiences[key], audiences, "/rule", key, is_inner=is_inner)
        case _:
            return Leaf(node, pointer, audience, is_inner=is_inner)


def _looks(node: Asking, element: Tree | None, *, is_inner: bool) -> list[Path]:
    match node:
        case Condition():
            operator = OPERATORS[node.op]
            paths = [*place_paths(node.attribute)] if operator.takes_place else [node.attribute]
            paths += [] if node.other is None else [node.other]
            passes = operator.positive in _PASSING or (NOW in paths and not is_inner)
            passes = passes or (element is not None and any(CLOCK in leaf.looks for leaf in leaves(element)))
            return [*paths, CLOCK] if passes else paths
        case Listed():
            return [LISTS]
        case Rollout():
            return [node.by]
        case Schedule():
            return [CLOCK, ZONE] if node.timezone == VISITOR else [CLOCK]


def _truth(node: Asking, element: Tree | None) -> Callable[[Visit], bool]:
    match node:
        case Condition() if element is not None:
            return _of_element(node, element)
        case Condition() if OPERATORS[node.op].takes_place:
            return _of_place(node)
        case Condition() if node.other is not None:
            return _of_two(node, node.other)
        case Condition():
            return _of_one(node)
        case Schedule():
            return _of_clock(node)
        case _:
            return _of_share(node)


def _of_one(node: Condition) -> Callable[[Visit], bool]:
    asked = question(node)

    def truth(visit: Visit) -> bool:
        value = visit.read(node.attribute)
        is_missing = value[0] is Kind.MISSING
        answer = None if is_missing else predicates.ask(asked.test, asked.operand, value, visit.now_ms)
        return concluded(node, answer, is_missing=is_missing)[0]

    return truth


def _of_two(node: Condition, other: Path) -> Callable[[Visit], bool]:
    operand = OPERATORS[node.op].positive, node.ignore_case

    def truth(visit: Visit) -> bool:
        one, two = visit.read(node.attribute), visit.read(other)
        is_missing = Kind.MISSING in (one[0], two[0])
        answer = None if is_missing else predicates.compare(operand, one, two)
        return concluded(node, answer, is_missing=is_missing)[0]

    return truth


def _of_place(node: Condition) -> Callable[[Visit], bool]:
    asked = question(node)
    paths = place_paths(node.attribute)

    def truth(visit: Visit) -> bool:
        latitude, longitude = (visit.read(path) for path in paths)
        is_missing = Kind.MISSING in (latitude[0], longitude[0])
        answer = None if is_missing else predicates.lies(asked.test, asked.operand, latitude, longitude)
        return concluded(node, answer, is_missing=is_missing)[0]

    return truth


def _of_element(node: Condition, element: Tree) -> Callable[[Visit], bool]:
    def truth(visit: Visit) -> bool:
        kind, items = visit.read(node.attribute)
        answer = None
        if kind is Kind.LIST:
            answer = any(isinstance(item, dict) and element.holds(inside(item, visit)) for item in items)
        return concluded(node, answer, is_missing=kind is Kind.MISSING)[0]

    return truth


def _of_share(node: Listed | Rollout) -> Callable[[Visit], bool]:
    asked = question(node)

    def truth(visit: Visit) -> bool:
        value = visit.read(asked.path)
        return value[0] is not Kind.MISSING and bool(predicates.ask(asked.test, asked.operand, value, visit.now_ms))

    return truth


def _of_clock(schedule: Schedule) -> Callable[[Visit], bool]:
    found = window(schedule)

    def truth(visit: Visit) -> bool:
        kind, zone = (Kind.STRING, found.zone) if found.zone is not None else visit.read(ZONE)
        return kind is Kind.STRING and zone in zones.names() and windows.holds(found, visit.now_ms, zone)

    return truth
