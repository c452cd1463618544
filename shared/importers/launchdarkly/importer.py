"""LaunchDarkly: segments and the clauses of flag rules, with the meaning that its Python server SDK gives them.

A rule is a whole segment (it has a `key`), one rule of a segment or flag (`clauses`, perhaps `weight`), a list of
clauses, or one clause. `extra` may hold `segments` by key, `key` and `salt` of the segment whose rule it is,
`bigSegments` (by the key of a context, what its store answers) and `attributes`. What a flag serves is not looked at.
"""

from shared.importers.clock import now_of
from shared.importers.keys import keys_of
from shared.importers.launchdarkly.contexts import USER, document_of
from shared.importers.launchdarkly.segments import Segments, list_names
from shared.importers.nodes import Node
from shared.importers.notes import Notes
from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.rules.problems import Problem, Refused

FORMAT = "launchdarkly"
DIALECTS = ("python",)
MAX_SEGMENTS = 10_000
"""Segments of one export."""


def rule(value: Json, extra: Extra, dialect: str) -> Translation:  # noqa: ARG001  # there is one dialect
    """A segment, a rule, a list of clauses or one clause; raises `Refused` where `extra` cannot be read."""
    notes = Notes()
    return notes.translation(_node(value, extra, Segments(extra, notes), notes))


def _node(value: Json, extra: Extra, segments: Segments, notes: Notes) -> Node:
    if isinstance(value, list):
        return segments.clauses(value, "")
    if not isinstance(value, dict):
        return notes.refuse("", "wrong-type", "a segment, a rule, a list of clauses or a clause is expected")
    if "clauses" in value:
        return segments.rule(value, "", extra.get("key"), extra.get("salt"))
    return segments.clause(value, "") if "op" in value else segments.segment(value, "")


def visitor(value: Json, extra: Extra, dialect: str) -> Sighting:  # noqa: ARG001  # there is one dialect
    """A context of one kind or several, as `Context.from_dict` takes it; raises `Refused` where it is none."""
    document, problems = document_of(value, extra)
    lists = _lists(value, extra)
    if lists:
        document["lists"] = lists
    return Sighting(document, now_of(extra), tuple(problems))


def audiences(export: Json, extra: Extra, dialect: str) -> list[Named]:  # noqa: ARG001  # there is one dialect
    """The segments of `GET /segments/{project}/{environment}`, of a data file, or a list of them.

    Raises `Refused` where it is none of these.
    """
    found = export.get("items", export.get("segments")) if isinstance(export, dict) else export
    found = list(found.values()) if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refused(
            [Problem("", "wrong-type", "an object with `items` or `segments`, or a list of segments, is expected")]
        )
    if len(found) > MAX_SEGMENTS:
        raise Refused([Problem("", "too-many-audiences", f"{len(found)} segments, the limit is {MAX_SEGMENTS}")])
    known = {each["key"]: each for each in found if isinstance(each.get("key"), str)}
    keys = keys_of(str(each.get("key") or "segment") for each in found)
    return [
        Named(
            key, str(each.get("name") or each.get("key") or key), _translation(each, {"segments": known} | dict(extra))
        )
        for key, each in zip(keys, found, strict=True)
    ]


def _translation(segment: dict[str, Json], extra: Extra) -> Translation:
    """One segment of an export, in which a salt may not be left out."""
    notes = Notes()
    return notes.translation(Segments(extra, notes, salt=None).segment(segment, ""))


def _lists(context: Json, extra: Extra) -> list[str]:
    """The lists of a visitor: what the store of big segments says of the key of its `user` context."""
    stored = extra.get("bigSegments") or {}
    user = context if context.get("kind") != "multi" else context.get(USER) or {}
    key = user.get("key") if user.get("kind", USER) == USER else None
    memberships = stored.get(key) if isinstance(stored, dict) and isinstance(key, str) else None
    if not isinstance(memberships, dict):
        return []
    lists = []
    for reference, is_member in memberships.items():
        members, excluded = list_names(reference)
        lists.append(members if is_member else excluded)
    return lists
