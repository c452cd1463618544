"""Plans: the cheapest ways to make a rule say what is wanted, found from its leaves upwards.

A plan is a set of leaves that decide the rule, with values that make each of them say what it must: of a group that
needs all of its items it joins a plan of each, of one that needs some item it is the best of theirs. Leaves that are as
wanted already belong to it, too, so that a value which is moved for one leaf is not moved away from another. Only a few
plans are kept of each node, so that the search is fast and may miss one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any as Json

import msgspec

from shared.rules.catalogue import Path
from shared.rules.instants import MS_PER_DAY
from shared.rules.kinds import Kind, Type, as_instant, typed
from shared.rules.nearest.moves import FIXED, moves
from shared.rules.nearest.supposing import Leaf, Puts, Tree, inside, supposed
from shared.rules.questions import CLOCK
from shared.rules.witness import Typed, Visit

MOST_MOVED = 8
"""Attributes that a plan moves: nobody reads of more."""
MOST_KEPT = 4
"""Plans of one node."""
MOST_ASKED = 5_000
"""How often leaves are asked in one search, those about elements of lists once for each element."""
_ROUNDS = 3
_ELEMENTS_TRIED = 5
_YEAR_MS = 365 * MS_PER_DAY

Cost = tuple[int, float]
"""How many attributes are moved, and how far in all: each at most 1, but 2 for one that becomes unknown."""


class Plan(msgspec.Struct, frozen=True):
    """puts: what is to be moved. wants: what each leaf that decides has to say. looks: what those leaves look at."""

    puts: Puts
    wants: Mapping[Leaf, bool]
    looks: frozenset[Path]
    cost: Cost


class Budget:
    """How often leaves may yet be asked."""

    def __init__(self, left: int = MOST_ASKED) -> None:
        self.left = left


class Search:
    """One search for a visit.

    turns: the first instants after now at which some leaf changes by itself. budget: of the whole of which an element
    is a part; None for a search of its own.
    """

    def __init__(self, tree: Tree, visit: Visit, turns: Sequence[int] = (), budget: Budget | None = None) -> None:
        self._tree = tree
        self._visit = visit
        self._turns = [(at, supposed(visit, {CLOCK: at})) for at in turns]
        self._fixed = FIXED if budget is None else frozenset()
        self._budget = budget or Budget()

    def found(self, *, want: bool) -> list[Puts]:
        """What could be put so that the rule says `want`: a few ways, the cheapest first."""
        return [plan.puts for plan in self._plans(self._tree, want=want)]

    def cost(self, puts: Puts) -> Cost:
        """What it costs to put these."""
        return len(puts), sum(_distance(self._visit, path, value) for path, value in puts.items())

    def _plans(self, tree: Tree, *, want: bool) -> list[Plan]:
        if isinstance(tree, Leaf):
            return self._of_leaf(tree, want=want)
        each = want is not (tree.quantifier == "none")
        if want is (tree.quantifier == "any"):
            return _best(plan for item in tree.items for plan in self._plans(item, want=each))
        found = [Plan({}, {}, frozenset(), (0, 0.0))]
        for item in tree.items:
            options = self._plans(item, want=each)
            joined = (self._joined(one, other) for one in found for other in options)
            found = _best(plan for plan in joined if plan is not None)
            if not found:
                break
        return found

    def _of_leaf(self, leaf: Leaf, *, want: bool) -> list[Plan]:
        wants = {leaf: want}
        if self._holds(leaf, self._visit) is want:
            return [Plan({}, wants, leaf.looks, (0, 0.0))]
        found: dict[frozenset[Path], Plan] = {}
        for puts in self._moves(leaf, self._visit, {}):
            plan = Plan(puts, wants, leaf.looks, self.cost(puts))
            known = found.get(frozenset(puts))
            if (known is None or plan.cost < known.cost) and self._holds(leaf, supposed(self._visit, puts)) is want:
                found[frozenset(puts)] = plan
        if CLOCK in leaf.looks:
            waits = ({CLOCK: at} for at, visit in self._turns if self._is_left() and self._holds(leaf, visit) is want)
            found |= {frozenset(puts): Plan(puts, wants, leaf.looks, self.cost(puts)) for puts in islice(waits, 1)}
        fewest = min(map(len, found), default=0)
        return _best(plan for paths, plan in found.items() if len(paths) == fewest or CLOCK in paths)

    def _joined(self, one: Plan, other: Plan) -> Plan | None:
        """Both plans in one; where they move the same attribute, a value is sought that suits both."""
        wants, looks = {**one.wants, **other.wants}, one.looks | other.looks
        if one.looks.isdisjoint(other.puts) and other.looks.isdisjoint(one.puts):
            cost = one.cost[0] + other.cost[0], one.cost[1] + other.cost[1]
            return Plan({**one.puts, **other.puts}, wants, looks, cost)
        tried: list[Puts] = [{**one.puts, **other.puts}, {**other.puts, **one.puts}]
        tried = tried[: 1 + (tried[0] != tried[1])]
        for _ in range(_ROUNDS):
            failing = [(puts, self._failing(puts, (other, one))) for puts in tried]
            fitting = [puts for puts, leaf in failing if leaf is None]
            if fitting:
                puts = min(fitting, key=self.cost)
                return Plan(puts, wants, looks, self.cost(puts))
            tried = [
                better
                for puts, leaf in failing
                if leaf is not None
                for better in self._repaired(puts, leaf, want=wants[leaf])
            ]
        return None

    def _failing(self, puts: Puts, plans: Iterable[Plan]) -> Leaf | None:
        """The first leaf that does not say what it has to, of those that look at what is moved.

        A plan that puts just this is known to be right.
        """
        visit = supposed(self._visit, puts)
        asked = (item for plan in plans if plan.puts != puts for item in plan.wants.items())
        touched = ((leaf, want) for leaf, want in asked if not leaf.looks.isdisjoint(puts))
        return next((leaf for leaf, want in touched if self._holds(leaf, visit) is not want), None)

    def _repaired(self, puts: Puts, leaf: Leaf, *, want: bool) -> list[Puts]:
        """What is put, moved on until the leaf says what it has to."""
        found = self._moves(leaf, supposed(self._visit, puts), puts)
        fitting = [better for better in found if self._holds(leaf, supposed(self._visit, better)) is want]
        return sorted(fitting, key=self.cost)[:MOST_KEPT]

    def _moves(self, leaf: Leaf, visit: Visit, puts: Puts) -> Iterator[Puts]:
        """What could be put beside what is put already, as long as there is something left to try."""
        found = moves(leaf.node, visit) if leaf.element is None else self._of_elements(leaf, leaf.element, visit)
        for more in found:
            if not self._is_left():
                return
            if self._fixed.isdisjoint(more):
                yield {**puts, **more}

    def _of_elements(self, leaf: Leaf, rule: Tree, visit: Visit) -> Iterator[Puts]:
        """An element changed so that it satisfies the rule, one added that does, or those that do left out."""
        [path] = leaf.looks - {CLOCK}
        kind, value = visit.read(path)
        items = value if kind is Kind.LIST else []
        places = [place for place, item in enumerate(items) if isinstance(item, dict)][:_ELEMENTS_TRIED]
        for place in (*places, len(items)):
            element = inside(items[place] if place < len(items) else {}, visit)
            for puts in Search(rule, element, budget=self._budget).found(want=True)[:1]:
                changed = supposed(element, puts).document
                yield {path: [*items[:place], changed, *items[place + 1 :]]}
        yield {path: [item for item in items if not (isinstance(item, dict) and rule.holds(inside(item, visit)))]}
        yield {path: None}

    def _is_left(self) -> bool:
        return self._budget.left > 0

    def _holds(self, leaf: Leaf, visit: Visit) -> bool:
        self._budget.left -= leaf.questions(visit)
        return leaf.holds(visit)


def _best(plans: Iterable[Plan]) -> list[Plan]:
    """The cheapest; of those that put the same, one."""
    found: list[Plan] = []
    for plan in sorted((plan for plan in plans if len(plan.puts) <= MOST_MOVED), key=lambda plan: plan.cost):
        if not plan.puts or all(plan.puts != better.puts for better in found):
            found.append(plan)
        if len(found) == MOST_KEPT:
            break
    return found


def _distance(visit: Visit, path: Path, value: Json) -> float:
    """How far a value lies from the visitor's own: 1 for another word, 2 for none at all."""
    if path == CLOCK:
        return min(1.0, float(value - visit.now_ms) / _YEAR_MS)
    if value is None:
        return 2.0
    before: Typed = visit.read(path)
    after: Typed = typed(value, visit.types.get(path, Type.UNDECLARED))
    kinds = before[0], after[0]
    if kinds == (Kind.NUMBER, Kind.NUMBER):
        return _share(before[1], after[1])
    if kinds == (Kind.LIST, Kind.LIST):
        return max(_share(len(before[1]), len(after[1])), 1 / (len(after[1]) + 1))
    one, two = as_instant(*before), as_instant(*after)
    return 1.0 if one is None or two is None else min(1.0, abs(two - one) / _YEAR_MS)


def _share(one: float, two: float) -> float:
    """The difference of two numbers in terms of the larger."""
    return min(1.0, abs(two - one) / (max(abs(one), abs(two)) or 1))
