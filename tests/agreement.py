"""Machine, explain and oracle asked the same questions; where they differ, the smallest case that shows it."""

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random

from shared.rules import image
from shared.rules.catalogue import split
from shared.rules.checker import check
from shared.rules.compiler import compile_rule
from shared.rules.explain import explain
from shared.rules.kinds import Type
from shared.rules.linker import link
from shared.rules.machine import Machine
from shared.rules.parser import parse
from shared.rules.program import decode, encode
from tests import draws, generate, oracle, readings

KINDS = ("missing", "null", "string", "number", "boolean", "list", "object", "instant", "version")
SIDES = [f"{name} ({side})" for name in draws.COMPARED for side in ("one", "other")]
ROWS = [(row, kind) for row in sorted((*generate.NAMES, *SIDES)) for kind in KINDS]
"""Every operator, and each side of those that take `other`, with every kind of value that it can meet."""


class Subject:
    """Rules taken the whole way: parse, check, compile, link and load, with every stored form written and read."""

    def __init__(self, rules, types):
        self.types = {split(path): Type[name.upper()] for path, name in types.items()}
        self.nodes = {key: _parsed(rule) for key, rule in rules.items()}
        for key, node in self.nodes.items():
            problems = check(node, {}, self.nodes, key)  # an empty catalogue: any operator meets any declared type
            assert not problems, (rules[key], problems)
        programs = {key: decode(encode(compile_rule(node))) for key, node in self.nodes.items()}
        self.machine = Machine(image.decode(image.encode(link(programs, self.types, public=()))))

    def matches(self, document, now_ms):
        """The keys that hold, by the machine; the document's strings are in NFC."""
        return set(self.machine.evaluate(document, now_ms))

    def bounds(self, document, now_ms, unread):
        """(certain, possible) keys where the attributes of `unread` could not be read, by the machine."""
        is_unread = {split(path) for path in unread}.__contains__
        certain, possible = self.machine.bounds(document, now_ms, is_unread)
        return set(certain), set(possible)

    def explained(self, key, document, now_ms):
        """Whether one audience holds, by explain."""
        return explain(self.nodes[key], document, now_ms, self.types, self.nodes).holds


def _parsed(rule):
    node, problems = parse(rule)
    assert not problems, (rule, problems)
    return node


@dataclass(frozen=True)
class Case:
    """One audience of a world asked for one visitor; `unread` attributes could not be read."""

    rules: dict
    key: str
    types: dict
    visitor: dict
    now_ms: int
    unread: frozenset = frozenset()

    def answers(self):
        """Each one's answer, with nothing else in the image; None stands for undecided."""
        oracles = oracle.kleene(self.rules[self.key], self.visitor, self.now_ms, self.types, self.rules, self.unread)
        subject = Subject(self.rules, self.types)
        document = readings.composed(self.visitor)
        certain, possible = subject.bounds(document, self.now_ms, self.unread)
        answers = {
            "oracle": oracles,
            "machine": True if self.key in certain else None if self.key in possible else False,
        }
        if not self.unread:
            answers["explain"] = subject.explained(self.key, document, self.now_ms)
        return answers

    def differs(self):
        return len(set(self.answers().values())) > 1


@dataclass
class Tally:
    """What was compared. `hits` counts, for each of `ROWS`, how often it was met."""

    pairs: int = 0
    holds: int = 0
    undecided: int = 0
    hits: Counter = field(default_factory=Counter)
    mismatches: list = field(default_factory=list)

    def add(self, other):
        self.pairs += other.pairs
        self.holds += other.holds
        self.undecided += other.undecided
        self.hits += other.hits
        self.mismatches += other.mismatches

    def rarest(self):
        """The row that was met least often, and how often."""
        return min(((row, self.hits[row]) for row in ROWS), key=lambda pair: pair[1])


def compare(seed, audiences=50, count=20):
    """A Tally of every audience of a world with each of `count` visitors, and with attributes unread for some."""
    world = generate.world(seed, audiences)
    subject = Subject(world.rules, world.types)
    visitors = [(readings.composed(visitor), now_ms) for visitor, now_ms in world.visitors(count)]
    rng = Random(seed)
    tally = Tally()
    first = [_compare_visitor(world, subject, visitor, now_ms, tally) for visitor, now_ms in visitors]
    for visitor, now_ms in visitors[::4]:
        unread = frozenset(rng.sample(generate.PATHS, rng.randint(1, 4)))
        _compare_bounds(world, subject, visitor, now_ms, unread, tally)
    asked = Counter((c["attribute"], c.get("other"), c["op"]) for c in world.conditions)
    for visitor, _ in visitors:
        _count_kinds(asked, world.types, visitor, tally.hits)
    # once more on the warm machine, backwards: what it remembers must not show
    again = [subject.matches(visitor, now_ms) for visitor, now_ms in reversed(visitors)]
    assert first == again[::-1], f"world {seed} is answered otherwise the second time"
    return tally


