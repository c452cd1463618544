import pytest

from shared.rules import linker
from shared.rules.problems import Refused
from tests.rules.build import NOW, condition, link, machine

PRO = condition("traits.plan", "eq", "pro")


def problems(rules):
    with pytest.raises(Refused) as caught:
        link(rules)
    return [(problem.pointer, problem.code) for problem in caught.value.problems]


def test_an_empty_environment_links_and_answers_nothing():
    assert machine({}).evaluate({"traits": {"plan": "pro"}}, NOW) == []


def test_equal_predicates_of_different_audiences_meet_in_one():
    image = link({"a": PRO, "b": {"not": PRO}, "c": {"all": [PRO, condition("traits.plan", "neq", "pro")]}})
    assert [attribute.count for attribute in image.attributes] == [1]


def test_a_predicate_on_true_is_not_one_on_1():
    image = link({"a": condition("traits.x", "eq", value=True), "b": condition("traits.x", "eq", 1)})
    assert [attribute.count for attribute in image.attributes] == [2]


def test_every_reference_problem_is_told():
    rules = {"a": {"audience": "b"}, "b": {"audience": "a"}, "c": {"audience": "gone"}, "d": {"audience": "d"}}
    assert set(problems(rules)) == {("/b", "reference-cycle"), ("/c", "unknown-audience"), ("/d", "reference-cycle")}


def test_a_long_chain_of_references_needs_no_stack():
    chain = {f"a{n}": {"audience": f"a{n + 1}"} for n in range(5000)} | {"a5000": PRO}
    loaded = machine(chain)
    assert len(loaded.evaluate({"traits": {"plan": "pro"}}, NOW)) == 5001


def test_references_may_not_multiply_conditions_past_the_limit():
    wide = {"any": [condition("traits.n", "eq", n) for n in range(200)]}
    other = {"any": [condition("traits.m", "eq", n) for n in range(200)]}
    assert problems({"a": wide, "b": other, "c": {"all": [{"audience": "a"}, {"audience": "b"}]}}) == [
        ("/c", "too-many-conditions")
    ]


def test_more_audiences_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(linker, "MAX_AUDIENCES", 2)
    assert problems({"a": PRO, "b": PRO, "c": PRO}) == [("", "too-many-audiences")]


def test_more_attributes_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(linker, "MAX_ATTRIBUTES", 1)
    assert problems({"a": PRO, "b": condition("traits.x", "exists")}) == [("", "too-many-attributes")]


def test_a_reference_to_a_negated_group_is_its_complement():
    rules = {
        "a": {"any": [PRO, condition("traits.n", "gt", 1)]},
        "b": {"not": {"audience": "a"}},
        "c": {"all": [{"not": {"audience": "b"}}, condition("traits.n", "lt", 9)]},
    }
    loaded = machine(rules)
    assert set(loaded.evaluate({"traits": {"n": 5}}, NOW)) == {"a", "c"}
    assert set(loaded.evaluate({"traits": {"n": 1}}, NOW)) == {"b"}
