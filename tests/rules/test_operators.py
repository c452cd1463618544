import re

import pytest

from shared.rules.comparisons import COMPARISONS
from shared.rules.kinds import Type
from shared.rules.operators import OPERATORS


def test_a_negation_is_the_row_of_its_positive_form_with_the_phrases_exchanged():
    negations = {name: operator.negates for name, operator in OPERATORS.items() if operator.negates}
    assert negations == {
        "neq": "eq",
        "not_in": "in",
        "not_contains": "contains",
        "not_starts_with": "starts_with",
        "not_ends_with": "ends_with",
        "not_under": "under",
        "not_matches": "matches",
        "version_neq": "version_eq",
        "has_none": "has_any",
    }
    for name, positive in negations.items():
        negation, form = OPERATORS[name], OPERATORS[positive]
        assert (negation.phrase, negation.opposite) == (form.opposite, form.phrase)
        assert (negation.prepare, negation.types) == (form.prepare, form.types)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_phrase_has_one_place_for_the_value_if_the_operator_takes_one(name):
    operator = OPERATORS[name]
    for phrase in (operator.phrase, operator.opposite):
        assert re.findall(r"\{.*?\}", phrase) == ["{}"] * operator.takes_value


def test_other_stands_where_two_attributes_can_be_compared():
    assert set(COMPARISONS) == {operator.positive for operator in OPERATORS.values() if operator.takes_other}


def test_ignore_case_belongs_to_operators_on_strings():
    taking = {name for name, operator in OPERATORS.items() if operator.takes_ignore_case}
    assert taking == {
        f"{prefix}{name}"
        for name in ("contains", "starts_with", "ends_with", "under", "matches")
        for prefix in ("", "not_")
    } | {"eq", "neq", "in", "not_in"}


def test_types_that_have_operators_of_their_own_take_no_others():
    assert {name for name, operator in OPERATORS.items() if Type.IP in operator.types} == {"exists", "in_cidr"}
    versions = {name for name, operator in OPERATORS.items() if Type.VERSION in operator.types}
    assert versions == {"exists"} | {name for name in OPERATORS if name.startswith("version_")}
