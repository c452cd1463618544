from math import inf, nan

import pytest

from shared.rules.model import All, Any, Condition, Not, Reference
from shared.rules.parser import HOLE, parse, sketch, to_json

PLAN = {"attribute": "traits.plan", "op": "eq", "value": "pro"}


def found(rule):
    node, problems = parse(rule)
    assert (node is None) == bool(problems)
    return [(problem.pointer, problem.code) for problem in problems]


def nested(levels, leaf=PLAN):
    for _ in range(levels):
        leaf = {"not": leaf}
    return leaf


def test_every_node_becomes_its_type():
    node, problems = parse(
        {
            "all": [
                {"any": [PLAN, {"not": {"audience": "vip"}}]},
                {"attribute": r"traits.a\.b", "op": "in", "value": [1, True, "x"], "missing": "match"},
                {"attribute": "traits.a", "op": "eq", "other": "traits.b", "ignore_case": True},
                {"attribute": "traits.seen", "op": "on", "value": "2024-03-31", "timezone": "Europe/Rome"},
            ]
        }
    )
    assert problems == []
    assert node == All(
        (
            Any((Condition(("traits", "plan"), "eq", "pro"), Not(Reference("vip")))),
            Condition(("traits", "a.b"), "in", (1, True, "x"), missing_matches=True),
            Condition(("traits", "a"), "eq", other=("traits", "b"), ignore_case=True),
            Condition(("traits", "seen"), "on", "2024-03-31", timezone="Europe/Rome"),
        )
    )


@pytest.mark.parametrize(
    "rule",
    [
        PLAN,
        {"audience": "vip"},
        {"not": {"all": [PLAN, {"any": [PLAN, {"audience": "vip"}]}]}},
        {"attribute": r"traits.a\.b\\c", "op": "exists"},
        {"attribute": "traits.a", "op": "neq", "other": "traits.b", "ignore_case": True, "missing": "match"},
        {"attribute": "traits.a", "op": "size", "value": {"gte": 2, "lt": 5}},
        {"attribute": "traits.a", "op": "in", "value": ["x", 1, 1.5, False]},
        {"attribute": "traits.a", "op": "on", "value": "2024-03-31", "timezone": "Europe/Rome"},
        {"not": {"list": "testers"}},
        {"rollout": {"percent": 12.5, "by": "visitor.id", "salt": "spring"}},
        {"rollout": {"percent": 5, "by": "traits.a", "salt": "key.salt", "hash": "launchdarkly"}},
        {"schedule": {"days": ["mon", "fri"], "months": [1], "from": "09:00", "to": "17:00", "timezone": "visitor"}},
        {"schedule": {"start": "2026-01-01", "end": "2026-02-01", "days_of_month": [1, 31]}},
        {"attribute": "traits.a", "op": "element", "value": {"any": [PLAN, {"not": PLAN}]}, "missing": "match"},
        {"attribute": "geo", "op": "within_km", "value": {"lat": 47.4, "lon": 8.5, "km": 10}},
    ],
)
def test_canonical_json_is_the_inverse_of_parsing(rule):
    node, _ = parse(rule)
    assert to_json(node) == rule
    assert parse(to_json(node)) == (node, [])


def test_a_number_has_one_form_and_a_boolean_stays_one():
    node, _ = parse({"attribute": "traits.a", "op": "in", "value": [1.0, -0.0, 1e300, 0.5, True]})
    assert [repr(value) for value in node.value] == ["1", "0", "1e+300", "0.5", "True"]


def test_strings_and_names_are_composed():
    node, _ = parse({"attribute": "traits.cafe\u0301", "op": "eq", "value": "cafe\u0301"})
    assert node == Condition(("traits", "caf\u00e9"), "eq", "caf\u00e9")


@pytest.mark.parametrize("rule", [None, 1, "x", True, [PLAN], 1.5])
def test_a_rule_is_an_object(rule):
    assert found(rule) == [("/rule", "wrong-type")]


