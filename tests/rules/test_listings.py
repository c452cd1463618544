"""Golden listings: the programs of `tests/golden/*.json`, printed, are the `.txt` files beside them.

After a wanted change of the compiler write them anew with `python tests/rules/test_listings.py` and review the diff.
"""

import json
from pathlib import Path

import pytest

from shared.rules.checker import check
from shared.rules.compiler import compile_rule
from shared.rules.listing import listing
from shared.rules.parser import parse

GOLDEN = Path(__file__).parents[1] / "golden"
RULES = sorted(GOLDEN.glob("*.json"))


def printed(path):
    rule = json.loads(path.read_text())["rule"]
    node, problems = parse(rule)
    problems += check(node, {}, {"vip": node, "staff": node})
    assert [problem for problem in problems if problem.code != "reference-cycle"] == []
    return listing(compile_rule(node))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_a_program_is_as_reviewed(path):
    assert printed(path) == path.with_suffix(".txt").read_text()


def test_every_listing_belongs_to_a_rule():
    assert {path.with_suffix(".json") for path in GOLDEN.glob("*.txt")} == set(RULES)


if __name__ == "__main__":
    for rule in RULES:
        rule.with_suffix(".txt").write_text(printed(rule))
