"""What a JsonLogic variable names: a value of the visitor, of one element of a list, or nothing."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from shared.importers.attributes import Attributes
from shared.importers.javascript import OBJECT_NAMES, SCALAR_NAMES
from shared.importers.jsonlogic.variables import KINDS, Variable
from shared.importers.translation import Extra
from shared.rules.catalogue import Path, declared, join
from shared.rules.kinds import Type
from shared.rules.problems import Problem, Refused, did_you_mean, step

_NAMED_KINDS = KINDS - {"null"}
_OF_TYPE = {Type.STRING: "string", Type.NUMBER: "number", Type.BOOLEAN: "boolean"}


class Scope(Protocol):
    """Where variables are looked up."""

    def find(self, name: str, pointer: str) -> Variable | None:
        """The variable of a dotted name, None where nothing is ever there; raises `Refused` where it cannot be said."""
        ...


class Sources(msgspec.Struct, frozen=True):
    """The visitor's own values: where each name of the source stands, and the kinds that its user promised."""

    attributes: Attributes
    mapped: frozenset[str]
    kinds: Mapping[str, str]

    def path_of(self, name: str) -> Path:
        """The path of a dotted name: of the whole name where that is mapped, else of its first step and onward."""
        first, *rest = name.split(".")
        return self.attributes.path_of(name) if name in self.mapped else (*self.attributes.path_of(first), *rest)

    def kinds_of(self, name: str, path: Path) -> frozenset[str]:
        """The kinds that a value may have: all, unless `extra` or the type of its path says more."""
        type_ = declared(path, {})
        kind = self.kinds.get(name) if type_ is Type.UNDECLARED else _OF_TYPE.get(type_)
        return frozenset({kind, "null"}) if kind else KINDS

    def find(self, name: str, pointer: str) -> Variable | None:
        """As `Scope` says."""
        _check_steps(name, pointer, is_element=False)
        path = self.path_of(name)
        type_ = declared(path, {})
        if type_ is not Type.UNDECLARED and type_ not in _OF_TYPE:
            detail = f"`{name}` stands at `{join(path)}`, which keeps no plain value"
            raise Refused([Problem(pointer, "not-importable", detail, "map it to a trait")])
        return Variable(name, path, ("traits",), self.kinds_of(name, path))


class Element(msgspec.Struct, frozen=True):
    """One object of a list."""

    def find(self, name: str, pointer: str) -> Variable | None:
        """As `Scope` says."""
        _check_steps(name, pointer, is_element=True)
        return Variable(name, tuple(name.split(".")), ())


class Nothing(msgspec.Struct, frozen=True):
    """One element of a list that is no object: it has no names."""

    def find(self, name: str, pointer: str) -> Variable | None:
        """As `Scope` says."""
        _check_steps(name, pointer, is_element=True)
        return None


class Scalar(msgspec.Struct, frozen=True):
    """One element of a list, itself: the variable with the empty name."""

    def find(self, name: str, pointer: str) -> Variable | None:
        """As `Scope` says."""
        if name:
            raise Refused([Problem(pointer, "not-importable", "the elements and their values are asked at once")])
        return Variable("", ("element",), (), frozenset({"string", "number", "boolean", "null"}))


class Narrowed(msgspec.Struct, frozen=True):
    """A scope in which the kinds of some names are known."""

    scope: Scope
    kinds: Mapping[str, str]

    def find(self, name: str, pointer: str) -> Variable | None:
        """As `Scope` says."""
        found = self.scope.find(name, pointer)
        if found is None or name not in self.kinds:
            return found
        return msgspec.structs.replace(found, kinds=found.kinds & {self.kinds[name]})


def sources(extra: Extra) -> Sources:
    """What `extra` says of the visitor: `attributes`, and `kinds` by name; raises `Refused` where it cannot be read."""
    attributes = Attributes(extra)
    kinds = extra.get("kinds") or {}
    at = "/extra/kinds"
    if not isinstance(kinds, dict):
        raise Refused([Problem(at, "wrong-type", "an object of kinds by the source's names is expected")])
    problems = [
        Problem(step(at, name), "bad-value", f"`{kind}` is no kind", did_you_mean(str(kind), _NAMED_KINDS))
        for name, kind in kinds.items()
        if not isinstance(kind, str) or kind not in _NAMED_KINDS
    ]
    if problems:
        raise Refused(problems)
    return Sources(attributes, frozenset(extra.get("attributes") or ()), kinds)


def _check_steps(name: str, pointer: str, *, is_element: bool) -> None:
    """Raises `Refused` for names that JavaScript finds where no value has them, and for those that no path has."""
    if not name:
        detail = "the whole of the data, or of an element, is no attribute"
        raise Refused([Problem(pointer, "not-importable", detail, "name a value in it")])
    for index, each in enumerate(name.split(".")):
        inherited = SCALAR_NAMES if index or is_element else OBJECT_NAMES
        is_index = (index > 0 or is_element) and each.isdigit()
        if not each or each in inherited or is_index:
            detail = f"`{name}` reaches into texts or lists, by position or by what every one of them has"
            raise Refused([Problem(pointer, "not-importable", detail, "name values of objects only")])
