"""Whatever JSON comes in: problems or a rule that goes the whole way, never an exception."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.rules.checker import check
from shared.rules.compiler import compile_rule
from shared.rules.explain import explain
from shared.rules.listing import listing
from shared.rules.operators import OPERATORS
from shared.rules.parser import parse, sketch, to_json
from shared.rules.sentence import sentence

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=8),
    st.sampled_from(
        ["2024-01-31", "P1M", "P1DT1H", "1.2.3-a", "^1 || 2.x", "a+(b", r"\pL{9}", "traits.a", "match", "vip"]
    ),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
)
CONDITION = st.fixed_dictionaries(
    {
        "attribute": st.sampled_from(["traits.a", r"traits.b\.c", "geo.lat", "page.nothing"]),
        "op": st.sampled_from([*OPERATORS]),
    },
    optional={
        "value": st.one_of(
            JSON, st.dictionaries(st.sampled_from(["gt", "gte", "lt", "lte", "eq"]), SCALARS, max_size=2)
        ),
        "other": st.sampled_from(["traits.a", "geo.city", "x..y"]),
        "ignore_case": st.one_of(st.booleans(), SCALARS),
        "missing": st.one_of(st.just("match"), SCALARS),
        "timezone": st.sampled_from(["Europe/Rome", "UTC", "../x", ""]),
    },
)
RULE = st.recursive(
    st.one_of(CONDITION, st.just({"audience": "vip"}), JSON),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=6,
)
AUDIENCES = {"vip": parse({"attribute": "traits.a", "op": "exists"})[0]}


@settings(max_examples=300, deadline=None)
@given(rule=RULE, value=JSON)
def test_a_rule_is_refused_with_problems_or_goes_the_whole_way(rule, value):
    sketched, form = sketch(rule)
    problems = form + check(sketched, {}, AUDIENCES)
    assert len({(problem.pointer, problem.code, problem.detail) for problem in problems}) == len(problems)
    node, _ = parse(rule)
    assert (node is None) == bool(form)
    if not problems:
        assert parse(to_json(node)) == (node, [])
        assert listing(compile_rule(node))
        assert sentence(node)
        assert explain(node, {"traits": {"a": value}, "geo": {"lat": value}}, 0, {}, AUDIENCES).holds in (True, False)