@pytest.mark.parametrize(
    ("rule", "pointer", "code"),
    [
        ({}, "", "unknown-node"),
        ({"alll": [PLAN]}, "", "unknown-node"),
        ({"all": [PLAN], "any": [PLAN]}, "", "ambiguous-node"),
        ({"audience": "vip", "list": "testers"}, "", "ambiguous-node"),
        ({"all": []}, "/all", "empty-group"),
        ({"any": []}, "/any", "empty-group"),
        ({"all": PLAN}, "/all", "wrong-type"),
        ({"all": [PLAN], "note": 1}, "/note", "unknown-field"),
        ({"not": PLAN, "note": 1}, "/note", "unknown-field"),
        ({"not": []}, "/not", "wrong-type"),
        ({"any": [PLAN, 7]}, "/any/1", "wrong-type"),
        ({"audience": ""}, "/audience", "wrong-type"),
        ({"audience": 7}, "/audience", "wrong-type"),
        ({"audience": "vip", "version": 3}, "/version", "unknown-field"),
        ({"list": ""}, "/list", "wrong-type"),
        ({"list": "testers", "note": 1}, "/note", "unknown-field"),
        ({"rollout": {"percent": 5, "salt": "x"}}, "/rollout", "missing-field"),
        ({"rollout": {"percent": 5, "salt": "x", "by": "visitor..id"}}, "/rollout/by", "bad-path"),
        ({"rollout": {"percent": "5", "salt": "x", "by": "visitor.id"}}, "/rollout/percent", "wrong-type"),
        ({"rollout": {"percent": True, "salt": "x", "by": "visitor.id"}}, "/rollout/percent", "wrong-type"),
        ({"rollout": {"percent": 5, "salt": 1, "by": "visitor.id"}}, "/rollout/salt", "wrong-type"),
        ({"rollout": {"percent": 5, "salt": "x", "by": "visitor.id", "seed": 1}}, "/rollout/seed", "unknown-field"),
        ({"rollout": 5}, "/rollout", "wrong-type"),
        ({"schedule": []}, "/schedule", "wrong-type"),
        ({"schedule": {"day": ["mon"]}}, "/schedule/day", "unknown-field"),
        ({"schedule": {"days": "mon"}}, "/schedule/days", "wrong-type"),
        ({"schedule": {"days": []}}, "/schedule/days", "empty-list"),
        ({"schedule": {"days": ["mon", 2]}}, "/schedule/days", "wrong-type"),
        ({"schedule": {"months": [1.5]}}, "/schedule/months", "wrong-type"),
        ({"schedule": {"months": [True]}}, "/schedule/months", "wrong-type"),
        ({"schedule": {"from": 9}}, "/schedule/from", "wrong-type"),
        ({"event": "Order Completed", "count": {"gte": 3}}, "/event", "not-supported-yet"),
        ({"sequence": []}, "/sequence", "not-supported-yet"),
        ({"session": "count", "gte": 3}, "/session", "not-supported-yet"),
        ({"op": "eq", "value": 1}, "", "missing-field"),
        (PLAN | {"a/b~c": 1}, "/a~1b~0c", "unknown-field"),
        (PLAN | {"attribute": 7}, "/attribute", "wrong-type"),
        (PLAN | {"attribute": ""}, "/attribute", "wrong-type"),
        (PLAN | {"attribute": "traits..plan"}, "/attribute", "bad-path"),
        (PLAN | {"attribute": "traits.a\\x"}, "/attribute", "bad-path"),
        ({"attribute": "traits.plan", "value": 1}, "", "missing-field"),
        (PLAN | {"op": 7}, "/op", "wrong-type"),
        (PLAN | {"op": "equalz"}, "/op", "unknown-operator"),
        (PLAN | {"op": "element", "value": {"all": []}}, "/value/all", "empty-group"),
        (PLAN | {"op": "exists"}, "/value", "unexpected-field"),
        ({"attribute": "traits.plan", "op": "eq"}, "", "missing-field"),
        (PLAN | {"value": None}, "/value", "wrong-type"),
        (PLAN | {"value": nan}, "/value", "bad-number"),
        (PLAN | {"value": -inf}, "/value", "bad-number"),
        (PLAN | {"value": 2**53}, "/value", "bad-number"),
        (PLAN | {"op": "in", "value": ["x", None]}, "/value/1", "wrong-type"),
        (PLAN | {"op": "in", "value": ["x", ["y"]]}, "/value/1", "wrong-type"),
        (PLAN | {"op": "size", "value": {"gte": {}}}, "/value/gte", "wrong-type"),
        (PLAN | {"other": "traits.b"}, "/other", "unexpected-field"),
        ({"attribute": "traits.a", "op": "in", "other": "traits.b"}, "/other", "unexpected-field"),
        ({"attribute": "traits.a", "op": "eq", "other": "b..c"}, "/other", "bad-path"),
        (PLAN | {"ignore_case": "yes"}, "/ignore_case", "wrong-type"),
        (PLAN | {"op": "gt", "value": 1, "ignore_case": True}, "/ignore_case", "unexpected-field"),
        (PLAN | {"missing": "nomatch"}, "/missing", "bad-value"),
        (PLAN | {"missing": None}, "/missing", "bad-value"),
        (PLAN | {"timezone": "UTC"}, "/timezone", "unexpected-field"),
        (PLAN | {"op": "on", "value": "2024-01-01", "timezone": 1}, "/timezone", "wrong-type"),
        (PLAN | {"value": "\ud800"}, "/value", "bad-string"),
        (PLAN | {"attribute": "traits.\udfff"}, "/attribute", "bad-string"),
        (PLAN | {"\ud800": "\ud800"}, "", "bad-string"),
        ({"all": [{"audience": "\ud800"}]}, "/all/0/audience", "bad-string"),
        (PLAN | {"value": "e" + "\u0301" * 31}, "/value", "bad-string"),
        (PLAN | {"attribute": "traits." + "a" * 506}, "/attribute", "path-too-long"),
        (PLAN | {"attribute": "traits" + ".a" * 16}, "/attribute", "path-too-long"),
    ],
)
def test_a_wrong_form_is_told_with_its_place(rule, pointer, code):
    assert found(rule) == [(f"/rule{pointer}", code)]


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        (PLAN | {"op": "equalz"}, "did you mean `eq`?"),
        (PLAN | {"op": "=="}, "did you mean `eq`?"),
        (PLAN | {"op": "Starts_With"}, "did you mean `starts_with`?"),
        (PLAN | {"op": "greater_than"}, "did you mean `gt`?"),
        (PLAN | {"op": "zzzz"}, None),
        ({"alll": [PLAN]}, "did you mean `all`?"),
        (PLAN | {"mising": "match"}, "did you mean `missing`?"),
        (PLAN | {"value": None}, "ask with `exists`"),
    ],
)
def test_a_slip_is_answered_with_what_was_probably_meant(rule, hint):
    _, [problem] = parse(rule)
    assert problem.hint == hint


