"""The cases of `conformance/`, which are data for any implementation, on the oracle, the machine and explain."""

import json
from pathlib import Path

import pytest

from shared.rules.catalogue import CLOSED, Attribute, split
from shared.rules.checker import check
from shared.rules.kinds import Type
from shared.rules.parser import parse, sketch, to_json
from tests import oracle, readings
from tests.agreement import Subject

FOLDER = Path(__file__).parent / "conformance"
BUILT_IN = {f"{root}.{name}": kind.name.lower() for root, names in CLOSED.items() for name, kind in names.items()}


def _cases(files):
    tables = [(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in sorted(files)]
    return [
        pytest.param({**table, **case}, id=f"{name}-{number}")
        for name, table in tables
        for number, case in enumerate(table["cases"])
    ]


@pytest.mark.parametrize("case", _cases(set(FOLDER.glob("*.json")) - {FOLDER / "refused.json"}))
def test_oracle_machine_and_explain_answer_as_the_case_says(case):
    rules = {**case.get("audiences", {}), "the case": case["rule"]}
    types = {**BUILT_IN, **case.get("types", {})}
    now_ms = readings.instant(case["now"])
    document = readings.composed(case["visitor"])
    subject = Subject(rules, types)
    assert oracle.holds(case["rule"], case["visitor"], now_ms, types, rules) is case["holds"], case["why"]
    assert ("the case" in subject.matches(document, now_ms)) is case["holds"], case["why"]
    assert subject.explained("the case", document, now_ms) is case["holds"], case["why"]


@pytest.mark.parametrize("case", _cases({FOLDER / "refused.json"}))
def test_parse_and_check_find_every_problem(case):
    catalogue = {split(path): Attribute(type=Type[name.upper()]) for path, name in case.get("catalogue", {}).items()}
    audiences = {key: parse(rule)[0] for key, rule in case.get("audiences", {}).items()}
    node, problems = sketch(case["rule"])
    problems += check(node, catalogue, audiences, case.get("key"))
    assert sorted([p.pointer, p.code] for p in problems) == sorted(case["problems"]), case["why"]
    if not problems:
        assert parse(to_json(node)) == (node, [])


def test_every_file_says_what_it_is_about_and_every_case_why():
    for file in FOLDER.glob("*.json"):
        table = json.loads(file.read_text(encoding="utf-8"))
        assert table["about"]
        assert all(case["why"] for case in table["cases"]), file.name


def test_every_operator_has_cases_of_every_answer():
    cases = json.loads((FOLDER / "operators.json").read_text(encoding="utf-8"))["cases"]
    answered = {(case["rule"]["op"], case["holds"]) for case in cases}
    assert answered == {(name, holds) for name in (*oracle.OPERATORS, *oracle.POSITIVE) for holds in (True, False)}
