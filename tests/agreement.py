"""Machine, explain and oracle asked the same questions: what holds, what could hold, and until when."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from shared.rules import image
from shared.rules.catalogue import split
from shared.rules.checker import check
from shared.rules.compiler import compile_rule
from shared.rules.explain import explain
from shared.rules.kinds import Type
from shared.rules.linker import link
from shared.rules.machine import Machine
from shared.rules.overrides import overridden
from shared.rules.parser import parse
from shared.rules.program import decode, encode
from tests import changes, draws, generate, oracle, questions, readings

KINDS = ("missing", "null", "string", "number", "boolean", "list", "object", "instant", "version", "ip")
SIDES = [f"{name} ({side})" for name in draws.COMPARED for side in ("one", "other")]
PARTS = [f"{name} ({part})" for name in oracle.PLACES for part in ("lat", "lon")]
ASKED = sorted({*questions.NAMES, *SIDES, *PARTS, "rollout"} - set(oracle.PLACES))
ROWS = [(row, kind) for row in ASKED for kind in KINDS]
ROWS += [("schedule", kind) for kind in ("missing", "null", "string", "number", "boolean", "list", "object")]
ROWS += [("list", kind) for kind in ("missing", "null", "list")]
"""Every operator, each side of those that take `other`, each part of a place, what a rollout splits by, the time zone
that a schedule is asked in and a visitor's lists, with every kind of value that it can meet.
"""


class Subject:
    """Rules taken the whole way: parse, check, compile, link and load, with every stored form written and read."""

    def __init__(self, rules, types):
        self.types = {split(path): Type[name.upper()] for path, name in types.items()}
        nodes = {key: _parsed(rule.get("rule", rule)) for key, rule in rules.items()}
        for key, node in nodes.items():
            problems = check(node, {}, nodes, key)  # an empty catalogue: any operator meets any declared type
            assert not problems, (rules[key], problems)
        self.nodes = {key: _overridden(node, rules[key]) for key, node in nodes.items()}
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

    def turn(self, document, now_ms, keys=None):
        """The first instant after now at which a condition changes, by the machine: of these audiences, else of all."""
        return self.machine.valid_until(document, now_ms, None if keys is None else self.machine.select(keys))

    def explained(self, key, document, now_ms):
        """Whether one audience holds, by explain."""
        return explain(self.nodes[key], document, now_ms, self.types, self.nodes).holds


def _parsed(rule):
    node, problems = parse(rule)
    assert not problems, (rule, problems)
    return node


def _overridden(node, rule):
    ids = [[readings.composed(each) for each in rule.get(name, ())] for name in ("include", "exclude")]
    return overridden(node, *ids)


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

    def turns(self):
        """Each one's first instant at which a condition changes; explain has none."""
        asked = (self.visitor, self.now_ms, self.types, self.rules)
        return {
            "oracle": changes.next_change(self.rules[self.key], *asked),
            "machine": Subject(self.rules, self.types).turn(readings.composed(self.visitor), self.now_ms, [self.key]),
        }

    def differs(self):
        if len(set(self.answers().values())) > 1:
            return True
        return not self.unread and len(set(self.turns().values())) > 1


@dataclass
class Tally:
    """What was compared. `hits` counts, for each of `ROWS`, how often it was met.

    turns: how often all audiences of a world were asked until when they are valid; lasting: how often it was for ever.
    """

    pairs: int = 0
    holds: int = 0
    undecided: int = 0
    turns: int = 0
    lasting: int = 0
    hits: Counter = field(default_factory=Counter)
    mismatches: list = field(default_factory=list)

    def add(self, other):
        self.pairs += other.pairs
        self.holds += other.holds
        self.undecided += other.undecided
        self.turns += other.turns
        self.lasting += other.lasting
        self.hits += other.hits
        self.mismatches += other.mismatches

    def rarest(self):
        """The row that was met least often, and how often."""
        return min(((row, self.hits[row]) for row in ROWS), key=lambda pair: pair[1])


