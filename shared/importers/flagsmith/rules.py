"""Flagsmith's segments: rules of `ALL`, `ANY` and `NONE` over conditions and further rules."""

import json
from collections.abc import Callable, Mapping

from shared.importers.flagsmith.conditions import among, on_trait, split_by
from shared.importers.flagsmith.contexts import Traits
from shared.importers.flagsmith.engines import Engine
from shared.importers.flagsmith.identities import PROPERTIES, among_identities, on_identity
from shared.importers.flagsmith.values import share
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, exists, negation
from shared.importers.notes import Notes
from shared.importers.translation import Extra, Json
from shared.rules.catalogue import Path, declared, join
from shared.rules.kinds import Type
from shared.rules.problems import did_you_mean, step

MAX_DEPTH = 32
"""Rules within rules."""

_KEY = "$.identity.key"
_TYPES: Mapping[str, Callable[..., Node]] = {
    "ALL": all_of,
    "ANY": any_of,
    "NONE": lambda *nodes: negation(any_of(*nodes)),
}
_OF_VALUES = (
    "EQUAL",
    "NOT_EQUAL",
    "GREATER_THAN",
    "GREATER_THAN_INCLUSIVE",
    "LESS_THAN",
    "LESS_THAN_INCLUSIVE",
    "CONTAINS",
    "NOT_CONTAINS",
    "REGEX",
    "MODULO",
)
_OPERATORS = (*_OF_VALUES, "IN", "IS_SET", "IS_NOT_SET", "PERCENTAGE_SPLIT")


