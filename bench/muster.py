"""Muster itself: rules compiled, linked and encoded to an image; a machine made of the image's bytes."""

from collections.abc import Callable, Mapping
from time import thread_time
from unittest.mock import patch

import re2

from bench.engine import Rules, TakesDocument
from bench.wide_conditions import ATTRIBUTES, TYPES
from shared.rules import catalogue, image, linker
from shared.rules.compiler import compile_rule
from shared.rules.kinds import Type
from shared.rules.machine import Machine
from shared.rules.parser import parse
from shared.rules.problems import Refused
from shared.rules.program import Program


def types() -> dict[catalogue.Path, Type]:
    """The declared type of each attribute of the workloads; an image holds what its rules ask of them."""
    own = {catalogue.split(name): catalogue.Attribute(type=Type[kind.upper()]) for name, kind in TYPES.items()}
    return {path: catalogue.declared(path, own) for path in map(catalogue.split, ATTRIBUTES)}


def programs(rules: Rules) -> dict[str, Program]:
    """Every rule parsed and compiled: what is stored when a rule is saved."""
    made = {}
    for key, rule in rules.items():
        node, problems = parse(rule)
        if node is None:
            raise Refused(problems)
        made[key] = compile_rule(node)
    return made


def link(made: Mapping[str, Program]) -> bytes:
    """Every program linked and encoded: what is done at publish. Every third audience is public."""
    return image.encode(linker.link(made, types(), list(made)[::3]))


def publish(rules: Rules) -> bytes:
    """The bytes of the image."""
    return link(programs(rules))


def patterns_seconds(stored: bytes) -> float:
    """How much of a load RE2 takes to compile the patterns, which it cannot store."""
    seconds = 0.0

    def timed(call: Callable) -> Callable:
        def wrapped(*arguments: object) -> object:
            nonlocal seconds
            start = thread_time()
            result = call(*arguments)
            seconds += thread_time() - start
            return result

        return wrapped

    with patch.multiple(re2.Set, Add=timed(re2.Set.Add), Compile=timed(re2.Set.Compile)):
        load(stored)
    return seconds


class Engine(TakesDocument):
    """A machine."""

    def __init__(self, stored: bytes) -> None:
        self.machine = Machine(image.decode(stored))
        self.evaluate = self.machine.evaluate


load = Engine
