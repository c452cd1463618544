from copy import deepcopy

import pytest

from shared.rules.catalogue import split
from shared.rules.explain import explain
from shared.rules.instants import parse as instant
from shared.rules.instants import to_text
from shared.rules.kinds import Type
from shared.rules.nearest.finding import MOST_CHANGES, nearest
from shared.rules.parser import parse
from shared.rules.witness import Visit
from tests import generate, oracle, readings
from tests.agreement import Subject

NOW = "2026-11-22T08:00:00Z"  # a Sunday
ZURICH = {"lat": 47.37, "lon": 8.54}
BOX = {"north": 48, "east": 9, "south": 46, "west": 6}
ATLANTIC = {"north": 10, "east": 180, "south": -10, "west": 170}


def read(rule):
    node, problems = parse(rule)
    assert problems == []
    return node


def visit_of(document, types=None, audiences=None):
    now = {"request": {"time": NOW, **document.get("request", {})}}
    declared = {split(path): kind for path, kind in (types or {}).items()}
    return Visit(
        {**document, **now}, instant(NOW), declared, {key: read(rule) for key, rule in (audiences or {}).items()}
    )


def changes(rule, document, types=None, audiences=None):
    return nearest(read(rule), visit_of(document, types, audiences))


def words(rule, document, types=None, audiences=None):
    return [change.words for change in changes(rule, document, types, audiences)]


def asks(op, value=None, attribute="traits.x", **fields):
    return {"attribute": attribute, "op": op, **({} if value is None else {"value": value}), **fields}


def traits(**values):
    return {"traits": values}


