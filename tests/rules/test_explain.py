import msgspec
import pytest

from shared.rules.explain import explain
from shared.rules.kinds import Type
from shared.rules.overrides import overridden
from shared.rules.parser import parse
from shared.rules.telling import tell
from shared.rules.witness import Reason, Seen

NOW = 1_710_000_000_000
PLAN = {"attribute": "traits.plan", "op": "eq", "value": "pro"}


def explained(rule, document=None, types=None, audiences=None):
    trees = {key: parse(other)[0] for key, other in (audiences or {}).items()}
    return explain(parse(rule)[0], document or {}, NOW, types or {}, trees)


@pytest.mark.parametrize(
    ("fields", "value", "holds", "reason"),
    [
        ({}, "pro", True, Reason.HOLDS),
        ({}, "team", False, Reason.FAILS),
        ({}, 5, False, Reason.WRONG_KIND),
        ({}, None, False, Reason.MISSING),
        ({"op": "neq"}, "pro", False, Reason.FAILS),
        ({"op": "neq"}, "team", True, Reason.HOLDS),
        ({"op": "neq"}, 5, True, Reason.WRONG_KIND),
        ({"op": "neq"}, None, True, Reason.MISSING),
        ({"missing": "match"}, None, True, Reason.MISSING),
        ({"missing": "match"}, 5, False, Reason.WRONG_KIND),
        ({"op": "neq", "missing": "match"}, None, True, Reason.MISSING),
    ],
)
def test_a_condition_says_what_decided_it(fields, value, holds, reason):
    told = explained(PLAN | fields, {"traits": {"plan": value}})
    assert (told.node, told.holds, told.witness.reason) == ("condition", holds, reason)


def test_a_witness_shows_the_normalised_value():
    document = {"traits": {"orders": "42", "seen": 1_710_000_000, "app": "v1.2", "roles": ["a", 1]}}
    types = {("traits", "orders"): Type.NUMBER, ("traits", "seen"): Type.DATETIME, ("traits", "app"): Type.VERSION}
    rule = {
        "all": [
            {"attribute": "traits.orders", "op": "gt", "value": 40},
            {"attribute": "traits.seen", "op": "within_last", "value": "P1D"},
            {"attribute": "traits.app", "op": "version_gte", "value": "1.2.0"},
            {"attribute": "traits.roles", "op": "has_all", "value": ["a", 1]},
            {"attribute": "page.path", "op": "not_starts_with", "value": "/admin"},
        ]
    }
    told = explained(rule, document, types)
    assert told.holds
    assert [item.witness.seen for item in told.items] == [
        Seen("traits.orders", "number", 42),
        Seen("traits.seen", "instant", "2024-03-09T16:00:00Z"),
        Seen("traits.app", "version", "v1.2"),
        Seen("traits.roles", "list", ["a", 1]),
        Seen("page.path", "missing", None),
    ]


def test_two_attributes_are_both_shown_and_either_may_be_missing():
    rule = {"attribute": "traits.a", "op": "gt", "other": "traits.b", "missing": "match"}
    told = explained(rule, {"traits": {"a": 2, "b": 1}})
    assert (told.holds, told.witness.reason) == (True, Reason.HOLDS)
    assert told.witness.other == Seen("traits.b", "number", 1)
    for traits in ({"a": 2}, {"b": 1}, {}):
        told = explained(rule, {"traits": traits})
        assert (told.holds, told.witness.reason) == (True, Reason.MISSING)
    assert explained(rule, {"traits": {"a": 2, "b": "1"}}).witness.reason is Reason.WRONG_KIND


def test_the_tree_mirrors_the_rule_and_tells_every_item():
    rule = {"any": [PLAN, {"not": {"all": [PLAN, {"audience": "vip"}]}}]}
    told = explained(rule, {"traits": {"plan": "pro"}}, audiences={"vip": {"any": [PLAN]}})
    flat = []

    def walk(node):
        flat.append((node.node, node.pointer, node.holds))
        for item in node.items:
            walk(item)

    walk(told)
    assert flat == [
        ("any", "/rule", True),
        ("condition", "/rule/any/0", True),
        ("not", "/rule/any/1", False),
        ("all", "/rule/any/1/not", True),
        ("condition", "/rule/any/1/not/all/0", True),
        ("audience", "/rule/any/1/not/all/1", True),
        ("any", "/rule", True),
        ("condition", "/rule/any/0", True),
    ]
    assert told.items[1].items[0].items[1].audience == "vip"


