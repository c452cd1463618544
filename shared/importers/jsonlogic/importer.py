"""JsonLogic (jsonlogic.com): its rules as json-logic-js evaluates them, where they are conditions on the data.

The data are the traits, nested objects as nested traits. `extra`: `attributes` maps dotted names to paths, `kinds`
promises of names that they hold one kind (or are missing), which keeps conditions on readings out of the rule.
"""

from shared.importers.clock import now_of
from shared.importers.jsonlogic.comparisons import COMPARISONS
from shared.importers.jsonlogic.lists import OPERATIONS
from shared.importers.jsonlogic.rules import Findings, Reader
from shared.importers.jsonlogic.scopes import Sources, sources
from shared.importers.jsonlogic.variables import kind_of
from shared.importers.keys import keys_of
from shared.importers.nodes import ALWAYS, all_of, closed
from shared.importers.readings import with_readings
from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.rules.problems import Problem, Refused, step

FORMAT = "jsonlogic"
DIALECTS = ("json-logic-js",)


def rule(value: Json, extra: Extra, dialect: str) -> Translation:  # noqa: ARG001  # there is one dialect
    """A JsonLogic rule, which holds where its result is truthy by JsonLogic's own reading (an empty list is not)."""
    return translated(value, sources(extra))


def translated(value: Json, scope: Sources) -> Translation:
    """A rule whose variables are these."""
    findings = Findings([], [], [])
    try:
        node = Reader(scope, {**OPERATIONS, **COMPARISONS}, findings).truth(value, "")
    except Refused as refused:
        findings.problems.extend(refused.problems)
    if findings.problems:
        return Translation(None, problems=tuple(dict.fromkeys(findings.problems)))
    assumes = all_of(*(findings.assumptions or ()))
    return Translation(
        closed(node), tuple(dict.fromkeys(findings.guards)), assumes=None if assumes == ALWAYS else assumes
    )


def visitor(value: Json, extra: Extra, dialect: str) -> Sighting:  # noqa: ARG001  # there is one dialect
    """The data that a rule is applied to: an object, or null for none."""
    return sighted({} if value is None else value, sources(extra), extra)


def sighted(data: Json, names: Sources, extra: Extra) -> Sighting:
    """The document of an object of data, with what JavaScript reads out of its values."""
    if not isinstance(data, dict):
        raise Refused([Problem("/visitor", "wrong-type", "the data are an object of values by name")])
    problems: list[Problem] = []
    document: dict[str, Json] = {}
    for name, member in with_readings(data, "", problems).items():
        names.attributes.place(document, name, member)
    for name in sorted(names.mapped - data.keys()):
        found = _find(data, name)
        if found is not None:
            names.attributes.place(document, name, found)
    problems += _wrong_kinds(data, names)
    return Sighting(document, now_of(extra), tuple(problems))


def audiences(export: Json, extra: Extra, dialect: str) -> list[Named]:
    """Rules by name, as `{"name": rule}`; JsonLogic itself has no form for many."""
    if not isinstance(export, dict):
        raise Refused([Problem("", "wrong-type", "an object of rules by key is expected")])
    keys = keys_of(export)
    return [Named(key, name, rule(export[name], extra, dialect)) for key, name in zip(keys, export, strict=True)]


def _find(data: Json, name: str) -> Json:
    for each in name.split("."):
        data = data.get(each) if isinstance(data, dict) else None
    return data


def _wrong_kinds(data: dict[str, Json], names: Sources) -> list[Problem]:
    """Values of another kind than `extra`, or the type of the path that they are mapped to, lets a rule expect."""
    problems = []
    for name in sorted({*names.kinds, *names.mapped}):
        value = _find(data, name)
        expected = names.kinds_of(name, names.path_of(name))
        if kind_of(value) not in expected:
            kind = ", ".join(sorted(expected - {"null"}))
            problems.append(Problem(step("", name), "wrong-type", f"`{name}` is expected to be a {kind}"))
    return problems
