"""The linter finds the classics, says nothing that it cannot prove, and ends."""

import pytest

from shared.rules.catalogue import Attribute, split
from shared.rules.compiler import compile_rule
from shared.rules.kinds import Type
from shared.rules.lint import search as search_module
from shared.rules.lint import texts
from shared.rules.lint.formulas import Pool, formula, negation
from shared.rules.lint.linter import STEPS, Candidate, lint
from shared.rules.lint.search import Search
from shared.rules.parser import parse


def c(attribute, op, value=None, **more):
    name = attribute if "." in attribute or attribute == "geo" else f"traits.{attribute}"
    return {"attribute": name, "op": op, **({} if value is None else {"value": value}), **more}


def tree(rule):
    node, problems = parse(rule)
    assert problems == []
    return node


def linted(rule, audiences=(), catalogue=(), **overrides):
    programs = {key: compile_rule(tree(other)) for key, other in dict(audiences).items()}
    entries = {split(path): entry for path, entry in dict(catalogue).items()}
    return lint(Candidate(tree(rule), **overrides), programs, list(programs), entries)


def found(rule, audiences=(), catalogue=(), **overrides):
    return [(each.pointer, each.code) for each in linted(rule, audiences, catalogue, **overrides).warnings]


def relation(one, other):
    """What is proven of two rules: `<` and `>` for contained in each other, `=` for equal, `x` for apart."""
    search = Search(Pool(), STEPS)
    first, second = (formula(compile_rule(tree(rule)), {}, search.pool) for rule in (one, other))
    within, around = search.excludes(first, negation(second)), search.excludes(second, negation(first))
    apart = search.excludes(first, second)
    assert not search.gave_up
    return "=" if within and around else "<" if within else ">" if around else "x" if apart else None


def rollout(percent, **more):
    return {"rollout": {"percent": percent, "by": "visitor.id", "salt": "spring", **more}}


def schedule(**parts):
    return {"schedule": parts}


def near(latitude, longitude, km):
    return c("geo", "within_km", {"lat": latitude, "lon": longitude, "km": km})


PRO = c("plan", "eq", "pro")
CH = c("geo.country", "eq", "CH")


