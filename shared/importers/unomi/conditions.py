"""Apache Unomi's condition types that ask a profile, as rules."""

from collections.abc import Callable, Mapping

from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, closed, condition, negation
from shared.importers.notes import Notes
from shared.importers.translation import Json
from shared.importers.unomi.comparisons import SET_OPERATORS, Property, Question, compared, compared_missing
from shared.importers.unomi.readings import SCORES, SEGMENTS, SYSTEM
from shared.rules.catalogue import Path
from shared.rules.problems import Problem, Refused, step

MAX_DEPTH = 30
"""Conditions within conditions."""

EVENTS = "it asks what the visitor did, which no attribute tells"
_NOT_IMPORTED: Mapping[str, str] = {
    "pastEventCondition": EVENTS,
    "eventPropertyCondition": EVENTS,
    "eventTypeCondition": EVENTS,
    "sourceEventPropertyCondition": EVENTS,
    "goalMatchCondition": EVENTS,
    "sessionPropertyCondition": "it asks a session, and no profile",
    "sessionDurationCondition": "it asks a session, and no profile",
    "geoLocationSessionCondition": "it asks a session, and no profile",
    "geoLocationByPointSessionCondition": "it asks a session, and no profile",
    "newVisitorCondition": "it asks a session, and no profile",
    "returningVisitorCondition": "it asks a session, and no profile",
    "scoringCondition": "it asks a score that events add up to",
    "profileInterestCondition": "it asks interests that events add up to",
}
_CONTEXTUAL = ("parameter::", "script::")
_OTHER_MAPS = {"systemProperties": SYSTEM, "scores": SCORES}