CASES = [
    # numbers: to the threshold, beyond it by one, or by a hundredth
    (asks("gte", 100), 87.6, "`x` rose by 12.4 to 100", 100),
    (asks("gt", 100), 50, "`x` rose by 51 to 101", 101),
    (asks("gt", 100), 50.5, "`x` rose by 49.51 to 100.01", 100.01),
    (asks("gt", 0.1), 0, "`x` rose by 0.11 to 0.11", 0.11),
    (asks("lt", 10), 50, "`x` fell by 41 to 9", 9),
    (asks("lte", 10.0), 50, "`x` fell by 40 to 10", 10),
    (asks("gt", 1e300), 0, "`x` rose by 1.0000000000000002e+300 to 1.0000000000000002e+300", 1.0000000000000002e300),
    (asks("lt", 10), 5, "`x` rose by 5 to 10", 10),
    (asks("between", [10, 20]), 50, "`x` fell by 30 to 20", 20),
    (asks("between", [10, 20]), 19, "`x` rose by 2 to 21", 21),
    (asks("gte", 100), None, "`x` were at least 100", 100),
    (asks("gte", 100), "many", "`x` were at least 100", 100),
    (asks("gt", 5, missing="match"), 2, "`x` rose by 4 to 6", 6),
    (asks("mod", [7, 3]), 50, "`x` rose by 2 to 52", 52),
    (asks("mod", [-7, -3]), 50, "`x` rose by 3 to 53", 53),
    (asks("mod", [7, 3]), 10, "`x` were not 3 more than a multiple of 7", 11),
    (asks("mod", [1, 0], missing="match"), None, "`x` were not a multiple of 1", 0.5),
    # equality: to a value that is named, or to anything else
    (asks("eq", "pro"), "free", "`x` were `pro`", "pro"),
    (asks("eq", "Pro", ignore_case=True), "free", "`x` were `Pro` (in upper or lower case)", "Pro"),
    (asks("eq", 7), 5, "`x` rose by 2 to 7", 7),
    (asks("eq", value=True), False, "`x` were true", True),
    (asks("neq", value=True), True, "`x` were not true", False),
    (asks("in", ["pro", "team"]), "free", "`x` were one of `pro`, `team`", "pro"),
    (asks("neq", "pro"), "pro", "`x` were not `pro`", "other"),
    (asks("not_in", ["pro", "other"]), "pro", "`x` were none of `pro`, `other`", "none"),
    (asks("neq", 5), 5, "`x` were not 5", 6),
    (asks("exists"), None, "`x` were known", "known"),
    (asks("exists"), 3, "`x` were unknown", None),
    (asks("neq", "pro"), None, "`x` were `pro`", "pro"),
    # text: the part put to it, or cut from it
    (asks("contains", "b"), "a", "`x` contained `b`", "ab"),
    (asks("starts_with", ["b", "c"]), "a", "`x` started with any of `b`, `c`", "ba"),
    (asks("ends_with", "b"), "a", "`x` ended with `b`", "ab"),
    (asks("ends_with", "b"), 7, "`x` ended with `b`", "b"),
    (asks("not_contains", "b"), "abcb", "`x` did not contain `b`", "ac"),
    (asks("not_starts_with", "b"), "ba", "`x` did not start with `b`", "a"),
    (asks("not_ends_with", "b"), "b", "`x` did not end with `b`", "other"),
    (asks("matches", "^/shop/"), "x", "`x` matched the pattern `^/shop/`", "/shop/"),
    (asks("matches", r"a\.b$"), "x", r"`x` matched the pattern `a\.b$`", "a.b"),
    (asks("not_matches", "a+"), "aa", "`x` did not match the pattern `a+`", "other"),
    (asks("under", "/eng/"), "/sales", "`x` were under `/eng/`", "/eng"),
    (asks("under", "/"), "eng", "`x` were under `/`", "/"),
    (asks("not_under", "/eng"), "/eng/x", "`x` were not under `/eng`", "other"),
    # instants: to the nearest edge
    (asks("before", "2026-01-01"), "2026-05-01", "`x` were before `2026-01-01`", "2025-12-31T23:59:59.999Z"),
    (asks("after", "2026-01-01"), "2025-05-01", "`x` were after `2026-01-01`", "2026-01-01T00:00:00.001Z"),
    (asks("during", ["2026-01-01", "2026-02-01"]), "2025-05-01",
     "`x` lay from `2026-01-01` until just before `2026-02-01`", "2026-01-01T00:00:00Z"),
    (asks("on", "2026-01-01", timezone="Asia/Tokyo"), "2026-05-01",
     "`x` were on `2026-01-01` (in the time zone `Asia/Tokyo`)", "2026-01-01T14:59:59.999Z"),
    (asks("within_last", "P7D"), "2026-05-01", "`x` were within the last 7 days", "2026-11-15T08:00:00.001Z"),
    (asks("older_than", "P6M"), None, "`x` were at least 6 months ago", "2026-05-22T08:00:00Z"),
    (asks("within_next", "P1M"), "2026-01-01", "`x` were within the next 1 month", "2026-11-22T08:00:00.001Z"),
    (asks("further_than", "PT1H"), "2026-01-01", "`x` were more than 1 hour ahead", "2026-11-22T09:00:00.001Z"),
    (asks("anniversary_within", "P7D"), "2020-05-01", "`x` had its anniversary within the next 7 days",
     "2019-11-29T00:00:00Z"),
    ({"not": asks("anniversary_within", "P0D")}, "2020-11-22", "`x` did not have its anniversary today",
     "2020-11-23T00:00:00Z"),
    (asks("anniversary_within", "P7D"), None, "`x` had its anniversary within the next 7 days", NOW),
    # versions: to the bound, or the lowest of an interval
    (asks("version_gte", "1.2"), "1.0", "`x` were version `1.2` or above", "1.2"),
    (asks("version_gt", "1.2.3"), "1.0", "`x` were a version above `1.2.3`", "1.2.4"),
    (asks("version_lt", "1.0.0"), "1.0", "`x` were a version below `1.0.0`", "0.0.0"),
    (asks("version_lt", "0.0.0"), "1.0", "`x` were a version below `0.0.0`", "0.0.0-0"),
    (asks("version_lt", "1.2.0-rc.1"), "2.0", "`x` were a version below `1.2.0-rc.1`", "1.1.0"),
    (asks("version_lte", "1.2.3"), "2.0", "`x` were version `1.2.3` or below", "1.2.3"),
    (asks("version_neq", "1.2.3"), "1.2.3", "`x` were not version `1.2.3`", "1.2.4"),
    (asks("version_satisfies", "^1.2 || 3.x"), "2.0", "`x` were a version in `^1.2 || 3.x`", "1.2.0"),
    (asks("version_satisfies", ">=1.2.3-rc.1 <1.2.3"), "2.0", "`x` were a version in `>=1.2.3-rc.1 <1.2.3`",
     "1.2.3-rc.1"),
    (asks("version_satisfies", "<2"), "2.0", "`x` were a version in `<2`", "0.0.0"),
    # lists: elements added or removed
    (asks("has_any", ["a", "b"]), ["x"], "`x` had any of `a`, `b`", ["x", "a"]),
    (asks("has_any", ["a", "b"]), None, "`x` had any of `a`, `b`", ["a"]),
    (asks("has_all", ["a", 1]), ["a", True], "`x` had all of `a`, 1", ["a", True, 1]),
    (asks("has_none", ["a", "b"]), ["a", "c", "b"], "`x` had none of `a`, `b`", ["c"]),
    ({"not": asks("has_all", ["a", "b"])}, ["a", "b"], "`x` did not have all of `a`, `b`", ["b"]),
    (asks("size", {"gte": 2}), ["a"], "`x` had a size of at least 2", ["a", None]),
    (asks("size", {"lt": 2}), ["a", "b", "c"], "`x` had a size of less than 2", ["a"]),
    # networks
    (asks("in_cidr", "10.0.0.0/8"), "1.2.3.4", "`x` were an address in `10.0.0.0/8`", "10.0.0.1"),
    (asks("in_cidr", ["2001:db8::7"]), "1.2.3.4", "`x` were an address in `2001:db8::7`", "2001:db8::7"),
    ({"not": asks("in_cidr", "10.0.0.0/8")}, "10.2.3.4", "`x` were not an address in `10.0.0.0/8`", "9.255.255.255"),
    ({"not": asks("in_cidr", "0.0.0.0/0")}, "10.2.3.4", "`x` were not an address in `0.0.0.0/0`", "2001:db8::1"),
    ({"not": asks("in_cidr", "255.0.0.0/8")}, "255.2.3.4", "`x` were not an address in `255.0.0.0/8`",
     "254.255.255.255"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "value", "said", "to"), CASES)
