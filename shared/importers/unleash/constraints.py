"""Unleash's constraints, one by one.

Sources: the client specification 6.1, unleash-yggdrasil 0.21 (`strategy_upgrade.rs`, `strategy_parsing.rs`) and
unleash-client 6.12 for Node.js (`strategy.ts`).
"""

from collections.abc import Callable, Mapping

from shared.importers.attributes import Attributes
from shared.importers.javascript import OBJECT_NAMES
from shared.importers.nodes import NEVER, Node, all_of, any_of, condition, exists, is_string, negation
from shared.importers.notes import Notes
from shared.importers.translation import Json
from shared.importers.unleash import networks, order, patterns
from shared.importers.unleash.dialects import NODE, YGGDRASIL, Broken, NotImportable, cleaned, parts
from shared.rules import addresses
from shared.rules.catalogue import Path, declared
from shared.rules.kinds import Type
from shared.rules.problems import Problem, Refused, did_you_mean, step

MAX_CONSTRAINTS = 4_096
"""Of one rule, those of a segment counted each time that it is named."""

_STRINGS = {"STR_CONTAINS": "contains", "STR_STARTS_WITH": "starts_with", "STR_ENDS_WITH": "ends_with"}


class Constraints:
    """Reads constraints; what they need and what is wrong with them goes to the notes."""

    def __init__(self, attributes: Attributes, notes: Notes, dialect: str) -> None:
        self._attributes = attributes
        self._notes = notes
        self._dialect = dialect
        self._base: str | None = None
        self._count = 0

    def present(self, name: str) -> Node:
        """Whether a field of the context has a text, for Node.js one that is not empty."""
        path = self._attributes.path_of(name)
        return all_of(exists(path), condition(path, "neq", "")) if self._dialect == NODE else exists(path)

    def within(self, at: str, read: Callable[[], Node]) -> Node:
        """What `read` makes, all its notes placed at `at`."""
        outer, self._base = self._base, at
        try:
            return read()
        finally:
            self._base = outer

    def node(self, value: Json, at: str) -> Node:
        """`{"contextName", "operator", "value" or "values", "inverted", "caseInsensitive"}`.

        Raises `Refused` for more than `MAX_CONSTRAINTS`.
        """
        self._count += 1
        if self._count > MAX_CONSTRAINTS:
            raise Refused([Problem("", "too-many-conditions", f"more than {MAX_CONSTRAINTS} constraints")])
        at = at if self._base is None else self._base
        problem = _malformed(value)
        if problem:
            return self._notes.refuse(at, "wrong-type", problem)
        try:
            node = self._positive(value, at)
        except Broken as reason:
            self._notes.guard(at, "never-holds", f"{reason}: at the source nothing holds then, inverted or not")
            return NEVER
        except NotImportable as reason:
            at = at if self._base is not None else step(at, reason.field)
            return self._notes.refuse(at, "not-importable", str(reason), reason.hint)
        return negation(node) if value.get("inverted") else node

    def _positive(self, constraint: Mapping[str, Json], at: str) -> Node:
        operator, name = constraint["operator"], constraint["contextName"]
        if operator not in _READERS:
            hint = did_you_mean(operator, _READERS)
            raise Broken(f"the source knows no operator `{operator}`{f' ({hint})' if hint else ''}")
        if operator in order.DATES and self._dialect == NODE:
            name = "currentTime"  # whatever the constraint names
        if name == "properties" or (self._dialect == NODE and name in OBJECT_NAMES):
            raise NotImportable("contextName", f"`{name}` is read from the context object itself")
        if self._dialect == YGGDRASIL and ('"' in name or "\\" in name):
            raise NotImportable("contextName", "a quotation mark or backslash breaks the source's own rule text")
        node, guard = _READERS[operator](_Question(constraint, self._attributes.path_of(name), self._dialect))
        if guard:
            self._notes.guard(at, *guard)
        return node


class _Question:
    """One constraint: its operand as the dialect reads it, and the path that it asks about."""

    def __init__(self, constraint: Mapping[str, Json], path: Path, dialect: str) -> None:
        self.operator: str = constraint["operator"]
        self.value: str | None = constraint.get("value")
        self.ignores_case = bool(constraint.get("caseInsensitive"))
        self.path = path
        self.type = declared(path, {})
        self.dialect = dialect
        self._values = constraint.get("values")

    def values(self) -> list[str]:
        """The list of the constraint; raises `NotImportable`."""
        if self._values is None and self.dialect == NODE:
            raise NotImportable("values", "the source fails on a constraint without `values`")
        return cleaned(self._values or [], self.dialect)

    def text(self) -> Path:
        """The path, which must be able to hold text; raises `NotImportable`."""
        if self.type not in (Type.UNDECLARED, Type.STRING):
            detail = f"`{'.'.join(self.path)}` is no text here"
            raise NotImportable("contextName", detail, "map the name to a trait by `attributes`")
        return self.path


