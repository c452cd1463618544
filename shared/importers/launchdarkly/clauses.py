"""LaunchDarkly's clauses: one attribute of one kind of context against values, perhaps negated."""

import re

from shared.importers.launchdarkly.contexts import (
    ELEMENT,
    USER,
    Contexts,
    companion,
    is_kind,
    is_scalar,
    qualified,
)
from shared.importers.launchdarkly.operators import OPERATORS, scalars
from shared.importers.nodes import NEVER, Node, all_of, any_of, condition, exists, negation
from shared.importers.notes import Notes
from shared.importers.translation import Json
from shared.rules.catalogue import Path, declared
from shared.rules.kinds import Type
from shared.rules.limits import MAX_VALUES
from shared.rules.problems import did_you_mean, step

_FIELDS = {"attribute": str, "op": str, "values": list, "negate": bool | None, "contextKind": str | None}
_OPERATORS = ("in", "segmentMatch", *OPERATORS)
_BUILT_IN = ("key", "kind", "name", "anonymous")  # built in: never a list
_BAD_ESCAPE = re.compile("~(?![01])").search


def clause(value: dict[str, Json], contexts: Contexts, notes: Notes, pointer: str) -> Node:
    """Any clause but `segmentMatch`; `value` has its fields, of their types."""
    kind = value.get("contextKind") or USER
    steps = reference(value["attribute"], value.get("contextKind"), notes, step(pointer, "attribute"))
    if steps is None:
        return NEVER
    if steps == ("kind",):
        return _maybe(_kinds(value, contexts, notes, pointer), value)
    path = path_of(kind, steps, contexts)
    if steps == ("key",) and value["op"] in OPERATORS and OPERATORS[value["op"]].reads_text:
        detail = f"`{value['op']}` would read a key as an instant or a version"
        return notes.refuse(pointer, "not-importable", detail)
    is_built_in = len(steps) == 1 and steps[0] in _BUILT_IN
    may_be_list = not is_scalar(path) and not is_built_in and contexts.may_be_list(qualified(kind, steps[0]))
    matched = _matched(value, path, notes, pointer, may_be_list=may_be_list)
    if not value.get("negate"):
        return matched
    notes.guard(pointer, "negated-missing", "a negated clause does not match a context without the attribute")
    return all_of(exists(path), negation(matched))


def misshapen(value: Json, notes: Notes, pointer: str) -> bool:
    """Whether a value is no clause, which is noted."""
    if not isinstance(value, dict):
        notes.refuse(pointer, "wrong-type", "a clause is an object")
        return True
    wrong = [name for name, type_ in _FIELDS.items() if not isinstance(value.get(name), type_)]
    for name in wrong:
        notes.refuse(step(pointer, name), "wrong-type", f"`{name}` of a clause is missing or of another type")
    if not wrong and len(value["values"]) > MAX_VALUES:
        detail = f"{len(value['values'])} values, the limit is {MAX_VALUES}"
        notes.refuse(step(pointer, "values"), "too-many-values", detail, "use a list")
        return True
    return bool(wrong)


def path_of(kind: str, steps: tuple[str, ...], contexts: Contexts) -> Path:
    """Where an attribute, or a member of one, stands."""
    return (*contexts.path_of(qualified(kind, steps[0])), *steps[1:])


def reference(text: str, kind: Json, notes: Notes, pointer: str) -> tuple[str, ...] | None:
    """The steps of an attribute reference: `/a/b` is `b` within `a`, but only where a kind of context is said.

    None where LaunchDarkly cannot read it, which is noted.
    """
    if text and (not kind or not text.startswith("/")):
        return (text,)
    steps = text[1:].split("/")
    if "" in steps or _BAD_ESCAPE(text):
        notes.refuse(pointer, "bad-reference", f"`{text}` is no attribute reference: LaunchDarkly fails on it")
        return None
    return tuple(each.replace("~1", "/").replace("~0", "~") for each in steps)


def _matched(value: dict[str, Json], path: Path, notes: Notes, pointer: str, *, may_be_list: bool) -> Node:
    """Whether the attribute, or an element of it where it is a list, passes with one of the values."""
    op, values = value["op"], value["values"]
    if op == "in":
        return _in(values, path, notes, pointer, may_be_list=may_be_list)
    operator = OPERATORS.get(op)
    if operator is None:
        hint = did_you_mean(op, _OPERATORS)
        return notes.refuse(step(pointer, "op"), "unknown-operator", f"unknown operator `{op}`", hint)
    test = operator.tests(values, pointer, notes)
    if _never_numbers(path, op):
        return NEVER
    of_list = test((ELEMENT,)) if may_be_list else NEVER
    if of_list == NEVER:
        return test(path)
    notes.guard(
        pointer, "list-elements", f"where the attribute is a list, each element is asked, at `{companion(path)[-1]}`"
    )
    return any_of(test(path), condition(companion(path), "element", of_list))


def _never_numbers(path: Path, op: str) -> bool:
    """A number's operator on an attribute that is always a text."""
    return declared(path, {}) is Type.STRING and op.startswith(("lessThan", "greaterThan"))


def _in(values: list[Json], path: Path, notes: Notes, pointer: str, *, may_be_list: bool) -> Node:
    wanted = scalars(values)
    for index, each in enumerate(values):
        if each is None or isinstance(each, dict | list):
            at = step(step(pointer, "values"), index)
            notes.refuse(at, "not-importable", "a value that is null, a list or an object", "leave it out")
    if declared(path, {}) is Type.STRING:
        wanted = [each for each in wanted if isinstance(each, str)]
    if not wanted:
        return NEVER
    if not may_be_list:
        return condition(path, "in", wanted)
    notes.guard(pointer, "list-elements", "where the attribute is a list, any element may be equal")
    return any_of(condition(path, "in", wanted), condition(path, "has_any", wanted))


def _kinds(value: dict[str, Json], contexts: Contexts, notes: Notes, pointer: str) -> Node:
    if value["op"] != "in":
        detail = "`kind` can be asked with `in` only: other operators would look at kinds that no rule names"
        return notes.refuse(step(pointer, "op"), "not-importable", detail)
    named = dict.fromkeys(each for each in value["values"] if is_kind(each))
    return any_of(*(exists(path_of(kind, ("key",), contexts)) for kind in named))


def _maybe(node: Node, value: dict[str, Json]) -> Node:
    return negation(node) if value.get("negate") else node
