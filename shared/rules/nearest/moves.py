"""Moves: what a visitor's data could be so that one leaf of a rule would say something else.

One table, by positive operator, says where the edges of each question lie. What can be moved by no data of the visitor:
the time, which passes by itself, who he is, and where a rollout has put him.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any as Json

import msgspec

from shared.rules.catalogue import Path
from shared.rules.instants import to_text
from shared.rules.kinds import Kind, Type
from shared.rules.model import Condition, Listed, Operand, Schedule
from shared.rules.nearest import edges, edges_place, edges_time, edges_version
from shared.rules.nearest.edges import Asked
from shared.rules.nearest.supposing import NOW, Puts, supposed
from shared.rules.operators import OPERATORS, prepare
from shared.rules.pairs import find
from shared.rules.places import place
from shared.rules.problems import Refused
from shared.rules.questions import LISTS, ZONE, Asking, place_paths
from shared.rules.windows import VISITOR
from shared.rules.witness import Visit

FIXED: frozenset[Path] = frozenset({NOW, ("visitor", "id"), ("visitor", "anonymous_id")})
"""What is not moved: another id would be another visitor."""

_MIRRORED = {"gt": "lt", "gte": "lte", "before": "after", "version_gt": "version_lt", "version_gte": "version_lte"}
_MIRRORED |= {other: name for name, other in _MIRRORED.items()} | {"eq": "eq", "version_eq": "version_eq"}
"""What the second attribute is asked where the first is asked this: a < b is b > a."""


def moves(node: Asking, visit: Visit) -> Iterator[Puts]:
    """What could be put so that the leaf says otherwise, each to be tried; of `element` see plans.py."""
    match node:
        case Condition() if OPERATORS[node.op].takes_place:
            yield from _of_place(node, visit)
        case Condition() if node.other is not None:
            yield from _of_two(node, node.other, visit)
        case Condition():
            yield from _of_one(node, visit)
        case Listed(key):
            keys = find(visit.document, LISTS) or []
            yield {LISTS: [*keys, key] if key not in keys else [each for each in keys if each != key]}
        case Schedule() if node.timezone == VISITOR:
            yield {ZONE: "UTC"}
        case _:
            return


def _of_one(condition: Condition, visit: Visit) -> Iterator[Puts]:
    path = condition.attribute
    asked = Asked(condition, visit.read(path), visit.types.get(path, Type.UNDECLARED), visit.now_ms)
    yield from ({path: value} for value in _EDGES[OPERATORS[condition.op].positive](asked))
    yield {path: None}


def _of_two(condition: Condition, other: Path, visit: Visit) -> Iterator[Puts]:
    """Either attribute is moved as if the other's value were written in the rule, or both to what an example asks."""
    positive = OPERATORS[condition.op].positive
    yield from _as_written(condition, condition.attribute, positive, other, visit)
    if positive in _MIRRORED:
        yield from _as_written(condition, other, _MIRRORED[positive], condition.attribute, visit)
    for example in (1, "known", "1.0.0", to_text(visit.now_ms), ["known"]):
        put = {other: example}
        found = _as_written(condition, condition.attribute, positive, other, supposed(visit, put))
        yield from ({**put, **more} for more in found)
    yield from ({path: None} for path in (condition.attribute, other))


def _as_written(condition: Condition, path: Path, op: str, against: Path, visit: Visit) -> Iterator[Puts]:
    value = _written(visit, against)
    written = msgspec.structs.replace(condition, attribute=path, op=op, value=value, other=None, missing_matches=False)
    try:
        prepare(written)
    except Refused:
        return
    asked = Asked(written, visit.read(path), visit.types.get(path, Type.UNDECLARED), visit.now_ms)
    yield from ({path: found} for found in _EDGES[op](asked))


def _written(visit: Visit, path: Path) -> Operand:
    """A visitor's value as a rule would say it."""
    kind, value = visit.read(path)
    if kind is Kind.INSTANT:
        return to_text(value)
    if kind in (Kind.VERSION, Kind.IP):
        value = find(visit.document, path)
    return tuple(value) if isinstance(value, list) else value


def _of_place(condition: Condition, visit: Visit) -> Iterator[Puts]:
    latitude, longitude = place_paths(condition.attribute)
    at = place(visit.read(latitude), visit.read(longitude))
    asked = Asked(condition, (Kind.MISSING, None), Type.OBJECT, visit.now_ms)
    yield from ({latitude: found[0], longitude: found[1]} for found in edges_place.place(asked, at))
    yield {latitude: None, longitude: None}


_Edge = Callable[[Asked], Iterator[Json]]

_EDGES: Mapping[str, _Edge] = {
    "exists": edges.known,
    **dict.fromkeys(("eq", "in"), edges.equal),
    "contains": edges.text(lambda text, part: text + part, lambda text, part: text.replace(part, "")),
    "starts_with": edges.text(lambda text, part: part + text, str.removeprefix),
    "ends_with": edges.text(lambda text, part: text + part, str.removesuffix),
    "under": edges.under,
    "matches": edges.pattern,
    **dict.fromkeys(("gt", "gte", "lt", "lte", "between"), edges.threshold),
    "mod": edges.remainder,
    **dict.fromkeys(("before", "after", "during", "on"), edges_time.instant),
    **dict.fromkeys(("within_last", "older_than", "within_next", "further_than"), edges_time.relative),
    "anniversary_within": edges_time.anniversary,
    **dict.fromkeys(("version_eq", "version_gt", "version_gte", "version_lt", "version_lte"), edges_version.threshold),
    "version_satisfies": edges_version.satisfies,
    "has_any": edges.any_of,
    "has_all": edges.all_of,
    "size": edges.size,
    "in_cidr": edges_place.network,
}
