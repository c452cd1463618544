import pytest

from shared.rules import inlining
from shared.rules.catalogue import Attribute, join, split
from shared.rules.checker import check
from shared.rules.kinds import Type
from shared.rules.operators import OPERATORS
from shared.rules.parser import parse, sketch

PLAN = {"attribute": "traits.plan", "op": "eq", "value": "pro"}
CATALOGUE = {
    split(path): Attribute(declared)
    for path, declared in {
        "traits.plan": Type.STRING,
        "traits.orders": Type.NUMBER,
        "traits.is_member": Type.BOOLEAN,
        "traits.seen_at": Type.DATETIME,
        "traits.app": Type.VERSION,
        "traits.roles": Type.LIST,
        "traits.address": Type.OBJECT,
        "traits.last_ip": Type.IP,
        "traits.noted": Type.UNDECLARED,
    }.items()
}


def tree(rule):
    node, problems = parse(rule)
    assert problems == []
    return node


def found(rule, audiences=(), key=None):
    trees = {name: tree(other) for name, other in dict(audiences).items()}
    return [(problem.pointer, problem.code) for problem in check(tree(rule), CATALOGUE, trees, key)]


def wide(count):
    return {"any": [PLAN | {"value": str(number)} for number in range(count)]}


def deep(levels):
    """A rule of so many levels, its condition included."""
    rule = PLAN
    for level in range(levels - 1):
        rule = {"any" if level % 2 else "all": [rule, PLAN]}
    return rule


def test_a_rule_on_known_things_has_no_problems():
    rule = {"all": [PLAN, {"audience": "vip"}, {"attribute": "page.query.ref", "op": "exists"}, deep(15)]}
    assert found(rule, {"vip": PLAN}) == []


@pytest.mark.parametrize(
    ("attribute", "code", "hint"),
    [
        ("device.typ", "unknown-attribute", "did you mean `device.type`?"),
        ("page.ref", "unknown-attribute", None),
        ("visitor.id.x", "unknown-attribute", "did you mean `visitor.id`?"),
        ("plan", "unknown-attribute", "did you mean `traits.plan`?"),
        ("trait.plan", "unknown-attribute", None),
        ("utm_source", "unknown-attribute", "did you mean `utm.source`?"),
        ("favourite", "unknown-attribute", "a trait is written `traits.favourite`"),
        ("traits", "unknown-attribute", "name one as `traits.name`"),
        ("page.query", "unknown-attribute", "name one as `page.query.name`"),
        ("geo", "unknown-attribute", "name one as `geo.name`"),
        ("lists.testers", "unknown-attribute", 'ask with `{"list": "key"}`'),
        ("events.count", "unknown-attribute", None),
    ],
)
def test_an_attribute_that_no_visitor_can_have_is_told(attribute, code, hint):
    [problem] = check(tree({"attribute": attribute, "op": "exists"}), CATALOGUE, {})
    assert (problem.pointer, problem.code) == ("/rule/attribute", code)
    if hint:
        assert problem.hint == hint


@pytest.mark.parametrize(
    "attribute",
    [
        *("traits.anything", "traits.a.b.c", "groups.account.id", "groups.x", "page.query.ref", "page.url"),
        *("request.cookies.a", "request.headers.x-app", "request.time", "visitor.first_seen"),
    ],
)
def test_open_roots_take_any_name_and_closed_ones_theirs(attribute):
    assert found({"attribute": attribute, "op": "exists"}) == []


