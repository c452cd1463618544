"""Conditions of GrowthBook: names to values, groups of conditions, lists and their elements, saved groups."""

from collections.abc import Callable, Mapping
from types import ModuleType

from shared.importers.growthbook import javascript, operators, python
from shared.importers.growthbook.kinds import Subject, by_kind, has_any, holds_of_nothing
from shared.importers.growthbook.operators import RELATIONS, Reading, counted, member
from shared.importers.growthbook.state import JAVASCRIPT, PYTHON, State
from shared.importers.javascript import OBJECT_NAMES
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, negation
from shared.importers.translation import Json
from shared.rules.limits import MAX_DEPTH
from shared.rules.problems import did_you_mean, step

_DIALECTS: Mapping[str, ModuleType] = {JAVASCRIPT: javascript, PYTHON: python}
_COUNTS = {"$eq": "eq", **RELATIONS}
_ON_CONDITIONS = ("$or", "$nor", "$and", "$savedGroup")  # to Python's `$elemMatch`; its `$not` is one on a value
_CONDITION_SHAPE = "a condition is expected, as an object"


def read(value: Json, at: str, state: State, visited: tuple[str, ...] = ()) -> Node:
    """The rule of a condition; `visited` are the saved groups that it stands in, outermost first."""
    if not isinstance(value, dict):
        return state.notes.refuse(at, "malformed", _CONDITION_SHAPE)
    if at.count("/") > 4 * MAX_DEPTH:
        return state.notes.refuse(at, "too-deep", "the condition nests too deeply")
    return all_of(*(_entry(name, each, step(at, name), state, visited) for name, each in value.items()))


def _entry(name: str, value: Json, at: str, state: State, visited: tuple[str, ...]) -> Node:
    combine = _COMBINING.get(name)
    if combine is not None:
        return combine(value, at, state, visited)
    if name == "$savedGroups":
        hint = "import the export, in which the groups are, or name one with `$savedGroup`"
        return state.notes.refuse(at, "not-importable", "`$savedGroups` is no condition to an SDK", hint)
    if name in _operators(state):
        return state.notes.refuse(at, "malformed", f"`{name}` stands where an attribute is named")
    subject = state.subject(name, at)
    return NEVER if subject is None else value_rule(value, subject, at, state, visited)


def _some(value: Json, at: str, state: State, visited: tuple[str, ...]) -> Node:
    """`$or`, which holds when it is empty."""
    items = _each(value, at, state, visited)
    return any_of(*items) if items else ALWAYS


def _none(value: Json, at: str, state: State, visited: tuple[str, ...]) -> Node:
    return negation(_some(value, at, state, visited))


def _every(value: Json, at: str, state: State, visited: tuple[str, ...]) -> Node:
    return all_of(*_each(value, at, state, visited))


def _not(value: Json, at: str, state: State, visited: tuple[str, ...]) -> Node:
    return negation(read(value, at, state, visited))


def _each(value: Json, at: str, state: State, visited: tuple[str, ...]) -> list[Node]:
    if not isinstance(value, list):
        return [state.notes.refuse(at, "malformed", "a list of conditions is expected")]
    return [read(item, step(at, index), state, visited) for index, item in enumerate(value)]


def value_rule(expected: Json, subject: Subject, at: str, state: State, visited: tuple[str, ...] = ()) -> Node:
    """The rule of what is said of one value: operators, or a bare value that it shall be."""
    if not _is_operators(expected, state):
        node: Node = _DIALECTS[state.dialect].literal(expected, subject, at, state)
        return node
    return all_of(*(_operator(name, each, subject, step(at, name), state, visited) for name, each in expected.items()))


def _is_operators(value: Json, state: State) -> bool:
    """Whether all names of an object are operators; an empty one has no others, which only Python takes for all."""
    if not isinstance(value, dict):
        return False
    return all(name.startswith("$") for name in value) and (bool(value) or state.dialect == PYTHON)


