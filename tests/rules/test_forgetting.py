"""What a machine remembers never shows: with no room at all, and where a table is full and emptied, answers stay."""

import pytest

from shared.rules import changes, machine, places, zones
from shared.rules.instants import EARLIEST, parse
from shared.rules.kinds import Type
from shared.rules.machine import Machine
from tests import generate, oracle, readings
from tests.rules.build import NOW, condition, link
from tests.rules.build import machine as loaded

DAY = 86_400_000
NIGHT = {"schedule": {"from": "22:00", "to": "06:00", "timezone": "visitor"}}
ZONES = sorted(zones.names())[:150]


@pytest.mark.parametrize("memo_bytes", [0, 2_000])
@pytest.mark.parametrize("seed", range(3_000, 3_004))
def test_without_room_to_remember_the_answers_are_the_same(seed, memo_bytes):
    world = generate.world(seed)
    linked = link(world.rules, {path: Type[name.upper()] for path, name in world.types.items()})
    starved = Machine(linked, memo_bytes)
    for visitor, now_ms in world.visitors(20):
        document = readings.composed(visitor)
        expected = {
            key for key, rule in world.rules.items() if oracle.holds(rule, document, now_ms, world.types, world.rules)
        }
        assert set(starved.evaluate(document, now_ms)) == expected
        assert set(starved.evaluate(document, now_ms)) == expected


@pytest.mark.parametrize("memo_bytes", [0, 48 * 1024 * 1024])
def test_values_that_flip_much_and_long_texts_are_answered_again(memo_bytes):
    rules = {f"a{n}": condition("traits.a", "in", ["pro", "x" * 600, f"{n}"]) for n in range(40)}
    rules |= {f"b{n}": condition("traits.a", "eq", "pro") for n in range(40)}
    asked = Machine(link(rules), memo_bytes)
    for _ in range(2):
        assert len(asked.evaluate({"traits": {"a": "pro"}}, NOW)) == 80
        assert len(asked.evaluate({"traits": {"a": "x" * 600}}, NOW)) == 40
        assert asked.evaluate({"traits": {"a": "7"}}, NOW) == ["a7"]


def test_a_text_that_is_longer_than_the_room_is_answered():
    asked = Machine(link({"a": condition("traits.a", "starts_with", "x")}), 1_000)
    for _ in range(2):
        assert asked.evaluate({"traits": {"a": "x" * 500}}, NOW) == ["a"]


def test_more_zones_than_are_kept():
    asked = loaded({"night": NIGHT})
    for zone in [*ZONES, *ZONES]:
        document, fresh = {"geo": {"timezone": zone}}, loaded({"night": NIGHT})
        assert asked.evaluate(document, NOW) == fresh.evaluate(document, NOW)
        assert asked.valid_until(document, NOW) == fresh.valid_until(document, NOW)


def test_more_places_and_square_degrees_than_are_kept(monkeypatch):
    monkeypatch.setattr(places, "CELLS_KEPT", 2)
    monkeypatch.setattr(places, "PLACES_KEPT", 2)
    rules = {f"a{n}": condition("geo", "within_km", {"lat": n, "lon": n, "km": 50}) for n in range(40)}
    asked = loaded(rules)
    for _ in range(2):
        assert [asked.evaluate({"geo": {"lat": n, "lon": n}}, NOW) for n in range(40)] == [[f"a{n}"] for n in range(40)]


def test_more_values_with_calendar_steps_than_are_kept(monkeypatch):
    monkeypatch.setattr(changes, "EDGES_KEPT", 2)
    asked = loaded({"a": condition("traits.at", "within_last", "P1M")})
    for _ in range(2):
        for day, until in (("02", "2026-06-02"), ("03", "2026-06-03"), ("04", "2026-06-04"), ("05", "2026-06-05")):
            assert asked.valid_until({"traits": {"at": f"2026-05-{day}"}}, NOW) == parse(until)


def test_more_selections_than_are_kept(monkeypatch):
    monkeypatch.setattr(machine, "SELECTIONS_KEPT", 2)
    asked = loaded({f"a{n}": condition("traits.at", "within_last", f"P{n}D") for n in range(1, 6)})
    for _ in range(2):
        for n in range(1, 6):
            until = asked.valid_until({"traits": {"at": "2026-05-28"}}, NOW, asked.select([f"a{n}"]))
            assert until == parse("2026-05-28") + n * DAY


def test_days_before_the_first_that_has_a_cut_off_share_it():
    asked = loaded({"a": condition("traits.at", "older_than", "P1M")})
    first = [asked.evaluate({"traits": {"at": "0001-01-01"}}, EARLIEST + n * DAY) for n in range(-3, 3)]
    assert first == [asked.evaluate({"traits": {"at": "0001-01-01"}}, EARLIEST + n * DAY) for n in range(-3, 3)]


def test_without_a_time_of_its_own_a_request_passes_no_instant():
    asked = loaded({"a": condition("request.time", "before", "2030-01-01")})
    assert asked.valid_until({}, NOW) is None
    assert asked.valid_until({"request": {"time": "2026-05-28"}}, NOW) == parse("2030-01-01")
