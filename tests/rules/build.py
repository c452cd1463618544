"""Short ways from rule JSON to programs, images and machines, for tests."""

from collections.abc import Mapping
from typing import Any

from shared.rules import image, linker
from shared.rules.catalogue import split
from shared.rules.compiler import compile_rule
from shared.rules.image import Image
from shared.rules.kinds import Type
from shared.rules.machine import Machine
from shared.rules.parser import parse

NOW = 1_780_000_000_000  # 2026-05-28T20:26:40Z


def link(rules: Mapping[str, Any], types: Mapping[str, Type] | None = None, public: tuple[str, ...] = ()) -> Image:
    programs = {}
    for key, rule in rules.items():
        node, problems = parse(rule)
        assert node is not None, problems
        programs[key] = compile_rule(node)
    return linker.link(programs, {split(path): kind for path, kind in (types or {}).items()}, public)


def machine(rules: Mapping[str, Any], types: Mapping[str, Type] | None = None, public: tuple[str, ...] = ()) -> Machine:
    return Machine(image.decode(image.encode(link(rules, types, public))))


def condition(attribute: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"attribute": attribute, "op": op, **({} if value is None else {"value": value}), **more}
