"""The second sample project end to end: every employee over HTTP against a plain computation over its files."""

import json
import shlex
import shutil
import subprocess

import pytest

from tests import samples
from tests.product import MISSING, running
from tests.system import plain_workplace as plain

EMPLOYEES = dict(plain.employees())
BATCH = 100


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    if MISSING:
        pytest.skip(MISSING)
    with running(tmp_path_factory.mktemp("workplace"), sample="workplace") as product:
        yield product


def address_of(person):
    """Those in Basel are on site, those in Berlin ask from another network, the rest from none that is told."""
    return {"Basel": "10.20.7.7", "Berlin": "192.0.2.9"}.get(person["office"]["city"])


def asked(person):
    address = address_of(person)
    return {
        "visitor": {"id": person["id"]},
        "geo": {"timezone": person["office"]["timezone"]},
        "request": {"time": plain.NOW.isoformat()} | ({"ip": address} if address else {}),
    }


def test_every_employee_is_in_the_audiences_that_a_plain_computation_finds(workplace):
    people, found = list(EMPLOYEES.values()), {}
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        body = {"visitors": [asked(person) for person in batch]}
        status, answer, _ = workplace.call("POST", "/v1/evaluate/batch?environment=production", body)
        assert status == 200, answer
        found |= {person["id"]: each["audiences"] for person, each in zip(batch, answer["results"], strict=True)}
    assert found == {
        identity: plain.audiences_of(person, address=address_of(person)) for identity, person in EMPLOYEES.items()
    }


def test_the_calls_that_it_prints_work_as_they_stand(workplace):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    lines = [line for line in workplace.printed.splitlines() if line.startswith("curl")]
    mine, browsers, why = (json.loads(subprocess.check_output(shlex.split(line))) for line in lines)
    assert mine["audiences"] == plain.audiences_of(EMPLOYEES["e490"], address="10.20.3.4")
    assert browsers["audiences"] == ["office-hours"]
    assert why["holds"] is True


@pytest.mark.parametrize("identity", ["e001", "e002", "e490"])
def test_every_audience_can_be_explained_and_agrees(workplace, identity):
    person = EMPLOYEES[identity]
    held = set()
    for audience in samples.audiences("workplace"):
        body = {"audience": audience["key"], **asked(person)}
        status, answer, _ = workplace.call("POST", "/v1/explain?environment=production", body)
        assert status == 200, answer
        held |= {audience["key"]} if answer["holds"] else set()
    assert sorted(held) == plain.audiences_of(person, address=address_of(person))


def test_every_template_can_be_saved_as_it_is(workplace):
    _, answer, _ = workplace.call("GET", "/v1/templates")
    for template in answer["items"]:
        body = {name: template[name] for name in ("name", "description", "rule")}
        body["key"] = f"from-template-{template['key']}"
        status, saved, _ = workplace.call("POST", "/v1/audiences", body)
        assert status == 201, saved
        assert saved["sentence"] == template["sentence"]


def test_the_audiences_are_those_of_the_file(workplace):
    _, answer, _ = workplace.call("GET", "/v1/audiences?limit=100")
    assert {each["key"] for each in samples.audiences("workplace")} <= {item["key"] for item in answer["items"]}
