import pytest

from shared.rules.explain import explain
from shared.rules.instants import parse as instant
from shared.rules.kinds import Type
from shared.rules.parser import parse
from shared.rules.telling import tell

NOW = instant("2026-11-22T08:00:00Z")
NEAR = {"attribute": "geo", "op": "within_km", "value": {"lat": 47.37, "lon": 8.54, "km": 10}}
IS_NEAR = "`geo` is within 10 km of latitude 47.37, longitude 8.54"


def told(rule, document=None, types=None, audiences=None):
    node, problems = parse(rule)
    assert problems == []
    return list(tell(explain(node, document or {}, NOW, types or {}, audiences or {})))


def asks(op, value=None, attribute="traits.x", **fields):
    return {"attribute": attribute, "op": op, **({} if value is None else {"value": value}), **fields}


@pytest.mark.parametrize(
    ("rule", "value", "line"),
    [
        (asks("eq", "pro"), "pro", "`x` is `pro`: yes, it is `pro`"),
        (asks("eq", "pro"), "free", "`x` is `pro`: no, it is `free`"),
        (asks("eq", "pro"), None, "`x` is `pro`: no, it is unknown"),
        (asks("eq", "pro"), ["pro"], "`x` is `pro`: no, it is the list `pro`, of which this cannot be asked"),
        (asks("eq", "pro"), {"a": 1}, "`x` is `pro`: no, it is an object, of which this cannot be asked"),
        (asks("neq", "pro"), None, "`x` is not `pro`: yes, it is unknown"),
        (asks("gte", 2), 5, "`x` is at least 2: yes, it is 5"),
        (asks("gte", 2), "5", "`x` is at least 2: no, it is `5`, a string, of which this cannot be asked"),
        (asks("gte", 2), True, "`x` is at least 2: no, it is true, a boolean, of which this cannot be asked"),
        (asks("gte", 2, missing="match"), None, "`x` is at least 2 (or is unknown): yes, it is unknown"),
        (asks("contains", "a"), 5, "`x` contains `a`: no, it is 5, a number, of which this cannot be asked"),
        (asks("contains", "a"), "b" * 101, f"`x` contains `a`: no, it is `{'b' * 100}\u2026`"),
        (asks("has_any", ["a"]), [], "`x` has any of `a`: no, it is an empty list"),
        (asks("has_any", ["a"]), ["a", 1], "`x` has any of `a`: yes, it is the list `a`, 1"),
        (asks("has_any", ["a"]), [[]], "`x` has any of `a`: no, it is a list of 1"),
        (asks("size", {"gt": 8}), [*range(10)],
         "`x` has a size of more than 8: yes, it is the list 0, 1, 2, 3, 4, 5, 6, 7 and 2 more"),
    ],
)  # fmt: skip
def test_a_condition_says_what_was_asked_seen_and_followed(rule, value, line):
    assert told(rule, {"traits": {"x": value}}) == [line]


def test_an_instant_is_told_as_text_whatever_it_came_as():
    seen = {"traits": {"x": 1_710_000_000}}
    assert told(asks("before", "2020-01-01"), seen, {("traits", "x"): Type.DATETIME}) == [
        "`x` is before `2020-01-01`: no, it is `2024-03-09T16:00:00Z`"
    ]
    assert told(asks("eq", "a"), seen, {("traits", "x"): Type.DATETIME})[0].endswith(
        "it is `2024-03-09T16:00:00Z`, an instant, of which this cannot be asked"
    )


def test_two_attributes_are_told_by_name():
    rule = asks("gt", other="traits.limit")
    line = "`x` is more than the value of `limit`"
    assert told(rule, {"traits": {"x": 2, "limit": 1}}) == [f"{line}: yes, `x` is 2 and `limit` is 1"]
    assert told(rule, {"traits": {"x": 2}}) == [f"{line}: no, `x` is 2 and `limit` is unknown"]
    assert told(rule, {"traits": {"x": 2, "limit": "1"}}) == [f"{line}: no, `x` is 2 and `limit` is `1`"]


def test_places_are_told_where_they_are():
    assert told(NEAR, {"geo": {"lat": 47.2, "lon": 8.54}}) == [f"{IS_NEAR}: no, it is at latitude 47.2, longitude 8.54"]
    assert told(NEAR, {"geo": {"lat": 47.2}}) == [f"{IS_NEAR}: no, it is unknown"]
    assert told(NEAR, {"geo": {"lat": "north", "lon": 0}}) == [
        f"{IS_NEAR}: no, it is at latitude `north`, longitude 0, of which this cannot be asked"
    ]


def test_lists_rollouts_and_schedules_are_told():
    assert told({"list": "beta"}) == ["in the list `beta`: no, in no list"]
    assert told({"list": "beta"}, {"lists": ["alpha", "beta"]}) == ["in the list `beta`: yes, in `alpha`, `beta`"]
    rollout, said = {"rollout": {"percent": 20, "by": "traits.x", "salt": "s"}}, "among 20 % by `x` (salt `s`)"
    assert told(rollout, {"traits": {"x": "7"}}) == [
        f"{said}: no, it is `7`, which stands at 49.62 of 100 whatever else is known"
    ]
    assert told(rollout) == [f"{said}: no, it is unknown"]
    assert told(rollout, {"traits": {"x": True}}) == [
        f"{said}: no, it is true, a boolean, of which this cannot be asked"
    ]
    monday = {"schedule": {"days": ["mon"], "timezone": "visitor"}}
    said = "now is on Mondays in the visitor's time zone"
    assert told(monday, {"geo": {"timezone": "Pacific/Kiritimati"}}) == [
        f"{said}: no, now is sun 2026-11-22 22:00:00 Pacific/Kiritimati"
    ]
    assert told(monday) == [f"{said}: no, `geo.timezone` is unknown"]
    assert told(monday, {"geo": {"timezone": "Mars"}}) == [
        f"{said}: no, `geo.timezone` is `Mars`, which is no time zone"
    ]


def test_the_lines_are_numbered_as_the_tree_is_nested():
    rule = {"all": [{"any": [asks("eq", "pro"), {"not": asks("exists")}]}, {"audience": "vip"}]}
    vip = {"vip": parse(asks("gte", 2, "traits.orders"))[0]}
    assert told(rule, {"traits": {"x": "free", "orders": 5}}, audiences=vip) == [
        "all of the following hold: no, 1 of 2",
        "1. at least one of the following holds: no, 0 of 2",
        "1.1. `x` is `pro`: no, it is `free`",
        "1.2. the following does not hold: no",
        "1.2.1. `x` is known: yes, it is `free`",
        "2. in audience `vip`: yes",
        "2.1. `orders` is at least 2: yes, it is 5",
    ]


def test_elements_are_told_one_after_the_other():
    rule = asks("element", {"all": [asks("eq", "A", "sku"), asks("gt", 10, "price")]})
    items = [{"sku": "B", "price": 20}, "passed over", {"sku": "A"}]
    asked = "`x` has an element of which (`sku` is `A` and `price` is more than 10)"
    assert told(rule, {"traits": {"x": items}}) == [
        f"{asked}: no, it is a list of 3",
        "1. of element 0: all of the following hold: no, 1 of 2",
        "1.1. `sku` is `A`: no, it is `B`",
        "1.2. `price` is more than 10: yes, it is 20",
        "2. of element 2: all of the following hold: no, 1 of 2",
        "2.1. `sku` is `A`: yes, it is `A`",
        "2.2. `price` is more than 10: no, it is unknown",
    ]
    assert told(rule, {"traits": {"x": "A"}}) == [f"{asked}: no, it is `A`, a string, of which this cannot be asked"]
