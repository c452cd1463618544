"""Apache Unomi: the conditions of its segments, as its evaluator answers them for a profile in memory.

The visitor is a profile as its API gives it (`itemId`, `properties`, `systemProperties`, `segments`, `scores`); its
properties are the traits, in lower case and without accents, in which Unomi compares them. Dialects: `2` (2.x, which
reads dates by Joda), `3` (dates by its own parser, negative operators hold on missing properties).
"""

from shared.importers.attributes import Attributes
from shared.importers.clock import now_of
from shared.importers.keys import keys_of
from shared.importers.notes import Notes
from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.importers.unomi.conditions import Conditions
from shared.importers.unomi.readings import GROUPS, SCORES, SEGMENTS, SYSTEM, Profile
from shared.rules.problems import Problem, Refused

FORMAT = "unomi"
DIALECTS = ("2", "3")


def rule(value: Json, extra: Extra, dialect: str) -> Translation:
    """A condition, or a segment with one."""
    notes = Notes()
    attributes = Attributes(extra)
    conditions = Conditions(dialect, attributes.path_of, notes)
    if isinstance(value, dict) and "type" not in value and "condition" in value:
        return notes.translation(conditions.read(value["condition"], "/condition"))
    return notes.translation(conditions.read(value, ""))


def visitor(value: Json, extra: Extra, dialect: str) -> Sighting:
    """A profile; of what it lacks, the segments are none and all else is missing."""
    if not isinstance(value, dict):
        raise Refused([Problem("/visitor", "wrong-type", "a profile is expected, as an object")])
    parts = {name: value.get(name) or {} for name in ("properties", "systemProperties", "scores")}
    segments = value.get("segments") or []
    wrong = [
        Problem(f"/visitor/{name}", "wrong-type", "an object is expected")
        for name, part in parts.items()
        if not isinstance(part, dict)
    ]
    if not isinstance(segments, list) or not all(isinstance(each, str) for each in segments):
        wrong.append(Problem("/visitor/segments", "wrong-type", "a list of texts is expected"))
    if wrong:
        raise Refused(wrong)
    profile = Profile(dialect)
    read = {name: profile.members(part, f"/{name}") for name, part in parts.items()}
    attributes, document = Attributes(extra), dict[str, Json]()
    for name, member in read["properties"].items():
        if name in GROUPS:
            document.setdefault("traits", {})[name] = member
        else:
            attributes.place(document, name, member)
    traits = document.setdefault("traits", {})
    traits |= {SYSTEM: read["systemProperties"], SCORES: read["scores"]}
    traits[SEGMENTS] = profile.members({"segments": segments}, "").get("segments")
    if value.get("itemId") is not None:
        document.setdefault("visitor", {})["id"] = value["itemId"]
    return Sighting(document, now_of(extra), tuple(profile.problems))


def audiences(export: Json, extra: Extra, dialect: str) -> list[Named]:
    """Segments with their conditions: a list, or an object with `list` as the API pages them."""
    segments = export.get("list") if isinstance(export, dict) else export
    if not isinstance(segments, list) or not all(isinstance(each, dict) for each in segments):
        raise Refused([Problem("", "wrong-type", "a list of segments is expected")])
    metadata = [each.get("metadata") or {} for each in segments]
    ids = [str(each.get("id") or "segment") for each in metadata]
    return [
        Named(key, str(about.get("name") or name), rule(each, extra, dialect))
        for key, name, about, each in zip(keys_of(ids), ids, metadata, segments, strict=True)
    ]
