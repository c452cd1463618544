"""Optimizely Feature Experimentation: audiences and the audience conditions of experiments and rollout rules.

At the source a condition is true, false or *unknown* (a missing attribute, a value of another type), `and`, `or` and
`not` are Kleene's, and whoever's audience is unknown is not in it. This language is two-valued, so each node becomes
two rules, one that holds where it is true and one that holds where it is false; what is unknown is in neither.
"""

from collections.abc import Mapping

import msgspec

from shared.importers.attributes import Attributes
from shared.importers.clock import now_of
from shared.importers.keys import keys_of
from shared.importers.nodes import ALWAYS, all_of, any_of
from shared.importers.notes import Notes
from shared.importers.optimizely.conditions import JAVASCRIPT, PYTHON, SEGMENTS, UNKNOWN, Conditions, Ternary
from shared.importers.optimizely.visitors import Reader
from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.rules.problems import Problem, Refused, step

FORMAT = "optimizely"
DIALECTS: tuple[str, ...] = (PYTHON, JAVASCRIPT)
MAX_AUDIENCES = 10_000
MAX_DEPTH = 32  # nested lists, those of an audience that a list of ids names included
MAX_NODES = 4_096  # conditions and lists of one rule, those of an audience counted each time that it is named

_NATURAL = {SEGMENTS: "traits.qualified_segments"}
_FORMS = "a list of conditions, an audience, or an object with `audienceConditions` or `audienceIds`"


def rule(value: Json, extra: Extra, dialect: str) -> Translation:
    """Conditions (as JSON or as text), an audience, or the audiences of an experiment; `extra` brings those it names.

    `extra`: `audiences` and `typedAudiences` as in a datafile. Raises `Refused` where they cannot be read.
    """
    notes = Notes()
    reader = _Conditions(Attributes(extra, _NATURAL), _by_id(extra), notes, dialect)
    try:
        return notes.translation(reader.whole(value).holds)
    except Refused as refused:
        return Translation(None, problems=refused.problems)


def visitor(value: Json, extra: Extra, dialect: str) -> Sighting:  # noqa: ARG001  # both SDKs take one alike
    """A user context `{"userId", "attributes", "qualifiedSegments"}`, or the attributes alone."""
    reader = Reader(Attributes(extra, _NATURAL))
    reader.read(value)
    return Sighting(reader.document, now_of(extra), tuple(reader.problems))


def audiences(export: Json, extra: Extra, dialect: str) -> list[Named]:
    """The audiences of a datafile, or of a list of them; typed ones go before others of the same id."""
    listed = {"audiences": export} if isinstance(export, list) else export
    if not isinstance(listed, dict):
        raise Refused([Problem("", "wrong-type", "a datafile or a list of audiences is expected")])
    known = _by_id(listed)
    names = [str(each.get("name") or id_) for id_, each in known.items()]
    together = {**extra, "audiences": list(known.values()), "typedAudiences": []}
    return [
        Named(key, name, rule(audience, together, dialect))
        for key, name, audience in zip(keys_of(names), names, known.values(), strict=True)
    ]


def _by_id(extra: Extra) -> dict[str, dict[str, Json]]:
    """Audiences by id, those of `typedAudiences` in place of others; raises `Refused`."""
    known: dict[str, dict[str, Json]] = {}
    for field in ("audiences", "typedAudiences"):
        listed, at = extra.get(field) or [], f"/extra/{field}"
        if not isinstance(listed, list) or len(listed) > MAX_AUDIENCES:
            raise Refused([Problem(at, "wrong-type", f"a list of at most {MAX_AUDIENCES} audiences is expected")])
        for index, audience in enumerate(listed):
            if not isinstance(audience, dict) or not isinstance(audience.get("id"), str):
                raise Refused([Problem(step(at, index), "wrong-type", "an audience with an `id`, a text, is expected")])
            known[audience["id"]] = audience
    return known


