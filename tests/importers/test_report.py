"""The report on an export: as a value, as a command, and fitted to a catalogue."""

import json
import subprocess
import sys

import pytest

from shared.importers.fitting import fitted
from shared.importers.nodes import all_of, any_of, condition, negation
from shared.importers.registry import importer
from shared.importers.report import report
from shared.importers.translation import Translation
from shared.rules.catalogue import Attribute
from shared.rules.kinds import Type
from shared.rules.problems import Refused

SOURCE = importer("growthbook")
US = {"id": "us", "name": "US", "type": "condition", "condition": '{"country": "US"}'}
BOTH = '{"$savedGroups": ["us", "ids"], "a": {"$ne": 1}}'
EXPORT = {
    "attributes": [{"property": "country", "datatype": "string"}],
    "savedGroups": [
        US,
        {"id": "Pro users!", "name": "Pro", "type": "condition", "condition": '{"plan": "pro"}'},
        {"id": "both", "name": "Both", "type": "condition", "condition": BOTH},
        {"id": "ids", "name": "Ids", "type": "list", "attributeKey": "id", "values": ["u1", "u2"]},
        {"id": "odd", "name": "Odd", "type": "condition", "condition": '{"country": {"$regex": "(?=a)"}}'},
        {"id": "broken", "name": "Broken", "type": "condition", "condition": "{"},
        {"id": "huge", "name": "Huge", "type": "list", "attributeKey": "id", "values": [str(n) for n in range(1001)]},
    ],
}  # fmt: skip


def items(export=EXPORT, catalogue=None, **extra):
    return {item.key: item for item in report(SOURCE, "js", export, extra, catalogue or {}).items}


def test_every_audience_has_an_outcome():
    found = report(SOURCE, "js", EXPORT, {}, {})
    assert [(item.key, item.outcome) for item in found.items] == [
        ("us", "imported"),
        ("pro-users", "guarded"),
        ("both", "imported"),
        ("ids", "imported"),
        ("odd", "refused"),
        ("broken", "refused"),
        ("huge", "refused"),
    ]
    assert found.counts == {"imported": 3, "guarded": 1, "refused": 3}


def test_an_import_has_rule_and_sentence_a_refusal_problems():
    found = items()
    assert found["us"].rule == {"attribute": "traits.country", "op": "eq", "value": "US"}
    assert found["both"].sentence == "`a` is not 1 and `country` is `US` and `visitor.id` is one of `u1`, `u2`"
    assert (found["odd"].rule, found["odd"].sentence) == (None, None)
    assert {key: [each.code for each in item.problems] for key, item in found.items() if item.problems} == {
        "odd": ["unsupported-pattern"],
        "broken": ["malformed"],
        "huge": ["too-many-values"],
    }


def test_groups_as_an_sdk_has_them_are_taken():
    payload = {"savedGroups": {"a": {"type": "list", "attributeKey": "id", "values": ["x"]}, "b": ["y"]}}
    found = items(payload)
    assert found["a"].outcome == "imported"
    assert [each.code for each in found["b"].problems] == ["malformed"]


def test_a_group_that_the_export_lacks_is_noted():
    lone = {"savedGroups": [{"id": "a", "type": "condition", "condition": '{"$savedGroups": ["gone"]}'}]}
    assert [guard.code for guard in items(lone)["a"].guards] == ["unknown-group"]


@pytest.mark.parametrize(
    ("export", "extra", "found"),
    [
        (3, {}, {("/document", "wrong-type")}),
        ({"savedGroups": [{"name": "x"}, US]}, {}, {("/document/savedGroups/0", "wrong-type")}),
        (EXPORT, {"attributes": {"country": "x"}}, {("/extra/attributes/country", "bad-path")}),
        ({"savedGroups": [US]}, {"attributeSchema": [1]}, {("/extra/attributeSchema/0", "wrong-type")}),
    ],
    ids=range(4),
)  # fmt: skip
def test_what_cannot_be_read_at_all_is_refused(export, extra, found):
    with pytest.raises(Refused) as refused:
        items(export, **extra)
    assert {(each.pointer, each.code) for each in refused.value.problems} == found


# ── a catalogue ─────────────────────────────────────────────────────────────────────────────────────────────────

A, B = ("traits", "a"), ("traits", "b")
STRING_OR_LIST = any_of(condition(A, "in", ["x", 5]), condition(A, "has_any", ["x"]))


def declared(rule, assumes=None, **types):
    catalogue = {("traits", name): Attribute(type=type_) for name, type_ in types.items()}
    return fitted(Translation(rule, assumes=assumes), catalogue)


def test_what_a_declared_type_cannot_be_is_left_out():
    found = declared(STRING_OR_LIST, a=Type.STRING)
    assert found.rule == condition(A, "eq", "x")
    assert [guard.code for guard in found.guards] == ["declared-type"]


def test_other_attributes_stay_as_they_are():
    rule = all_of(STRING_OR_LIST, negation(condition(B, "eq", 1)))
    assert declared(rule, a=Type.LIST).rule == all_of(condition(A, "has_any", ["x"]), negation(condition(B, "eq", 1)))
    assert declared(rule, c=Type.STRING) == Translation(rule)


@pytest.mark.parametrize("type_", [Type.DATETIME, Type.VERSION, Type.IP, Type.BOOLEAN])
def test_a_type_that_changes_everything_is_a_problem(type_):
    found = declared(STRING_OR_LIST, a=type_)
    assert found.rule is None
    assert [each.code for each in found.problems] == ["declared-type"]


def test_an_assumption_that_the_type_makes_true_is_dropped():
    assert declared(STRING_OR_LIST, negation(condition(A, "size", {"gte": 2})), a=Type.STRING).assumes is None


# ── the command ─────────────────────────────────────────────────────────────────────────────────────────────────


def run(tmp_path, export, *arguments):
    path = tmp_path / "export.json"
    path.write_text(export if isinstance(export, str) else json.dumps(export))
    command = [sys.executable, "-m", "shared.importers", "growthbook", str(path), *arguments]
    found = subprocess.run(command, capture_output=True, check=False, timeout=60)
    return found.stdout.decode(), found.stderr.decode(), found.returncode


def test_the_command_prints_the_report(tmp_path):
    output, summary, status = run(tmp_path, EXPORT)
    assert json.loads(output)["counts"] == {"imported": 3, "guarded": 1, "refused": 3}
    assert (summary, status) == ("imported 3, guarded 1, refused 3\n", 1)


def test_the_command_prints_a_body_for_the_api(tmp_path):
    body = json.loads(run(tmp_path, EXPORT, "--bulk", "--attribute", "country=geo.country")[0])
    assert [item["key"] for item in body["items"]] == ["us", "pro-users", "both", "ids"]
    assert body["items"][0]["rule"]["attribute"] == "geo.country"


@pytest.mark.parametrize(
    ("export", "arguments"),
    [
        ("{", []),
        ("3", []),
        (EXPORT, ["--attribute", "country"]),
        (EXPORT, ["--attribute", "country=x"]),
        (EXPORT, ["--dialect", "ruby"]),
        (EXPORT, ["--extra", "/nowhere"]),
    ],
    ids=range(6),
)
def test_a_wrong_call_is_told(tmp_path, export, arguments):
    output, error, status = run(tmp_path, export, *arguments)
    assert (output, status) == ("", 2)
    assert "error:" in error
