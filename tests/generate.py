"""Random rules and visitors that meet: seeded, plain JSON.

A world is what one image is made of: audiences by key and declared types by path. Its visitors are drawn from the
questions that its audiences ask, so that a good part of the answers is yes.
"""

from copy import deepcopy
from dataclasses import dataclass
from random import Random

from tests import oracle, readings
from tests.draws import COMPARED, FOLDED, NEAR, NOWS, OPERANDS, stray, twin

PATHS = (
    "traits.plan",
    "traits.ltv",
    "traits.at",
    "traits.tags",
    "traits.version",
    "traits.address",
    "traits.address.city",
    "traits.address.zip\\.code",
    "traits.caf\u00e9",
    "groups.account.seats",
    "groups.account.since",
    "page.query.ref",
    "request.cookies.v",
    "request.headers.x-app",
)
TYPES = ("string", "number", "boolean", "datetime", "datetime", "version", "version", "list")
FITTING = {
    "boolean": ("eq", "neq", "in", "not_in"),
    "number": ("eq", "neq", "in", "not_in", "gt", "gte", "lt", "lte", "between", "mod"),
    "datetime": ("before", "after", "during", "on", "within_last", "older_than", "within_next", "further_than"),
    "version": tuple(name for name in oracle.OPERATORS if name.startswith("version_")),
    "list": ("has_any", "has_all", "has_none", "size"),
}
NAMES = (*oracle.OPERATORS, *oracle.POSITIVE)
ABSENT = object()


@dataclass(frozen=True)
class World:
    """Audiences that are linked into one image: rules by key, declared types by path, all their conditions."""

    seed: int
    types: dict
    rules: dict
    conditions: list

    def visitors(self, count):
        """`count` pairs of a visitor document and a now in milliseconds."""
        rng = Random(f"visitors of {self.seed}")
        asked = {}
        for condition in self.conditions:
            for path in {condition["attribute"], condition.get("other")} - {None}:
                asked.setdefault(path, []).append(condition)
        return [_visitor(rng, asked) for _ in range(count)]


def world(seed, audiences=50):
    """A world of `audiences` rules; equal seeds give equal worlds."""
    rng = Random(seed)
    types = {path: rng.choice(TYPES) for path in PATHS if rng.random() < 0.65}
    maker = _Maker(rng, types)
    for number in range(audiences):
        maker.add(f"a{number}")
    return World(seed, types, maker.rules, maker.conditions)


class _Maker:
    """Rules one after the other, each of which may repeat conditions of earlier ones and refer to them.

    Some worlds ask little of few attributes, others everything of all: what an attribute is not asked matters too.
    """

    def __init__(self, rng, types):
        self.rng = rng
        self.types = types
        self.paths = rng.sample(PATHS, rng.choice((1, 4, len(PATHS))))
        self.names = rng.sample(NAMES, rng.choice((2, 8, len(NAMES), len(NAMES))))
        self.rules = {}
        self.conditions = []
        self.heights = {}  # how many references deep each audience is

    def add(self, key):
        self.rules[key], self.heights[key] = self.rule(0)

    def rule(self, depth):
        draw = self.rng.random()
        if draw < (0.2, 0.5, 0.75, 1)[depth]:
            return self.condition(), 0
        if draw < (0.3, 0.6, 0.85, 1)[depth]:
            child, height = self.rule(depth)
            return {"not": child}, height
        low = [key for key, height in self.heights.items() if height < 3]
        if low and self.rng.random() < 0.15:
            key = self.rng.choice(low)
            return {"audience": key}, self.heights[key] + 1
        parts = [self.rule(depth + 1) for _ in range(self.rng.choice((1, 2, 2, 2, 3, 4)))]
        return {self.rng.choice(("all", "any")): [part for part, _ in parts]}, max(height for _, height in parts)

    def condition(self):
        rng = self.rng
        repeated = self.conditions and rng.random() < 0.2
        condition = dict(rng.choice(self.conditions)) if repeated else self.question()
        if rng.random() < 0.1:
            condition["missing"] = "match"
        self.conditions.append(condition)
        return condition

    def question(self):
        path = self.rng.choice(self.paths)
        declared = self.types.get(path)
        fitting = [name for name in self.names if name in FITTING.get(declared, ())]
        name = self.rng.choice(fitting if fitting and self.rng.random() < 0.3 else self.names)
        asked = self.operand(oracle.POSITIVE.get(name, name))
        if declared == "boolean" and name in ("eq", "neq"):
            asked = {"value": self.rng.random() < 0.5}
        return {"attribute": path, "op": name, **asked}

    def operand(self, positive):
        rng = self.rng
        is_compared = positive in COMPARED and rng.random() < 0.4
        asked = {"other": rng.choice(PATHS)} if is_compared else OPERANDS[positive](rng)
        values = asked.get("value", "")
        words = isinstance(values, str) or (isinstance(values, list) and all(isinstance(v, str) for v in values))
        if positive in FOLDED and words and rng.random() < 0.3:
            asked["ignore_case"] = True
        return asked


def _visitor(rng, asked):
    now_ms = readings.instant(rng.choice(NOWS)) + rng.choice((0, 0, 1, 12_345_678))
    visitor, drawn = {}, {}
    for path in PATHS:
        value = _value(rng, path, asked.get(path, ()), drawn, now_ms)
        if value is not ABSENT:
            drawn[path] = value
            _put(visitor, path, deepcopy(value))
    return visitor, now_ms


def _put(visitor, path, value):
    *parents, name = oracle.steps(path)
    for parent in parents:
        visitor = visitor.setdefault(parent, {})
        if not isinstance(visitor, dict):
            return
    visitor[name] = value


def _value(rng, path, conditions, drawn, now_ms):
    draw = rng.random()
    if draw < 0.1:
        return ABSENT
    if draw < 0.15:
        return None
    condition = rng.choice(conditions) if conditions and draw < 0.85 else {}
    if "other" in condition:
        partner = condition["other" if condition["attribute"] == path else "attribute"]
        return twin(rng, drawn[partner]) if partner in drawn else stray(rng)
    if "value" not in condition:
        return stray(rng)
    positive = oracle.POSITIVE.get(condition["op"], condition["op"])
    return NEAR[positive](rng, condition, now_ms)
