"""Machine, explain and oracle agree on 100,000 pairs of a rule and a visitor, whatever their order and form."""

from random import Random

import pytest

from tests import generate, readings
from tests.agreement import ROWS, Subject, Tally, compare
from tests.smallest import smallest

pytestmark = pytest.mark.xdist_group("agreement")  # one worker: the fixture is what takes time

WORLDS = 100  # of 50 audiences and 20 visitors: 100,000 pairs


@pytest.fixture(scope="module")
def tally():
    total = Tally()
    for seed in range(WORLDS):
        total.add(compare(seed))
    return total


def test_machine_explain_and_oracle_agree_on_100_000_pairs(tally):
    shown = [
        (seed, smaller, smaller.answers(), smaller.turns())
        for seed, case in tally.mismatches[:3]
        for smaller in [smallest(case)]
    ]
    assert not tally.mismatches, f"{len(tally.mismatches)} mismatches, such as {shown}"
    assert tally.pairs == 100_000


def test_every_operator_met_every_kind_of_value(tally):
    assert [row for row in ROWS if not tally.hits[row]] == []


def test_neither_yes_nor_no_nor_undecided_is_rare(tally):
    assert 0.2 < tally.holds / tally.pairs < 0.8
    assert tally.undecided > 1_000


def test_it_is_not_rare_that_answers_change_by_themselves_nor_that_they_never_do(tally):
    assert tally.turns == 500
    assert 0.1 < tally.lasting / tally.turns < 0.5


@pytest.fixture(params=range(1_000, 1_005))
def world(request):
    return generate.world(request.param)


def test_the_order_of_audiences_and_of_conditions_changes_no_answer(world):
    rng = Random(world.seed)
    keys = rng.sample(sorted(world.rules), len(world.rules))
    straight = Subject(world.rules, world.types)
    shuffled = Subject({key: _shuffled(rng, world.rules[key]) for key in keys}, world.types)
    for visitor, now_ms in _visitors(world):
        assert shuffled.matches(visitor, now_ms) == straight.matches(visitor, now_ms)


def test_not_not_and_de_morgan_keep_every_answer_and_not_turns_it(world):
    forms = {f"{key} not": {"not": rule} for key, rule in world.rules.items()}
    forms |= {f"{key} twice": {"not": {"not": rule}} for key, rule in world.rules.items()}
    forms |= {f"{key} turned": _de_morgan(rule) for key, rule in world.rules.items()}
    subject = Subject(world.rules | forms, world.types)
    for visitor, now_ms in _visitors(world):
        matches = subject.matches(visitor, now_ms)
        for key in world.rules:
            assert (key in matches) == (f"{key} twice" in matches) == (f"{key} turned" in matches), key
            assert (key in matches) != (f"{key} not" in matches), key


def test_attributes_that_no_rule_asks_change_no_answer(world):
    subject = Subject(world.rules, world.types)
    for visitor, now_ms in _visitors(world):
        traits = {**visitor.get("traits", {}), "unasked": "pro", "Plan": ["pro"], "plan.": 1}
        wider = {**visitor, "traits": traits, "utm": {"source": "mail"}, "device": None}
        assert subject.matches(wider, now_ms) == subject.matches(visitor, now_ms)


def test_attributes_that_no_rule_asks_are_never_missed(world):
    subject = Subject(world.rules, world.types)
    for visitor, now_ms in _visitors(world):
        matches = subject.matches(visitor, now_ms)
        assert subject.bounds(visitor, now_ms, {"traits.unasked"}) == (matches, matches)


def _visitors(world):
    return [(readings.composed(visitor), now_ms) for visitor, now_ms in world.visitors(20)]


def _shuffled(rng, node):
    for name in ("all", "any"):
        if name in node:
            return {name: [_shuffled(rng, child) for child in rng.sample(node[name], len(node[name]))]}
    return {"not": _shuffled(rng, node["not"])} if "not" in node else node


def _de_morgan(node):
    for name, dual in (("all", "any"), ("any", "all")):
        if name in node:
            return {"not": {dual: [{"not": child} for child in node[name]]}}
    return {"not": {"not": node}}