SAMPLE_VALUES = {
    **{name: ["a"] for name in ("in", "not_in", "has_any", "has_all", "has_none")},
    **dict.fromkeys(("gt", "gte", "lt", "lte"), 1),
    **dict.fromkeys(("before", "after", "on"), "2024-01-01"),
    **dict.fromkeys(("within_last", "older_than", "within_next", "further_than"), "P1D"),
    "between": [1, 2],
    "mod": [2, 1],
    "during": ["2024-01-01", "2024-01-02"],
    "size": {"gte": 1},
    "anniversary_within": "P7D",
    "element": {"attribute": "sku", "op": "exists"},
    "in_cidr": "10.0.0.0/8",
    "within_km": {"lat": 47.4, "lon": 8.5, "km": 10},
    "within_box": {"north": 48, "east": 9, "south": 47, "west": 8},
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_stands_on_the_types_of_its_row_only(name):
    operator = OPERATORS[name]
    for path, entry in CATALOGUE.items():
        fields = {"value": sample_value(name, entry.type)} if operator.takes_value else {}
        fits = entry.type is Type.UNDECLARED or entry.type in operator.types
        problems = found({"attribute": join(path), "op": name, **fields})
        assert problems == ([] if fits else [("/rule/attribute", "wrong-type")]), path


def sample_value(name, declared):
    scalar = {Type.NUMBER: 1, Type.BOOLEAN: True}.get(declared)
    if scalar is not None and OPERATORS[name].positive in ("eq", "in"):
        return scalar if OPERATORS[name].positive == "eq" else [scalar]
    return SAMPLE_VALUES.get(name, "1")


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        (PLAN | {"value": 5}, "/value"),
        (PLAN | {"op": "not_in", "value": ["a", 5, True]}, "/value/1"),
        ({"attribute": "traits.orders", "op": "eq", "value": "5"}, "/value"),
        ({"attribute": "geo.lat", "op": "in", "value": [1, "2"]}, "/value/1"),
        ({"attribute": "traits.is_member", "op": "eq", "value": "true"}, "/value"),
        ({"attribute": "traits.plan", "op": "eq", "other": "traits.orders"}, "/other"),
        ({"attribute": "traits.noted", "op": "gt", "other": "traits.plan"}, "/other"),
    ],
)
def test_a_value_of_another_type_than_declared_is_a_problem(rule, pointer):
    assert found(rule)[0] == (f"/rule{pointer}", "wrong-type")


def test_operators_for_the_declared_type_are_named():
    [problem] = check(tree({"attribute": "traits.app", "op": "gt", "value": 2}), CATALOGUE, {})
    assert problem.detail == "`traits.app` is declared as a version, which `gt` does not take"
    assert "`version_gt`" in problem.hint


def test_operands_are_checked_in_place():
    rule = {"not": {"any": [PLAN, {"attribute": "traits.x", "op": "contains", "value": ["a", ""]}]}}
    assert found(rule) == [("/rule/not/any/1/value/1", "empty-string")]


def test_holes_and_half_read_conditions_are_passed_over():
    node, problems = sketch(
        {"all": [{"all": []}, {"attribute": "page.pth", "op": "eqq", "value": 1}, PLAN | {"value": 1}]}
    )
    problems += check(node, CATALOGUE, {})
    assert [(problem.pointer, problem.code) for problem in problems] == [
        ("/rule/all/0/all", "empty-group"),
        ("/rule/all/1/op", "unknown-operator"),
        ("/rule/all/1/attribute", "unknown-attribute"),
        ("/rule/all/2/value", "wrong-type"),
    ]


def test_an_unknown_audience_is_told_with_the_nearest():
    [problem] = check(tree({"not": {"audience": "vipp"}}), CATALOGUE, {"vip": tree(PLAN)})
    assert (problem.pointer, problem.code) == ("/rule/not/audience", "unknown-audience")
    assert problem.hint == "did you mean `vip`?"


