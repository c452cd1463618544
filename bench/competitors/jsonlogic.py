"""panzi-json-logic: JsonLogic in Python.

Prefixes, suffixes and patterns are operations of our own, as the package offers; an attribute that a number is
compared with has a default that fails, because JsonLogic takes a missing one for 0.
"""

import re
from functools import lru_cache

from json_logic.apply import apply
from json_logic.builtins import BUILTINS

from bench import lowered
from bench.engine import Rules
from bench.lowered import Node, Test

COMPARISONS = {"gt": (">", -1e300), "gte": (">=", -1e300), "lt": ("<", 1e300), "lte": ("<=", 1e300)}
"""The operator, and the value of a missing attribute with which it is false."""

SAME = {"exists": "!==", "eq": "===", "matches": "matches"}

_search = lru_cache(None)(lambda pattern: re.compile(pattern).search)
OPERATIONS = BUILTINS | {
    "starts_with": lambda _data, value, part: value.startswith(part),
    "ends_with": lambda _data, value, part: value.endswith(part),
    "matches": lambda _data, value, pattern: value is not None and _search(pattern)(value) is not None,
}


def expression(node: Node) -> dict:
    """A lowered rule in JsonLogic."""
    if isinstance(node, Test):
        return _test(node)
    if node.kind == "not":
        return {"!": [expression(node.items[0])]}
    return {"and" if node.kind == "all" else "or": [expression(item) for item in node.items]}


def _test(test: Test) -> dict:
    value = {"var": [test.name]}
    if test.op in COMPARISONS:
        operator, failing = COMPARISONS[test.op]
        return {operator: [{"var": [test.name, failing]}, test.wanted]}
    if test.op in ("starts_with", "ends_with"):
        return _joined("or", [{test.op: [{"var": [test.name, ""]}, part]} for part in test.wanted])
    if test.op in ("contains", "has_any", "has_all"):
        return _joined("and" if test.op == "has_all" else "or", [{"in": [part, value]} for part in test.wanted])
    if test.op == "in":
        return {"in": [value, list(test.wanted)]}
    return {SAME[test.op]: [value, test.wanted]}


def _joined(operator: str, items: list[dict]) -> dict:
    return items[0] if len(items) == 1 else {operator: items}


def publish(rules: Rules) -> bytes:
    """The expressions as JSON, and the attributes that they ask."""
    return lowered.publish(rules, expression)


class Engine(lowered.TakesFlat):
    """Every expression applied to the visitor, one after the other."""

    def evaluate(self, visitor: dict, _now: int) -> list[str]:
        """The keys of the audiences that hold for the visitor."""
        return [key for key, rule in self._rules if apply(rule, visitor, OPERATIONS)]


load = Engine
