"""A rule that is accepted never fails: rules of all kinds, mutated, and whoever passes the check is evaluated.

Both sides are as hostile as the product lets them be: the rules are changed as JSON in seeded ways and taken if parser
and checker find no problem, the visitors likewise, and now is anywhere in the years 1 to 9999.
"""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random

import msgspec

from shared.rules import image
from shared.rules.catalogue import Attribute, split
from shared.rules.checker import check
from shared.rules.compiler import compile_rule
from shared.rules.explain import explain
from shared.rules.instants import EARLIEST, LATEST
from shared.rules.kinds import Type
from shared.rules.linker import link
from shared.rules.machine import Machine
from shared.rules.parser import parse
from shared.rules.sentence import sentence
from shared.visitors import document
from tests import draws_when, generate, readings
from tests.hostile import mutated


@dataclass
class Tally:
    """`tried` and `accepted` count rules, `evaluations` an accepted rule asked for one visitor."""

    tried: int = 0
    accepted: int = 0
    evaluations: int = 0
    held: int = 0
    faults: list = field(default_factory=list)

    def add(self, other):
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def ask(seed, rules=1_500, visitors=400):
    """The Tally of a world's rules, mutated until there are `rules` of them, and accepted visitors."""
    rng, tally, world = Random(f"soundness {seed}"), Tally(), generate.world(seed)
    types = {split(path): Type[name.upper()] for path, name in world.types.items()}
    nodes = {}
    sources = [*world.rules.values(), *world.leaves, *world.leaves]
    for number in range(rules):
        rule = deepcopy(rng.choice(sources))
        for _ in range(rng.choice((0, 1, 1, 2))):
            rule = mutated(rng, rule)
        tally.tried += 1
        try:
            node, problems = parse(rule)
            if not problems and not check(node, {path: Attribute(kind) for path, kind in types.items()}, nodes):
                sentence(node)
                nodes[f"a{number}"] = node
        except Exception as error:  # noqa: BLE001  # none is expected, and any is a find
            tally.faults.append((seed, repr(error), rule))
    tally.accepted = len(nodes)
    programs = {key: compile_rule(node) for key, node in nodes.items()}
    loaded = Machine(image.decode(image.encode(link(programs, types, ()))))
    for visitor, now_ms in _visitors(rng, world, visitors) if nodes else ():
        _evaluate(rng, loaded, nodes, types, visitor, now_ms, tally)
    return tally


def _visitors(rng, world, count):
    """Visitors that a request may carry, each with a now."""
    for visitor, usual_ms in world.visitors(count):
        now_ms = rng.choice((usual_ms, usual_ms, EARLIEST, LATEST, rng.randint(EARLIEST, LATEST)))
        changed = visitor
        for _ in range(rng.choice((0, 1, 2, 4))):
            changed = mutated(rng, changed)
        for taken in map(_decoded, (changed, visitor)):
            if isinstance(taken, dict) and not document.problems_of(taken, ""):
                request = document.members_of(taken, "request")
                taken_now = {**taken, "request": {**request, "time": draws_when.text(now_ms)}}
                yield document.normalised(readings.composed(taken_now), is_plain=False), now_ms


def _decoded(value):
    """A value as a request carries it, None where none can."""
    try:
        return msgspec.json.decode(json.dumps(value))
    except msgspec.DecodeError:
        return None


def _evaluate(rng, loaded, nodes, types, visitor, now_ms, tally):
    try:
        held = loaded.evaluate(visitor, now_ms)
        certain, possible = loaded.bounds(visitor, now_ms, lambda path: path[0] == "traits")
        until = loaded.valid_until(visitor, now_ms)
        key = rng.choice(list(nodes))
        told = explain(nodes[key], visitor, now_ms, types, nodes).holds
    except Exception as error:  # noqa: BLE001  # none is expected, and any is a find
        tally.faults.append((tally.accepted, repr(error), visitor, now_ms))
        return
    tally.evaluations += len(nodes)
    tally.held += len(held)
    if not set(certain) <= set(held) <= set(possible) or told != (key in held) or (until or now_ms + 1) <= now_ms:
        tally.faults.append((key, "contradicts itself", visitor, now_ms))