@pytest.mark.parametrize(
    ("rule", "audiences", "round_trip"),
    [
        ({"audience": "me"}, {}, "`me`, `me`"),
        ({"audience": "a"}, {"a": {"audience": "me"}}, "`me`, `a`, `me`"),
        (
            {"audience": "a"},
            {"a": {"not": {"audience": "b"}}, "b": {"any": [PLAN, {"audience": "a"}]}},
            "`a`, `b`, `a`",
        ),
    ],
)
def test_a_cycle_is_told_with_its_way(rule, audiences, round_trip):
    trees = {name: tree(other) for name, other in audiences.items()}
    [problem] = check(tree({"all": [PLAN, rule]}), CATALOGUE, trees, "me")
    assert (problem.pointer, problem.code) == ("/rule/all/1/audience", "reference-cycle")
    assert problem.detail == f"the references go round: {round_trip}"


def test_what_the_project_had_under_the_same_key_does_not_count():
    assert found(PLAN, {"me": {"audience": "me"}}, key="me") == []
    assert found({"audience": "a"}, {"a": PLAN, "me": {"audience": "a"}}, key="me") == []


def test_a_chain_of_eight_references_is_the_longest():
    chain = {"a0": PLAN, **{f"a{n}": {"audience": f"a{n - 1}"} for n in range(1, 2_000)}}
    assert found({"audience": "a7"}, chain, key="me") == []
    assert found({"audience": "a8"}, chain, key="me") == [("/rule", "references-too-deep")]
    assert found({"audience": "a1999"}, chain) == [("/rule", "references-too-deep")]


def test_conditions_are_counted_with_references_inlined():
    assert found(wide(256)) == []
    assert found(wide(257)) == [("/rule", "too-many-conditions")]
    assert found({"any": [wide(156), {"audience": "hundred"}]}, {"hundred": wide(100)}) == []
    assert found({"any": [wide(157), {"audience": "hundred"}]}, {"hundred": wide(100)}) == [
        ("/rule", "too-many-conditions")
    ]


def test_depth_is_counted_with_references_inlined():
    assert found(deep(16)) == []
    assert found(deep(17)) == [("/rule", "too-deep")]
    assert found({"not": {"audience": "a"}}, {"a": deep(15)}) == []
    assert found({"not": {"audience": "a"}}, {"a": deep(16)}) == [("/rule", "too-deep")]


def test_references_that_double_at_every_step_are_counted_without_walking_them_all():
    doubling = {"a0": PLAN, **{f"a{n}": {"any": [{"audience": f"a{n - 1}"}] * 60} for n in range(1, 8)}}
    assert found({"audience": "a7"}, doubling) == [("/rule", "too-many-conditions")]


def test_audiences_of_hostile_depth_end_the_walk():
    def nested(leaf):
        for _ in range(60):
            leaf = {"not": leaf}
        return leaf

    chain = {"b": nested({"audience": "c"}), "c": nested({"audience": "d"}), "d": nested(PLAN)}
    assert found(nested({"audience": "b"}), chain) == [("/rule", "too-deep")]


def test_lists_that_are_known_are_the_only_ones_where_they_are_given():
    rule = {"any": [{"list": "beta"}, {"not": {"list": "betas"}}]}
    problems = check(tree(rule), CATALOGUE, {}, lists={"beta", "vip"})
    assert [(problem.pointer, problem.code) for problem in problems] == [("/rule/any/1/not/list", "unknown-list")]
    assert found(rule) == []


def test_what_an_element_cannot_be_asked_is_told_once():
    inner = {"all": [{"attribute": "sku", "op": "exotic", "value": 1}, {"attribute": "sku", "op": "exists"}]}
    node, problems = sketch({"attribute": "traits.orders", "op": "element", "value": inner})
    assert [problem.code for problem in problems] == ["unknown-operator"]
    assert list(check(node, CATALOGUE, {})) == []


def test_the_size_of_a_rule_is_that_of_all_it_refers_to():
    audiences = {"a": tree({"all": [PLAN, {"audience": "b"}]}), "b": tree({"not": PLAN})}
    whole = inlining.size(tree({"any": [PLAN, {"audience": "a"}]}), audiences)
    assert (whole.conditions, whole.depth, whole.references) == (3, 4, 2)
