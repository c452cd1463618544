import pytest

from shared.rules import predicates
from shared.rules.kinds import Type, typed
from shared.rules.operators import prepare
from shared.rules.parser import parse
from shared.rules.questions import question

NOW = 1_710_000_000_000  # 2024-03-09T16:00:00Z
SEEN = ["a", 7, 7.0, 7.5, True, ["a"], {}]
LIST = ["a", 1, True, None, {"a": 1}, ["a"]]


def asked(op, value, seen, declared=Type.UNDECLARED, **fields):
    if value is not None:
        fields["value"] = value
    node, problems = parse({"attribute": "traits.a", "op": op, **fields})
    assert problems == []
    return predicates.ask(*prepare(node), typed(seen, declared), NOW)


@pytest.mark.parametrize(
    ("op", "value", "passing", "failing", "untakable"),
    [
        ("exists", None, ["", 0, False, [], {}], [], []),
        ("eq", "a", ["a"], ["A", "", "aa"], [1, True, ["a"], {}]),
        ("eq", 1, [1, 1.0], [2, 1.5], [True, "1", [1]]),
        ("eq", True, [True], [False], [1, "true"]),
        ("in", ["a", 1], ["a", 1.0], ["b", 2], [True, ["a"]]),
        ("contains", ["bc", "x"], ["abcd", "x"], ["b c", ""], [1, ["bc"]]),
        ("starts_with", "ab", ["ab", "abc"], ["xab", "Ab"], [1]),
        ("ends_with", "ab", ["ab", "xab"], ["abx"], [1]),
        ("matches", "b+c$", ["abbc"], ["abcd"], [1, []]),
        ("gt", 5, [5.000001, 6], [5, 4], ["6", True, []]),
        ("gte", 5, [5, 5.0], [4.999], ["5"]),
        ("lt", 5, [4.999, -1e300], [5], ["4"]),
        ("lte", 5, [5], [5.000001], ["5"]),
        ("between", [1, 2], [1, 1.5, 2], [0.999, 2.001], ["1"]),
        ("mod", [3, 1], [1, 4.0, -2], [3, -1], [1.5, 1e300, "1"]),
        ("mod", [-3, -1], [-1, 2, -4], [1, -3], [True]),
        ("before", "2024-01-01", ["2023-12-31T23:59:59.999Z"], ["2024-01-01"], ["2023", 1, []]),
        ("after", "2024-01-01", ["2024-01-01T00:00:00.001Z"], ["2024-01-01T01:00:00+01:00"], [1]),
        ("during", ["2024-01-01", "2024-01-02"], ["2024-01-01"], ["2024-01-02"], ["soon"]),
        ("on", "2024-01-01", ["2024-01-01T23:59:59Z"], ["2024-01-02"], [1]),
        ("within_last", "P1D", ["2024-03-09T16:00:00Z", "2024-03-08T16:00:00.001Z"], ["2024-03-08T16:00:00Z"], [NOW]),
        ("within_last", "P1D", [], ["2024-03-09T16:00:00.001Z"], ["2024-03-09T16:00:00"]),
        ("older_than", "P1D", ["2024-03-08T16:00:00Z"], ["2024-03-08T16:00:00.001Z"], [1]),
        ("within_next", "P1D", ["2024-03-10T16:00:00Z"], ["2024-03-09T16:00:00Z", "2024-03-10T16:00:00.001Z"], [1]),
        ("further_than", "P1D", ["2024-03-10T16:00:00.001Z"], ["2024-03-10T16:00:00Z"], [1]),
        ("within_last", "P1M", ["2024-02-09T16:00:00.001Z"], ["2024-02-09T16:00:00Z"], [1]),
        ("older_than", "P1M", ["2024-02-09T16:00:00Z"], ["2024-02-09T16:00:00.001Z"], ["x"]),
        ("within_next", "P1M", ["2024-04-09T16:00:00Z"], ["2024-04-09T16:00:00.001Z"], [[]]),
        ("further_than", "P1M", ["2024-04-09T16:00:00.001Z"], ["2024-04-09T16:00:00Z"], [{}]),
        ("version_gt", "1.2.3", ["1.2.4", "v2", "1.2.4-a"], ["1.2.3", "1.2.3+b", "1.2.3-a"], ["x", 2]),
        ("version_satisfies", "^1.2", ["1.9.0-a"], ["2.0.0-0", "1.2.0-a"], ["latest"]),
        ("has_any", ["a", 2], [LIST, ["a"]], [[], [1], ["b", None]], ["a", {"a": 1}]),
        ("has_all", ["a", 1], [LIST, [1, "a"]], [["a"], ["a", True]], ["a"]),
        ("size", {"gte": 2, "lt": 4}, [[1, 1], [1, 2, None]], [[], [1, 2, 3, 4]], ["ab", {}]),
    ],
)
def test_a_value_passes_fails_or_cannot_be_taken(op, value, passing, failing, untakable):
    assert [asked(op, value, seen) for seen in passing] == [True] * len(passing)
    assert [asked(op, value, seen) for seen in failing] == [False] * len(failing)
    assert [asked(op, value, seen) for seen in untakable] == [None] * len(untakable)


