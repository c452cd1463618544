"""What no stored profile ever held: claimed where all sightings agree, and only where it is so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.rules.catalogue import Attribute, split
from shared.rules.compiler import compile_rule
from shared.rules.kinds import Type
from shared.rules.linker import link
from shared.rules.lint import unseen
from shared.rules.lint.linter import Candidate, lint
from shared.rules.machine import Machine
from shared.rules.parser import parse
from shared.rules.sightings import Sightings
from shared.visitors.sightings import grown, held

OCTOBER = 1_790_812_800_000  # 2026-10-01
PROFILES = [
    {"plan": "pro", "orders": 3, "tags": ["new", "vip"], "home": {"city": "Ulm"}, "mail": "a@example.org"},
    {"plan": "free", "orders": 40, "old": True},
]


def of(*profiles, since=OCTOBER, is_whole=True, catalogue=()):
    return grown(Sightings(since, is_whole), held(profiles), dict(catalogue))


def c(attribute, op, value=None, **more):
    return {"attribute": f"traits.{attribute}", "op": op, **({} if value is None else {"value": value}), **more}


def warnings(rule, catalogue=(), **sightings):
    node, problems = parse(rule)
    assert problems == []
    entries = {split(path): entry for path, entry in dict(catalogue).items()}
    found = lint(Candidate(node), {}, (), entries, sightings=sightings or {"production": of(*PROFILES)})
    return [each for each in found.warnings if each.code.endswith("-never-seen")]


def found(rule, catalogue=(), **sightings):
    return [(each.pointer, each.code) for each in warnings(rule, catalogue, **sightings)]


def test_an_attribute_that_was_never_there_is_told_with_the_nearest_that_was():
    (warning,) = warnings({"all": [c("plann", "eq", "pro"), c("plan", "exists")]})
    assert (warning.pointer, warning.code) == ("/rule/all/0/attribute", "attribute-never-seen")
    assert warning.detail == "no profile stored in `production` since 2026-10-01 ever held `traits.plann`"
    assert warning.hint == "did you mean `plan`?"
    (warning,) = warnings(c("home.town.part", "exists"))
    assert warning.hint == "it may be misspelt, or come with requests only"


def test_a_value_that_was_never_there_is_told_with_the_nearest_that_was():
    (warning,) = warnings(c("plan", "eq", "prol"))
    assert (warning.pointer, warning.code) == ("/rule/value", "value-never-seen")
    assert warning.detail == "no profile stored in `production` since 2026-10-01 ever held `prol` as `traits.plan`"
    assert warning.hint == "did you mean `pro`?"
    (warning,) = warnings(c("orders", "eq", "40"))
    assert warning.hint == "profiles hold it as a number"


def test_of_many_values_the_first_are_named():
    (warning,) = warnings(c("plan", "in", ["pro", "a", "b", "c", "d", "e"]))
    assert warning.pointer == "/rule/value"
    assert "ever held `a` or `b` or `c` or 2 more values as" in warning.detail
    assert found(c("plan", "in", ["pro", "team"])) == [("/rule/value/1", "value-never-seen")]


@pytest.mark.parametrize(
    "rule",
    [
        c("plan", "eq", "pro"),
        c("plan", "eq", "PRO", ignore_case=True),
        c("plan", "starts_with", "x"),
        c("orders", "gt", 100),
        c("tags", "has_any", ["vip"]),
        c("home", "exists"),
        c("home.city", "exists"),
        c("mail", "eq", "b@example.org"),  # what addresses were there is not known
        c("plan", "eq", other="traits.mail"),
        c("tags", "element", c("id", "eq", 1) | {"attribute": "id"}),
        c("a.b.c.d", "exists"),  # deeper than sightings go
        c("x@y", "exists"),
        {"attribute": "groups.acme.plan", "op": "eq", "value": "pro"},
        {"attribute": "page.query.ref", "op": "eq", "value": "mail"},
        {"list": "testers"},
    ],
)
def test_nothing_is_said_of_what_was_there_or_cannot_be_known(rule):
    assert found(rule) == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (c("plan", "neq", "prol"), ("/rule/value", "value-never-seen")),
        (c("plan", "eq", "PRO"), ("/rule/value", "value-never-seen")),
        (c("tags", "has_any", ["vips"]), ("/rule/value/0", "value-never-seen")),
        (c("old", "eq", 1), ("/rule/value", "value-never-seen")),
        (c("plan", "eq", other="traits.plann"), ("/rule/other", "attribute-never-seen")),
        (c("home.town", "eq", "Ulm"), ("/rule/attribute", "attribute-never-seen")),
        ({"not": c("gone", "exists")}, ("/rule/not/attribute", "attribute-never-seen")),
        ({"rollout": {"percent": 5, "by": "traits.uid", "salt": "s"}}, ("/rule/rollout/by", "attribute-never-seen")),
    ],
)
def test_where_a_warning_points(rule, expected):
    assert found(rule) == [expected]


def test_values_are_read_as_the_catalogue_declares_them():
    sightings = {"production": of({"age": "42", "zip": 89_073})}
    declared = {"traits.age": Attribute(type=Type.NUMBER), "traits.zip": Attribute(type=Type.STRING)}
    assert found(c("age", "eq", 42), declared, **sightings) == []
    assert found(c("zip", "eq", "89073"), declared, **sightings) == []
    assert found(c("age", "eq", 42), **sightings) == [("/rule/value", "value-never-seen")]


def test_a_claim_holds_in_every_environment():
    production, staging = of({"plan": "pro", "a": 1}), of({"plan": "test"}, since=OCTOBER + 86_400_000)
    both = {"production": production, "staging": staging}
    assert found(c("a", "eq", 1), **both) == []
    assert found(c("plan", "eq", "test"), **both) == []
    (warning,) = warnings(c("gone", "exists"), **both)
    assert "in `production` since 2026-10-01 or in `staging` since 2026-10-02 ever" in warning.detail
    (warning,) = warnings(c("gone", "exists"), **{f"e{number}": production for number in range(9)})
    assert "or in `e2` since 2026-10-01 or 6 more environments ever" in warning.detail


def test_an_environment_without_profiles_goes_without_saying():
    (warning,) = warnings(c("gone", "exists"), production=of(*PROFILES), staging=of())
    assert "staging" not in warning.detail
    assert found(c("gone", "exists"), staging=of()) == []


def test_sightings_that_are_not_whole_claim_nothing_of_paths_they_lack():
    partly = of(*PROFILES, is_whole=False)
    assert found(c("gone", "exists"), production=of(*PROFILES), staging=partly) == []
    assert found({"all": [c("gone", "eq", 1), c("plan", "eq", "x")]}, production=partly) == [
        ("/rule/all/1/value", "value-never-seen")
    ]
    assert found(c("a", "eq", 2), production=of({"a": 1}), staging=partly) == []


def test_values_of_what_became_personal_are_neither_told_nor_hinted_at():
    assert found(c("plan", "eq", "prol"), {"traits.plan": Attribute(personal=True)}) == []


def test_hints_are_few_in_a_long_rule():
    rule = {"any": [c(f"plan{number}", "exists") for number in range(150)]}
    hints = [each.hint for each in warnings(rule)]
    siblings = len({name for profile in PROFILES for name in profile})
    assert hints.count("did you mean `plan`?") == unseen.MAX_COMPARISONS // siblings


VALUES = st.sampled_from([0, 1, True, "0", "true", "pro", "PRO", "a@b"])
TRAITS = st.fixed_dictionaries({"a": VALUES | st.lists(VALUES, max_size=3)})


@settings(max_examples=400)
@given(
    st.lists(TRAITS, max_size=3),
    st.tuples(VALUES, st.booleans(), st.sampled_from(["eq", "in", "has_any"])),
    st.sampled_from([Type.UNDECLARED, Type.STRING, Type.NUMBER, Type.BOOLEAN, Type.LIST]),
)
def test_what_was_never_seen_matches_no_profile(profiles, asked, declared):
    value, is_folded, op = asked
    more = {"ignore_case": True} if is_folded and isinstance(value, str) and op != "has_any" else {}
    rule = c("a", op, value if op == "eq" else [value], **more)
    if found(rule, {"traits.a": Attribute(type=declared)}, production=of(*profiles)):
        image = link({"it": compile_rule(parse(rule)[0])}, {("traits", "a"): declared}, ())
        assert [traits for traits in profiles if Machine(image).evaluate({"traits": traits}, 0)] == []
