import pytest

from shared.rules.compiler import compile_rule
from shared.rules.parser import parse
from shared.rules.problems import Refused
from shared.rules.program import Op, Polarity, Predicate, Test, decode, encode

PLAN = {"attribute": "traits.plan", "op": "eq", "value": "pro"}
L, R = Op.LITERAL, Op.REFERENCE


def compiled(rule):
    node, problems = parse(rule)
    assert problems == []
    return compile_rule(node)


@pytest.mark.parametrize(
    ("rule", "polarity"),
    [
        (PLAN, Polarity.HOLDS),
        (PLAN | {"op": "neq"}, Polarity.FAILS),
        ({"not": PLAN}, Polarity.FAILS),
        ({"not": PLAN | {"op": "neq"}}, Polarity.HOLDS),
        (PLAN | {"missing": "match"}, Polarity.HOLDS_OR_MISSING),
        (PLAN | {"op": "neq", "missing": "match"}, Polarity.FAILS),
        ({"not": PLAN | {"missing": "match"}}, Polarity.FAILS_AND_PRESENT),
        ({"not": PLAN | {"op": "neq", "missing": "match"}}, Polarity.HOLDS),
    ],
)
def test_negation_and_missing_become_the_polarity(rule, polarity):
    program = compiled(rule)
    assert program.predicates == (Predicate(0, Test.EQUAL, ("pro",)),)
    assert program.code == (L, 0, polarity)


def test_equal_questions_share_a_predicate_and_kinds_do_not():
    age = {"attribute": "traits.age"}
    rule = {
        "any": [
            age | {"op": "eq", "value": 1},
            age | {"op": "not_in", "value": [1.0, 1]},
            age | {"op": "eq", "value": True},
            {"all": [age | {"op": "gt", "value": 5}, {"not": age | {"op": "gt", "value": 5.0}}]},
        ]
    }
    program = compiled(rule)
    assert [(p.test, repr(p.operand)) for p in program.predicates] == [
        (Test.EQUAL, "(1,)"),
        (Test.EQUAL, "(True,)"),
        (Test.NUMBER, "((5.000000000000001, None),)"),
    ]


def test_references_and_paths_are_pooled_in_the_order_of_first_use():
    other = {"attribute": "traits.a", "op": "eq", "other": "traits.plan"}
    program = compiled({"all": [{"audience": "b"}, {"not": {"audience": "a"}}, PLAN, other, {"audience": "b"}]})
    assert program.paths == (("traits", "plan"), ("traits", "a"))
    assert program.predicates[1] == Predicate(1, Test.COMPARE, ("eq", False), 0)
    assert program.references == ("b", "a")
    assert program.code == (R, 0, 0, R, 1, 1, L, 0, 0, L, 1, 0, Op.ALL, 4)


def test_a_negated_group_is_written_as_its_dual():
    program = compiled({"not": {"any": [PLAN, {"audience": "vip"}]}})
    assert program.code == (L, 0, Polarity.FAILS, R, 0, 1, Op.ALL, 2)


def test_a_program_survives_its_bytes():
    program = compiled({"attribute": "traits.v", "op": "version_satisfies", "value": "^1.2.3-rc.1 || >4"})
    assert decode(encode(program)) == program


def test_an_unchecked_rule_is_refused_where_its_operand_means_nothing():
    node, _ = parse({"attribute": "traits.a", "op": "matches", "value": "("})
    with pytest.raises(Refused):
        compile_rule(node)