def test_each_operator_says_how_its_attribute_would_have_to_be(rule, value, said, to):
    found = [change for change in changes(rule, traits(x=value)) if change.steps]
    assert found[0].words == f"if {said}"
    [step] = found[0].steps
    assert (step.pointer, step.attribute, step.to, type(step.to)) == (
        "/rule/not" if "not" in rule else "/rule", "traits.x", to, type(to),
    )  # fmt: skip
    assert found[0].holds_then is not explain(read(rule), traits(x=value), instant(NOW), {}, {}).holds
    assert found[0].at is None


@pytest.mark.parametrize(
    ("kind", "rule", "value", "seen", "to"),
    [
        (Type.NUMBER, asks("gte", 100), "87.6", 87.6, 100),
        (Type.STRING, asks("eq", "43"), 42, "42", "43"),
        (Type.DATETIME, asks("before", "1970-01-01"), 1_710_000_000, "2024-03-09T16:00:00Z",
         "1969-12-31T23:59:59.999Z"),
        (Type.DATETIME, asks("exists"), None, None, NOW),
        (Type.VERSION, asks("version_gte", "2.0"), "v1.2", "v1.2", "2.0"),
        (Type.IP, asks("in_cidr", "10.0.0.0/8"), "::ffff:1.2.3.4", "::ffff:1.2.3.4", "10.0.0.1"),
        (Type.BOOLEAN, asks("eq", value=True), "false", False, True),
        (Type.LIST, asks("exists"), None, None, []),
    ],
)  # fmt: skip
def test_a_value_has_the_declared_type_and_what_it_was_is_shown_as_it_is_read(kind, rule, value, seen, to):
    [step] = changes(rule, traits(x=value), {"traits.x": kind})[0].steps
    assert (step.seen, step.to) == (seen, to)


def test_a_value_that_becomes_another_by_its_type_is_not_offered():
    assert words(asks("eq", "42"), {}, {"traits.x": Type.NUMBER}) == []
    assert words(asks("eq", "true"), {}, {"traits.x": Type.BOOLEAN}) == []