def compare(seed, audiences=50, count=20):
    """A Tally of every audience of a world with each of `count` visitors, and with attributes unread for some."""
    world = generate.world(seed, audiences)
    subject = Subject(world.audiences, world.types)
    visitors = [(readings.composed(visitor), now_ms) for visitor, now_ms in world.visitors(count)]
    rng = Random(seed)
    tally = Tally()
    first = [_compare_visitor(world, subject, visitor, now_ms, tally) for visitor, now_ms in visitors]
    for visitor, now_ms in visitors[::4]:
        unread = frozenset(rng.sample(generate.UNREADABLE, rng.randint(1, 4)))
        _compare_bounds(world, subject, visitor, now_ms, unread, tally)
        _compare_turns(world, subject, visitor, now_ms, tally)
    asked = Counter(row for leaf in world.leaves for row in rows(leaf))
    for visitor, _ in visitors:
        _count_kinds(asked, world.types, visitor, tally.hits)
    # once more on the warm machine, backwards: what it remembers must not show
    again = [subject.matches(visitor, now_ms) for visitor, now_ms in reversed(visitors)]
    assert first == again[::-1], f"world {seed} is answered otherwise the second time"
    return tally


def _compare_visitor(world, subject, visitor, now_ms, tally):
    matches = subject.matches(visitor, now_ms)
    audiences = world.audiences
    for key, audience in audiences.items():
        truth = oracle.holds(audience, visitor, now_ms, world.types, audiences)
        tally.pairs += 1
        tally.holds += truth
        if truth != (key in matches) or truth != subject.explained(key, visitor, now_ms):
            tally.mismatches.append((world.seed, Case(audiences, key, world.types, visitor, now_ms)))
    return matches


def _compare_bounds(world, subject, visitor, now_ms, unread, tally):
    certain, possible = subject.bounds(visitor, now_ms, unread)
    audiences = world.audiences
    for key, audience in audiences.items():
        truth = oracle.kleene(audience, visitor, now_ms, world.types, audiences, unread)
        tally.undecided += truth is None
        if (truth is True) != (key in certain) or (truth is not False) != (key in possible):
            tally.mismatches.append((world.seed, Case(audiences, key, world.types, visitor, now_ms, unread)))


def _compare_turns(world, subject, visitor, now_ms, tally):
    audiences = world.audiences
    asked = (visitor, now_ms, world.types, audiences)
    found = changes.next_change({"any": list(audiences.values())}, *asked)
    tally.turns += 1
    tally.lasting += found is None
    if subject.turn(visitor, now_ms) != found:
        keys = [
            key
            for key in audiences
            if subject.turn(visitor, now_ms, [key]) != changes.next_change(audiences[key], *asked)
        ]
        case = Case(audiences, keys[0] if keys else next(iter(audiences)), world.types, visitor, now_ms)
        tally.mismatches.append((world.seed, case))


def _count_kinds(asked, types, visitor, hits):
    kinds = {path: kind(visitor, path, types) for path in {path for _, path in asked}}
    for (row, path), times in asked.items():
        hits[row, kinds[path]] += times


def rows(leaf):
    """(the row of `ROWS`, the path whose value it meets) of all that a leaf looks at."""
    paths = questions.looked_at(leaf)
    if "op" not in leaf:
        return [(next(iter(leaf)), path) for path in paths]
    if len(paths) == 1:
        return [(leaf["op"], paths[0])]
    sides = ("lat", "lon") if leaf["op"] in oracle.PLACES else ("one", "other")
    positive = oracle.POSITIVE.get(leaf["op"], leaf["op"])
    return [(f"{positive} ({side})", path) for side, path in zip(sides, paths, strict=True)]


def kind(visitor, path, types):
    value = visitor
    for step in oracle.steps(path):
        if not isinstance(value, dict) or step not in value:
            return "missing"
        value = value[step]
    value = readings.declare(value, types.get(path))
    if isinstance(value, readings.Instant | readings.Version | readings.Ip):
        return type(value).__name__.lower()
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "list"
    return "null" if value is None else readings.scalar(value)[0]