def test_all_problems_come_at_once():
    rule = {"all": [{"any": []}, {"attribute": "a..b", "op": "x", "value": nan, "y": 1}, {"not": {"list": 1}}]}
    assert found(rule) == [
        ("/rule/all/0/any", "empty-group"),
        ("/rule/all/1/y", "unknown-field"),
        ("/rule/all/1/attribute", "bad-path"),
        ("/rule/all/1/op", "unknown-operator"),
        ("/rule/all/1/value", "bad-number"),
        ("/rule/all/2/not/list", "wrong-type"),
    ]


def test_a_sketch_keeps_what_could_be_read():
    node, problems = sketch({"any": [PLAN, {"all": []}, {"attribute": "page.pth", "op": "eqq", "value": 1}]}, "/draft")
    assert node == Any((Condition(("traits", "plan"), "eq", "pro"), HOLE, Condition(("page", "pth"), "")))
    assert [problem.pointer for problem in problems] == ["/draft/any/1/all", "/draft/any/2/op"]


def test_nesting_is_bounded_before_recursion_is():
    assert found(nested(63)) == []
    assert [code for _, code in found(nested(64))] == ["too-deep"]
    assert [code for _, code in found(nested(100_000))] == ["too-deep"]


def test_problem_texts_keep_the_written_tone():
    _, problems = parse({"all": [{"all": []}, {"op": 1}, PLAN | {"op": "zz", "value": nan, "missing": 1}, {}, 7]})
    for problem in problems:
        assert problem.detail[0] == problem.detail[0].lower()
        assert not problem.detail.endswith(".")