def test_the_time_is_a_change_by_itself():
    seen = traits(x="2026-11-16T10:00:00Z")
    wait, move = changes(asks("within_last", "P7D"), seen)
    assert (wait.words, wait.at, wait.steps) == (
        "in 26 hours, on 2026-11-23T10:00:00Z", instant("2026-11-23T10:00:00Z"), (),
    )  # fmt: skip
    assert move.words == "if `x` were not within the last 7 days"
    assert words({"schedule": {"days": ["mon"], "from": "09:00", "to": "17:00"}}, {}) == [
        "in 25 hours, on 2026-11-23T09:00:00Z"
    ]
    assert words(asks("after", "2026-11-22T08:05:01Z", "request.time"), {}) == [
        "in 5 minutes and 1 second, on 2026-11-22T08:05:01.001Z"
    ]
    assert words(asks("after", "2026-11-22T08:00:00Z", "request.time"), {}) == [
        "in a moment, on 2026-11-22T08:00:00.001Z"
    ]
    assert words(asks("older_than", "P6M"), traits(x="2026-06-01"))[0] == (
        "in 8 days and 16 hours, on 2026-12-01T00:00:00Z"
    )
    assert words(asks("before", other="request.time"), traits(x="2026-11-23T08:00:00Z"))[:1] == [
        "in 24 hours, on 2026-11-23T08:00:00.001Z"
    ]
    assert words(asks("before", "2020-01-01", "request.time"), {}) == []


def test_time_and_data_may_have_to_meet():
    rule = {"all": [{"schedule": {"days": ["mon"]}}, asks("eq", "pro"), asks("older_than", "P1D", "traits.at")]}
    [change] = changes(rule, traits(x="free", at="2026-11-01"))
    assert change.words == "in 16 hours, on 2026-11-23T00:00:00Z, if `x` were `pro`"
    assert [step.pointer for step in change.steps] == ["/rule/all/1"]
    fresh = {"all": [{"schedule": {"days": ["mon"]}}, asks("within_last", "PT1H", "traits.at")]}
    [change] = changes(fresh, traits(at="2026-11-22T07:30:00Z"))
    assert change.words.startswith("in 16 hours, on 2026-11-23T00:00:00Z, if `at` were within the last 1 hour")


def test_all_that_is_asked_of_one_attribute_is_met_by_one_value():
    multiple = {"all": [asks("gt", 100), asks("mod", [7, 0])]}
    assert words(multiple, traits(x=49)) == ["if `x` rose by 56 to 105"]
    lists = {"all": [asks("has_all", ["a", "b"]), asks("size", {"lte": 2})]}
    assert words(lists, traits(x=["y", "z"])) == ["if `x` gained `a`, `b` and lost `y`, `z`"]
    texts = {"all": [asks("starts_with", "a"), asks("ends_with", "b"), asks("not_contains", "c")]}
    assert words(texts, traits(x="cc")) == ["if `x` were `ab`"]
    either = {"all": [asks("in", ["pro", "team"]), asks("neq", "pro")]}
    assert words(either, traits(x="free")) == ["if `x` were `team`"]
    assert words({"all": [asks("gt", 5), asks("lt", 3)]}, traits(x=1)) == []
    sizes = {"all": [asks("size", {"gte": 1}, "traits.x"), asks("size", {"lte": 1}, "traits.x")]}
    assert words(sizes, traits(x=[{"a": 1}, {}])) == ["if `x` had 1 elements"]
    objects = {"any": [asks("element", asks("eq", 1, "a")), asks("element", asks("eq", 2, "a"))]}
    assert words(objects, traits(x=[{"a": 3}])) == ["if `x` had other elements", "if `x` had other elements"]
    assert words({"all": [asks("exists"), asks("neq", "a")]}, {}) == ["if `x` were `known`"]
    held = {"all": [asks("within_km", {**ZURICH, "km": 10}, "geo"), asks("gt", 47.4, "geo.lat")]}
    assert words(held, {"geo": {"lat": 47.2, "lon": 8.54}})[0].startswith("if `geo` were at latitude 47.4")


def test_of_alternatives_the_nearest_come_first():
    both = {"all": [asks("gte", 60), asks("exists", attribute="traits.y")]}
    rule = {"any": [asks("eq", "pro", "traits.plan"), asks("gte", 100), both]}
    assert words(rule, traits(plan="free", x=50)) == [
        "if `x` rose by 50 to 100", "if `plan` were `pro`", "if `x` rose by 10 to 60 and `y` were known",
    ]  # fmt: skip
    assert words({"any": [asks("eq", "pro"), asks("in", ["pro"])]}, {}) == ["if `x` were `pro`"]
    many = {"any": [asks("eq", "pro", f"traits.t{number}") for number in range(9)]}
    assert len(words(many, {})) == MOST_CHANGES


