"""Fused code generation: what a good engineer writes in an afternoon.

Every attribute is read once into typed local views; every audience becomes one short-circuiting Python expression;
200 audiences share a function. Made at publish time and stored as marshalled code, so that loading compiles nothing
but the patterns.
"""

import json
import marshal
import re
from collections.abc import Mapping
from math import inf, nan

from bench import naive, wide_codegen, wide_naive
from bench.engine import Document, Rules, TakesDocument
from shared.rules.catalogue import split
from shared.rules.instants import MS_PER_DAY
from shared.rules.kinds import fold

AUDIENCES_A_FUNCTION = 200

# What a view makes of the raw value {v}; the wrong type becomes a value on which every test is false.
VIEWS = {
    "raw": "{v}",
    "text": "{v} if type({v}) is str else ''",
    "folded": "fold({v}) if type({v}) is str else ''",
    "number": "{v} if type({v}) is float or type({v}) is int else nan",
    "ms": "or_nan(instant({v})) if type({v}) is str else nan",
    "age": "now - or_nan(instant({v})) if type({v}) is str else nan",
    "version": "version({v}) if type({v}) is str else None",
    "items": "{v} if type({v}) is list else ()",
    "length": "len({v}) if type({v}) is list else nan",
    **wide_codegen.VIEWS,
}

# The view that a positive operator reads and its expression over it: {x} the view, {o} the operand.
TESTS = {
    "exists": ("raw", "{x} is not None"),
    "starts_with": ("text", "{x}.startswith({o})"),
    "ends_with": ("text", "{x}.endswith({o})"),
    "in": ("text", "{x} in {o}"),
    "gt": ("number", "{x} > {o}"),
    "gte": ("number", "{x} >= {o}"),
    "lt": ("number", "{x} < {o}"),
    "lte": ("number", "{x} <= {o}"),
    "between": ("number", "{o[0]} <= {x} <= {o[1]}"),
    "before": ("ms", "{x} < {o}"),
    "after": ("ms", "{x} > {o}"),
    "during": ("ms", "{o[0]} <= {x} < {o[1]}"),
    "has_any": ("items", "not {o}.isdisjoint({x})"),
    "has_all": ("items", "{o}.issubset({x})"),
    "size": ("length", "{o[0]} <= {x} <= {o[1]}"),
    "version_eq": ("version", "{x} == {o}"),
    "version_gt": ("version", "{x} is not None and {x} > {o}"),
    "version_gte": ("version", "{x} is not None and {x} >= {o}"),
    "version_lt": ("version", "{x} is not None and {x} < {o}"),
    "version_lte": ("version", "{x} is not None and {x} <= {o}"),
}