@pytest.mark.parametrize(
    ("op", "value", "seen"),
    [
        ("eq", "STRASSE", "straße"),
        ("in", ["x", "İ"], "i\u0307"),
        ("contains", "SS", "Maße"),
        ("starts_with", "Ä", "a\u0308b"),
        ("ends_with", "ẞ", "grüSS"),
        ("matches", "^É", "éa"),
    ],
)
def test_ignoring_case_folds_both_sides(op, value, seen):
    assert asked(op, value, seen) is False
    assert asked(op, value, seen, ignore_case=True) is True
    assert asked(op, value, 1, ignore_case=True) is None


def test_declared_instants_and_versions_are_no_strings_any_more():
    assert asked("within_last", "P1D", NOW - 1, Type.DATETIME) is True
    assert asked("older_than", "P1Y", 0, Type.DATETIME) is True
    assert asked("starts_with", "2024", "2024-01-01", Type.DATETIME) is None
    assert asked("version_eq", "1.0.0", "v1", Type.VERSION) is True
    assert asked("eq", "v1", "v1", Type.VERSION) is None


@pytest.mark.parametrize(
    ("operator", "value", "other", "answer"),
    [
        ("eq", "a", "a", True),
        ("eq", 1, 1.0, True),
        ("eq", 1, True, False),
        ("eq", "1", 1, False),
        ("eq", [1], [1], None),
        ("gt", 2, 1, True),
        ("lte", 2, 1, False),
        ("gte", "2", 1, None),
        ("contains", "abc", "b", True),
        ("contains", "abc", ["x", 1, "b"], True),
        ("contains", "abc", [], False),
        ("starts_with", "abc", 1, None),
        ("ends_with", ["abc"], "c", None),
        ("before", "2024-01-01", "2024-01-02", True),
        ("after", "2024-01-01", "soon", None),
        ("version_lt", "1.2", "1.10", True),
        ("version_eq", "1", "1.0.0+b", True),
        ("version_gte", "x", "1", None),
        ("has_any", [1, "a"], ["a", {}], True),
        ("has_any", [True], [1], False),
        ("has_all", [1, "a"], ["a"], True),
        ("has_all", [1, "a"], ["a", {}], False),
        ("has_all", [1], [], True),
        ("has_all", "a", ["a"], None),
    ],
)
def test_one_attribute_is_asked_against_another(operator, value, other, answer):
    first, second = typed(value, Type.UNDECLARED), typed(other, Type.UNDECLARED)
    assert predicates.compare((operator, False), first, second) is answer


def test_comparing_two_attributes_can_ignore_case():
    first, second = typed("STRASSE", Type.UNDECLARED), typed("straße", Type.UNDECLARED)
    for operator in ("eq", "contains", "starts_with", "ends_with"):
        assert predicates.compare((operator, False), first, second) is False
        assert predicates.compare((operator, True), first, second) is True


def test_only_texts_and_integers_have_a_bucket():
    node, _ = parse({"rollout": {"percent": 100, "by": "traits.a", "salt": "x"}})
    asked_of = question(node)
    answers = [predicates.ask(asked_of.test, asked_of.operand, typed(seen, Type.UNDECLARED), NOW) for seen in SEEN]
    assert answers == [True, True, True, None, None, None, None]
