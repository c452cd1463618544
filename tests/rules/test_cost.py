"""The cost model: every test has a price, and what takes longer has a higher one; bench/cost.py asks the clock."""

import pytest

from shared.rules import cost, pattern_cost
from shared.rules.compiler import compile_rule
from shared.rules.linker import link
from shared.rules.parser import parse
from shared.rules.program import Test


def ask(op, value, attribute="traits.a"):
    return {"attribute": attribute, "op": op, "value": value}


def rollout(path):
    return {"rollout": {"percent": 5, "by": path, "salt": "s"}}


def of(*rules):
    programs = {f"a{number}": compile_rule(parse(rule)[0]) for number, rule in enumerate(rules)}
    return cost.cost(link(programs, {}, ()))


def test_every_test_has_a_price():
    assert set(cost.PRICES) == set(Test)


@pytest.mark.parametrize(
    ("cheap", "dear"),
    [
        ([ask("eq", "x")], [ask("matches", "x.*y")]),
        ([ask("matches", "^x[0-9]+$")], [ask("matches", "x.*y.*z")]),
        ([ask("matches", "x.*y")], [ask("matches", "[xy]{20}z")]),
        ([ask("has_any", ["a"])], [ask("has_any", [1])]),
        ([ask("has_all", ["a"])], [ask("has_all", [1])]),
        ([ask("has_any", ["a"])], [ask("element", ask("eq", 1, "b"))]),
        ([ask("element", ask("eq", 1, "b"))], [ask("element", ask("mod", [7, 1], "b"))]),
        ([ask("within_last", "P30D")], [ask("within_last", "P1M")]),
        ([ask("eq", n) for n in range(9)], [ask("eq", n, f"traits.a{n}") for n in range(9)]),
        ([rollout("visitor.id")], [rollout("traits.a")]),
    ],
)
def test_what_takes_longer_costs_more(cheap, dear):
    assert of(*cheap).total < of(*dear).total


def test_what_many_ask_alike_is_asked_once():
    rules = [{"all": [ask("matches", "x.*y"), ask("eq", n, "traits.b")]} for n in range(20)]
    assert of(*rules).patterns == of(rules[0]).patterns


def test_an_audience_costs_what_it_refers_to_as_well():
    through = {"all": [{"audience": "b"}, {"not": {"audience": "c"}}]}
    rules = {"a": through, "b": {"audience": "c"}, "c": ask("matches", "x.*y")}
    programs = {key: compile_rule(parse(rule)[0]) for key, rule in rules.items()}
    assert cost.of_audience(programs["a"], programs).patterns == cost.of_audience(programs["c"], programs).patterns > 0
    assert cost.costliest(programs)[0] == "a"


@pytest.mark.parametrize(
    ("pattern", "price"),
    [
        ("abc", "decided"),
        ("\\.pdf$", "decided"),
        ("@(acme|globex)2[0-9]?\\.example$", "decided"),
        ("^/shop/(a|b)/[0-9]+$", "decided"),
        ("^/blog/20[0-9]{2}/tea[a-z]*-tips$", "decided"),
        ("^ada\\.[a-z]+[0-9]*@", "decided"),
        ("x.*y", "loops"),
        ("^/docs/.*/x$", "loops"),
        ("(^|\\.)(google|blog[0-9]+)\\.", "loops"),
        ("[ab]*a[ab]{12}c", "counts"),
        ("^[a-z]*a[a-z]{9}$", "counts"),
        ("[ab][ab][ab][ab]c", "counts"),
        ("((a|b)c)+d", "counts"),
    ],
)
def test_a_pattern_is_priced_by_what_it_leaves_open(pattern, price):
    prices = {"decided": pattern_cost.DECIDED_NS, "loops": pattern_cost.LOOPING_NS, "counts": pattern_cost.COUNTING_NS}
    assert pattern_cost.price(pattern) == prices[price]
    assert pattern_cost.cost(pattern, ignore_case=True) >= pattern_cost.cost(pattern, ignore_case=False) > 0