@pytest.mark.parametrize(
    ("one", "expected", "other"),
    [
        ({"all": [PRO, CH]}, "<", c("plan", "in", ["pro", "team"])),
        (PRO, "x", c("plan", "eq", "team")),
        (PRO, "=", c("plan", "in", ["pro"])),
        (PRO, "<", c("plan", "eq", "PRO", ignore_case=True)),
        (PRO, "<", c("plan", "matches", "^p")),
        (PRO, "x", c("plan", "matches", "^q")),
        (PRO, "<", c("plan", "exists")),
        (PRO, "x", c("plan", "gt", 5)),
        (PRO, None, CH),
        (c("x", "gt", 5), "<", c("x", "gt", 3)),
        (c("x", "gt", 5), "x", c("x", "lt", 3)),
        (c("x", "gte", 5), None, c("x", "lte", 5)),
        (c("x", "eq", 5), "<", c("x", "between", [5, 6])),
        (c("x", "between", [1, 2]), "<", {"any": [c("x", "lte", 1.5), c("x", "gt", 1.5)]}),
        (c("n", "mod", [4, 1]), "<", c("n", "mod", [2, 1])),
        (c("n", "mod", [4, 1]), "x", c("n", "mod", [-6, -4])),
        (c("n", "mod", [10, 3]), "x", c("n", "between", [4, 12])),
        (c("b", "eq", value=True), "<", c("b", "in", [True, False])),
        (c("b", "eq", value=True), "x", c("b", "eq", 1)),
        (c("p", "starts_with", "ab"), "<", c("p", "starts_with", "a")),
        (c("p", "starts_with", "ab"), "<", c("p", "contains", "b")),
        (c("p", "starts_with", ["ab", "ac"]), "<", c("p", "starts_with", "A", ignore_case=True)),
        (c("p", "starts_with", "ab"), "x", c("p", "starts_with", "b")),
        (c("p", "starts_with", "ab"), None, c("p", "contains", "c")),
        (c("p", "ends_with", ".pdf"), "<", c("p", "contains", [".", "x"])),
        (c("p", "ends_with", "Ab", ignore_case=True), ">", c("p", "ends_with", "Ab")),
        (c("p", "eq", "Ab", ignore_case=True), "x", c("p", "starts_with", "B")),
        (c("path", "under", "/eng/platform"), "<", c("path", "under", "/eng/")),
        (c("path", "under", "/eng"), "x", c("path", "starts_with", "/engi")),
        (c("path", "under", "/"), "=", c("path", "starts_with", "/")),
        (c("at", "before", "2020-01-01"), "<", c("at", "before", "2021-01-01")),
        (c("at", "before", "2020-01-01"), "x", c("at", "after", "2021-01-01")),
        (c("at", "on", "2020-01-01"), "<", c("at", "during", ["2020-01-01", "2020-02-01"])),
        (c("at", "within_last", "P7D"), "<", c("at", "within_last", "P30D")),
        (c("at", "within_last", "P7D"), "<", c("at", "within_last", "P1M")),
        (c("at", "within_last", "P1Y"), "<", c("at", "within_last", "P367D")),
        (c("at", "within_last", "P1M"), "<", c("at", "within_last", "P1MT1H")),
        (c("at", "within_last", "P30D"), None, c("at", "within_last", "P1M")),
        (c("at", "within_last", "P28D"), "x", c("at", "older_than", "P1M")),
        (c("at", "within_last", "P7D"), "x", c("at", "within_next", "P1M")),
        (c("at", "further_than", "P2M"), "<", c("at", "further_than", "P1M")),
        (c("at", "within_last", "P7D"), None, c("at", "after", "2020-01-01")),
        (c("at", "anniversary_within", "P7D"), "<", c("at", "anniversary_within", "P30D")),
        (c("at", "anniversary_within", "P7D"), None, c("at", "anniversary_within", "P30D", timezone="Asia/Tokyo")),
        (c("v", "version_satisfies", "^1.2.3"), "<", c("v", "version_gte", "1")),
        (c("v", "version_lt", "2"), "x", c("v", "version_gt", "2.0.0")),
        (c("v", "version_eq", "1.2"), "=", c("v", "version_eq", "v1.2.0")),
        (c("r", "has_all", ["a", "b"]), "<", c("r", "has_any", ["a"])),
        (c("r", "has_all", ["a", "b"]), "<", c("r", "size", {"gte": 2})),
        (c("r", "has_any", ["a"]), "=", c("r", "has_all", ["a"])),
        (c("r", "has_any", ["a"]), "x", c("r", "has_none", ["a", "b"])),
        (c("r", "has_any", [1]), None, c("r", "has_any", [True])),
        (c("r", "size", {"lt": 2}), "x", c("r", "size", {"gte": 2})),
        (c("o", "element", c("amount", "gt", 5)), "<", c("o", "element", c("amount", "gt", 3))),
        (c("o", "element", c("amount", "gt", 5)), "<", c("o", "size", {"gte": 1})),
        (c("request.ip", "in_cidr", "10.1.0.0/16"), "<", c("request.ip", "in_cidr", "10.0.0.0/8")),
        (c("request.ip", "in_cidr", "10.1.0.0/16"), "x", c("request.ip", "in_cidr", "::/0")),
        (near(47, 8, 5), "<", near(47, 8, 9)),
        (near(47, 8, 5), "<", near(47, 8.1, 30)),
        (near(47, 8, 5), "x", near(0, 8, 9)),
        (near(47, 8, 5), None, near(47, 8.1, 9)),
        (
            c("geo", "within_box", {"north": 1, "south": 0, "west": 170, "east": -170}),
            "<",
            c("geo", "within_box", {"north": 2, "south": 0, "west": 160, "east": -160}),
        ),
        (
            c("geo", "within_box", {"north": 1, "south": 0, "west": 170, "east": 180}),
            None,
            c("geo", "within_box", {"north": 2, "south": 0, "west": -180, "east": -160}),
        ),
        (
            c("geo", "within_box", {"north": 1, "south": 0, "west": 0, "east": 1}),
            "x",
            c("geo", "within_box", {"north": 5, "south": 4, "west": 0, "east": 1}),
        ),
        (c("at", "within_last", "P1000Y"), None, c("at", "within_last", "P1001Y")),
        (rollout(10), "<", rollout(20)),
        (rollout(10), None, rollout(20, salt="autumn")),
        (rollout(10, hash="flagsmith"), "<", rollout(20, hash="flagsmith")),
        (schedule(days=["mon"], **{"from": "09:00", "to": "12:00"}), "<", schedule(days=["mon", "tue"], to="12:00")),
        (schedule(days=["mon"]), "x", schedule(days=["tue"])),
        (schedule(days=["mon"]), None, schedule(days=["tue"], timezone="Asia/Tokyo")),
        (schedule(end="2026-01-01"), "x", schedule(start="2026-01-01", timezone="Asia/Tokyo")),
        ({"list": "beta"}, "<", {"any": [{"list": "beta"}, PRO]}),
        ({"list": "beta"}, None, {"list": "alpha"}),
        (c("a", "gt", other="traits.b"), "<", c("a", "gte", other="traits.b")),
        (c("a", "gt", other="traits.b"), "x", c("a", "eq", other="traits.b")),
        (c("a", "gt", other="traits.b"), "<", c("b", "exists")),
        (c("a", "eq", other="traits.b"), None, c("a", "gte", other="traits.b")),
        (c("plan", "neq", "pro"), ">", c("plan", "eq", "team")),
        (c("plan", "neq", "pro"), "=", {"not": PRO}),
        (c("plan", "eq", "pro", missing="match"), ">", PRO),
        ({"not": {"any": [PRO, CH]}}, "<", {"not": PRO}),
    ],
)  # fmt: skip
def test_how_two_rules_stand_to_each_other(one, expected, other):
    turned = {"<": ">", ">": "<"}.get(expected, expected)
    assert (relation(one, other), relation(other, one)) == (expected, turned)


