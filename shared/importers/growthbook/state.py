"""What the reading of one GrowthBook condition carries along: names, saved groups, guards, problems, assumptions."""

from collections.abc import Mapping

import msgspec

from shared.importers.attributes import Attributes
from shared.importers.growthbook.kinds import KINDS, SCALARS, Subject
from shared.importers.javascript import OBJECT_NAMES, SCALAR_NAMES
from shared.importers.nodes import ALWAYS, Node, all_of, condition, is_list, negation
from shared.importers.notes import Notes
from shared.importers.translation import Extra, Json
from shared.rules.catalogue import Path, declared
from shared.rules.kinds import Type
from shared.rules.problems import Problem, Refused, step

JAVASCRIPT, PYTHON = "js", "python"
NATURAL = {"id": "visitor.id"}

_BUILT_IN = {Type.STRING: "string", Type.NUMBER: "number", Type.BOOLEAN: "boolean"}
_DATATYPES = {
    **dict.fromkeys(("string", "enum", "secureString"), "string"),
    "number": "number",
    "boolean": "boolean",
    **dict.fromkeys(("string[]", "secureString[]", "number[]", "secureNumber[]"), "list"),
}
_GUARDS = {
    "loose-equality": 'the source converts before it compares: `5`, `"5"` and `[5]` can be one value to it',
    "missing-is-zero": "the source orders a missing value as 0",
    "numeral": "the source orders a string by the number that it reads as",
    "text-order": "the source orders strings by their characters, which is written as a pattern here",
    "text-of-value": "the source searches the text of every value; a missing one is `null`",
    "list-in": "on a list the source asks whether it has one of the values",
    "lower-case": "the source compares in lower case, not by Unicode's case folding",
    "unknown-group": "the source has no such saved group, and takes nobody to be in it",
    "padded-version": "the source orders versions by a padded text; the same holds for `1.2.3` and `1.2.3-rc.1`",
}
"""By code, what a rule would miss that took over the condition word by word."""


class Schema:
    """Paths and kinds of the attributes: `extra["attributes"]` names paths, `extra["attributeSchema"]` datatypes.

    The schema is the list that GrowthBook's API answers: objects with `property` and `datatype`.
    """

    def __init__(self, extra: Extra) -> None:
        self.attributes = Attributes(extra, NATURAL)
        self._datatypes = _datatypes(extra.get("attributeSchema"))

    def subject(self, name: str) -> Subject:
        """An attribute of the visitor."""
        path = self.attributes.path_of(name)
        datatype = self._datatypes.get(name)
        kind = _BUILT_IN.get(declared(path, {})) or _DATATYPES.get(datatype or "")
        elements = SCALARS | {"object"}
        if kind == "list" and datatype:
            elements = frozenset(("number" if "umber" in datatype else "string",))
        return Subject(path, frozenset(("missing", kind)) if kind else frozenset(KINDS), elements)

    def is_converted(self, path: Path) -> bool:
        """Whether this language reads the values at a path as something that GrowthBook has not, as an instant."""
        found = declared(path, {})
        return found is not Type.UNDECLARED and found not in _BUILT_IN


class State(msgspec.Struct):
    """One reading. schema: None within an element of a list, where every name stands for itself."""

    dialect: str
    notes: Notes
    groups: Mapping[str, Json] | None
    schema: Schema | None
    assumptions: list[Node] = []

    def guard(self, at: str, code: str) -> None:
        """Note that the rule says more than the condition, and why."""
        self.notes.guard(at, code, _GUARDS[code])

    def assume(self, node: Node) -> None:
        """The rule is exact where this holds."""
        if node != ALWAYS and node not in self.assumptions:
            self.assumptions.append(node)

    def assume_no(self, kind: str, subject: Subject, node: Node) -> None:
        """The rule is exact where `node` does not hold, which says something of values of one kind."""
        if kind in subject.kinds:
            self.assume(negation(node))

    def within_element(self) -> "State":
        """The reading of a condition on an element, which assumes for itself."""
        return State(self.dialect, self.notes, self.groups, None, [])

    def leave_element(self, within: "State", path: Path) -> None:
        """What the elements' conditions assume, of every element."""
        if within.assumptions:
            self.assume(negation(condition(path, "element", negation(all_of(*within.assumptions)))))

    def subject(self, name: str, at: str) -> Subject | None:
        """What a dotted name of a condition looks at; None with a problem where that cannot be said."""
        steps = tuple(name.split("."))
        if "" in steps:
            self.notes.refuse(at, "bad-path", f"`{name}` has an empty name between its dots")
            return None
        if self.dialect == JAVASCRIPT and not OBJECT_NAMES.isdisjoint(steps):
            self.notes.refuse(at, "not-importable", f"`{name}` is found in every object of JavaScript")
            return None
        first = Subject(steps[:1]) if self.schema is None else self.schema.subject(steps[0])
        if self.schema is not None and self.schema.is_converted(first.path):
            detail = f"`{name}` stands where this language converts values"
            self.notes.refuse(at, "not-importable", detail, "map it to a trait")
            return None
        self._assume_no_lists(first.path, steps[1:])
        return first if len(steps) == 1 else Subject(first.path + steps[1:])

    def _assume_no_lists(self, path: Path, steps: Path) -> None:
        """A list on the way has indexes, a length and methods to the source, and is missing here."""
        for each in steps:
            if each.isdigit() or each == "length" or (self.dialect == JAVASCRIPT and each in SCALAR_NAMES):
                self.assume(negation(is_list(path)))
            path = (*path, each)


def groups_of(extra: Extra) -> Mapping[str, Json] | None:
    """`extra["savedGroups"]` as the SDKs take it; raises `Refused` where it is no object."""
    groups = extra.get("savedGroups")
    if groups is not None and not isinstance(groups, dict):
        hint = "give the payload of the SDK: ids to values"
        raise Refused([Problem("/extra/savedGroups", "wrong-type", "an object of saved groups is expected", hint)])
    return groups


def _datatypes(schema: Json) -> Mapping[str, str]:
    if schema is None:
        return {}
    at = "/extra/attributeSchema"
    if not isinstance(schema, list):
        raise Refused([Problem(at, "wrong-type", "a list of attributes is expected")])
    wrong = [
        Problem(step(at, index), "wrong-type", "an object with `property` and `datatype` is expected")
        for index, each in enumerate(schema)
        if not (isinstance(each, dict) and all(isinstance(each.get(n), str) for n in ("property", "datatype")))
    ]
    if wrong:
        raise Refused(wrong)
    return {each["property"]: each["datatype"] for each in schema}