def test_an_explanation_is_json_without_empty_fields():
    told = msgspec.to_builtins(explained(PLAN, {"traits": {"plan": "team"}}))
    assert told == {
        "node": "condition",
        "holds": False,
        "pointer": "/rule",
        "witness": {
            "asked": "`plan` is `pro`",
            "seen": {"attribute": "traits.plan", "kind": "string", "value": "team"},
            "reason": "fails",
        },
    }


@pytest.mark.parametrize("value", [{}, [], [[[{}]]], "", 0, -0.0, 1e300, True, {"a": None}, ["x", None]])
def test_any_value_can_be_explained(value):
    ops = {
        "eq": "x",
        "gt": 1,
        "matches": ".",
        "older_than": "P1M",
        "version_lt": "1",
        "has_any": ["x"],
        "size": {"eq": 0},
    }
    for op, operand in ops.items():
        explained({"attribute": "traits.plan", "op": op, "value": operand}, {"traits": {"plan": value}})
        explained({"attribute": "traits.plan.x", "op": op, "value": operand}, {"traits": {"plan": value}})
        explained({"attribute": "traits.plan", "op": op, "value": operand}, {"traits": value})


@pytest.mark.parametrize(
    ("visitor", "plan", "holds", "lines"),
    [
        ({"id": "u1"}, "free", True, ["not one of the 2 ids of `exclude`, and so as follows: yes",
                                      "1. one of the 2 ids of `include`, and so in whatever follows: yes",
                                      "1.1. `plan` is `pro`: no, it is `free`"]),
        ({"id": "u2"}, "pro", False, ["one of the 2 ids of `exclude`, and so out whatever follows: no",
                                      "1. one of the 2 ids of `include`, and so in whatever follows: yes",
                                      "1.1. `plan` is `pro`: yes, it is `pro`"]),
        ({"anonymous_id": "u9"}, "pro", True, ["not one of the 2 ids of `exclude`, and so as follows: yes",
                                               "1. not one of the 2 ids of `include`, and so as follows: yes",
                                               "1.1. `plan` is `pro`: yes, it is `pro`"]),
    ],
)  # fmt: skip
def test_ids_that_override_are_told_apart_and_the_rule_keeps_its_place(visitor, plan, holds, lines):
    node = overridden(parse(PLAN)[0], ["u1", "u2"], ["u2", "u3"])
    told = explain(node, {"visitor": visitor, "traits": {"plan": plan}}, NOW, {}, {})
    assert (told.node, told.pointer, told.holds) == ("exclude", "/exclude", holds)
    (inner,) = told.items
    assert (inner.node, inner.pointer) == ("include", "/include")
    assert [item.pointer for item in inner.items] == ["/rule"]
    assert list(tell(told)) == lines


@pytest.mark.parametrize(
    ("value", "share", "clock"),
    [
        (None, Reason.MISSING, Reason.MISSING),
        (1.5, Reason.WRONG_KIND, Reason.WRONG_KIND),
        ("Mars/Olympus", Reason.HOLDS, Reason.WRONG_KIND),
        ("Europe/Zurich", Reason.HOLDS, Reason.HOLDS),
    ],
)
def test_a_rollout_and_a_schedule_say_whether_what_they_read_is_missing(value, share, clock):
    document = {"geo": {"timezone": value}}
    rollout = {"rollout": {"percent": 100, "by": "geo.timezone", "salt": "spring"}}
    schedule = {"schedule": {"start": "2020-01-01", "timezone": "visitor"}}
    assert explained(rollout, document).witness.reason is share
    assert explained(schedule, document).witness.reason is clock
