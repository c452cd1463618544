"""Whole exports of Unleash and Optimizely become audiences; what a rule cannot say is noted or refused in its place."""

import json

import pytest

from shared.importers.optimizely import importer as optimizely
from shared.importers.unleash import importer as unleash
from shared.rules.problems import Refused

ALPS = {"id": 7, "name": "Alps", "constraints": [{"contextName": "country", "operator": "IN", "values": ["AT", "CH"]}]}
BROKEN = {"id": 8, "name": "Alps", "constraints": [{"contextName": "age", "operator": "NUM_GT", "value": "old"}]}
PRO = {"name": "plan", "type": "custom_attribute", "match": "exact", "value": "pro"}
TYPED = {"id": "1", "name": "Pro plans", "conditions": ["or", PRO]}
AS_TEXT = {**TYPED, "conditions": json.dumps(["or", {**PRO, "value": "free"}])}


@pytest.mark.parametrize("export", [[ALPS, BROKEN], {"segments": [ALPS, BROKEN]}])
def test_segments_of_unleash_have_keys_of_their_own(export):
    first, second = unleash.audiences(export, {}, "yggdrasil")
    assert (first.key, second.key) == ("alps", "alps-2")
    assert first.translation.rule == {"attribute": "traits.country", "op": "in", "value": ["AT", "CH"]}
    assert [guard.code for guard in second.translation.guards] == ["never-holds"]


def test_a_typed_audience_of_optimizely_replaces_one_as_text():
    (named,) = optimizely.audiences({"audiences": [AS_TEXT], "typedAudiences": [TYPED]}, {}, "python")
    assert (named.key, named.name) == ("pro-plans", "Pro plans")
    assert named.translation.rule == {"attribute": "traits.plan", "op": "eq", "value": "pro"}


def test_the_negation_of_unknown_is_in_no_rule():
    translation = optimizely.rule(["not", PRO], {}, "python")
    assert translation.rule == {
        "all": [
            {"attribute": "traits.plan", "op": "matches", "value": ""},
            {"attribute": "traits.plan", "op": "neq", "value": "pro"},
        ]
    }


def test_problems_of_a_segment_stand_where_it_is_named():
    segment = {"id": 1, "constraints": [{"contextName": "x", "operator": "REGEX", "value": "(?=a)"}]}
    strategy = {"constraints": [], "segments": [1, 2]}
    translation = unleash.rule(strategy, {"segments": [segment, {"id": 2}]}, "yggdrasil")
    assert [(each.pointer, each.code) for each in translation.problems] == [("/segments/0", "not-importable")]


def test_all_problems_are_told_at_once():
    constraints = [{"contextName": "x", "operator": "IN", "values": [1]}, "x"]
    assert [each.pointer for each in unleash.rule(constraints, {}, "yggdrasil").problems] == ["/0", "/1"]


@pytest.mark.parametrize(
    ("translate", "value", "extra"),
    [
        (unleash.rule, {"segments": [1] * 5_000}, {"segments": [{**ALPS, "id": 1}]}),
        (optimizely.rule, ["or", *["1"] * 5_000], {"audiences": [TYPED]}),
    ],
)
def test_a_rule_that_names_the_same_many_times_comes_to_an_end(translate, value, extra):
    problems = translate(value, extra, "yggdrasil" if translate is unleash.rule else "python").problems
    assert [each.code for each in problems] == ["too-many-conditions"]


@pytest.mark.parametrize(
    ("translate", "dialect", "extra"),
    [
        (unleash.rule, "yggdrasil", {"segments": [{"name": "no id"}]}),
        (unleash.rule, "yggdrasil", {"segments": {}}),
        (optimizely.rule, "python", {"audiences": [{"id": 7}]}),
        (optimizely.rule, "python", {"typedAudiences": "x"}),
    ],
)
def test_an_extra_that_cannot_be_read_is_refused(translate, dialect, extra):
    with pytest.raises(Refused, match="expected"):
        translate([], extra, dialect)
