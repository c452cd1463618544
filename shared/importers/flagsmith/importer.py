"""Flagsmith: segments with the meaning that its engine (`flagsmith-flag-engine`) gives them.

A rule is a whole segment (it has `rules` and no `type`), one rule (`type`) or one condition (`operator`). `extra` may
hold `key`, the segment's where the rule has neither `key` nor `id`, and `attributes`.
"""

from shared.importers.clock import now_of
from shared.importers.flagsmith.contexts import document_of
from shared.importers.flagsmith.engines import ENGINES
from shared.importers.flagsmith.rules import Segments
from shared.importers.keys import keys_of
from shared.importers.notes import Notes
from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.rules.problems import Problem, Refused

FORMAT = "flagsmith"
DIALECTS = tuple(ENGINES)
MAX_SEGMENTS = 10_000
"""Segments of one export."""


def rule(value: Json, extra: Extra, dialect: str) -> Translation:
    """A segment, a rule or a condition; raises `Refused` where `extra` cannot be read."""
    notes = Notes()
    if not isinstance(value, dict):
        return notes.translation(notes.refuse("", "wrong-type", "a segment, a rule or a condition is expected"))
    segments = Segments(extra, ENGINES[dialect], notes, value.get("key", value.get("id", extra.get("key"))))
    if "operator" in value:
        return notes.translation(segments.condition(value, ""))
    if "type" in value:
        return notes.translation(segments.rule(value, "", 1))
    return notes.translation(segments.segment(value.get("rules"), "/rules"))


def visitor(value: Json, extra: Extra, dialect: str) -> Sighting:
    """An evaluation context, or an identity with its traits; raises `Refused` where it is neither."""
    document, problems = document_of(value, extra, ENGINES[dialect])
    return Sighting(document, now_of(extra), tuple(problems))


def audiences(export: Json, extra: Extra, dialect: str) -> list[Named]:
    """The segments of an environment document, of `GET /segments/`, of an evaluation context, or a list of them.

    Raises `Refused` where it is none of these.
    """
    found = _segments(export)
    if len(found) > MAX_SEGMENTS:
        raise Refused([Problem("", "too-many-audiences", f"{len(found)} segments, the limit is {MAX_SEGMENTS}")])
    names = [str(each.get("name") or each.get("key") or "segment") for each in found]
    return [
        Named(key, name, rule(segment, extra, dialect))
        for key, name, segment in zip(keys_of(names), names, found, strict=True)
    ]


def _segments(export: Json) -> list[dict[str, Json]]:
    within = export.get("project", export) if isinstance(export, dict) else export
    found = within.get("segments", within.get("results")) if isinstance(within, dict) else within
    found = list(found.values()) if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refused([Problem("", "wrong-type", "an object with `segments`, or a list of segments, is expected")])
    return found
