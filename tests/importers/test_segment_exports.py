"""Whole exports of LaunchDarkly and Flagsmith become audiences, each with its key, its name and its own problems."""

import pytest

from shared.importers.flagsmith import importer as flagsmith
from shared.importers.launchdarkly import importer as launchdarkly
from shared.rules.problems import Refused

CLAUSE = {"attribute": "plan", "op": "in", "values": ["pro"]}
PRO = {"key": "Pro", "name": "Pro plans", "salt": "s", "rules": [{"clauses": [CLAUSE], "weight": 50_000}]}
WITHIN = {"key": "pro", "rules": [{"clauses": [{"attribute": "", "op": "segmentMatch", "values": ["Pro"]}]}]}
ADULT = {
    "id": 7,
    "name": "Adults",
    "rules": [{"type": "ALL", "conditions": [{"operator": "IS_SET", "property": "age"}]}],
}


@pytest.mark.parametrize("export", [[PRO, WITHIN], {"items": [PRO, WITHIN]}, {"segments": {"Pro": PRO, "pro": WITHIN}}])
def test_segments_of_launchdarkly_refer_to_each_other(export):
    first, second = launchdarkly.audiences(export, {}, "python")
    assert (first.key, first.name, second.key, second.name) == ("pro", "Pro plans", "pro-2", "pro")
    assert first.translation.rule == second.translation.rule
    assert first.translation.rule is not None


def test_a_share_without_a_salt_is_refused_in_an_export():
    (named,) = launchdarkly.audiences([{name: PRO[name] for name in ("key", "rules")}], {}, "python")
    assert [(each.code, each.pointer) for each in named.translation.problems] == [("no-salt", "/rules/0")]


def test_segments_that_refer_to_each_other_many_times_come_to_an_end():
    segments = {
        f"s{n}": {
            "key": f"s{n}",
            "rules": [{"clauses": [{"attribute": "", "op": "segmentMatch", "values": [f"s{n + 1}"] * 9}]}],
        }
        for n in range(12)
    }
    problems = launchdarkly.rule(segments["s0"], {"segments": segments}, "python").problems
    assert [each.code for each in problems] == ["too-many-conditions"]


@pytest.mark.parametrize(
    "export",
    [
        [ADULT],
        {"segments": [ADULT]},
        {"segments": {"7": ADULT}},
        {"results": [ADULT]},
        {"project": {"segments": [ADULT]}},
    ],
)
def test_segments_of_flagsmith_are_found_in_every_kind_of_export(export):
    (named,) = flagsmith.audiences(export, {}, "11")
    assert (named.key, named.name) == ("adults", "Adults")
    assert named.translation.rule == {"attribute": "traits.age", "op": "exists"}


@pytest.mark.parametrize("export", [None, 5, [1], {"segments": 5}, {"project": 1}])
@pytest.mark.parametrize(("source", "dialect"), [(launchdarkly, "python"), (flagsmith, "5")])
def test_what_is_no_export_is_refused(source, dialect, export):
    with pytest.raises(Refused):
        source.audiences(export, {}, dialect)
