"""The yardstick: a plain recursive interpreter, one call a node, one audience after the other.

Operands are prepared once (dates, versions, patterns, sets) and texts of dates and versions are parsed through a
cache, as anybody would do. It reads the rules by itself (what the workload uses of the language), so that engines
that agree with it agree with a second reading.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from bench import wide_naive
from bench.engine import Document, Rules, TakesDocument
from shared.rules import instants
from shared.rules.catalogue import split
from shared.rules.kinds import fold
from shared.rules.versions import Key, key

MS_PER_DAY = instants.MS_PER_DAY
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?)?").fullmatch

instant = lru_cache(65_536)(instants.parse)
version = lru_cache(65_536)(key)


def cutoff(now: int, length: tuple[int, int]) -> int:
    """`now` less a duration of (months, exact ms), in ms."""
    months, exact = length
    return instants.shift(now, -months, -exact) if months else now - exact


NUMBERS = (int, float)

# Each test takes (value, prepared operand, now); a value of the wrong type or a missing one (None) never holds.
# fmt: off
TESTS: Mapping[str, Callable[..., bool]] = {
    "exists": lambda v, _o, _now: v is not None,
    "eq": lambda v, o, _now: v == o and (type(v) is type(o) or (type(v) in NUMBERS and type(o) in NUMBERS)),
    "in": lambda v, o, _now: type(v) is str and v in o,
    "contains": lambda v, o, _now: type(v) is str and any(part in v for part in o),
    "starts_with": lambda v, o, _now: type(v) is str and v.startswith(o),
    "ends_with": lambda v, o, _now: type(v) is str and v.endswith(o),
    "matches": lambda v, o, _now: type(v) is str and o(v) is not None,
    "gt": lambda v, o, _now: type(v) in NUMBERS and v > o,
    "gte": lambda v, o, _now: type(v) in NUMBERS and v >= o,
    "lt": lambda v, o, _now: type(v) in NUMBERS and v < o,
    "lte": lambda v, o, _now: type(v) in NUMBERS and v <= o,
    "between": lambda v, o, _now: type(v) in NUMBERS and o[0] <= v <= o[1],
    "before": lambda v, o, _now: type(v) is str and (ms := instant(v)) is not None and ms < o,
    "after": lambda v, o, _now: type(v) is str and (ms := instant(v)) is not None and ms > o,
    "during": lambda v, o, _now: type(v) is str and (ms := instant(v)) is not None and o[0] <= ms < o[1],
    "on": lambda v, o, _now: type(v) is str and (ms := instant(v)) is not None and o <= ms < o + MS_PER_DAY,
    "within_last": lambda v, o, now: type(v) is str and (ms := instant(v)) is not None and cutoff(now, o) < ms <= now,
    "older_than": lambda v, o, now: type(v) is str and (ms := instant(v)) is not None and ms <= cutoff(now, o),
    "has_any": lambda v, o, _now: type(v) is list and not o.isdisjoint(v),
    "has_all": lambda v, o, _now: type(v) is list and o.issubset(v),
    "size": lambda v, o, _now: type(v) is list and o[0] <= len(v) <= o[1],
    "version_eq": lambda v, o, _now: type(v) is str and (k := version(v)) is not None and k == o,
    "version_gt": lambda v, o, _now: type(v) is str and (k := version(v)) is not None and k > o,
    "version_gte": lambda v, o, _now: type(v) is str and (k := version(v)) is not None and k >= o,
    "version_lt": lambda v, o, _now: type(v) is str and (k := version(v)) is not None and k < o,
    "version_lte": lambda v, o, _now: type(v) is str and (k := version(v)) is not None and k <= o,
    "version_satisfies": lambda v, o, _now: type(v) is str and (k := version(v)) is not None
    and any(low <= k and (high is None or k < high) for low, high in o),
    "element": lambda v, o, now: type(v) is list and any(type(item) is dict and holds(o, item, now) for item in v),
    **wide_naive.TESTS,
}
# fmt: on
"""The positive operators."""

POSITIVE = {"neq": "eq", "not_in": "in", "has_none": "has_any", "version_neq": "version_eq"} | {
    f"not_{name}": name for name in ("contains", "starts_with", "ends_with", "matches", "under")
}
"""Operators that are defined as `not` of another."""


def duration(text: str) -> tuple[int, int]:
    """(months, exact ms) of an ISO 8601 duration in whole units down to hours."""
    years, months, weeks, days, hours = (int(part or 0) for part in _DURATION(text).groups())
    return years * 12 + months, (weeks * 7 + days) * MS_PER_DAY + hours * 3_600_000


def ranges(text: str) -> tuple[tuple[Key, Key | None], ...]:
    """Half-open intervals of version keys: what the workload uses of npm's ranges (`^1.2`, `~1.2`, `3.x`, `>=1 <2`)."""
    return tuple(_range(part.strip()) for part in text.split("||"))


