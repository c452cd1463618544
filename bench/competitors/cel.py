"""common-expression-language: CEL in Rust, one program an audience, one context a visitor (its making is timed).

An unknown variable is an error in CEL, so that a missing attribute has a value with which its tests fail.
"""

import json

import cel

from bench import lowered
from bench.engine import Document, Rules
from bench.lowered import Node, Test

COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
TEXTS = {"contains": "contains", "starts_with": "startsWith", "ends_with": "endsWith", "matches": "matches"}
MISSING = {"text": "", "least": -1e300, "most": 1e300, "items": [], "value": None}
"""What stands for a missing attribute, by how it is asked."""


def kind(test: Test) -> str:
    """How an attribute is asked."""
    if test.op in TEXTS:
        return "text"
    if test.op in COMPARISONS:
        return "least" if test.op.startswith("g") else "most"
    return "items" if test.op.startswith("has_") else "value"


def expression(node: Node) -> str:
    """A lowered rule in CEL."""
    if isinstance(node, Test):
        return _test(node)
    if node.kind == "not":
        return f"!{expression(node.items[0])}"
    return f"({(' && ' if node.kind == 'all' else ' || ').join(expression(item) for item in node.items)})"


def _variable(test: Test) -> str:
    return f"{test.name}_as_{kind(test)}"


def _test(test: Test) -> str:
    name = _variable(test)
    if test.op == "exists":
        return f"({name} != null)"
    if test.op == "eq":
        return f"({name} == {_literal(test.wanted)})"
    if test.op in COMPARISONS:
        return f"({name} {COMPARISONS[test.op]} {_literal(test.wanted)})"
    if test.op == "in":
        return f"({name} in [{', '.join(map(_literal, test.wanted))}])"
    if test.op in TEXTS:
        parts = [test.wanted] if test.op == "matches" else test.wanted
        return f"({' || '.join(f'{name}.{TEXTS[test.op]}({_literal(part)})' for part in parts)})"
    return (
        f"({(' && ' if test.op == 'has_all' else ' || ').join(f'{_literal(part)} in {name}' for part in test.wanted)})"
    )


def _literal(value: object) -> str:
    if type(value) in (int, float):
        return repr(float(value))
    return json.dumps(value, ensure_ascii=False)


def _variables(node: Node) -> set[tuple[str, str]]:
    if isinstance(node, Test):
        return {(node.name, kind(node))}
    return set().union(*map(_variables, node.items))


def publish(rules: Rules) -> bytes:
    """The expressions as JSON, and the attributes that they ask."""
    nodes = lowered.lower(rules)
    expressions = {key: expression(node) for key, node in nodes.items()}
    variables = sorted(set().union(*map(_variables, nodes.values())))
    return json.dumps({"variables": variables, "rules": expressions}).encode()


class Engine:
    """Compiled programs, executed one after the other."""

    def __init__(self, stored: bytes) -> None:
        published = json.loads(stored)
        self._variables = published["variables"]
        self._names = sorted({name for name, _ in self._variables})
        self._programs = [(key, cel.compile(text).execute) for key, text in published["rules"].items()]

    def derive(self, document: Document, now: int) -> dict:
        """The variables of a context, none missing, numbers as doubles."""
        visitor = lowered.derive(document, now, self._names)
        given = {name: float(value) if type(value) is int else value for name, value in visitor.items()}
        return {f"{name}_as_{kind}": given.get(name, MISSING[kind]) for name, kind in self._variables}

    def evaluate(self, visitor: dict, _now: int) -> list[str]:
        """The keys of the audiences that hold for the visitor."""
        context = cel.Context(visitor)
        return [key for key, execute in self._programs if execute(context)]


load = Engine
