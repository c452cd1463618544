"""The second sample project: its files, and every audience over every employee at many instants."""

import runpy
from datetime import UTC, datetime, timedelta

import pytest

from shared.local.sample import SAMPLES
from shared.rules.checker import check
from shared.rules.parser import parse
from shared.rules.sentence import sentence
from tests import samples
from tests.system import plain_workplace as plain

FOLDER = SAMPLES["workplace"].folder
EMPLOYEES = dict(plain.employees())
AUDIENCES = samples.audiences("workplace")
INSTANTS = [
    plain.NOW,
    *(plain.NOW + timedelta(hours=hours, minutes=59, seconds=59) for hours in range(0, 24 * 8, 7)),
    datetime(2026, 6, 10, 22, tzinfo=UTC),  # the town hall's first instant
    datetime(2026, 6, 18, 15, tzinfo=UTC),  # and the first one after it
    datetime(2027, 2, 24, 0, 0, tzinfo=UTC),  # six days before 1 March of a common year
    datetime(2028, 2, 29, 9, 0, tzinfo=UTC),
    datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC),
]


@pytest.fixture(scope="module")
def machine():
    return samples.machine("workplace", AUDIENCES)


def document(stored, address=None):
    """A request of an employee from the office's time zone."""
    place = {"timezone": stored["traits"]["office"]["timezone"]}
    return stored | {"geo": place, "request": {} if address is None else {"ip": address}}


@pytest.mark.parametrize("now", INSTANTS, ids=str)
def test_every_employee_is_in_the_audiences_that_a_plain_computation_finds(machine, now):
    now_ms = int(now.timestamp()) * 1000
    found = {
        identity: sorted(machine.evaluate(document(stored), now_ms))
        for identity, stored in samples.documents("workplace").items()
    }
    assert found == {identity: plain.audiences_of(person, now=now) for identity, person in EMPLOYEES.items()}


@pytest.mark.parametrize(
    "address", ["10.20.255.1", "10.21.0.1", "::ffff:10.20.0.1", "2001:db8:20::1", "2001:db8:21::1"]
)
def test_addresses_decide_who_is_on_site(machine, address):
    stored = samples.documents("workplace")["e001"]
    holds = "on-site" in machine.evaluate(document(stored, address), 0)
    assert holds == (address in ("10.20.255.1", "::ffff:10.20.0.1", "2001:db8:20::1"))


def test_every_audience_has_members_and_none_has_all():
    sizes = dict.fromkeys((audience["key"] for audience in AUDIENCES), 0)
    for person in EMPLOYEES.values():
        for key in plain.audiences_of(person, address="10.20.0.1" if person["office"]["city"] == "Basel" else None):
            sizes[key] += 1
    assert [key for key, size in sizes.items() if not 0 < size < len(EMPLOYEES)] == []


def test_every_audience_is_taken_and_says_what_it_asks():
    nodes = {audience["key"]: parse(audience["rule"])[0] for audience in AUDIENCES}
    attributes = samples.catalogue("workplace")
    for key, node in nodes.items():
        assert check(node, attributes, nodes, key, lists={"beta-testers"}) == []
        assert sentence(node)


def test_the_files_are_what_the_script_draws():
    script = runpy.run_path(str(FOLDER / "generate.py"))
    people = script["employees"]()
    assert {person["id"]: person for person in people} == {
        identity: person | {"office": person["office"]["city"]} for identity, person in EMPLOYEES.items()
    }
    assert {"beta-testers": script["beta_testers"](people)} == SAMPLES["workplace"].lists()
    assert (FOLDER / "employees.jsonl").stat().st_size < 200_000


def test_every_trait_is_in_the_catalogue_and_every_one_there_is_somebodys():
    named = {path[1] for path in samples.catalogue("workplace")}
    assert {name for person in EMPLOYEES.values() for name in person if name != "id"} == named


def test_people_can_be_what_they_are():
    for person in EMPLOYEES.values():
        started = plain.day(person["started_at"])
        assert ("tickets" in person) == (started <= plain.NOW)
        assert all(started <= plain.day(ticket["opened_at"]) for ticket in person.get("tickets", ()))
        if "birthday" in person:
            assert plain.day(person["birthday"]) <= plain.years_before(started, 18)