BOTH = {"all": [c("x", "gt", 5), c("x", "lt", 3)]}


@pytest.mark.parametrize(
    ("rule", "warnings"),
    [
        (BOTH, [("/rule", "never-holds")]),
        ({"all": [PRO, BOTH]}, [("/rule/all/1", "never-holds")]),
        ({"any": [PRO, BOTH]}, [("/rule/any/1", "never-holds")]),
        ({"not": BOTH}, [("/rule", "always-holds")]),
        ({"all": [c("p", "in", ["a", "b"]), c("p", "not_in", ["a", "b", "c"])]}, [("/rule", "never-holds")]),
        ({"any": [PRO, {"not": PRO}]}, [("/rule", "always-holds")]),
        ({"all": [CH, {"any": [PRO, {"not": PRO}]}]}, [("/rule/all/1", "always-holds")]),
        ({"all": [PRO, CH, PRO]}, [("/rule/all/2", "duplicate-condition")]),
        ({"any": [c("p", "starts_with", "ab"), c("p", "starts_with", "a")]}, [("/rule/any/0", "unreachable")]),
        ({"all": [c("x", "gt", 5), c("x", "gt", 3)]}, [("/rule/all/1", "redundant")]),
        ({"all": [c("x", "gt", 5), {"any": [c("x", "lt", 3), PRO]}]}, [("/rule/all/1/any/0", "unreachable")]),
        ({"any": [c("x", "gt", 5), {"all": [c("x", "lte", 9), PRO]}]}, []),
        ({"not": {"all": [PRO, {"any": [PRO, CH]}]}}, [("/rule/not/all/1", "redundant")]),
        ({"all": [PRO, c("o", "element", BOTH)]}, [("/rule/all/1", "never-holds")]),
    ],
)  # fmt: skip
def test_parts_of_a_rule_in_vain(rule, warnings):
    structural = ("never-holds", "always-holds", "duplicate-condition", "unreachable", "redundant")
    assert [each for each in found(rule) if each[1] in structural] == warnings


def test_what_makes_a_part_needless_is_named():
    (warning,) = linted({"all": [c("x", "gt", 5), c("x", "gt", 3)]}).warnings
    assert warning.detail == "this never changes the result: it holds whenever `/rule/all/0` does"
    assert warning.hint == "leave it out"
    (warning,) = linted(BOTH).warnings
    assert warning.detail == "this can never hold: `/rule/all/0` and `/rule/all/1` exclude each other"


def test_other_audiences_are_named_by_how_they_stand_to_it():
    others = {
        "same": c("plan", "in", ["pro"]), "wide": c("plan", "exists"), "narrow": {"all": [PRO, CH]},
        "team": c("plan", "eq", "team"), "swiss": CH, "nobody": {"all": [CH, {"not": CH}]}, "via": {"audience": "same"},
    }  # fmt: skip
    warnings = {each.code: each.detail for each in linted(PRO, others).warnings}
    assert warnings == {
        "equals-audience": "it has the same visitors as `same`, `via`",
        "within-audience": "whoever is in it is in `wide` too",
        "contains-audience": "whoever is in `narrow` is in it too",
        "apart-from-audience": "nobody is in it and in `team`",
    }


def test_many_audiences_are_counted():
    others = {f"a{number}": c("plan", "eq", str(number)) for number in range(8)}
    (warning,) = linted(PRO, others).warnings
    assert warning.detail == "nobody is in it and in `a0`, `a1`, `a2`, `a3`, `a4` and 3 more"


def test_a_rule_that_never_holds_is_not_compared():
    assert found(BOTH, {"pro": c("x", "exists")}) == [("/rule", "never-holds")]


def test_overrides_count_for_what_it_is_compared_with():
    assert found(PRO, {"wide": c("plan", "exists")}, include=("u1",)) == []
    warnings = linted(PRO, include=("u1", "u2"), exclude=("u2",)).warnings
    assert [(each.pointer, each.code) for each in warnings] == [("/include/1", "included-and-excluded")]


