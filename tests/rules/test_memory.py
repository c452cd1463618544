"""What readers remember: that it changes no answer, and that it stays within its bounds."""

from itertools import count

import pytest

from shared.rules import anniversaries
from shared.rules.buckets import percent
from shared.rules.places import HITS_KEPT, Atlas
from shared.rules.program import Test
from shared.rules.turns import SELECTIONS_KEPT, Turns
from tests.rules.build import NOW, condition, machine

DAY = 86_400_000


@pytest.mark.parametrize("shares", [1, 31, 32, 40])
def test_few_and_many_rollouts_of_one_salt_choose_alike(shares):
    wanted = {f"a{share}": 2.5 * share for share in range(shares)} | {"other": 50}
    rules = {
        key: {"rollout": {"percent": share, "by": "traits.id", "salt": "other" if key == "other" else "spring"}}
        for key, share in wanted.items()
    }
    engine = machine(rules)
    for number in range(200):
        salts = {key: "other" if key == "other" else "spring" for key in wanted}
        expected = {key for key, share in wanted.items() if percent("murmur3", salts[key], str(number)) < share}
        assert set(engine.evaluate({"traits": {"id": str(number)}}, NOW)) == expected
        assert set(engine.evaluate({"traits": {"id": number}}, NOW)) == expected


def test_a_turn_is_looked_for_again_only_when_it_has_passed_or_now_went_back():
    turns, found = Turns(2), count(100, 100)
    look = lambda: next(found)  # noqa: E731
    assert [turns.after(None, "a", now, look) for now in (50, 60, 99, 100, 199, 40)] == [100, 100, 100, 200, 200, 300]


def test_turns_forget_when_there_are_too_many_keys_or_selections():
    turns, found = Turns(2), count(100)
    look = lambda: next(found)  # noqa: E731
    assert [turns.after(None, key, 0, look) for key in ("a", "b", "a", "c", "a")] == [100, 101, 100, 102, 103]
    for number in range(SELECTIONS_KEPT):
        turns.after(frozenset({number}), "a", 0, lambda: None)
    assert turns.after(None, "a", 0, look) == 104


def test_of_many_anniversaries_the_next_one_to_change_is_found():
    born, zone = NOW - 10 * 365 * DAY, "Europe/Berlin"
    spans = (0, 1, 7, 30, 200, 365)
    for at in range(NOW, NOW + 400 * DAY, 9 * DAY):
        each = [anniversaries.next_change(born, at, zone, (span,)) for span in spans]
        assert anniversaries.next_change(born, at, zone, spans) == min(turn for turn in each if turn is not None)


def test_a_place_where_many_predicates_hold_is_answered_again():
    rows = [(Test.DISTANCE, (47.0, 8.0, 10.0 + number), number) for number in range(HITS_KEPT + 1)]
    for held in (rows, rows[:3]):
        atlas = Atlas(held)
        assert [atlas.at((47.0, 8.0)) for _ in range(2)] == [tuple(range(len(held)))] * 2


def test_a_place_flips_every_audience_that_asks_for_it():
    near = condition("geo", "within_km", {"lat": 47, "lon": 8, "km": 50})
    engine = machine({"near": near, "twice": {"any": [near, condition("traits.x", "exists")]}, "far": {"not": near}})
    for lat, expected in ((47.1, ["near", "twice"]), (50, ["far"])):
        for _ in range(2):
            assert sorted(engine.evaluate({"geo": {"lat": lat, "lon": 8}}, NOW)) == expected
