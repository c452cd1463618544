"""The migration check as a command: one answer a line, whatever the line is."""

import json
import subprocess
import sys

import pytest

from shared.importers.check import MAX_LINE_BYTES
from shared.importers.registry import MODULES


def run(lines, *arguments, module="shared.importers.check"):
    """(answers, summary or error, exit status) of the command on lines, given as text or as what they hold."""
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    found = subprocess.run(
        [sys.executable, "-m", module, *arguments], input=text.encode(), capture_output=True, check=False, timeout=60
    )
    return [json.loads(line) for line in found.stdout.splitlines()], found.stderr.decode(), found.returncode


def line(rule, visitor, **more):
    return {"rule": rule, "visitor": visitor, **more}


def codes(answer):
    return [(problem["pointer"], problem["code"]) for problem in answer["refused"]]


ADULT = {"age": {"$gte": 18}}


def test_each_line_has_an_answer_in_its_place():
    answers, summary, status = run(
        [line(ADULT, {"age": 20}), line(ADULT, {"age": 3}), line({"a": {"$x": 1}}, {})], "growthbook"
    )
    assert answers[:2] == [{"holds": True}, {"holds": False}]
    assert codes(answers[2]) == [("/rule/a/$x", "unknown-operator")]
    assert (summary, status) == ("lines 3, holds 1, refused 1, agree 0, differ 0\n", 0)


def test_what_is_expected_is_compared_and_decides_the_exit_status():
    agreeing, differing = line(ADULT, {"age": 20}, expected=True), line(ADULT, {"age": 20}, expected=False)
    answers, summary, status = run([agreeing, differing], "growthbook")
    assert answers == [
        {"holds": True, "expected": True, "agrees": True},
        {"holds": True, "expected": False, "agrees": False},
    ]
    assert (summary, status) == ("lines 2, holds 2, refused 0, agree 1, differ 1\n", 1)
    assert run([agreeing], "growthbook")[2] == 0


def test_a_refusal_neither_agrees_nor_differs():
    answers, summary, status = run([line({"a": {"$x": 1}}, {}, expected=True)], "growthbook")
    assert "agrees" not in answers[0]
    assert answers[0]["expected"] is True
    assert (summary, status) == ("lines 1, holds 0, refused 1, agree 0, differ 0\n", 0)


@pytest.mark.parametrize(
    ("bad", "found"),
    [
        ("nonsense", [("", "invalid-json")]),
        ("[" * 100_000, [("", "invalid-json")]),
        ('{"rule": "\\ud800", "visitor": {}}', [("", "invalid-json")]),
        ("3", [("", "wrong-type")]),
        ('{"rule": {}}', [("", "missing-field")]),
        (json.dumps(line({}, {}, extra=1, expected=1)), [("/extra", "wrong-type"), ("/expected", "wrong-type")]),
        (json.dumps(line({}, {}, extra={"now": "soon"})), [("/extra/now", "bad-instant")]),
        (json.dumps(line({"a": {"$x": 1}}, 3)), [("/rule/a/$x", "unknown-operator"), ("/visitor", "wrong-type")]),
        ('{"rule": ' + '{"$not":' * 80 + "{}" + "}" * 80 + ', "visitor": {}}', [("/rule", "too-deep")]),
        ('{"rule": {}, "visitor": {"a": 9007199254740993}}', [("/visitor/a", "bad-number")]),
        (" " * MAX_LINE_BYTES + "{}", [("", "too-long")]),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_line_that_cannot_be_taken_is_refused_and_the_rest_goes_on(bad, found):
    answers, _, _ = run([bad, line({}, {})], "growthbook")
    assert codes(answers[0]) == found
    assert answers[1] == {"holds": True}


def test_blank_lines_have_no_answer():
    assert run(["", "   ", line({}, {})], "growthbook")[0] == [{"holds": True}]


def test_a_file_is_read_as_standard_input_is(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text(json.dumps(line(ADULT, {"age": 20})))  # the last line needs no end
    assert run([], "growthbook", str(path))[0] == [{"holds": True}]


def test_a_dialect_is_the_meaning_that_is_asked_for():
    text_age = [line(ADULT, {"age": "20"})]
    assert run(text_age, "growthbook")[0] == [{"holds": True}]
    assert run(text_age, "growthbook", "--dialect", "python")[0] == [{"holds": False}]


@pytest.mark.parametrize(
    "arguments", [["growthbok"], ["growthbook", "--dialect", "ruby"], ["growthbook", "/nowhere"], []]
)
def test_a_wrong_call_is_told(arguments):
    answers, error, status = run([], *arguments)
    assert (answers, status) == ([], 2)
    assert "error:" in error


def test_the_known_formats_are_told():
    error = run([], "growthbok")[1]
    assert all(f"`{name}`" in error for name in MODULES)
    assert "`python`" in run([], "growthbook", "--dialect", "ruby")[1]


def test_a_visitor_on_whom_the_systems_can_differ_is_refused():
    (answer,) = run([line({"url": {"$regex": "^/blog"}}, {"url": ["/blog"]})], "growthbook")[0]
    assert codes(answer) == [("/visitor", "outside-assumptions")]


def test_what_else_is_needed_may_be_spelled_as_python_does():
    grouped = line({"id": {"$inGroup": "beta"}}, {"id": "u1"}, extra={"saved_groups": {"beta": ["u1"]}}, expected=True)
    answers, _, status = run([grouped], "growthbook")
    assert (answers, status) == ([{"holds": True, "expected": True, "agrees": True}], 0)
    everybody = {"clauses": [], "weight": 100_000}
    answers, _, _ = run(
        [
            line(everybody, {"kind": "user", "key": "u1"}, extra={name: "beta", "salt": "abc"})
            for name in ("key", "segmentKey")
        ],
        "launchdarkly",
    )
    assert answers == [{"holds": True}] * 2


def test_one_constraint_is_a_rule():
    constraint = {"contextName": "x", "operator": "NUM_GT", "value": "5", "inverted": True}
    answers, _, _ = run([line(constraint, {"properties": {"x": "3"}}), line({"contextName": 1}, {})], "unleash")
    assert answers[0] == {"holds": True}
    assert all(pointer.startswith("/rule") for pointer, _ in codes(answers[1]))