@pytest.mark.parametrize(
    ("rule", "warnings"),
    [
        (c("plan", "neq", "free"), [("/rule", "true-when-missing")]),
        ({"not": c("plan", "eq", "free")}, [("/rule/not", "true-when-missing")]),
        ({"not": {"any": [c("plan", "neq", "free"), CH]}}, [("/rule/not/any/1", "true-when-missing")]),
        ({"all": [c("plan", "exists"), c("plan", "neq", "free")]}, []),
        ({"all": [c("plan", "in", ["a", "b"]), c("roles", "has_none", ["x"], missing="match")]}, []),
        ({"not": c("plan", "exists")}, []),
    ],
)
def test_a_negation_that_lets_missing_values_through(rule, warnings):
    assert found(rule) == warnings


@pytest.mark.parametrize(
    ("op", "pattern", "hint"),
    [
        ("matches", "^abc", 'write `starts_with` with "abc"'),
        ("matches", "abc$", 'write `ends_with` with "abc"'),
        ("matches", "a\\.c", 'write `contains` with "a.c"'),
        ("matches", ".*abc.*", 'write `contains` with "abc"'),
        ("matches", "^abc$", 'write `eq` with "abc"'),
        ("matches", "^(a|b)$", 'write `in` with ["a","b"]'),
        ("matches", "^(?:a|b)", 'write `starts_with` with ["a","b"]'),
        ("matches", "a|b", 'write `contains` with ["a","b"]'),
    ],
)
def test_a_pattern_that_a_cheaper_operator_says(op, pattern, hint):
    (warning,) = linted(c("p", op, pattern)).warnings
    assert (warning.pointer, warning.code, warning.hint) == ("/rule/op", "simpler-operator", hint)


def test_the_opposite_of_such_a_pattern_has_its_own_operator():
    warnings = {each.code: each.hint for each in linted(c("p", "not_matches", "^abc$")).warnings}
    assert warnings["simpler-operator"] == 'write `neq` with "abc"'


@pytest.mark.parametrize("pattern", ["^a|b$", "^a.*b$", "a.c", "^$|x", "", "\\d", "[a]", "x{2}", "^abc.*$"])
def test_patterns_that_say_more_are_left_alone(pattern):
    node, problems = parse(c("p", "matches", pattern))
    assert problems == []
    assert [w.code for w in lint(Candidate(node), {}, (), {}).warnings] == []


def test_names_and_values_like_those_of_the_catalogue():
    catalogue = {"traits.plan": Attribute(Type.STRING, examples=("pro", "team"))}
    assert found(c("plna", "exists"), catalogue=catalogue) == [("/rule/attribute", "not-in-catalogue")]
    assert found(c("plan", "in", ["pro", "taem"]), catalogue=catalogue) == [("/rule/value/1", "not-an-example")]
    assert found(c("plan", "eq", "enterprise"), catalogue=catalogue) == []
    assert found(c("city", "exists"), catalogue=catalogue) == []


def test_a_costly_rule():
    rule = {"any": [c("p", "matches", f"a.*{n}.*[ab]{{9}}c") for n in range(4)]}
    assert found(rule) == [("/rule", "costly")]


def test_the_search_ends_where_it_cannot_decide():
    hard = {
        "all": [{"any": [c(f"a{(i * 7 + j * j * 11) % 40}", "eq", (i * j) % 2) for j in range(3)]} for i in range(85)]
    }
    result = linted(hard, {f"b{n}": hard["all"][n] for n in range(40)})
    assert result.compared == 40
    assert isinstance(result.is_complete, bool)


def test_conditions_that_exclude_each_other_only_together_never_hold():
    rule = {"all": [c("x", "in", [1, 2]), c("x", "in", [2, 3]), c("x", "in", [1, 3])]}
    [warning] = linted(rule).warnings
    assert (warning.pointer, warning.code, warning.detail) == ("/rule", "never-holds", "this can never hold")


def test_names_of_the_catalogue_are_taken_with_any_operator():
    assert found(c("plan", "starts_with", "p"), catalogue={"traits.plan": Attribute(Type.STRING)}) == []


def test_what_takes_too_long_to_compare_is_left_undecided(monkeypatch):
    alike = (c("p", "starts_with", ["ab", "ac"]), c("p", "starts_with", "A", ignore_case=True))
    apart = (c("p", "starts_with", ["ab", "ac"]), c("p", "starts_with", ["b", "c"]))
    assert (relation(*alike), relation(*apart)) == ("<", "x")
    monkeypatch.setattr(texts, "MAX_PAIRS", 0)
    assert (relation(*alike), relation(*apart)) == (None, None)


def test_a_search_gives_up_where_it_would_have_to_choose_too_often(monkeypatch):
    monkeypatch.setattr(search_module, "MAX_CHOICES", 0)
    search = Search(Pool(), STEPS)
    either = formula(compile_rule(tree({"any": [PRO, CH]})), {}, search.pool)
    assert not search.excludes(either)
    assert search.gave_up