def test_a_change_names_nothing_that_is_not_needed_and_not_too_much():
    rule = {"all": [asks("gte", 1, f"traits.t{number}") for number in range(8)]}
    [change] = changes(rule, {})
    assert len(change.steps) == 8
    assert words({"all": [*rule["all"], asks("exists")]}, {}) == []
    assert words({"not": rule}, traits(**{f"t{number}": 1 for number in range(8)}))[0] == "if `t0` fell by 1 to 0"


def test_references_are_followed_and_told():
    audiences = {"vip": {"not": {"audience": "free"}}, "free": asks("eq", "free"), "unused": asks("exists")}
    [change, *_] = changes({"any": [{"audience": "vip"}]}, traits(x="free"), audiences=audiences)
    assert (change.words, change.steps[0].audience) == ("if `x` were not `free`", "free")


def test_another_id_would_be_another_visitor_and_a_rollout_is_not_moved():
    nobody = {"visitor": {"id": "7"}}
    assert words(asks("eq", "8", "visitor.id"), nobody) == []
    split_by = {"rollout": {"percent": 0, "by": "traits.x", "salt": "s"}}
    assert words(split_by, traits(x="y")) == []
    assert words({"any": [split_by, asks("eq", "pro", "traits.plan")]}, traits(x="y")) == ["if `plan` were `pro`"]


def test_lists_of_the_environment_are_joined_and_left():
    assert words({"list": "beta"}, {}) == ["if the visitor were in the list `beta`"]
    both = {"all": [{"list": "beta"}, {"not": {"list": "alpha"}}]}
    assert words(both, {"lists": ["alpha", "gamma"]}) == [
        "if the visitor were in the list `beta` and not in the list `alpha`"
    ]
    [change, *_] = changes({"list": "beta"}, {"lists": ["beta", "gamma"]})
    assert (change.words, change.steps[0].to) == ("if the visitor were not in the list `beta`", ["gamma"])


@pytest.mark.parametrize(
    ("op", "value", "place", "said"),
    [
        ("within_km", {**ZURICH, "km": 10}, {"lat": 47.2, "lon": 8.54}, "`geo` were 8.9 km nearer"),
        ("within_km", {**ZURICH, "km": 0.5}, {"lat": 47.37, "lon": 8.541}, "`geo` were 0.425 km further away"),
        ("within_km", {**ZURICH, "km": 10}, ZURICH, "`geo` were 10 km further away"),
        ("within_km", {**ZURICH, "km": 10}, {}, "`geo` were within 10 km of latitude 47.37, longitude 8.54"),
        ("within_km", {**ZURICH, "km": 10}, {"lat": 95, "lon": 0},
         "`geo` were within 10 km of latitude 47.37, longitude 8.54"),
        ("within_km", {**ZURICH, "km": 20_100}, ZURICH, "`geo` were unknown"),
        ("within_box", BOX, {"lat": 47.2, "lon": 9.54}, "`geo` were within latitudes 46 to 48 and longitudes 6 to 9"),
        ("within_box", BOX, {}, "`geo` were within latitudes 46 to 48 and longitudes 6 to 9"),
        ("within_box", BOX, {"lat": 47, "lon": 6}, "`geo` were not within latitudes 46 to 48 and longitudes 6 to 9"),
        ("within_box", ATLANTIC, {"lat": 0, "lon": 180},
         "`geo` were not within latitudes -10 to 10 and longitudes 170 to 180"),
        ("within_box", {"north": 90, "east": 180, "south": -90, "west": -180}, {"lat": 0, "lon": 0},
         "`geo` were unknown"),
    ],
)  # fmt: skip
def test_a_place_is_moved_by_the_distance(op, value, place, said):
    [change] = changes(asks(op, value, "geo"), {"geo": place})
    assert change.words == f"if {said}"
    [step] = change.steps
    assert (step.attribute, step.seen) == ("geo", {"lat": place.get("lat"), "lon": place.get("lon")})


