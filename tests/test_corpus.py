"""The conformance corpus: a world of it is what it was, and machine and explain answer it as it says."""

import gzip
import json
import tarfile
from hashlib import sha256

import pytest

from tests import corpus, corpus_lines, oracle, readings
from tests.questions import NAMES, NODES


@pytest.fixture(scope="module")
def worlds():
    return [corpus.made(seed) for seed in range(4)]


@pytest.fixture(scope="module")
def total(worlds):
    found = corpus.Tally()
    for _, tally in worlds:
        found.add(tally)
    return found


def test_the_first_world_is_what_is_pinned(worlds):
    pinned = json.loads(corpus.PINS.read_text())
    assert sha256(worlds[0][0]).hexdigest() == pinned["first"], "wanted? then: python -m tests.corpus --pin"


def test_machine_and_explain_answer_as_the_lines_say(total):
    assert total.disagreements == []
    assert total.lines > 4 * corpus_lines.AUDIENCES
    assert total.cases == total.lines * corpus_lines.CASES


def test_an_answer_that_is_wrong_is_seen():
    line = next(line for line in corpus_lines.lines(0) if "unread" in line["cases"][0])
    case = line["cases"][0]
    wrong = {**case, "holds": not case["holds"], "valid_until": "1970-01-01T00:00:00.000+00:00"}
    wrong["unread"] = {**case["unread"], "holds": "neither"}
    found = list(corpus_lines.disagreements({**line, "cases": [wrong]}))
    assert [(place, who) for place, who, _ in found] == [(0, "machine"), (0, "explain"), (0, "until"), (0, "known")]


def test_a_line_holds_all_that_its_answers_follow_from(worlds):
    for line in map(json.loads, worlds[0][0].splitlines()):
        audience = {name: line[name] for name in ("rule", "include", "exclude") if name in line}
        for case in line["cases"]:
            asked = (case["visitor"], readings.instant(case["now"]), line["types"], line.get("audiences", {}))
            assert oracle.holds(audience, *asked) is case["holds"], line["id"]
            if "unread" in case:
                unread = frozenset(case["unread"]["attributes"])
                assert oracle.kleene(audience, *asked, unread) is case["unread"]["holds"], line["id"]


def test_operators_and_nodes_are_asked_alone_and_neither_truth_is_rare(total):
    assert len(total.asked) > 40
    assert total.asked.keys() <= {*NAMES, *NODES, "everything else"}
    assert 0.3 < total.held.total() / total.asked.total() < 0.7
    assert total.undecided > 100
    assert total.turning > 100


def test_the_archive_holds_lines_and_tables_and_is_the_same_when_packed_again(worlds, tmp_path):
    text = worlds[0][0]
    file = corpus.pack(tmp_path / "one", text)
    assert file.read_bytes() == corpus.pack(tmp_path / "two", text).read_bytes()
    with gzip.open(file) as packed, tarfile.open(fileobj=packed) as archive:
        [name] = {member.partition("/")[0] for member in archive.getnames()}
        names = {member.removeprefix(f"{name}/") for member in archive.getnames()}
        assert archive.extractfile(f"{name}/generated.jsonl").read() == text
    assert names == {"generated.jsonl", *(file.name for file in corpus.TABLES.iterdir())}