class Segments:
    """Reads one segment; `notes` receives what is found on the way."""

    def __init__(self, extra: Extra, engine: Engine, notes: Notes, key: Json) -> None:
        """key: the segment's, with which the engine hashes."""
        self._attributes = Traits(extra)
        self._engine = engine
        self._notes = notes
        self._salt = str(key) if isinstance(key, str | int) and not isinstance(key, bool) else None

    def segment(self, rules: Json, pointer: str) -> Node:
        """All of a segment's rules; without any, nobody."""
        if not isinstance(rules, list):
            return self._notes.refuse(pointer, "wrong-type", "a list of rules is expected")
        if not rules:
            self._notes.guard(pointer, "no-rules", "a segment without rules holds nobody")
            return NEVER
        return all_of(*(self.rule(each, step(pointer, index), 1) for index, each in enumerate(rules)))

    def rule(self, value: Json, pointer: str, depth: int) -> Node:
        """One rule: its conditions by its type, and its rules, by its type or all of them as the engine has it."""
        if not isinstance(value, dict) or value.get("type") not in tuple(_TYPES):
            return self._notes.refuse(pointer, "unknown-rule", "a rule has the `type` ALL, ANY or NONE")
        if depth > MAX_DEPTH:
            return self._notes.refuse(pointer, "too-deep", f"more than {MAX_DEPTH} rules within each other")
        conditions, rules = value.get("conditions") or [], value.get("rules") or []
        if not isinstance(conditions, list) or not isinstance(rules, list):
            return self._notes.refuse(pointer, "wrong-type", "`conditions` and `rules` are lists")
        of_type = _TYPES[value["type"]]
        at = step(pointer, "conditions")
        asked = [self.condition(each, step(at, index)) for index, each in enumerate(conditions)]
        at = step(pointer, "rules")
        nested = [self.rule(each, step(at, index), depth + 1) for index, each in enumerate(rules)]
        of_rules = of_type if self._engine.nests_by_type else all_of
        return all_of(of_type(*asked) if asked else ALWAYS, of_rules(*nested) if nested else ALWAYS)

    def condition(self, value: Json, pointer: str) -> Node:
        """One condition of any operator."""
        if not isinstance(value, dict):
            return self._notes.refuse(pointer, "wrong-type", "a condition is an object")
        op = value.get("operator")
        if op not in _OPERATORS:
            hint = did_you_mean(op, _OPERATORS) if isinstance(op, str) else None
            return self._notes.refuse(step(pointer, "operator"), "unknown-operator", f"unknown operator `{op}`", hint)
        name = value.get("property", value.get("property_"))
        if op == "PERCENTAGE_SPLIT":
            return self._split(value, name or None, pointer)
        path = self._path(name, step(pointer, "property"))
        if path is None:
            return NEVER
        if op in ("IS_SET", "IS_NOT_SET"):
            return exists(path) if op == "IS_SET" else negation(exists(path))
        asked = self._of_value(op, value.get("value"), name, path, step(pointer, "value"))
        is_falsy_false = self._engine.is_falsy_false and asked != NEVER
        return all_of(asked, negation(self._falsy(path, pointer))) if is_falsy_false else asked

    def _of_value(self, op: str, value: Json, name: Json, path: Path, at: str) -> Node:
        is_identity = name in PROPERTIES and self._engine.reads_identity
        if op == "IN":
            values = self._values(value, at)
            if values is None:
                return NEVER
            return among_identities(values, path) if is_identity else among(values, path, self._notes, at)
        if not isinstance(value, str):
            return self._notes.refuse(at, "wrong-type", "the value of a condition is a text", "write numbers as texts")
        ask = on_identity if is_identity else on_trait
        return ask(op, value, path, self._notes, at)

    def _path(self, name: Json, at: str) -> Path | None:
        """Where a property stands; None where it is none that can be imported, which is noted."""
        if not isinstance(name, str) or not name:
            self._notes.refuse(at, "wrong-type", "a property is a text")
            return None
        if name.startswith("$.") and name not in PROPERTIES:
            detail = f"`{name}` is a JSONPath into what this language does not know"
            self._notes.refuse(at, "not-importable", detail, "name the trait itself")
            return None
        return self._attributes.path_of(name)

    def _values(self, value: Json, at: str) -> list[str] | None:
        """The texts of `IN`; None where there are none to be read, which is noted."""
        if isinstance(value, str):
            listed = _listed(value) if self._engine.takes_lists else None
            found = value.split(",") if listed is None else listed
            found = [] if not value and not self._engine.takes_lists else found
        elif isinstance(value, list) and self._engine.takes_lists:
            found = [str(each) for each in value]
        else:
            self._notes.refuse(at, "wrong-type", "a text with commas, or a list of texts, is expected")
            return None
        return list(dict.fromkeys(found))

    def _falsy(self, path: Path, pointer: str) -> Node:
        detail = "an empty text, 0 and false satisfy no operator of this version"
        self._notes.guard(pointer, "falsy", detail)
        values = {Type.STRING: [""], Type.NUMBER: [0], Type.BOOLEAN: [False], Type.UNDECLARED: ["", 0, False]}
        return condition(path, "in", values.get(declared(path, {}), [""]))

    def _split(self, value: dict[str, Json], name: Json, pointer: str) -> Node:
        percent = share(value.get("value"))
        at = step(pointer, "value")
        if percent is None:
            return self._notes.refuse(at, "wrong-type", "a share is a number of percent")
        if self._salt is None:
            hint = "put it into `extra.key`"
            return self._notes.refuse(pointer, "no-key", "the segment's key is not there, with which it hashes", hint)
        by_key = self._hashed(self._attributes.path_of(_KEY), percent)
        if name is None:
            return by_key
        path = self._path(name, step(pointer, "property"))
        if path is None:
            return NEVER
        by_trait = self._hashed(path, percent) if name in PROPERTIES else split_by(path, percent, self._salt)
        if self._engine.falls_back_to_key:
            return any_of(by_trait, all_of(negation(exists(path)), by_key))
        return by_trait

    def _hashed(self, path: Path, percent: float) -> Node:
        """A split by what is a text anyway."""
        if not 0 <= percent < 100:
            return exists(path) if percent > 0 else NEVER
        return {"rollout": {"percent": percent, "by": join(path), "salt": self._salt, "hash": "flagsmith"}}


def _listed(text: str) -> list[str] | None:
    """The texts of a JSON list; None where the text is none, and commas part it."""
    if not text.startswith("["):
        return None
    try:
        return [str(each) for each in json.loads(text)]
    except (ValueError, RecursionError):
        return None
