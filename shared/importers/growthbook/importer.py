"""GrowthBook: targeting conditions and saved groups, with the meaning of its SDKs.

Read from `mongrule.ts` of the JavaScript SDK 1.8 and `core.py` of the Python SDK 4.0. They differ: JavaScript converts
kinds before it compares, Python does not.
"""

from collections.abc import Iterator

import msgspec

from shared.importers.clock import now_of
from shared.importers.growthbook import conditions
from shared.importers.growthbook.kinds import kind_of
from shared.importers.growthbook.state import JAVASCRIPT, NATURAL, PYTHON, Schema, State, groups_of
from shared.importers.javascript import OBJECT_NAMES
from shared.importers.keys import keys_of
from shared.importers.nodes import all_of
from shared.importers.notes import Notes
from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.rules.problems import Problem, Refused, step

FORMAT = "growthbook"
DIALECTS = (JAVASCRIPT, PYTHON)
MAX_GROUPS = 10_000
"""Saved groups of one export."""


def rule(value: Json, extra: Extra, dialect: str) -> Translation:
    """One condition. `extra`: `savedGroups` as the SDKs take them, `attributeSchema`, `attributes`."""
    state = State(dialect, Notes(), groups_of(extra), Schema(extra), [])
    node = conditions.read(value, "", state)
    translation = state.notes.translation(node)
    if translation.rule is None or not state.assumptions:
        return translation
    return msgspec.structs.replace(translation, assumes=all_of(*state.assumptions))


def visitor(value: Json, extra: Extra, dialect: str) -> Sighting:
    """One visitor: the SDK's attributes. Lists with a null, and in `js` with a list, are not taken."""
    if not isinstance(value, dict):
        raise Refused([Problem("/visitor", "wrong-type", "an object of attributes is expected")])
    schema = Schema(extra)
    document: dict[str, Json] = {}
    problems: list[Problem] = []
    for name, each in value.items():
        at = step("", name)
        problems += _problems_of(each, at, dialect)
        problems += _name_problems(name, at, dialect)
        subject = schema.subject(name)
        if kind_of(each) not in subject.kinds:
            detail = f"`{name}` is a {kind_of(each)}, which it cannot be by its declared type"
            hint = f"map it to a trait, as `traits.{name}`" if name in NATURAL else None
            problems.append(Problem(at, "wrong-kind", detail, hint))
        elif isinstance(each, list):
            problems += _element_problems(each, at, subject.elements)
        if each is not None:
            schema.attributes.place(document, name, each)
    return Sighting(document, now_of(extra), tuple(problems))


def audiences(export: Json, extra: Extra, dialect: str) -> list[Named]:
    """The saved groups of an export: `savedGroups` of the API (a list) or of an SDK's payload (an object).

    `attributes` of the API beside them are taken for `attributeSchema`. Raises `Refused` where it is none of these.
    """
    listed, payload = _groups(export)
    if len(listed) > MAX_GROUPS:
        detail = f"{len(listed)} saved groups, the limit is {MAX_GROUPS}"
        raise Refused([Problem("/savedGroups", "too-many-audiences", detail)])
    schema = export.get("attributes") if isinstance(export, dict) else None
    known = {**extra, "savedGroups": payload} | ({"attributeSchema": schema} if isinstance(schema, list) else {})
    return [
        Named(key, name, _group_translation(identity, known, dialect))
        for key, (identity, name) in zip(keys_of(identity for identity, _ in listed), listed, strict=True)
    ]


def _group_translation(identity: str, extra: Extra, dialect: str) -> Translation:
    if isinstance(extra["savedGroups"][identity], list):
        detail = "a bare list of values names no attribute"
        return Translation(None, problems=(Problem("", "malformed", detail, "export the groups by the API"),))
    return rule({"$savedGroup": {"id": identity}}, extra, dialect)


def _groups(export: Json) -> tuple[list[tuple[str, str]], dict[str, Json]]:
    """(id and name of each group in order, the payload of the SDKs)."""
    groups = export.get("savedGroups") if isinstance(export, dict) else export
    if isinstance(groups, dict):
        return [(identity, identity) for identity in groups], groups
    if not isinstance(groups, list):
        raise Refused([Problem("", "wrong-type", "an object with `savedGroups` is expected")])
    wrong = [
        Problem(step("/savedGroups", index), "wrong-type", "a saved group with an `id` is expected")
        for index, each in enumerate(groups)
        if not (isinstance(each, dict) and isinstance(each.get("id"), str))
    ]
    if wrong:
        raise Refused(wrong)
    listed = [(each["id"], str(each.get("name") or each["id"])) for each in groups]
    return listed, {each["id"]: _entry(each) for each in groups}


def _entry(group: dict[str, Json]) -> Json:
    """A group of the API as the SDKs have it: its condition decoded, the groups that it names as `$savedGroup`."""
    if group.get("type") != "condition":
        return {"type": "list", "attributeKey": group.get("attributeKey"), "values": group.get("values")}
    written = group.get("condition")
    try:
        condition = msgspec.json.decode(written) if isinstance(written, str) else written
    except msgspec.DecodeError:
        condition = None
    return {"type": "condition", "condition": _resolved(condition)}


def _resolved(condition: Json) -> Json:
    """`$savedGroups`, which the server writes out for the SDKs, as the conjunction that it stands for."""
    if isinstance(condition, list):
        return [_resolved(item) for item in condition]
    if not isinstance(condition, dict):
        return condition
    rest = {name: _resolved(each) for name, each in condition.items() if name != "$savedGroups"}
    if "$savedGroups" not in condition:
        return rest
    named = condition["$savedGroups"]
    ids = named if isinstance(named, list) else [named]
    return {"$and": [rest, *({"$savedGroup": {"id": identity}} for identity in ids)]}


def _problems_of(value: Json, at: str, dialect: str) -> Iterator[Problem]:
    """What the SDK's language and this one read differently, whatever is asked: within lists, and names."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _name_problems(name, step(at, name), dialect)
            yield from _problems_of(each, step(at, name), dialect)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            if each is None or (isinstance(each, list) and dialect == JAVASCRIPT):
                yield Problem(step(at, index), "odd-element", "a list holds a null or a list", "leave it out")
            yield from _problems_of(each, step(at, index), dialect)


def _name_problems(name: str, at: str, dialect: str) -> Iterator[Problem]:
    if dialect == JAVASCRIPT and name in OBJECT_NAMES:
        yield Problem(at, "odd-name", f"`{name}` is found in every object of JavaScript", "rename the attribute")


def _element_problems(values: list[Json], at: str, kinds: frozenset[str]) -> Iterator[Problem]:
    for index, each in enumerate(values):
        if kind_of(each) not in kinds | {"missing", "list"}:
            yield Problem(step(at, index), "wrong-kind", f"a {kind_of(each)} is no element of its declared type")
