"""flagsmith-flag-engine: segments, by `get_evaluation_result`.

Values are strings there and lists do not exist: a list becomes a text with bars about each element, numbers become
floats, prefixes and suffixes patterns (which the package anchors at the start).
"""

import json
import re

from flag_engine.engine import get_evaluation_result

from bench import lowered
from bench.engine import Document, Rules
from bench.lowered import Node, Test

KINDS = {"all": "ALL", "any": "ANY", "not": "NONE"}
COMPARISONS = {
    "gt": "GREATER_THAN",
    "gte": "GREATER_THAN_INCLUSIVE",
    "lt": "LESS_THAN",
    "lte": "LESS_THAN_INCLUSIVE",
    "eq": "EQUAL",
}


def rule(node: Node) -> dict:
    """A lowered rule as a segment rule; a rule holds conditions or rules, because both would have to match."""
    if isinstance(node, Test):
        return _test(node)
    if node.kind != "not" and all(
        isinstance(item, Test) and len(_test(item)["conditions"]) == 1 for item in node.items
    ):
        return {"type": KINDS[node.kind], "conditions": [_test(item)["conditions"][0] for item in node.items]}
    return {"type": KINDS[node.kind], "rules": [rule(item) for item in node.items]}


def _test(test: Test) -> dict:
    if test.op == "exists":
        return _rule("ALL", test, "IS_SET", [""])
    if test.op in COMPARISONS:
        wanted = repr(float(test.wanted)) if type(test.wanted) in (int, float) else str(test.wanted)
        return _rule("ALL", test, COMPARISONS[test.op], [wanted])
    if test.op == "in":
        return _rule("ALL", test, "IN", [json.dumps(test.wanted)])
    if test.op == "contains":
        return _rule("ANY", test, "CONTAINS", test.wanted)
    if test.op in ("has_any", "has_all"):
        return _rule("ANY" if test.op == "has_any" else "ALL", test, "CONTAINS", [f"|{part}|" for part in test.wanted])
    return _rule("ALL", test, "REGEX", [_pattern(test)])


def _pattern(test: Test) -> str:
    """A pattern for `re.match`, which begins at the start."""
    if test.op == "matches":
        return f"(?s:.*?)(?:{test.wanted})"
    parts = "|".join(re.escape(part) for part in test.wanted)
    return f"(?:{parts})" if test.op == "starts_with" else rf"(?s:.*)(?:{parts})\Z"


def _rule(kind: str, test: Test, operator: str, values: list[str]) -> dict:
    conditions = [{"property": test.name, "operator": operator, "value": value} for value in values]
    return {"type": kind, "conditions": conditions}


def publish(rules: Rules) -> bytes:
    """The segments as JSON, and the attributes that they ask."""
    nodes = lowered.lower(rules)
    segments = {key: {"key": key, "name": key, "rules": [rule(node)]} for key, node in nodes.items()}
    return json.dumps({"names": lowered.names(nodes), "segments": segments}).encode()


def _trait(value: object) -> object:
    if type(value) is list:
        return f"|{'|'.join(value)}|"
    return float(value) if type(value) is int else value


class Engine:
    """Segments of one environment."""

    def __init__(self, stored: bytes) -> None:
        published = json.loads(stored)
        self._names, self._segments = published["names"], published["segments"]

    def derive(self, document: Document, now: int) -> dict:
        """The traits of an identity."""
        visitor = lowered.derive(document, now, self._names)
        return {name: _trait(value) for name, value in visitor.items()}

    def evaluate(self, visitor: dict, _now: int) -> list[str]:
        """The keys of the audiences that hold for the visitor."""
        context = {
            "environment": {"key": "bench", "name": "bench"},
            "identity": {"identifier": "visitor", "key": "visitor", "traits": visitor},
            "segments": self._segments,
        }
        return [segment["name"] for segment in get_evaluation_result(context)["segments"]]


load = Engine
