"""Schedules and anniversaries of any zone at any time: whether they hold and when they turn, machine and oracle."""

from random import Random

import pytest

from tests import changes, clocks, draws_when, oracle, readings
from tests.agreement import Subject

RULES = 150
TYPES = {"traits.at": "datetime"}
CLOCKS = ("00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "12:00", "23:00", "23:30")
STARTS = ("0500-01-01", "2026-03-15", "2040-01-01", "2090-02-28")
ENDS = ("2040-01-01", "2090-02-28", "9990-01-01")
DURATIONS = ("P0D", "P1D", "P1W", "P60D", "P363D", "P364D", "P365D")
SEEN = ("0001-01-01", "1970-07-07T07:07:07Z", "1990-03-01", "1992-02-29", "9999-12-31T23:59:59Z")
NOWS = ("2026-03-15T12:00:00Z", "2095-12-31", "2028-02-28T23:59:59.999Z", "1900-02-28T12:00:00Z")


def _schedule(rng, zone):
    found = {}
    if rng.random() < 0.6:
        found["days"] = rng.sample(clocks.WEEKDAYS, rng.choice((1, 1, 2, 7)))
    if rng.random() < 0.6:
        found["days_of_month"] = sorted(rng.sample(range(1, 32), rng.choice((1, 1, 2, 15))))
    if rng.random() < 0.6:
        found["months"] = sorted(rng.sample(range(1, 13), rng.choice((1, 1, 2, 6))))
    if rng.random() < 0.5 or not found:
        found |= zip(("from", "to"), rng.sample(CLOCKS, 2), strict=True)
    if rng.random() < 0.3:
        found |= rng.choice(({"start": rng.choice(STARTS)}, {"end": rng.choice(ENDS)}))
    days, months = found.get("days_of_month", [1]), found.get("months", [1])
    longest = max({2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31) for month in months)
    return {"schedule": {**found, "timezone": zone}} if min(days) <= longest else _schedule(rng, zone)


def _anniversary(rng, zone):
    return {"attribute": "traits.at", "op": "anniversary_within", "value": rng.choice(DURATIONS), "timezone": zone}


def _now(rng):
    years = (0, 4_000_000_000_000) if rng.random() < 0.6 else (readings.EARLIEST, readings.instant("9990-01-01"))
    return rng.randint(*years) if rng.random() < 0.7 else readings.instant(rng.choice(NOWS))


@pytest.mark.parametrize("draw", [_schedule, _anniversary])
def test_machine_and_oracle_agree_on_what_holds_and_until_when(draw):
    rng = Random(draw.__name__)
    zones = sorted(clocks.zone_names())
    for _ in range(RULES):
        rule = draw(rng, rng.choice(zones))
        subject = Subject({"rule": rule}, TYPES)
        for _ in range(2):
            now_ms, visitor = _now(rng), {"traits": {"at": rng.choice(SEEN)}}
            if rng.random() < 0.3:
                visitor = {"traits": {"at": draws_when.text(now_ms)[:10]}}
            asked = (rule, visitor, now_ms, TYPES)
            assert bool(subject.matches(visitor, now_ms)) is oracle.holds(*asked), asked
            assert subject.turn(visitor, now_ms) == changes.next_change(*asked), asked


@pytest.mark.parametrize("start", ["2026-03-25", "2026-10-20", "2028-02-25"])
@pytest.mark.parametrize("draw", [_schedule, _anniversary])
def test_stepping_the_clock_meets_every_turn_and_no_other(draw, start):
    rng = Random(f"{draw.__name__} {start}")
    visitor = {"traits": {"at": "1992-02-29"}}
    for _ in range(8):
        rule = draw(rng, rng.choice(draws_when.ZONES))
        now_ms = readings.instant(start)
        holds, turn = oracle.holds(rule, visitor, now_ms), changes.next_change(rule, visitor, now_ms)
        for ms in range(now_ms, now_ms + 14 * readings.DAY, 900_000):
            while turn is not None and turn <= ms:
                holds, turn = not holds, changes.next_change(rule, visitor, turn)
            assert oracle.holds(rule, visitor, ms) is holds, (rule, ms)


@pytest.mark.parametrize("end", ["2040-01-01", "2090-01-01", "9999-12-31"])
def test_a_window_that_only_its_end_closes_closes_there_however_far_off(end):
    subject = Subject({"open": {"schedule": {"days": list(clocks.WEEKDAYS), "end": end}}}, {})
    assert subject.turn({}, readings.instant("2026-03-15")) == readings.instant(end)
