"""Whatever a rule, a visitor or an export is: an importer answers or refuses, and never fails."""

from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec
import pytest

from shared.importers.checking import Checker
from shared.importers.registry import MODULES, importer
from shared.importers.report import report
from shared.rules.problems import Refused

CASES = Path(__file__).parent / "cases"
ODD = [None, True, 0, -1, 1.5, 1e300, "", "x", "2024-01-01", "\0", [], [[]], [None], [1], {}, {"a": 1}]
NAMES = ["", "$x", "a.b", "\0"]
WRAPPED = ["segments", "savedGroups", "audiences", "items", "features", "results"]
ROUNDS = 300


def spoilt(value, random):
    """The value with parts of it replaced, left out or renamed."""
    if random.random() < 0.1:
        return random.choice(ODD)
    if isinstance(value, dict):
        kept = [(name, item) for name, item in value.items() if random.random() > 0.05]
        return {random.choice(NAMES) if random.random() < 0.03 else name: spoilt(item, random) for name, item in kept}
    return [spoilt(item, random) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", MODULES)
def test_spoilt_cases_are_answered_or_refused(name):
    source, random = importer(name), Random(7)
    cases = [case for file in CASES.glob(f"{name}*.json") for case in msgspec.json.decode(file.read_bytes())["cases"]]
    assert cases
    for dialect in source.DIALECTS:
        checker = Checker(source, dialect)
        for case in random.choices(cases, k=ROUNDS):
            rule, visitor, extra = (spoilt(case.get(field, {}), random) for field in ("rule", "visitor", "extra"))
            extra = {"now": 0, **extra} if isinstance(extra, dict) else {"now": 0}
            with suppress(Refused):
                checker.holds(rule, visitor, extra)
            with suppress(Refused):
                report(source, dialect, random.choice([rule, [rule], {random.choice(WRAPPED): [rule]}]), extra, {})
