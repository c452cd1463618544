"""Every case of `cases/`: a rule and a visitor of another system, and what that system answers.

A file is `<format>.json`, `<format>-<part>.json` or stands in a folder `<format>/`; it holds `about`, `source` (the
package and version that gave the answers), `dialect` (absent for the default) and `cases`, each with `rule`, `visitor`,
perhaps `extra` and `why`, and either `holds` or, as codes, `refused`.
"""

from functools import cache
from pathlib import Path

import msgspec
import pytest

from shared.importers.checking import Checker, sighted, translated
from shared.importers.registry import MODULES, dialect_of, importer
from shared.rules.catalogue import CLOSED
from shared.rules.problems import Refused
from tests import oracle

CASES = Path(__file__).parent / "cases"
NOW = "2026-05-28T20:26:40Z"
TYPES = {f"{root}.{name}": type_.name.lower() for root, names in CLOSED.items() for name, type_ in names.items()}


def format_of(file):
    """The format whose name the path below `cases/` begins with, the longest where several do."""
    place = "-".join(file.relative_to(CASES).with_suffix("").parts)
    return max((name for name in MODULES if f"{place}-".startswith(f"{name}-")), key=len)


FILES = sorted(CASES.rglob("*.json"))
ORDINARY = [pytest.param(file, id=str(file.relative_to(CASES))) for file in FILES]


@cache
def read(file):
    """(importer, dialect, cases) of a file."""
    content = msgspec.json.decode(file.read_bytes())
    source = importer(format_of(file))
    return source, dialect_of(source, content.get("dialect")), content["cases"]


def extra_of(case):
    return {"now": NOW, **case.get("extra", {})}


def machine_answer(checker, case):
    try:
        return checker.holds(case["rule"], case["visitor"], extra_of(case))
    except Refused as refused:
        return sorted({problem.code for problem in refused.problems})


def oracle_answer(source, dialect, case):
    extra = extra_of(case)
    try:
        sighting = sighted(source, dialect, case["visitor"], extra)
    except Refused as refused:
        return sorted({problem.code for problem in refused.problems})
    translation = translated(source, dialect, case["rule"], extra)
    return oracle.holds(translation.rule, sighting.document, sighting.now_ms, TYPES)


@pytest.mark.parametrize("file", ORDINARY)
def test_the_machine_answers_as_the_source(file):
    source, dialect, cases = read(file)
    checker = Checker(source, dialect)
    wrong = []
    for number, case in enumerate(cases):
        answer = machine_answer(checker, case)
        expected = sorted(case["refused"]) if "refused" in case else case["holds"]
        if answer != expected:
            wrong.append((number, case, answer))
    assert not wrong, f"{len(wrong)} of {len(cases)}, first: {wrong[:3]}"


@pytest.mark.parametrize("file", ORDINARY)
def test_the_oracle_answers_as_the_source(file):
    source, dialect, cases = read(file)
    answered = [(number, case) for number, case in enumerate(cases) if "holds" in case]
    wrong = [(n, case) for n, case in answered if oracle_answer(source, dialect, case) != case["holds"]]
    assert not wrong, f"{len(wrong)} of {len(answered)}, first: {wrong[:3]}"


@pytest.mark.parametrize("file", ORDINARY)
def test_cases_are_distinct_and_say_where_they_come_from(file):
    content = msgspec.json.decode(file.read_bytes())
    assert content["about"]
    assert content["source"]
    seen = [msgspec.json.encode([case["rule"], case["visitor"], case.get("extra")]) for case in content["cases"]]
    assert len(seen) == len(set(seen))
    assert all(("holds" in case) != ("refused" in case) for case in content["cases"])
    assert file.stat().st_size <= 300_000