def _operator(name: str, expected: Json, subject: Subject, at: str, state: State, visited: tuple[str, ...]) -> Node:
    if name == "$not":
        return negation(value_rule(expected, subject, at, state, visited))
    if name == "$elemMatch":
        return _element(expected, subject, at, state, visited)
    reading = _operators(state).get(name)
    if reading is None:
        hint = did_you_mean(name, _operators(state))
        return state.notes.refuse(at, "unknown-operator", f"unknown operator `{name}` on a value", hint)
    return reading(expected, subject, at, state)


def _operators(state: State) -> Mapping[str, Reading]:
    own: Mapping[str, Reading] = _DIALECTS[state.dialect].OPERATORS
    return {**operators.OPERATORS, **own, **_WITHIN}


def _all(*, ignore_case: bool) -> Reading:
    """`$all`, `$alli`: a list in which each of the values is found."""

    def reading(expected: Json, subject: Subject, at: str, state: State) -> Node:
        if not isinstance(expected, list):
            return NEVER
        wanted = [
            _found(each, subject, step(at, index), state, ignore_case=ignore_case)
            for index, each in enumerate(expected)
        ]
        return by_kind(subject, {"list": all_of(*wanted)})

    return reading


def _found(expected: Json, subject: Subject, at: str, state: State, *, ignore_case: bool = False) -> Node:
    """Some element of the list matches a bare value, or is given by `$eq` or `$in` alone."""
    if expected is None:
        return NEVER  # no list of a visitor that is taken holds a null
    if isinstance(expected, dict) and len(expected) == 1 and "$eq" in expected:
        return has_any(subject.path, _scalars([expected["$eq"]]))
    if isinstance(expected, dict) and len(expected) == 1 and isinstance(expected.get("$in"), list):
        return has_any(subject.path, _scalars(expected["$in"]))
    if isinstance(expected, dict | list):
        detail = "elements that are no objects can be compared with `$eq` and `$in` alone"
        return state.notes.refuse(at, "not-importable", detail, "write the values out")
    elements: Callable[..., list[Json] | None] = _DIALECTS[state.dialect].elements
    values = elements(expected, at, state, subject.elements, ignore_case=ignore_case)
    return NEVER if values is None else has_any(subject.path, values)


def _scalars(values: list[Json]) -> list[Json]:
    return [value for value in values if isinstance(value, str | int | float)]


def _element(expected: Json, subject: Subject, at: str, state: State, visited: tuple[str, ...]) -> Node:
    """`$elemMatch`: some element satisfies operators on itself, or a condition on its names."""
    if not isinstance(expected, dict):
        return state.notes.refuse(at, "malformed", _CONDITION_SHAPE)
    if "list" not in subject.kinds:
        return NEVER
    asks_names = state.dialect == PYTHON and any(name in expected for name in _ON_CONDITIONS)
    if expected and _is_operators(expected, state) and not asks_names:
        return by_kind(subject, {"list": _found(expected, subject, at, state)})
    within = state.within_element()
    node = read(expected, at, within, visited)
    state.leave_element(within, subject.path)
    return by_kind(subject, {"list": _some_element(node, subject, at, state)})


def _some_element(node: Node, subject: Subject, at: str, state: State) -> Node:
    """Some element satisfies a rule on its names, of which those that are no objects have none."""
    if node == ALWAYS:
        return condition(subject.path, "size", {"gte": 1})
    if node == NEVER:
        return NEVER
    if holds_of_nothing(node):
        detail = "elements that are no objects satisfy this condition, too"
        return state.notes.refuse(at, "not-importable", detail, "ask with `$exists` for a name that the elements have")
    return condition(subject.path, "element", node)