class Conditions:
    """Reads conditions on a profile, or, with `path`, on one element of its list that stands there."""

    def __init__(self, dialect: str, place: Callable[[str], Path], notes: Notes, path: str = "") -> None:
        self._dialect = dialect
        self._place = place
        self._notes = notes
        self._path = path

    @property
    def is_within_element(self) -> bool:
        """Whether it is an element of a list that is asked."""
        return bool(self._path)

    def read(self, value: Json, at: str) -> Node:
        """The rule of one condition; `NEVER` where a problem was noted."""
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            return self._notes.refuse(at, "wrong-type", "a condition with `type` and `parameterValues` is expected")
        if at.count("/parameterValues/") > MAX_DEPTH:
            return self._notes.refuse(at, "too-deep", f"more than {MAX_DEPTH} conditions within conditions")
        name, parameters = value["type"], value.get("parameterValues") or {}
        read = _TYPES.get(name)
        if read is None:
            why = _NOT_IMPORTED.get(name, "its meaning is not known here")
            return self._notes.refuse(step(at, "type"), "not-importable", f"`{name}` is not imported: {why}")
        below = step(at, "parameterValues")
        if not isinstance(parameters, dict):
            return self._notes.refuse(below, "wrong-type", "an object is expected")
        try:
            return read(self, parameters, below)
        except Refused as refused:
            for each in refused.problems:
                self._notes.refuse(below + each.pointer, each.code, each.detail, each.hint)
            return NEVER

    def boolean(self, parameters: Mapping[str, Json], at: str) -> Node:
        """`booleanCondition`: `and` in any case, all else is or; an empty `and` holds."""
        items = parameters.get("subConditions") or []
        if not isinstance(items, list):
            raise _refused("/subConditions", "wrong-type", "a list of conditions is expected")
        nodes = [self.read(item, step(step(at, "subConditions"), index)) for index, item in enumerate(items)]
        return all_of(*nodes) if str(parameters.get("operator")).lower() == "and" else any_of(*nodes)

    def complement(self, parameters: Mapping[str, Json], at: str) -> Node:
        """`notCondition`."""
        return negation(self.read(parameters.get("subCondition"), step(at, "subCondition")))

    def everyone(self, _parameters: Mapping[str, Json], _at: str) -> Node:
        """`matchAllCondition`."""
        return ALWAYS

    def ids(self, parameters: Mapping[str, Json], _at: str) -> Node:
        """`idsCondition`: the profile is, or is not, one of these."""
        ids, match = parameters.get("ids") or [], parameters.get("match")
        if self._path:
            raise _refused("", "not-importable", "an element of a list has no id")
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids) or not isinstance(match, bool):
            raise _refused("", "wrong-values", "`ids`, a list of texts, and `match`, true or false, are expected")
        found = condition(("visitor", "id"), "in", ids) if ids else NEVER
        return found if match else negation(found)

    def compare(self, parameters: Mapping[str, Json], at: str) -> Node:
        """`profilePropertyCondition`."""
        contextual = [name for name, value in parameters.items() if _is_contextual(value)]
        if contextual:
            detail = "a parameter that a script or another condition fills in"
            raise _refused(f"/{contextual[0]}", "not-importable", detail)
        operator, subject = str(parameters.get("comparisonOperator")), self._property(parameters.get("propertyName"))
        if subject is None:
            return compared_missing(operator, self._dialect)
        if parameters.get("propertyName") == "segments" and operator not in SET_OPERATORS:
            raise _refused("/comparisonOperator", "not-importable", f"`{operator}` of a set, which has no order")
        if operator not in ("exists", "missing"):
            detail = "Unomi reads every value as what it is compared with: the visitor carries these readings"
            self._notes.guard(at, "coercion", detail)
        return compared(Question(subject, operator, parameters, self._dialect))

    def nested(self, parameters: Mapping[str, Json], at: str) -> Node:
        """`nestedCondition`: some element of a list, an object, satisfies a condition on it alone."""
        path = parameters.get("path")
        subject = self._property(path)
        if self._path or subject is None or not str(path).startswith(("properties.", "systemProperties.")):
            raise _refused("/path", "not-importable", f"`{path}` is no list of the profile's own")
        within = Conditions(self._dialect, self._place, self._notes, f"{path}.")
        holds = within.read(parameters.get("subCondition"), step(at, "subCondition"))
        return condition(subject.path, "element", closed(holds)) if holds != NEVER else NEVER

    def _property(self, name: Json) -> Property | None:
        """Where a property stands; None for one that an element of a list cannot have."""
        if not isinstance(name, str) or "[" in name or "" in name.split("."):
            raise _refused("/propertyName", "not-importable", f"`{name}` is no plain path of names")
        if self._path:
            own = name.removeprefix(self._path)
            return Property(tuple(own.split(".")), (), own) if own != name and name.startswith(self._path) else None
        root, _, rest = name.partition(".")
        if name == "segments":
            return Property(("traits", SEGMENTS), ("traits",), SEGMENTS)
        if root == "properties" and rest:
            first, *others = rest.split(".")
            return Property((*self._place(first), *others), ("traits",), rest)
        if root in _OTHER_MAPS and rest:
            inside = _OTHER_MAPS[root]
            return Property(("traits", inside, *rest.split(".")), ("traits", inside), rest)
        detail = f"`{name}` is none of `properties`, `systemProperties`, `scores` and `segments`"
        raise _refused("/propertyName", "not-importable", detail)


def _membership(property_name: str, parameter: str) -> "Reader":
    """`profileSegmentCondition` and `profileUserListCondition`: a set of the profile's against some keys."""

    def read(conditions: Conditions, parameters: Mapping[str, Json], at: str) -> Node:
        if conditions.is_within_element:
            raise _refused("", "not-importable", "an element of a list is in no segment or list")
        asked = {
            "propertyName": property_name,
            "propertyValues": parameters.get(parameter),
            "comparisonOperator": parameters.get("matchType"),
        }
        return conditions.compare({name: value for name, value in asked.items() if value is not None}, at)

    return read


def _is_contextual(value: Json) -> bool:
    items = value if isinstance(value, list) else [value]
    return any(isinstance(item, str) and item.startswith(_CONTEXTUAL) for item in items)


def _refused(at: str, code: str, detail: str) -> Refused:
    return Refused([Problem(at, code, detail)])


Reader = Callable[[Conditions, Mapping[str, Json], str], Node]

_TYPES: Mapping[str, Reader] = {
    "booleanCondition": Conditions.boolean,
    "notCondition": Conditions.complement,
    "matchAllCondition": Conditions.everyone,
    "idsCondition": Conditions.ids,
    "profilePropertyCondition": Conditions.compare,
    "nestedCondition": Conditions.nested,
    "profileSegmentCondition": _membership("segments", "segments"),
    "profileUserListCondition": _membership("systemProperties.lists", "lists"),
}
