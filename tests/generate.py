"""Random rules and visitors that meet: seeded, plain JSON.

A world is what one image is made of: audiences by key and declared types by path. Its visitors are drawn from the
questions that its audiences ask, so that a good part of the answers is yes.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from random import Random

from tests import draws_when, draws_where, oracle, readings
from tests.draws import NEAR, TEXTS, VERSIONS, stray, twin
from tests.questions import CLOSED, ELEMENT, LISTS, OPEN, VISITOR, Questions, leaves, looked_at

UNREADABLE = (*OPEN, "geo.lat", "geo.lon", "geo.timezone", "lists")
TYPES = ("string", "number", "boolean", "datetime", "datetime", "version", "version", "list", "ip", "ip")
IDS = tuple(text for text in TEXTS if len(text) <= 256)
ABSENT = object()


@dataclass(frozen=True)
class World:
    """Audiences that are linked into one image: rules by key, the ids that override some of them, and declared types.

    `leaves` is all that the rules ask, as often as they ask it.
    """

    seed: int
    types: dict
    rules: dict
    leaves: list
    overrides: dict = field(default_factory=dict)

    @property
    def audiences(self):
        return self.rules | {key: {"rule": self.rules[key], **ids} for key, ids in self.overrides.items()}

    def visitors(self, count):
        """`count` pairs of a visitor document and a now in milliseconds, which is its `request.time` too."""
        rng = Random(f"visitors of {self.seed}")
        asked = _by_path(self.leaves)
        overridden = [each for ids in self.overrides.values() for some in ids.values() for each in some]
        return [_visitor(rng, asked, self.types, overridden) for _ in range(count)]


def world(seed, audiences=50):
    """A world of `audiences` rules; equal seeds give equal worlds."""
    rng = Random(seed)
    types = CLOSED | {path: rng.choice(TYPES) for path in OPEN if rng.random() < 0.65}
    maker = _Maker(rng, types)
    for number in range(audiences):
        maker.add(f"a{number}")
    overrides = {key: _overrides(rng) for key in maker.rules if rng.random() < 0.1}
    return World(seed, types, maker.rules, maker.leaves, overrides)


def _overrides(rng):
    names = rng.choice((("include",), ("exclude",), ("include", "exclude")))
    return {name: rng.sample(IDS, rng.randint(1, 4)) for name in names}


class _Maker:
    """Rules one after the other, each of which may repeat leaves of earlier ones and refer to them."""

    def __init__(self, rng, types):
        self.rng = rng
        self.questions = Questions(rng, types, VISITOR)
        self.rules = {}
        self.leaves = []
        self.heights = {}  # how many references deep each audience is

    def add(self, key):
        self.rules[key], self.heights[key] = self.rule(0)

    def rule(self, depth):
        draw = self.rng.random()
        if draw < (0.2, 0.5, 0.75, 1)[depth]:
            return self.leaf(), 0
        if draw < (0.3, 0.6, 0.85, 1)[depth]:
            child, height = self.rule(depth)
            return {"not": child}, height
        low = [key for key, height in self.heights.items() if height < 3]
        if low and self.rng.random() < 0.15:
            key = self.rng.choice(low)
            return {"audience": key}, self.heights[key] + 1
        parts = [self.rule(depth + 1) for _ in range(self.rng.choice((1, 2, 2, 2, 3, 4)))]
        return {self.rng.choice(("all", "any")): [part for part, _ in parts]}, max(height for _, height in parts)

    def leaf(self):
        repeated = self.leaves and self.rng.random() < 0.2
        leaf = dict(self.rng.choice(self.leaves)) if repeated else self.questions.leaf()
        self.leaves.append(leaf)
        return leaf


def _by_path(asking):
    """The questions about each path; those about a place say which part of it the path is."""
    found = {}
    for leaf in asking:
        paths = looked_at(leaf)
        for path in dict.fromkeys(paths):
            is_place = leaf.get("op") in oracle.PLACES
            part = {"part": path.rpartition(".")[2]} if is_place else {}
            found.setdefault(path, []).append({**leaf, **part})
    return found


def _visitor(rng, asked, types, overridden):
    now_ms = readings.instant(rng.choice(draws_when.NOWS)) + rng.choice((0, 0, 1, 12_345_678))
    visitor = _object(rng, VISITOR.paths, asked, types, now_ms)
    if overridden and rng.random() < 0.4:
        _put(visitor, rng.choice(("visitor.id", "visitor.anonymous_id")), rng.choice(overridden))
    _put(visitor, "request.time", draws_when.text(now_ms))
    lists = rng.choice((ABSENT, None, [], [rng.choice(LISTS)], rng.sample(LISTS, 2), ["unasked", *LISTS]))
    return visitor if lists is ABSENT else {**visitor, "lists": lists}, now_ms


def _object(rng, paths, asked, types, now_ms):
    found, drawn = {}, {}
    for path in paths:
        value = _value(rng, path, asked.get(path, ()), types, drawn, now_ms)
        if value is not ABSENT:
            drawn[path] = value
            _put(found, path, deepcopy(value))
    return found


def _put(holder, path, value):
    *parents, name = oracle.steps(path)
    for parent in parents:
        holder = holder.setdefault(parent, {})
        if not isinstance(holder, dict):
            return
    holder[name] = value


def _value(rng, path, asking, types, drawn, now_ms):
    draw = rng.random()
    if draw < 0.1:
        return ABSENT
    if draw < 0.15:
        return None
    if types.get(path) in ("ip", "version") and rng.random() < 0.2:
        return draws_where.address(rng) if types[path] == "ip" else rng.choice(VERSIONS)
    if path == "geo.timezone" and rng.random() < 0.7:
        return draws_when.zone(rng)
    leaf = rng.choice(asking) if asking and draw < 0.85 else {}
    if "other" in leaf:
        partner = leaf["other" if leaf["attribute"] == path else "attribute"]
        return twin(rng, drawn[partner]) if partner in drawn else stray(rng)
    if leaf.get("op") == "element":
        return _elements(rng, leaf["value"], now_ms)
    if "value" not in leaf:
        return stray(rng)
    return NEAR[oracle.POSITIVE.get(leaf["op"], leaf["op"])](rng, leaf, now_ms)


def _elements(rng, rule, now_ms):
    """A list of objects drawn from what a rule asks of them, and of what is passed over; seldom no list."""
    asked = _by_path(leaves(rule))
    found = [_object(rng, ELEMENT.paths, asked, {}, now_ms) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    found += [stray(rng) for _ in range(rng.choice((0, 0, 1)))]
    return found if rng.random() < 0.9 or not found else found[0]
