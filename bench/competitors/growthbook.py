"""growthbook: the targeting conditions of its SDK, by `evalCondition`.

Prefixes, suffixes and substrings are patterns, because the package has no operator for them.
"""

import re
from functools import partial

from growthbook.core import evalCondition

from bench import lowered
from bench.engine import Rules
from bench.lowered import Node, Test

KINDS = {"all": "$and", "any": "$or"}
SAME = {"eq": "$eq", "gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte", "matches": "$regex"}
MANY = {"in": "$in", "has_any": "$in", "has_all": "$all"}
TEXTS = {"contains": "{}", "starts_with": "^{}", "ends_with": r"{}\Z"}


def condition(node: Node) -> dict:
    """A lowered rule as a condition of growthbook."""
    if isinstance(node, Test):
        return {node.name: _test(node)}
    if node.kind == "not":
        return {"$not": condition(node.items[0])}
    return {KINDS[node.kind]: [condition(item) for item in node.items]}


def _test(test: Test) -> dict:
    if test.op == "exists":
        return {"$exists": True}
    if test.op in SAME:
        return {SAME[test.op]: test.wanted}
    if test.op in MANY:
        return {MANY[test.op]: list(test.wanted)}
    parts = "|".join(re.escape(part) for part in test.wanted)
    return {"$regex": TEXTS[test.op].format(f"(?:{parts})")}


def publish(rules: Rules) -> bytes:
    """The conditions as JSON, and the attributes that they ask."""
    return lowered.publish(rules, condition)


class Engine(lowered.TakesFlat):
    """Every condition evaluated, one after the other."""

    def evaluate(self, visitor: dict, _now: int) -> list[str]:
        """The keys of the audiences that hold for the visitor."""
        holds = partial(evalCondition, visitor)
        return [key for key, rule in self._rules if holds(rule)]


load = Engine