class Source:
    """The generated source of a set of audiences, and what it refers to."""

    def __init__(self) -> None:
        self.views: dict[tuple[tuple[str, ...], str, object], str] = {}
        self.patterns: dict[str, str] = {}
        self.sets: dict[frozenset, str] = {}
        self.cutoffs: dict[tuple[int, int], str] = {}
        self.elements: dict[str, tuple[str, list[str]]] = {}

    def expression(self, node: Mapping) -> str:
        """A rule as a Python expression."""
        for name, word in (("all", " and "), ("any", " or ")):
            if name in node:
                return f"({word.join(self.expression(item) for item in node[name])})"
        return f"(not {self.expression(node['not'])})" if "not" in node else self._condition(node)

    def _condition(self, node: Mapping) -> str:
        node = wide_naive.question(node)
        path = split(node["attribute"])
        text = self._newer(node, path) or self._positive(node, path)
        if naive.POSITIVE.get(node["op"], node["op"]) != node["op"]:
            text = f"(not {text})"
        if node.get("missing") == "match":
            text = f"({self.view(path, 'raw')} is None or {text})"
        return text

    def _newer(self, node: Mapping, path: tuple[str, ...]) -> str | None:
        """The expression of a question that only the workload `wide` asks."""
        if node["op"] == "element":
            return f"{self._element(node['value'])}({self.view(path, 'items')}, now)"
        write = wide_codegen.EXPRESSIONS.get(naive.POSITIVE.get(node["op"], node["op"]))
        return None if write is None else write(self, path, naive.operand(node)[1])

    def _positive(self, node: Mapping, path: tuple[str, ...]) -> str:
        op, wanted = naive.operand(node)
        if op == "eq":
            return self._equal(path, wanted, folds="ignore_case" in node)
        if op == "matches":
            pattern = self.patterns.setdefault(node["value"], f"pattern{len(self.patterns)}")
            return f"({self.view(path, 'raw')} is not None and {pattern}({self.view(path, 'text')}) is not None)"
        if op in ("within_last", "older_than"):
            return self._relative(op, path, wanted)
        if op == "contains":
            text = self.view(path, "folded" if "ignore_case" in node else "text")
            return f"({' or '.join(f'{part!r} in {text}' for part in wanted)})"
        if op == "on":
            op, wanted = "during", (wanted, wanted + MS_PER_DAY)
        if op == "version_satisfies":
            version = self.view(path, "version")
            parts = " or ".join(f"{low!r} <= {version}{f' < {high!r}' if high else ''}" for low, high in wanted)
            return f"({version} is not None and ({parts}))"
        view, test = TESTS[op]
        operand = self._operand(op, wanted)
        return f"({test.format(x=self.view(path, 'folded' if 'ignore_case' in node else view), o=operand)})"

    def _element(self, rule: Mapping) -> str:
        """The name of a function that says whether a rule holds for one of some items; made once for equal rules."""
        text = json.dumps(rule)
        if text not in self.elements:
            inner, name = Source(), f"element{len(self.elements)}"
            inner.patterns, inner.sets = self.patterns, self.sets
            holds = inner.expression(rule)
            lines = [*inner.cutoff_lines(), "    for document in items:", "        if type(document) is dict:"]
            lines += [f"        {line}" for line in inner.view_lines()]
            lines += [f"            if {holds}: return True", "    return False"]
            self.elements[text] = name, [f"def {name}(items, now):", *lines]
        return self.elements[text][0]

    def _equal(self, path: tuple[str, ...], wanted: object, *, folds: bool) -> str:
        if isinstance(wanted, bool):
            return f"({self.view(path, 'raw')} is {wanted})"
        view = "number" if type(wanted) in naive.NUMBERS else "folded" if folds else "raw"
        return f"({self.view(path, view)} == {wanted!r})"

    def _relative(self, op: str, path: tuple[str, ...], length: tuple[int, int]) -> str:
        months, exact = length
        if not months:
            age = self.view(path, "age")
            return f"(0 <= {age} < {exact})" if op == "within_last" else f"({age} >= {exact})"
        ms, cutoff = self.view(path, "ms"), self.cutoffs.setdefault(length, f"cutoff{len(self.cutoffs)}")
        return f"({cutoff} < {ms} <= now)" if op == "within_last" else f"({ms} <= {cutoff})"

    def _operand(self, op: str, wanted: object) -> object:
        if op in ("has_any", "has_all"):
            return self.sets.setdefault(wanted, f"set{len(self.sets)}")
        if op == "in":
            return "{" + ", ".join(map(repr, sorted(wanted))) + "}"
        if op == "size":
            return tuple("inf" if bound == float("inf") else bound for bound in wanted)
        return wanted if op in ("between", "during") else repr(wanted)

    def view(self, path: tuple[str, ...], view: str, argument: object = None) -> str:
        """The name of a view of the value at a path, made with an argument where it takes one."""
        return self.views.setdefault((path, view, argument), f"{view}{len(self.views)}")

    def views_function(self) -> list[str]:
        """The source of `views(document, now)`: every view that some expression reads, as one tuple."""
        result = f"    return ({''.join(f'{name}, ' for name in self.arguments())})"
        return ["def views(document, now):", *self.view_lines(), *self.cutoff_lines(), result]

    def view_lines(self) -> list[str]:
        """The lines that make each view of `document`."""
        names = {path: f"value{n}" for n, path in enumerate(dict.fromkeys(path for path, *_ in self.views))}
        lines = []
        for path, name in names.items():
            lines.append(f"    {name} = document")
            lines.extend(f"    {name} = {name}.get({step!r}) if type({name}) is dict else None" for step in path)
        for (path, view, argument), name in self.views.items():
            lines.append(f"    {name} = {VIEWS[view].format(v=names[path], a=repr(argument))}")
        return lines

    def cutoff_lines(self) -> list[str]:
        """The lines that step back from now by each calendar duration."""
        return [f"    {name} = cutoff(now, {length})" for length, name in self.cutoffs.items()]

    def arguments(self) -> list[str]:
        """The names that the functions of audiences take."""
        return ["now", *self.views.values(), *self.cutoffs.values()]


def source(rules: Rules) -> tuple[str, Source]:
    """Python source of a module that evaluates the rules, and the names that it needs."""
    made, expressions = Source(), {}
    for key, rule in rules.items():
        expressions[key] = made.expression(rule)
    keys, lines = list(rules), made.views_function()
    lines += [line for _, function in made.elements.values() for line in function]
    for start in range(0, len(keys), AUDIENCES_A_FUNCTION):
        lines.append(f"def audiences{start}(hit, {', '.join(made.arguments())}):")
        lines.extend(f"    if {expressions[k]}: hit({k!r})" for k in keys[start : start + AUDIENCES_A_FUNCTION])
    return "\n".join(lines), made


def publish(rules: Rules) -> bytes:
    """Marshalled code and the sets and patterns that it refers to."""
    text, made = source(rules)
    code = compile(text, "<audiences>", "exec", dont_inherit=True, optimize=2)
    return marshal.dumps((code, made.patterns, {name: tuple(items) for items, name in made.sets.items()}))


class Engine(TakesDocument):
    """Generated functions, called one after the other."""

    def __init__(self, stored: bytes) -> None:
        code, patterns, sets = marshal.loads(stored)  # noqa: S302  # made by `publish` in this very run
        names: dict = {"nan": nan, "inf": inf, "instant": naive.instant, "version": naive.version, "fold": fold}
        names |= wide_codegen.NAMES | {"cutoff": naive.cutoff, "or_nan": lambda ms: nan if ms is None else ms}
        names |= {name: re.compile(pattern).search for pattern, name in patterns.items()}
        names |= {name: frozenset(items) for name, items in sets.items()}
        exec(code, names)  # noqa: S102  # as above
        self._views = names["views"]
        self._functions = [made for name, made in names.items() if name.startswith("audiences")]

    def evaluate(self, document: Document, now: int) -> list[str]:
        """The keys of the audiences that hold for the visitor."""
        keys: list[str] = []
        views = self._views(document, now)
        for function in self._functions:
            function(keys.append, *views)
        return keys


load = Engine
