"""Unleash: constraints, the constraints and segments of an activation strategy, and segments.

The meaning is that of Yggdrasil, the engine that the SDK for Python embeds from version 6 on, as do other server-side
SDKs and Edge; the dialect `node` is that of the Node.js SDK, which has an evaluator of its own.
"""

from collections.abc import Mapping

from shared.importers.attributes import Attributes
from shared.importers.keys import keys_of
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of
from shared.importers.notes import Notes
from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.importers.unleash.constraints import Constraints
from shared.importers.unleash.contexts import NATURAL, Reader
from shared.importers.unleash.dialects import NODE, YGGDRASIL
from shared.rules.problems import Problem, Refused, step

FORMAT = "unleash"
DIALECTS: tuple[str, ...] = (YGGDRASIL, NODE)
MAX_SEGMENTS = 10_000

_FORMS = "a constraint, a list of them, a segment, or a strategy with `constraints` and `segments`"
_PERCENT_HINT = "write a `rollout`; its hash puts other visitors in"


def rule(value: Json, extra: Extra, dialect: str) -> Translation:
    """Constraints, all of which must hold; a segment; or a strategy, whose segments `extra["segments"]` brings.

    Raises `Refused` where `extra` cannot be read.
    """
    notes = Notes()
    reader = _Strategy(Constraints(Attributes(extra, NATURAL), notes, dialect), _by_id(extra.get("segments")), notes)
    try:
        return notes.translation(reader.whole(value))
    except Refused as refused:
        return Translation(None, problems=refused.problems)


def visitor(value: Json, extra: Extra, dialect: str) -> Sighting:
    """An Unleash context; its `currentTime` is now, else `extra["now"]`."""
    reader = Reader(Attributes(extra, NATURAL), dialect)
    reader.read(value, extra)
    return Sighting(reader.document, reader.now_ms, tuple(reader.problems))


def audiences(export: Json, extra: Extra, dialect: str) -> list[Named]:
    """The segments of a list of them, or of an object that has them under `segments`, as both of its APIs answer."""
    listed = export.get("segments") if isinstance(export, dict) else export
    segments = list(_by_id(listed, "/segments" if isinstance(export, dict) else "").values())
    names = [str(each.get("name") or each["id"]) for each in segments]
    return [
        Named(key, name, rule(segment, extra, dialect))
        for key, name, segment in zip(keys_of(names), names, segments, strict=True)
    ]


def _by_id(listed: Json, at: str = "/extra/segments") -> dict[int, dict[str, Json]]:
    """Segments by id; raises `Refused`."""
    if listed is None:
        return {}
    if not isinstance(listed, list) or len(listed) > MAX_SEGMENTS:
        raise Refused([Problem(at, "wrong-type", f"a list of at most {MAX_SEGMENTS} segments is expected")])
    known: dict[int, dict[str, Json]] = {}
    for index, segment in enumerate(listed):
        if not isinstance(segment, dict) or type(segment.get("id")) is not int:
            raise Refused([Problem(step(at, index), "wrong-type", "a segment with an `id`, an integer, is expected")])
        known[segment["id"]] = segment
    return known


class _Strategy:
    """A strategy's parts, which must all hold."""

    def __init__(self, constraints: Constraints, segments: Mapping[int, dict[str, Json]], notes: Notes) -> None:
        self._constraints = constraints
        self._segments = segments
        self._notes = notes

    def whole(self, value: Json) -> Node:
        """Any of the forms in which a rule comes; raises `Refused` for more constraints than are read."""
        if isinstance(value, list):
            return self._all(value, "")
        if isinstance(value, dict) and "contextName" in value:
            return self._constraints.node(value, "")
        if not isinstance(value, dict) or not value.keys() & {"constraints", "segments", "parameters"}:
            return self._notes.refuse("", "not-importable", f"{_FORMS} is expected")
        is_segment = "id" in value and "parameters" not in value and "segments" not in value
        return all_of(
            ALWAYS if is_segment else self._activation(value),
            self._all(value.get("constraints"), "/constraints"),
            self._named(value.get("segments"), "/segments"),
        )

    def _all(self, value: Json, at: str) -> Node:
        if value is None:
            return ALWAYS
        if not isinstance(value, list):
            return self._notes.refuse(at, "wrong-type", "a list of constraints is expected")
        return all_of(*(self._constraints.node(each, step(at, index)) for index, each in enumerate(value)))

    def _named(self, ids: Json, at: str) -> Node:
        if ids is None:
            return ALWAYS
        if not isinstance(ids, list) or any(type(each) is not int for each in ids):
            return self._notes.refuse(at, "wrong-type", "a list of ids of segments is expected")
        return all_of(*(self._segment(id_, step(at, index)) for index, id_ in enumerate(ids)))

    def _segment(self, id_: int, at: str) -> Node:
        if id_ in self._segments:
            # pointers lead to the reference: the segment itself is no part of the rule
            return self._constraints.within(at, lambda: self._all(self._segments[id_].get("constraints"), ""))
        self._notes.guard(at, "missing-segment", f"no segment `{id_}` was given: at the source nothing holds then")
        return NEVER

    def _activation(self, strategy: dict[str, Json]) -> Node:
        """What a strategy asks for beside its constraints."""
        name = strategy.get("name", "default")
        parameters = strategy.get("parameters") or {}
        if name == "default":
            return ALWAYS
        if name == "flexibleRollout" and isinstance(parameters, dict):
            return self._rollout(parameters)
        detail = f"the strategy `{name}` cannot be said"
        return self._notes.refuse("/name", "not-importable", detail, "import its constraints and segments alone")

    def _rollout(self, parameters: dict[str, Json]) -> Node:
        percent, sticky = parameters.get("rollout"), parameters.get("stickiness", "default")
        is_plain = isinstance(sticky, str) and not set(f"{sticky}{parameters.get('groupId', '')}") & {'"', "\\"}
        if percent == "0" and is_plain:
            return NEVER
        if percent == "100" and is_plain:
            return ALWAYS if sticky in ("default", "random") else self._constraints.present(sticky)
        detail = f"a rollout of `{percent}` by `{sticky}` cannot be said: the source's hash is another"
        return self._notes.refuse("/parameters/rollout", "not-importable", detail, _PERCENT_HINT)
