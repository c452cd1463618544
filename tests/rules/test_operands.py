from math import inf, nextafter

import pytest

from shared.rules.operators import prepare
from shared.rules.parser import parse
from shared.rules.problems import Refused
from shared.rules.program import Test
from shared.rules.versions import key

DAY = 86_400_000
ONE_2_3 = key("1.2.3")


def condition(op, value=None, **fields):
    if value is not None:
        fields["value"] = value
    node, problems = parse({"attribute": "traits.a", "op": op, **fields})
    assert problems == []
    return node


def refusal(op, value, **fields):
    with pytest.raises(Refused) as refused:
        prepare(condition(op, value, **fields))
    return [(problem.pointer, problem.code) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("op", "value", "test", "operand"),
    [
        ("exists", None, Test.PRESENT, None),
        ("eq", "x", Test.EQUAL, ("x",)),
        ("neq", "x", Test.EQUAL, ("x",)),
        ("in", ["b", "a", "b"], Test.EQUAL, ("a", "b")),
        ("not_in", [2, 1.0, 1], Test.EQUAL, (1, 2)),
        ("contains", "b", Test.CONTAINS, ("b",)),
        ("not_contains", ["b", "a"], Test.CONTAINS, ("a", "b")),
        ("starts_with", "b", Test.PREFIX, ("b",)),
        ("ends_with", "b", Test.SUFFIX, ("b",)),
        ("matches", "^a", Test.PATTERN, ("^a", False)),
        ("gt", 5, Test.NUMBER, ((nextafter(5.0, inf), None),)),
        ("gte", 5, Test.NUMBER, ((5.0, None),)),
        ("lt", 5, Test.NUMBER, ((None, 5.0),)),
        ("lte", 5, Test.NUMBER, ((None, nextafter(5.0, inf)),)),
        ("between", [1, 2.5], Test.NUMBER, ((1.0, nextafter(2.5, inf)),)),
        ("mod", [3, 1], Test.MOD, (3, 1)),
        ("mod", [-3, -1.0], Test.MOD, (-3, -1)),
        ("before", "1970-01-02", Test.INSTANT, ((None, DAY),)),
        ("after", "1970-01-01T01:00:00.001+01:00", Test.INSTANT, ((2, None),)),
        ("during", ["1970-01-01", "1970-01-02"], Test.INSTANT, ((0, DAY),)),
        ("on", "1970-01-02", Test.INSTANT, ((DAY, 2 * DAY),)),
        ("within_last", "P1D", Test.AGE, ((0, DAY),)),
        ("older_than", "PT0.5S", Test.AGE, ((500, None),)),
        ("within_next", "P1W", Test.AGE, ((-7 * DAY, 0),)),
        ("further_than", "PT1H", Test.AGE, ((None, -3_600_000),)),
        ("within_last", "P1M", Test.CALENDAR, (0, 1, 0)),
        ("older_than", "P1Y2M3D", Test.CALENDAR, (1, 14, 3 * DAY)),
        ("within_next", "P1Y", Test.CALENDAR, (2, 12, 0)),
        ("further_than", "P2M", Test.CALENDAR, (3, 2, 0)),
        ("version_eq", "v1.2.3+build", Test.VERSION, ((ONE_2_3, (*ONE_2_3, 0)),)),
        ("version_neq", "1.2.3", Test.VERSION, ((ONE_2_3, (*ONE_2_3, 0)),)),
        ("version_gt", "1.2.3", Test.VERSION, (((*ONE_2_3, 0), None),)),
        ("version_gte", "1.2.3", Test.VERSION, ((ONE_2_3, None),)),
        ("version_lt", "1.2.3", Test.VERSION, ((None, ONE_2_3),)),
        ("version_lte", "1.2.3", Test.VERSION, ((None, (*ONE_2_3, 0)),)),
        ("version_satisfies", ">=1.2.3", Test.VERSION, ((ONE_2_3, None),)),
        ("version_satisfies", ">2 <1", Test.VERSION, ()),
        ("has_any", ["b", "a"], Test.ANY_OF, ("a", "b")),
        ("has_none", ["a"], Test.ANY_OF, ("a",)),
        ("has_all", [1, "1"], Test.ALL_OF, ("1", 1)),
        ("size", {"gte": 2}, Test.SIZE, ((2, None),)),
        ("size", {"gt": 2, "lte": 5}, Test.SIZE, ((3, 6),)),
        ("size", {"eq": 0}, Test.SIZE, ((0, 1),)),
        ("size", {"lt": 3}, Test.SIZE, ((0, 3),)),
    ],
)
def test_a_condition_is_prepared_as_the_program_describes(op, value, test, operand):
    assert prepare(condition(op, value)) == (test, operand)


def test_true_is_not_1_in_a_list_of_values():
    _, operand = prepare(condition("in", [True, 1, "1", 1.0, False, 0]))
    assert [repr(value) for value in operand] == ["'1'", "0", "1", "False", "True"]


