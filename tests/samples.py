"""The sample projects in this process: their people, and a machine that answers for rules on them."""

import json

from shared.local.sample import SAMPLES
from shared.rules import image, linker
from shared.rules.catalogue import Attribute, declared, split
from shared.rules.compiler import compile_rule
from shared.rules.kinds import Type
from shared.rules.machine import Machine
from shared.rules.overrides import overridden
from shared.rules.parser import parse


def catalogue(name):
    """The attribute catalogue of a sample project."""
    entries = json.loads((SAMPLES[name].folder / "attributes.json").read_text())
    return {split(path): Attribute(Type[entry["type"].upper()]) for path, entry in entries.items()}


def audiences(name):
    """The audiences of a sample project, as they stand in its file."""
    return json.loads((SAMPLES[name].folder / "audiences.json").read_text())


def machine(name, audiences):
    """A machine for audiences (key, rule, include, exclude) with the types of a sample project's catalogue."""
    attributes, programs = catalogue(name), {}
    for each in audiences:
        node, problems = parse(each["rule"])
        assert problems == []
        programs[each["key"]] = compile_rule(overridden(node, each.get("include", ()), each.get("exclude", ())))
    types = {path: declared(path, attributes) for program in programs.values() for path in program.paths}
    return Machine(image.decode(image.encode(linker.link(programs, types, ()))))


def documents(name):
    """What is stored of everybody in a sample project, as visitor documents by id."""
    sample = SAMPLES[name]
    lists = {key: set(ids) for key, ids in sample.lists().items()}
    return {
        identity: {
            "visitor": {"id": identity, "is_new": False},
            "traits": traits,
            "lists": sorted(key for key, ids in lists.items() if identity in ids),
        }
        for identity, traits in sample.visitors().items()
    }