Guarded = tuple[Node, tuple[str, str] | None]
"""A node, and the code and detail of the guard that it has, if it has one."""


def _malformed(value: Json) -> str | None:
    if not isinstance(value, dict):
        return "a constraint is expected"
    for field in ("contextName", "operator"):
        if not isinstance(value.get(field), str) or not value[field]:
            return f"a constraint needs `{field}`, a text"
    for field in ("inverted", "caseInsensitive"):
        if not isinstance(value.get(field, False), bool):
            return f"`{field}` is true or false"
    values = value.get("values")
    if values is not None and not (isinstance(values, list) and all(isinstance(each, str) for each in values)):
        return "`values` is a list of texts"
    return None if isinstance(value.get("value"), str | None) else "`value` is a text"


def _member(question: _Question) -> Guarded:
    values = question.values()
    if question.type is Type.IP:
        return _addresses_among(question.path, values), None
    path = question.text()
    return any_of(*(condition(path, "in", part) for part in parts(values))), None


def _addresses_among(path: Path, values: list[str]) -> Node:
    """IPv4 addresses have one text each, so that equal texts are equal addresses."""
    if any(addresses.key(value) is None or ":" in value for value in values):
        detail = "a text that is no IPv4 address cannot be compared with an address"
        raise NotImportable("values", detail, "map `remoteAddress` to a trait by `attributes`")
    return any_of(*(condition(path, "in_cidr", part) for part in parts(values)))


def _no_member(question: _Question) -> Guarded:
    return negation(_member(question)[0]), None


def _part_of_text(question: _Question) -> Guarded:
    path, values, op = question.text(), question.values(), _STRINGS[question.operator]
    if not values and question.dialect == YGGDRASIL:
        raise Broken(f"`{question.operator}` without values cannot be read")
    if "" in values:
        return is_string(path), None
    if not question.ignores_case:
        return any_of(*(condition(path, op, part) for part in parts(values))), None
    found = patterns.parts_of_text(op, values)
    guard = (
        "case-as-pattern",
        "the source compares lower-case letters, `ignore_case` folds more, such as `ß` and `ss`",
    )
    return any_of(*(condition(path, "matches", each, ignore_case=True) for each in found)), guard


def _ordered(question: _Question) -> Guarded:
    if question.type is Type.DATETIME or (question.dialect == NODE and question.operator in order.DATES):
        return order.instants(question.path, question.operator, question.value, question.dialect), None
    if question.dialect == NODE:
        return order.node(question.text(), question.operator, question.value, is_open=question.type is Type.UNDECLARED)
    return order.yggdrasil(question.text(), question.operator, question.value, is_open=question.type is Type.UNDECLARED)


def _pattern(question: _Question) -> Guarded:
    path = question.text()
    if question.value is None and question.dialect == NODE:
        raise NotImportable("value", "the source fails on a pattern that is none")
    found = patterns.translated(question.value or "", question.dialect, ignore_case=question.ignores_case)
    flags = {"ignore_case": True} if question.ignores_case else {}
    guard = ("pattern-classes", "the source's classes hold all of Unicode, RE2's only ASCII")
    return condition(path, "matches", found, **flags), guard if found != question.value else None


def _network(question: _Question) -> Guarded:
    path = question.path if question.type is Type.IP else question.text()
    values = question.values()
    if not values and question.dialect == YGGDRASIL:
        raise Broken("`IN_CIDR` without values cannot be read")
    found = [each for value in values if (each := networks.network_of(value)) is not None]
    if question.type is Type.IP:
        return networks.by_address(path, found), None
    guard = ("mapped-address", "an IPv4 address written as IPv6 is IPv6 at the source and IPv4 here")
    return networks.by_text(path, found), guard


_READERS: Mapping[str, Callable[[_Question], Guarded]] = {
    "IN": _member,
    "NOT_IN": _no_member,
    **dict.fromkeys(_STRINGS, _part_of_text),
    **dict.fromkeys(order.OPERATORS, _ordered),
    "REGEX": _pattern,
    "IN_CIDR": _network,
}