class _Conditions:
    """The trees of conditions, and of the audiences that they name."""

    def __init__(
        self, attributes: Attributes, known: Mapping[str, dict[str, Json]], notes: Notes, dialect: str
    ) -> None:
        self._leaves = Conditions(attributes, notes, dialect)
        self._known = known
        self._drops_first = dialect == JAVASCRIPT
        self._count = 0
        self._notes = notes

    def whole(self, value: Json) -> Ternary:
        """Any of the forms in which a rule comes; raises `Refused` for more than `MAX_NODES`."""
        if isinstance(value, dict) and ("audienceConditions" in value or "audienceIds" in value):
            field = "audienceIds" if value.get("audienceConditions") is None else "audienceConditions"
            return self._of_experiment(value.get(field), f"/{field}")
        if isinstance(value, dict) and "conditions" in value:
            return self._conditions(value["conditions"], "/conditions")
        if isinstance(value, list) and _names_audiences(value):
            return self._tree(value, "", 0, of_audiences=True)
        if isinstance(value, list | str | dict):
            return self._conditions(value, "")
        return self._refuse("", f"{_FORMS} is expected")

    def _of_experiment(self, value: Json, at: str) -> Ternary:
        if value is None or value == []:
            return Ternary(ALWAYS, UNKNOWN.fails)  # an experiment without audiences is for everyone
        return self._tree(value, at, 0, of_audiences=True)

    def _conditions(self, value: Json, at: str, depth: int = 0) -> Ternary:
        """An audience's own conditions, which older datafiles hold as text."""
        if isinstance(value, str):
            try:
                value = msgspec.json.decode(value)
            except ValueError:
                return self._refuse(at, "the text is no JSON")
        return self._tree(value, at, depth, of_audiences=False)

    def _tree(self, value: Json, at: str, depth: int, *, of_audiences: bool) -> Ternary:
        self._count += 1
        if self._count > MAX_NODES:
            raise Refused([Problem("", "too-many-conditions", f"more than {MAX_NODES} conditions and lists")])
        if depth > MAX_DEPTH:
            return self._refuse(at, f"conditions are nested deeper than {MAX_DEPTH}")
        if isinstance(value, list):
            return self._group(value, at, depth, of_audiences=of_audiences)
        if of_audiences and isinstance(value, str):
            return self._audience(value, at, depth)
        if not of_audiences and isinstance(value, dict):
            return self._leaves.leaf(value, at)
        return self._refuse(at, "an audience's id is expected" if of_audiences else "a condition is expected")

    def _group(self, items: list[Json], at: str, depth: int, *, of_audiences: bool) -> Ternary:
        if not items:
            return self._refuse(at, "the list is empty, which the source cannot evaluate")
        name, first = self._operator(items)
        if name == "not":
            items = items[:2]  # the source looks at the first one alone
        parts = [
            self._tree(item, step(at, first + index), depth + 1, of_audiences=of_audiences)
            for index, item in enumerate(items[first:])
        ]
        holds, fails = [part.holds for part in parts], [part.fails for part in parts]
        if name == "and":
            return Ternary(all_of(*holds), any_of(*fails))
        if name == "not":
            return Ternary(fails[0], holds[0]) if parts else UNKNOWN
        return Ternary(any_of(*holds), all_of(*fails))

    def _operator(self, items: list[Json]) -> tuple[str, int]:
        """What a list begins with, and where its conditions begin; without an operator it is an `or`.

        JavaScript's SDK then passes over the first condition, unless that is an audience's id.
        """
        first = items[0]
        if isinstance(first, str):
            return (first, 1) if first in ("and", "or", "not") else ("or", 0)
        return "or", 1 if self._drops_first else 0

    def _audience(self, id_: str, at: str, depth: int) -> Ternary:
        audience = self._known.get(id_)
        if audience is None:
            self._notes.guard(at, "unknown-audience", f"no audience `{id_}` was given: at the source it is unknown")
            return UNKNOWN
        return self._conditions(audience.get("conditions"), at, depth + 1)

    def _refuse(self, at: str, detail: str) -> Ternary:
        node = self._notes.refuse(at, "not-importable", detail)
        return Ternary(node, node)


def _names_audiences(items: list[Json]) -> bool:
    """Whether the first leaf is an audience's id."""
    for item in items:
        if isinstance(item, list):
            return _names_audiences(item)
        if item not in ("and", "or", "not"):
            return isinstance(item, str)
    return False
