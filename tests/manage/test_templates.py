"""Templates: each is taken as it is, and counted on the sample project that it names."""

from collections import Counter
from pathlib import Path

import pytest

from shared.local.sample import SAMPLES
from shared.manage.templates import stored
from shared.rules.checker import check
from shared.rules.instants import parse as instant
from shared.rules.parser import parse
from tests import samples

STORED = stored()
TEMPLATES = {template.key: template for template in STORED.templates}


@pytest.fixture(scope="module")
def items(still):
    answer = still("GET /v1/templates")
    assert answer.status == 200
    return {item["key"]: item for item in answer.json["items"]}


def test_there_is_one_for_every_usual_start(items):
    assert len(items) == len(STORED.templates) >= 12
    assert {item["membership"] for item in items.values()} == {"stored", "contextual"}
    assert len({item["name"] for item in items.values()}) == len(items)


@pytest.mark.parametrize("key", TEMPLATES)
@pytest.mark.parametrize("project", SAMPLES)
def test_each_is_taken_with_the_catalogue_of_either_sample_project(key, project):
    node, problems = parse(TEMPLATES[key].rule, "/rule")
    assert problems == []
    assert check(node, samples.catalogue(project), {}, lists={"beta-testers"}) == []


@pytest.mark.parametrize("name", STORED.samples)
def test_the_counts_are_those_of_the_sample_project(name):
    sample = STORED.samples[name]
    own = [template for template in STORED.templates if template.sample == name]
    rules = [{"key": template.key, "rule": template.rule} for template in own]
    machine, documents = samples.machine(name, rules), samples.documents(name)
    counts = Counter(key for each in documents.values() for key in machine.evaluate(each, instant(sample.as_of)))
    assert len(documents) == sample.visitors
    assert {template.key: counts[template.key] for template in own} == {t.key: t.count for t in own}


def test_a_count_is_there_exactly_where_the_profiles_hold_what_is_asked(items):
    known = {"visitor.id", "visitor.is_new"}
    for name in SAMPLES:
        known |= {f"traits.{trait}" for traits in SAMPLES[name].visitors().values() for trait in traits}
        known |= {f"traits.office.{name}" for name in ("lat", "lon")}
    for item in items.values():
        assert (item["sample"] is not None) == (known >= set(item["attributes"])), item["key"]


def test_what_a_request_decides_says_so_and_has_no_count(items):
    campaign = items["from-the-campaign"]
    assert (campaign["membership"], campaign["contextual"]) == ("contextual", ["utm.campaign", "utm.medium"])
    assert all(item["sample"] is None for item in items.values() if item["membership"] == "contextual")
    assert items["looks-at-prices"]["contextual"] == ["page.path"]
    assert items["office-hours"]["attributes"] == ["geo.timezone"]


def test_each_can_be_saved_as_it_is_once_its_lists_are_there(api, items):
    problems = api("POST /v1/audiences", saved_as(items["gradual-release"])).codes
    assert problems == {("/rule/any/0/list", "unknown-list")}
    assert items["gradual-release"]["lists"] == ["beta-testers"]
    assert api("PUT /v1/lists/beta-testers?environment=production", {"name": "Beta testers"}).status == 201
    for item in items.values():
        answer = api("POST /v1/audiences", saved_as(item))
        assert answer.status == 201, answer.text
        told = {name: answer.json[name] for name in ("rule", "sentence", "membership")}
        assert told == {name: item[name] for name in told}
    assert api("POST /v1/environments/production/releases", {}).status == 201


def test_the_page_lists_them_as_they_are_answered(items):
    page = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [row(item) for item in items.values()]


def row(item):
    counted = "{count:,} of {visitors:,} in `{sample}`".format(**item["sample"]) if item["sample"] else "none"
    return f"| `{item['key']}` | {item['description']} | {item['sentence']} | {counted} |"


def saved_as(item):
    return {name: item[name] for name in ("key", "name", "description", "rule")}


def test_it_takes_the_scope_read_and_nothing_else(api):
    _, key = api.new_key("evaluate")
    assert api("GET /v1/templates", key=key).status == 403
    assert api("GET /v1/templates?limit=1").status == 422
    assert api("POST /v1/templates", {}).status == 405
