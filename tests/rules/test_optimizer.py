from itertools import product

import pytest

from shared.rules.model import All, Any, Condition, Not, Reference
from shared.rules.optimizer import optimize, push_negations, simplify_groups, use_positive_forms

A, B, C = (Condition(("traits", name), "eq", 1) for name in "abc")
R = Reference("vip")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Condition(("traits", "a"), "neq", 1), Not(A)),
        (Condition(("traits", "a"), "neq", 1, missing_matches=True), Not(A)),
        (
            Condition(("traits", "a"), "eq", 1, missing_matches=True),
            Condition(("traits", "a"), "eq", 1, missing_matches=True),
        ),
        (
            Any((Condition(("traits", "a"), "has_none", (1,)), R)),
            Any((Not(Condition(("traits", "a"), "has_any", (1,))), R)),
        ),
    ],
)
def test_negated_operators_become_negations(before, after):
    assert use_positive_forms(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Not(All((A, B))), Any((Not(A), Not(B)))),
        (Not(Any((A, B))), All((Not(A), Not(B)))),
        (Not(Not(A)), A),
        (Not(Not(Not(R))), Not(R)),
        (Not(All((A, Not(Any((B, Not(C))))))), Any((Not(A), Any((B, Not(C)))))),
    ],
)
def test_negations_move_to_the_leaves(before, after):
    assert push_negations(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (All((A,)), A),
        (All((All((A, B)), C)), All((A, B, C))),
        (Any((A, Any((B, Any((C,)))))), Any((A, B, C))),
        (All((A, Any((B, C)), A)), All((A, Any((B, C))))),
        (All((A, A)), A),
        (All((C, Any((All((A, B)), All((A, B)))))), All((C, A, B))),
        (Any((A, Not(A))), Any((A, Not(A)))),
        (All((A, Not(A))), All((A, Not(A)))),
    ],
)
def test_groups_are_simplified_and_a_contradiction_stays(before, after):
    assert simplify_groups(before) == after


def test_conditions_that_python_takes_for_equal_stay_apart():
    one, true = Condition(("traits", "a"), "eq", 1), Condition(("traits", "a"), "eq", value=True)
    assert one == true
    assert len(optimize(Any((one, true))).items) == 2


def kleene(node, values):
    """Strong Kleene truth of a tree whose leaves have the given values; None is unknown."""
    match node:
        case All(items):
            return min((kleene(item, values) for item in items), key=(False, None, True).index)
        case Any(items):
            return max((kleene(item, values) for item in items), key=(False, None, True).index)
        case Not(item):
            inner = kleene(item, values)
            return None if inner is None else not inner
        case Condition():
            inner = values[node.attribute[1]]
            return (None if inner is None else not inner) if node.op == "neq" else inner


@pytest.mark.parametrize(
    "tree",
    [
        Not(All((A, Any((B, Not(C))), A))),
        Any((A, Not(A))),
        All((Condition(("traits", "a"), "neq", 1), A, Not(Not(B)))),
        Not(Any((All((A, B)), All((All((A,)), Not(C))), Not(Any((A, B)))))),
        All((C, Any((All((A, B)), All((A, B)))))),
    ],
)
def test_the_three_valued_truth_is_kept(tree):
    for truths in product((False, None, True), repeat=3):
        values = dict(zip("abc", truths, strict=True))
        assert kleene(optimize(tree), values) is kleene(tree, values)