def _size(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """`$size`: a list of this length, or whose length satisfies operators."""
    return by_kind(subject, {"list": _count(expected, subject, at, state)})


def _count(expected: Json, subject: Subject, at: str, state: State) -> Node:
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return counted("eq", expected, subject)
    if isinstance(expected, dict) and _is_operators(expected, state):
        items = expected.items()
        return all_of(*(_counted_by(name, each, subject, step(at, name), state) for name, each in items))
    return state.notes.refuse(at, "not-importable", "a size is compared with numbers alone")


def _counted_by(name: str, expected: Json, subject: Subject, at: str, state: State) -> Node:
    if name == "$not":
        return negation(_count(expected, subject, at, state))
    is_number = isinstance(expected, int | float) and not isinstance(expected, bool)
    if is_number and name in _COUNTS:
        return counted(_COUNTS[name], expected, subject)
    if is_number and name == "$ne":
        return negation(counted("eq", expected, subject))
    return state.notes.refuse(at, "not-importable", f"`{name}` on a size", "compare it with numbers")


def _group(*, negate: bool) -> Reading:
    """`$inGroup`, `$notInGroup`: one of the values of a saved group, which the operand names."""

    def reading(expected: Json, subject: Subject, at: str, state: State) -> Node:
        if not isinstance(expected, str):
            return state.notes.refuse(at, "malformed", "the id of a saved group is expected")
        entry = _entry_of(expected, at, state, absent=[])
        values = entry.get("values") if isinstance(entry, dict) and entry.get("type") == "list" else entry
        if not isinstance(values, list):
            return state.notes.refuse(at, "malformed", f"the saved group `{expected}` has no list of values")
        found = member(values, subject, at, state)
        return negation(found) if negate else found

    return reading


def _saved_group(value: Json, at: str, state: State, visited: tuple[str, ...]) -> Node:
    """`$savedGroup`: a list on its attribute or another, or the condition of the group; one within itself is false."""
    key = value.get("attributeKey", "") if isinstance(value, dict) else None
    identity = value.get("id") if isinstance(value, dict) else None
    if not isinstance(identity, str) or not isinstance(key, str):
        return state.notes.refuse(at, "malformed", "an object with the `id` of a saved group is expected")
    entry = _entry_of(identity, at, state, absent=None)
    if entry is None or identity in visited:
        return NEVER
    if not isinstance(entry, dict):
        return NEVER  # a bare list of values is for `$inGroup` alone
    if entry.get("type") == "condition":
        return read(entry.get("condition"), at, state, (*visited, identity))
    name = key or entry.get("attributeKey")
    if entry.get("type") != "list" or not isinstance(name, str) or not isinstance(entry.get("values"), list):
        return state.notes.refuse(at, "malformed", f"the saved group `{identity}` is neither a list nor a condition")
    subject = state.subject(name, at)
    return NEVER if subject is None else member(entry["values"], subject, at, state)


def _entry_of(identity: str, at: str, state: State, absent: Json) -> Json:
    """What `extra` says of a saved group; without any groups there, whether it exists is not known."""
    if state.groups is None:
        hint = "give the groups in `extra.savedGroups`"
        state.notes.refuse(at, "unknown-saved-group", f"the saved group `{identity}` is not given", hint)
        return absent
    if state.dialect == JAVASCRIPT and identity in OBJECT_NAMES:
        state.notes.refuse(at, "not-importable", f"`{identity}` is found in every object of JavaScript")
        return absent
    if identity not in state.groups:
        state.guard(at, "unknown-group")
    return state.groups.get(identity, absent)


_WITHIN: Mapping[str, Reading] = {
    "$all": _all(ignore_case=False),
    "$alli": _all(ignore_case=True),
    "$size": _size,
    "$inGroup": _group(negate=False),
    "$notInGroup": _group(negate=True),
}

_COMBINING: Mapping[str, Callable[[Json, str, State, tuple[str, ...]], Node]] = {
    "$or": _some,
    "$nor": _none,
    "$and": _every,
    "$not": _not,
    "$savedGroup": _saved_group,
}