def _range(text: str) -> tuple[Key, Key | None]:
    if text.startswith(">="):
        low, _, high = text.partition(" <")
        return key(low[2:]), key(f"{high}.0.0-0") if high else None
    major, _, minor = text.lstrip("^~").partition(".")
    minor = minor.replace("x", "") or "0"
    if text[0] == "~":
        return key(f"{major}.{minor}"), key(f"{major}.{int(minor) + 1}.0-0")
    return key(f"{major}.{minor}"), key(f"{int(major) + 1}.0.0-0")


PREPARE: Mapping[str, Callable] = (
    {
        "in": frozenset,
        "has_any": frozenset,
        "has_all": frozenset,
        "matches": lambda pattern: re.compile(pattern).search,
        "before": instants.parse,
        "after": instants.parse,
        "on": instants.parse,
        "during": lambda ends: tuple(map(instants.parse, ends)),
        "within_last": duration,
        "older_than": duration,
        "size": lambda bounds: (bounds.get("gte", 0), bounds.get("lte", float("inf"))),
        "version_satisfies": ranges,
        "element": lambda rule: prepare(rule),  # noqa: PLW0108  # `prepare` is defined below
        **wide_naive.PREPARE,
    }
    | {
        name: lambda parts: tuple(parts) if isinstance(parts, list) else (parts,)
        for name in ("contains", "starts_with", "ends_with")
    }
    | {f"version_{name}": key for name in ("eq", "gt", "gte", "lt", "lte")}
)
"""What a positive operator makes, once, of the value in the rule; those not named take it as it is."""


def operand(condition: Mapping) -> tuple[str, object]:
    """(positive operator, prepared operand) of a condition."""
    op, value = POSITIVE.get(condition["op"], condition["op"]), condition.get("value")
    if condition.get("ignore_case"):
        value = [fold(item) for item in value] if isinstance(value, list) else fold(value)
    return op, PREPARE[op](value) if op in PREPARE else value


def prepare(node: Mapping) -> tuple:
    """A rule as nested tuples: (`all`, items), (`any`, items), (`not`, item) or (`condition`, its parts)."""
    for name in ("all", "any"):
        if name in node:
            return name, tuple(prepare(item) for item in node[name])
    if "not" in node:
        return "not", prepare(node["not"])
    node = wide_naive.question(node)
    op, wanted = operand(node)
    negated, missing_matches = op != node["op"], node.get("missing") == "match"
    return "condition", split(node["attribute"]), TESTS[op], wanted, negated, missing_matches, "ignore_case" in node


def holds(node: tuple, document: Mapping, now: int) -> bool:
    """Whether a prepared rule holds for a visitor document at `now` (ms)."""
    kind = node[0]
    if kind == "condition":
        _, path, test, wanted, negated, missing_matches, folds = node
        value: object = document
        for name in path:
            value = value.get(name) if type(value) is dict else None
        if value is None and missing_matches:
            return True
        if folds and type(value) is str:
            value = fold(value)
        return test(value, wanted, now) is not negated
    if kind == "not":
        return not holds(node[1], document, now)
    decisive = kind == "any"
    for item in node[1]:
        if holds(item, document, now) is decisive:
            return decisive
    return not decisive


def publish(rules: Rules) -> bytes:
    """The rules as JSON: preparing them is left to `load`."""
    return json.dumps(rules, separators=(",", ":")).encode()


class Engine(TakesDocument):
    """Prepared rules, asked one after the other."""

    def __init__(self, stored: bytes) -> None:
        self._rules = [(key, prepare(rule)) for key, rule in json.loads(stored).items()]

    def evaluate(self, document: Document, now: int) -> list[str]:
        """The keys of the audiences that hold for the visitor."""
        return [key for key, rule in self._rules if holds(rule, document, now)]


load = Engine