def _compare_visitor(world, subject, visitor, now_ms, tally):
    matches = subject.matches(visitor, now_ms)
    for key, rule in world.rules.items():
        truth = oracle.holds(rule, visitor, now_ms, world.types, world.rules)
        tally.pairs += 1
        tally.holds += truth
        if truth != (key in matches) or truth != subject.explained(key, visitor, now_ms):
            tally.mismatches.append((world.seed, Case(world.rules, key, world.types, visitor, now_ms)))
    return matches


def _compare_bounds(world, subject, visitor, now_ms, unread, tally):
    certain, possible = subject.bounds(visitor, now_ms, unread)
    for key, rule in world.rules.items():
        truth = oracle.kleene(rule, visitor, now_ms, world.types, world.rules, unread)
        tally.undecided += truth is None
        if (truth is True) != (key in certain) or (truth is not False) != (key in possible):
            tally.mismatches.append((world.seed, Case(world.rules, key, world.types, visitor, now_ms, unread)))


def _count_kinds(asked, types, visitor, hits):
    kinds = {path: _kind(visitor, path, types) for path in generate.PATHS}
    for (path, other, name), times in asked.items():
        if other is None:
            hits[name, kinds[path]] += times
        else:
            positive = oracle.POSITIVE.get(name, name)
            hits[f"{positive} (one)", kinds[path]] += times
            hits[f"{positive} (other)", kinds[other]] += times


def _kind(visitor, path, types):
    value = visitor
    for step in oracle.steps(path):
        if not isinstance(value, dict) or step not in value:
            return "missing"
        value = value[step]
    value = readings.declare(value, types.get(path))
    if isinstance(value, readings.Instant | readings.Version):
        return type(value).__name__.lower()
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "list"
    return "null" if value is None else readings.scalar(value)[0]


# --- the smallest case ----------------------------------------------------------------------------------------------


def smallest(case):
    """`case` without whatever can go while the answers still differ; as it is where it does not differ alone."""
    alone = replace(case, rules={case.key: _inlined(case.rules[case.key], case.rules)})
    if not alone.differs():
        return case
    found = alone
    while found is not None:
        alone = found
        found = next((smaller for smaller in _smaller(alone) if smaller.differs()), None)
    return alone


def _inlined(node, rules):
    if "audience" in node:
        return _inlined(rules[node["audience"]], rules)
    if "not" in node:
        return {"not": _inlined(node["not"], rules)}
    return {
        name: [_inlined(child, rules) for child in part] if name in ("all", "any") else part
        for name, part in node.items()
    }


def _smaller(case):
    yield from (replace(case, rules={case.key: rule}) for rule in _smaller_rules(case.rules[case.key]))
    yield from (replace(case, visitor=visitor) for visitor in _without_one(case.visitor))
    yield from (replace(case, types=types) for types in _without_one(case.types))
    yield from (replace(case, unread=case.unread - {path}) for path in case.unread)


def _smaller_rules(node):
    for name in ("all", "any"):
        children = node.get(name, ())
        yield from children
        for at, child in enumerate(children):
            if len(children) > 1:
                yield {name: [*children[:at], *children[at + 1 :]]}
            yield from ({name: [*children[:at], smaller, *children[at + 1 :]]} for smaller in _smaller_rules(child))
    if "not" in node:
        yield node["not"]
        yield from ({"not": smaller} for smaller in _smaller_rules(node["not"]))
    yield from ({n: v for n, v in node.items() if n != name} for name in ("missing", "ignore_case") if name in node)
    values = node.get("value")
    if node.get("op") not in ("between", "mod", "during") and isinstance(values, list) and len(values) > 1:
        yield from ({**node, "value": values[:at] + values[at + 1 :]} for at in range(len(values)))


def _without_one(names):
    for name, value in names.items():
        yield {other: kept for other, kept in names.items() if other != name}
        if isinstance(value, dict):
            yield from ({**names, name: smaller} for smaller in _without_one(value))
