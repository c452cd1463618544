import pytest

from shared.rules.parser import parse
from shared.rules.sentence import sentence

VIP = {"audience": "vip"}
SHARE = {"percent": 12.5, "by": "visitor.id", "salt": "spring"}


def said(rule):
    node, problems = parse(rule)
    assert problems == []
    return sentence(node)


def plan(op, value=None, **fields):
    return {"attribute": "traits.plan", "op": op, **({} if value is None else {"value": value}), **fields}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (plan("exists"), "is known"),
        (plan("eq", "pro"), "is `pro`"),
        (plan("neq", value=True), "is not true"),
        (plan("in", ["pro", "team", 7]), "is one of `pro`, `team`, 7"),
        (plan("not_in", ["pro"]), "is none of `pro`"),
        (plan("in", [*range(10)]), "is one of 0, 1, 2, 3, 4, 5, 6, 7 and 2 more"),
        (plan("contains", "a"), "contains `a`"),
        (plan("contains", ["a", "b"]), "contains any of `a`, `b`"),
        (plan("not_starts_with", ["a", "b"]), "does not start with any of `a`, `b`"),
        (plan("ends_with", "{}"), "ends with `{}`"),
        (plan("not_matches", "^a"), "does not match the pattern `^a`"),
        (plan("gt", 2.5), "is more than 2.5"),
        (plan("lte", 2), "is at most 2"),
        (plan("between", [1, 5]), "is between 1 and 5"),
        (plan("mod", [3, 1]), "is 1 more than a multiple of 3"),
        (plan("mod", [-3, -1]), "is 1 less than a multiple of 3"),
        (plan("mod", [2, 0]), "is a multiple of 2"),
        (plan("during", ["2024-01-01", "2024-02-01"]), "lies from `2024-01-01` until just before `2024-02-01`"),
        (plan("on", "2024-01-01"), "is on `2024-01-01`"),
        (plan("on", "2024-01-01", timezone="Asia/Tokyo"), "is on `2024-01-01` (in the time zone `Asia/Tokyo`)"),
        (plan("within_last", "P30D"), "is within the last 30 days"),
        (plan("older_than", "P1Y6M"), "is at least 1 year and 6 months ago"),
        (plan("within_next", "PT1H"), "is within the next 1 hour"),
        (plan("further_than", "P2W"), "is more than 2 weeks ahead"),
        (plan("version_satisfies", "^1.2 || 3.x"), "is a version in `^1.2 || 3.x`"),
        (plan("has_none", ["a", "b"]), "has none of `a`, `b`"),
        (plan("size", {"gte": 2, "lt": 5}), "has a size of at least 2 and less than 5"),
        (plan("eq", "pro", ignore_case=True), "is `pro` (in upper or lower case)"),
        (plan("eq", "pro", missing="match"), "is `pro` (or is unknown)"),
        (plan("gt", other="traits.limit"), "is more than the value of `limit`"),
        ({"not": plan("eq", "pro")}, "is not `pro`"),
        ({"not": plan("neq", "pro")}, "is `pro`"),
        ({"not": plan("exists")}, "is unknown"),
        ({"not": plan("gt", 5)}, "is not more than 5"),
        ({"not": plan("eq", "pro", missing="match")}, "is not `pro` (and is known)"),
    ],
)
def test_a_condition_reads_as_english(rule, words):
    assert said(rule) == f"`plan` {words}"


@pytest.mark.parametrize(
    ("attribute", "shown"),
    [
        ("traits.plan", "plan"),
        ("traits.address.city", "traits.address.city"),
        (r"traits.a\.b", r"a\.b"),
        ("page.path", "page.path"),
        ("groups.account.id", "groups.account.id"),
    ],
)
def test_a_trait_goes_by_its_own_name(attribute, shown):
    assert said({"attribute": attribute, "op": "exists"}) == f"`{shown}` is known"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (VIP, "in audience `vip`"),
        ({"not": VIP}, "not in audience `vip`"),
        (
            {"all": [VIP, {"any": [VIP, {"not": VIP}]}]},
            "in audience `vip` and (in audience `vip` or not in audience `vip`)",
        ),
        ({"any": [{"all": [VIP]}, VIP]}, "in audience `vip` or in audience `vip`"),
        ({"all": [{"all": [VIP, VIP]}, VIP]}, "in audience `vip` and in audience `vip` and in audience `vip`"),
        ({"not": {"list": "beta"}}, "not in the list `beta`"),
        ({"rollout": SHARE}, "among 12.5 % by `visitor.id` (salt `spring`)"),
        (
            {"not": {"rollout": SHARE | {"hash": "flagsmith"}}},
            "not among 12.5 % by `visitor.id` (salt `spring`) (flagsmith)",
        ),
        (
            {"not": {"schedule": {"days": ["mon", "fri"], "from": "09:00", "to": "17:00", "timezone": "visitor"}}},
            "now is not from 09:00 until 17:00 on Mondays and Fridays in the visitor's time zone",
        ),
        (
            {"schedule": {"start": "2026-01-01", "days_of_month": [1, 15], "months": [1], "timezone": "Europe/Zurich"}},
            "now is on day 1 and 15 of the month in January from `2026-01-01` on in the time zone `Europe/Zurich`",
        ),
        ({"not": {"all": [VIP, VIP]}}, "not (in audience `vip` and in audience `vip`)"),
        ({"not": {"not": {"any": [VIP, VIP]}}}, "not (not (in audience `vip` or in audience `vip`))"),
    ],
)
def test_groups_are_bracketed_where_they_could_be_misread(rule, words):
    assert said(rule) == words
