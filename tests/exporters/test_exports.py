"""An export means what the rule means: read back by its importer, it has the same truth for every visitor."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shared.exporters.registry import MODULES, exporter
from shared.importers.checking import sighted, translated
from shared.importers.registry import importer
from shared.rules.parser import parse
from shared.rules.problems import Refused
from tests import generate, oracle, readings

ROOT = Path(__file__).parents[2]
WORLDS = range(40)


def exported(name, rule, rules=None):
    nodes = {key: parse(each)[0] for key, each in (rules or {}).items()}
    return exporter(name).export(parse(rule)[0], nodes)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_exported_and_read_back_has_the_same_truth(name):
    source, pairs = importer(name), 0
    for seed in WORLDS:
        world = generate.world(seed, 25)
        visitors = [(readings.composed(visitor), now_ms) for visitor, now_ms in world.visitors(5)]
        for rule in world.rules.values():
            found = exported(name, rule, world.rules)
            if found.problems:
                continue
            back = translated(source, source.DIALECTS[0], found.rule, {})
            if back.rule is None:
                continue
            for visitor, now_ms in visitors:
                try:
                    sighting = sighted(source, source.DIALECTS[0], visitor, {"now": now_ms})
                except Refused:
                    continue
                if back.assumes and not oracle.holds(back.assumes, sighting.document, now_ms):
                    continue
                pairs += 1
                truth = oracle.holds(rule, visitor, now_ms, {}, world.rules)
                assert oracle.holds(back.rule, sighting.document, now_ms) == truth, (rule, found.rule, visitor)
    assert pairs > 100


CONDITION = {"attribute": "traits.plan", "op": "eq", "value": "pro"}
SAID = {
    "jsonlogic": {"===": [{"var": "traits.plan"}, "pro"]},
    "react-querybuilder": {
        "combinator": "and",
        "rules": [{"field": "traits.plan", "operator": "in", "value": ["pro"]}],
    },
}


@pytest.mark.parametrize("name", MODULES)
def test_equality_is_written_without_coercion(name):
    assert exported(name, CONDITION).rule == SAID[name]


@pytest.mark.parametrize("name", MODULES)
def test_references_are_written_out(name):
    assert exported(name, {"audience": "pro"}, {"pro": CONDITION}).rule == SAID[name]


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize(
    "unsaid",
    [
        {**CONDITION, "ignore_case": True},
        {"attribute": "traits.at", "op": "before", "value": "2026-01-01"},
        {"attribute": "traits.plan", "op": "matches", "value": "^p"},
        {"attribute": "traits.a\\.b", "op": "exists"},
        {"attribute": "traits.o.length", "op": "exists"},
        {"attribute": "traits.a", "op": "contains", "other": "traits.b"},
        {"attribute": "traits.a", "op": "element", "value": {"not": {"attribute": "x", "op": "exists"}}},
        {"list": "beta"},
        {"schedule": {"days": ["mon"]}},
    ],
)
def test_what_cannot_be_said_is_refused_by_its_place(name, unsaid):
    found = exported(name, {"all": [CONDITION, {"not": unsaid}]})
    assert found.rule is None
    assert [(problem.pointer, problem.code) for problem in found.problems] == [("/all/1/not", "not-exportable")]


@pytest.mark.parametrize(
    ("rule", "status", "said"),
    [
        (CONDITION, 0, SAID["jsonlogic"]),
        ({**CONDITION, "op": "equals"}, 1, "unknown-operator"),
        ({"list": "beta"}, 1, "not-exportable"),
    ],
)
def test_the_command_writes_the_rule_or_its_problems(rule, status, said):
    command = [sys.executable, "-m", "shared.exporters", "jsonlogic"]
    run = subprocess.run(command, input=json.dumps(rule).encode(), cwd=ROOT, capture_output=True, check=False)
    answer = json.loads(run.stdout)
    assert run.returncode == status
    assert (answer if status == 0 else answer["problems"][0]["code"]) == said
