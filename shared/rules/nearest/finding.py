"""Nearest: what would have to change, in a visitor's data or by the time, for a rule to say the opposite of him.

Every change that is given was applied to a copy of the visitor document and answered by a machine of the rule.
"""

from collections.abc import Mapping, Sequence
from typing import Any as Json

import msgspec

from shared.rules.catalogue import Path, join
from shared.rules.checker import leaves as leaves_of
from shared.rules.compiler import compile_rule
from shared.rules.linker import link
from shared.rules.machine import Machine
from shared.rules.model import Node, Reference
from shared.rules.nearest.plans import Search
from shared.rules.nearest.supposing import Leaf, Puts, Tree, grown, leaves, subjects, supposed
from shared.rules.questions import CLOCK
from shared.rules.telling_changes import said, waited
from shared.rules.witness import Visit, seen

MOST_CHANGES = 3
MOST_TURNS = 64
"""So many instants at which a condition changes by itself are looked at."""
_RULE = ""  # the key of the rule among its audiences, which all have longer ones


class Step(msgspec.Struct, frozen=True, omit_defaults=True, rename={"seen": "from"}):
    """One attribute of a change.

    pointer: to a condition that asks for the change, in the rule of `audience`, None for the rule itself. seen: the
    value now, null where it is unknown. to: a value that does it, null for unknown; of a place, `lat` and `lon`.
    words: "`spend` rose by 12.4 to 100".
    """

    pointer: str
    attribute: str
    seen: Json
    to: Json
    words: str
    audience: str | None = None


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """What makes the rule say the opposite: steps, all of them together, at an instant (Unix ms) or at once.

    words: "in 26 hours, on 2026-11-23T10:00:00Z", "if `plan` were `pro`".
    """

    words: str
    holds_then: bool
    steps: tuple[Step, ...] = ()
    at: int | None = None


def nearest(node: Node, visit: Visit) -> tuple[Change, ...]:
    """Up to three ways to make a checked rule say the opposite, the nearest first.

    Nearest are those that move the fewest attributes, then those that move them least; to wait is one such move.
    None at all where nothing was found, which is no proof that there is none.
    """
    tree = grown(node, visit.audiences)
    trial = _Trial(node, visit)
    turns = trial.turns() if any(CLOCK in leaf.looks for leaf in leaves(tree)) else []
    wait = next((at for at in turns if trial.flips({CLOCK: at})), None)
    waits: list[Puts] = [] if wait is None else [{CLOCK: wait}]
    search = Search(tree, visit, turns)
    told: list[Puts] = []
    for puts in sorted([*waits, *search.found(want=not trial.holds)], key=search.cost):
        least = _least(puts, trial) if trial.flips(puts) else None
        if least is not None and not any(_contains(least, nearer) for nearer in told):
            told.append(least)
    return tuple(_change(puts, tree, visit, holds_then=not trial.holds) for puts in told[:MOST_CHANGES])


class _Trial:
    """A machine of one rule and of those that it refers to, and what it says of one visit."""

    def __init__(self, node: Node, visit: Visit) -> None:
        nodes = {_RULE: node, **_referred(node, visit.audiences)}
        self._machine = Machine(link({key: compile_rule(each) for key, each in nodes.items()}, visit.types, ()))
        self._among = self._machine.select((_RULE,))
        self._visit = visit
        self.holds = self._holds({})

    def flips(self, puts: Puts) -> bool:
        """Whether the rule says the opposite of the visit with these values."""
        return self._holds(puts) is not self.holds

    def turns(self) -> list[int]:
        """The first instants after now at which a condition of the rule changes by itself."""
        found: list[int] = []
        at: int | None = self._visit.now_ms
        while at is not None and len(found) < MOST_TURNS:
            then = supposed(self._visit, {CLOCK: at})
            at = self._machine.valid_until(then.document, at, self._among)
            found += [] if at is None else [at]
        return found

    def _holds(self, puts: Puts) -> bool:
        then = supposed(self._visit, puts)
        return bool(self._machine.evaluate(then.document, then.now_ms, self._among))


def _referred(node: Node, audiences: Mapping[str, Node]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    waiting = [node]
    while waiting:
        keys = {leaf.audience for leaf, _ in leaves_of(waiting.pop(), "") if isinstance(leaf, Reference)}
        for key in keys - found.keys():
            found[key] = audiences[key]
            waiting.append(found[key])
    return found


def _contains(puts: Puts, nearer: Puts) -> bool:
    """Whether a change does all that a nearer one does; to wait longer is to wait, too."""
    return all(path in puts and (path == CLOCK or puts[path] == value) for path, value in nearer.items())


def _least(puts: Puts, trial: _Trial) -> Puts:
    """Without whatever can be left out."""
    for path in puts:
        fewer = {other: value for other, value in puts.items() if other != path}
        if fewer and trial.flips(fewer):
            return _least(fewer, trial)
    return puts


def _change(puts: Puts, tree: Tree, visit: Visit, *, holds_then: bool) -> Change:
    then = supposed(visit, puts)
    asked = list(leaves(tree))
    turned = [leaf for leaf in asked if leaf.holds(visit) is not leaf.holds(then)]
    left = {path for path in puts if path != CLOCK}
    steps = []
    for leaf in (*turned, *asked):
        for paths in subjects(leaf):
            if not left.isdisjoint(paths):
                left -= set(paths)
                is_alone = sum(not each.looks.isdisjoint(paths) for each in asked) == 1
                steps.append(_step(said(leaf, paths, visit, then, is_alone=is_alone), leaf, paths, visit, then))
    at = puts.get(CLOCK)
    words = [] if at is None else [waited(at, visit.now_ms)]
    words += [f"if {' and '.join(step.words for step in steps)}"] if steps else []
    return Change(", ".join(words), holds_then, tuple(steps), at)


def _step(words: str, leaf: Leaf, paths: Sequence[Path], visit: Visit, then: Visit) -> Step:
    """Of a place its latitude and longitude are one attribute."""
    is_place = len(paths) == 2
    return Step(
        pointer=leaf.pointer,
        attribute=join(paths[0][:-1] if is_place else paths[0]),
        seen=_values(paths, visit),
        to=_values(paths, then),
        words=words,
        audience=leaf.audience,
    )


def _values(paths: Sequence[Path], visit: Visit) -> Json:
    values = [seen(path, visit.read(path), visit).value for path in paths]
    return values[0] if len(values) == 1 else dict(zip(("lat", "lon"), values, strict=True))
