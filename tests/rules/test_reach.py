import pytest

from shared.rules.catalogue import split
from shared.rules.compiler import compile_rule
from shared.rules.parser import parse
from shared.rules.reach import reach


def told(rule, **audiences):
    programs = {key: compile_rule(parse(each)[0]) for key, each in ({"": rule} | audiences).items()}
    found = reach(programs[""], programs)
    return found.membership, found.contextual


@pytest.mark.parametrize(
    "rule",
    [
        {"attribute": "traits.plan", "op": "eq", "value": "pro"},
        {"attribute": "device.type", "op": "eq", "value": "mobile"},
        {"attribute": "geo", "op": "within_km", "value": {"lat": 47, "lon": 8, "km": 5}},
        {"attribute": "locale.language", "op": "eq", "value": "de"},
        {"attribute": "groups.account.seats", "op": "gt", "value": 5},
        {"attribute": "visitor.is_new", "op": "eq", "value": True},
        {"attribute": "request.time", "op": "after", "value": "2026-01-01"},
        {"attribute": "traits.orders", "op": "element", "value": {"attribute": "page.path", "op": "exists"}},
        {"list": "beta"},
        {"rollout": {"percent": 10, "by": "visitor.id", "salt": "s"}},
        {"schedule": {"days": ["mon"], "timezone": "visitor"}},
    ],
)
def test_what_the_profile_the_clock_and_lists_decide_is_stored(rule):
    assert told(rule) == ("stored", ())


@pytest.mark.parametrize("path", ["page.path", "page.query.ref", "utm.source", "request.ip", "request.cookies.a"])
def test_what_comes_with_a_request_alone_is_contextual(path):
    assert told({"attribute": path, "op": "exists"}) == ("contextual", (split(path),))
    compared = {"attribute": "traits.plan", "op": "eq", "other": path}
    assert told(compared) == ("contextual", (split(path),))


def test_references_count_however_often_they_lead_to_the_same():
    plan, page = {"attribute": "traits.plan", "op": "exists"}, {"attribute": "page.path", "op": "exists"}
    both = {"any": [{"audience": "one"}, {"audience": "two"}, plan]}
    audiences = {"one": {"all": [plan, {"audience": "two"}]}, "two": {"not": page}}
    assert told(both, **audiences) == ("contextual", (("page", "path"),))
