"""What every export has in common: groups, references written out, and what no other system is told."""

from collections.abc import Callable, Mapping
from typing import Any as Json

import msgspec

from shared.importers.javascript import OBJECT_NAMES, SCALAR_NAMES
from shared.rules.catalogue import ROOTS, Path, join
from shared.rules.model import All, Any, Condition, Node, Not, Reference
from shared.rules.problems import Problem, step

MAX_CONDITIONS = 1_000
"""Conditions of one export, references written out."""


class Exported(msgspec.Struct, frozen=True):
    """A rule in the other system's form, None where there are `problems` (pointers into our rule)."""

    rule: Json
    problems: tuple[Problem, ...] = ()


class Form(msgspec.Struct, frozen=True):
    """How one system writes groups and conditions.

    group: `all` or `any` and its items. negation: of one item. condition: one condition, with what writes the rule of
    an `element`; raises `Unsaid`.
    """

    group: Callable[[str, list[Json]], Json]
    negation: Callable[[Json], Json]
    condition: Callable[[Condition, Callable[[Node], Json]], Json]


class Unsaid(Exception):
    """A condition that the other system cannot say; the text says why."""


def exported(node: Node, referred: Mapping[str, Node], form: Form) -> Exported:
    """A rule that has no problems; `referred` holds the rules that it refers to, which are written out in its place."""
    writer = _Writer(form, referred)
    rule = writer.write(node, "")
    return Exported(None, tuple(writer.problems)) if writer.problems else Exported(rule)


def name_of(path: Path) -> str:
    """An attribute as a dotted name of the other system; raises `Unsaid` for what JavaScript would find elsewhere."""
    for index, each in enumerate(path):
        # the roots of a visitor document are objects; what stands deeper, and an element, may be a text or a list
        inherited = OBJECT_NAMES if index == 1 and path[0] in ROOTS else SCALAR_NAMES
        if "." in each or each in inherited or each.isdigit():
            raise Unsaid(f"`{join(path)}` names something else in JavaScript")
    return ".".join(path)


def holds_on_nothing(node: Node) -> bool:
    """Whether the rule of an `element` holds on an object without any values."""
    match node:
        case All(items):
            return all(map(holds_on_nothing, items))
        case Any(items):
            return any(map(holds_on_nothing, items))
        case Not(item):
            return not holds_on_nothing(item)
        case Condition():
            return node.missing_matches or node.op.startswith("not_") or node.op in ("neq", "version_neq", "has_none")
    return False


class _Writer:
    def __init__(self, form: Form, referred: Mapping[str, Node]) -> None:
        self._form = form
        self._referred = referred
        self._written = 0
        self.problems: list[Problem] = []

    def write(self, node: Node, at: str) -> Json:
        match node:
            case All(items) | Any(items):
                name = "all" if isinstance(node, All) else "any"
                below = step(at, name)
                return self._form.group(name, [self.write(item, step(below, i)) for i, item in enumerate(items)])
            case Not(item):
                return self._form.negation(self.write(item, step(at, "not")))
            case Reference(audience):
                return self.write(self._referred[audience], at)
            case Condition():
                return self._condition(node, at)
        return self._refuse(at, f"`{type(node).__name__.lower()}` is not exported")

    def _condition(self, condition: Condition, at: str) -> Json:
        self._written += 1
        if self._written > MAX_CONDITIONS:
            return self._refuse("", f"more than {MAX_CONDITIONS} conditions", "too-many-conditions")
        try:
            return self._form.condition(condition, lambda rule: self.write(rule, step(at, "value")))
        except Unsaid as unsaid:
            return self._refuse(at, str(unsaid))

    def _refuse(self, at: str, detail: str, code: str = "not-exportable") -> Json:
        problem = Problem(at, code, detail)
        if problem not in self.problems:
            self.problems.append(problem)
        return {}  # stands for what was not written, in a rule that nobody gets