@pytest.mark.parametrize(
    ("op", "value", "test", "operand"),
    [
        ("eq", "STRASSE", Test.EQUAL_FOLDED, ("strasse",)),
        ("in", ["Straße", "STRASSE"], Test.EQUAL_FOLDED, ("strasse",)),
        ("contains", "ẞ", Test.CONTAINS_FOLDED, ("ss",)),
        ("starts_with", "A", Test.PREFIX_FOLDED, ("a",)),
        ("ends_with", ["A", "a"], Test.SUFFIX_FOLDED, ("a",)),
        ("matches", "A", Test.PATTERN, ("A", True)),
    ],
)
def test_ignoring_case_folds_the_operand(op, value, test, operand):
    assert prepare(condition(op, value, ignore_case=True)) == (test, operand)


def test_another_attribute_in_place_of_the_value_compares_by_the_positive_operator():
    assert prepare(condition("neq", other="traits.b", ignore_case=True)) == (Test.COMPARE, ("eq", True))
    assert prepare(condition("version_lt", other="traits.b")) == (Test.COMPARE, ("version_lt", False))


def test_a_day_is_as_long_as_its_time_zone_makes_it():
    for day, hours in [("2024-03-31", 23), ("2024-10-27", 25), ("2024-06-01", 24)]:
        _, ((start, end),) = prepare(condition("on", day, timezone="Europe/Rome"))
        assert end - start == hours * 3_600_000


def test_a_day_that_a_zone_skipped_has_no_instant():
    assert prepare(condition("on", "2011-12-30", timezone="Pacific/Apia")) == (Test.INSTANT, ())


@pytest.mark.parametrize(
    ("op", "value", "pointer", "code"),
    [
        ("eq", ["x"], "/value", "wrong-type"),
        ("in", "x", "/value", "wrong-type"),
        ("in", [], "/value", "empty-list"),
        ("has_all", [], "/value", "empty-list"),
        ("in", list(range(1001)), "/value", "too-many-values"),
        ("contains", 5, "/value", "wrong-type"),
        ("contains", "", "/value", "empty-string"),
        ("starts_with", ["a", ""], "/value/1", "empty-string"),
        ("ends_with", ["a", 1], "/value/1", "wrong-type"),
        ("matches", "(", "/value", "bad-pattern"),
        ("matches", "(?=a)", "/value", "bad-pattern"),
        ("matches", "é" * 257, "/value", "pattern-too-long"),
        ("matches", r"\pL{50}", "/value", "pattern-too-large"),
        ("gt", "5", "/value", "wrong-type"),
        ("gt", True, "/value", "wrong-type"),
        ("between", [1], "/value", "wrong-type"),
        ("between", [1, "2"], "/value/1", "wrong-type"),
        ("between", [2, 1], "/value", "empty-interval"),
        ("mod", [0, 0], "/value/0", "bad-divisor"),
        ("mod", [3, 3], "/value/1", "bad-remainder"),
        ("mod", [3, -1], "/value/1", "bad-remainder"),
        ("mod", [2.5, 1], "/value/0", "wrong-type"),
        ("before", "2024-01-01T00:00:00", "/value", "bad-instant"),
        ("after", 1704067200, "/value", "bad-instant"),
        ("during", ["2024-01-02", "2024-01-01"], "/value", "empty-interval"),
        ("during", ["2024-01-01", "tomorrow"], "/value/1", "bad-instant"),
        ("on", "2024-01-01T00:00:00Z", "/value", "bad-date"),
        ("on", "2023-02-29", "/value", "bad-date"),
        ("within_last", "30 days", "/value", "bad-duration"),
        ("within_last", "P0D", "/value", "bad-duration"),
        ("older_than", "-P1D", "/value", "bad-duration"),
        ("version_gt", "1.2.3.4", "/value", "bad-version"),
        ("version_gt", 1, "/value", "bad-version"),
        ("version_satisfies", "^1 ||", "/value", "bad-version-range"),
        ("size", 2, "/value", "wrong-type"),
        ("size", {}, "/value", "wrong-type"),
        ("size", {"gte": 1.5}, "/value/gte", "wrong-type"),
        ("size", {"min": 1}, "/value/min", "unknown-field"),
        ("size", {"gt": 3, "lt": 4}, "/value", "empty-interval"),
        ("size", {"lt": 0}, "/value", "empty-interval"),
    ],
)
def test_an_operand_that_cannot_be_asked_is_refused(op, value, pointer, code):
    assert refusal(op, value) == [(pointer, code)]


def test_ignoring_case_takes_strings_only():
    assert refusal("eq", 5, ignore_case=True) == [("/value", "wrong-type")]
    assert refusal("in", ["a", 5, True], ignore_case=True) == [("/value/1", "wrong-type"), ("/value/2", "wrong-type")]


def test_an_unknown_time_zone_is_refused_with_the_nearest():
    with pytest.raises(Refused) as refused:
        prepare(condition("on", "2024-01-01", timezone="Europe/Roma"))
    [problem] = refused.value.problems
    assert (problem.pointer, problem.code, problem.hint) == (
        "/timezone",
        "unknown-timezone",
        "did you mean `Europe/Rome`?",
    )