def test_elements_are_changed_added_or_left_out():
    rule = asks("element", {"all": [asks("eq", "A", "sku"), asks("gt", 10, "price")]})
    has = "`x` had an element of which (`sku` is `A` and `price` is more than 10)"
    items = [{"sku": "B", "price": 20}, "passed over", {"sku": "A", "price": 3}]
    [change] = changes(rule, traits(x=items))
    assert change.words == f"if {has}"
    assert change.steps[0].to == [{"sku": "A", "price": 20}, *items[1:]]
    [change] = changes(rule, traits(x=["passed over"]))
    assert change.steps[0].to == ["passed over", {"sku": "A", "price": 11}]
    [change] = changes({"not": rule}, traits(x=[{"sku": "A", "price": 20}, {"sku": "B"}]))
    assert change.steps[0].to == [{"sku": "B"}]
    assert words(rule, traits(x="no list")) == [f"if {has}"]
    aged = asks("element", {"not": {"any": [asks("within_last", "P1D", "at"), asks("exists", attribute="no")]}})
    assert words(aged, traits(x=[{"at": "2026-11-22T00:00:00Z"}]))[0] == "in 16 hours, on 2026-11-23T00:00:00Z"


def test_either_of_two_attributes_may_be_moved():
    assert words(asks("gt", other="traits.y"), traits(x=2, y=5)) == ["if `x` rose by 4 to 6", "if `y` fell by 4 to 1"]
    assert words(asks("eq", other="traits.y"), traits(x="a", y="b")) == [
        "if `x` were the value of `y`", "if `y` were `a`",
    ]  # fmt: skip
    assert words(asks("contains", other="traits.y"), traits(x="a", y="b")) == ["if `x` contained the value of `y`"]
    assert words(asks("version_gt", other="traits.y"), traits(x="1.0", y="v2"), {"traits.y": Type.VERSION})[0] == (
        "if `x` were a version above the value of `y`"
    )
    typed = {"traits.x": Type.DATETIME, "traits.y": Type.DATETIME}
    assert words(asks("after", other="traits.y"), traits(x="2026-01-01", y="2026-02-01"), typed) == [
        "if `x` were after the value of `y`", "if `y` were `2025-12-31T23:59:59.999Z`",
    ]  # fmt: skip
    assert len(changes(asks("gt", other="traits.y"), {})[0].steps) == 2
    assert words(asks("has_any", other="traits.y"), traits(x=["a"], y=["b", "c"])) == [
        "if `x` had any of the value of `y`"
    ]


def test_a_visitor_without_a_time_zone_may_get_one():
    rule = {"schedule": {"days": ["sun"], "timezone": "visitor"}}
    [change] = changes(rule, {})
    assert (change.words, change.steps[0].to) == ("if `geo.timezone` were `UTC`", "UTC")


def test_what_is_no_object_on_the_way_gives_way():
    [step] = changes(asks("eq", "Bern", "traits.home.city"), traits(home="Bern"))[0].steps
    assert (step.attribute, step.to) == ("traits.home.city", "Bern")


def test_a_search_ends():
    rule = {"all": [asks("neq", number) for number in range(250)]}
    assert words(rule, traits(x=3)) == []
    assert words({"all": [asks("not_contains", f"x{number:03}") for number in range(250)]}, traits(x="x003x004"))


def _after(change, visitor):
    changed = deepcopy(visitor)
    puts = {step.attribute: step.to for step in change.steps}
    puts |= {} if change.at is None else {"request.time": to_text(change.at)}
    for path, value in puts.items():
        is_place = isinstance(value, dict) and value.keys() == {"lat", "lon"}
        for names, part in [((*split(path), n), v) for n, v in value.items()] if is_place else [(split(path), value)]:
            holder = changed
            for name in names[:-1]:
                holder[name] = holder[name] if isinstance(holder.get(name), dict) else {}
                holder = holder[name]
            holder[names[-1]] = part
    return changed


@pytest.mark.parametrize("seed", range(4_000, 4_006))
def test_every_change_makes_the_oracle_say_the_opposite(seed):
    world = generate.world(seed, 20)
    subject = Subject(world.audiences, world.types)
    count = 0
    for visitor, now_ms in world.visitors(3):
        document = readings.composed(visitor)
        for key, node in subject.nodes.items():
            audience = world.audiences[key]
            truth = oracle.holds(audience, document, now_ms, world.types, world.audiences)
            for change in nearest(node, Visit(document, now_ms, subject.types, subject.nodes)):
                then = now_ms if change.at is None else change.at
                changed = oracle.holds(audience, _after(change, document), then, world.types, world.audiences)
                assert changed is change.holds_then is not truth, (key, change)
                count += 1
    assert count > 20
