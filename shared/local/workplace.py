"""The second sample project's people: employees that are made up, as visitors."""

import json
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "samples" / "workplace"


def visitors() -> dict[str, dict[str, object]]:
    """The traits of every employee, by id; the office is whole, not its name."""
    offices = json.loads((FOLDER / "offices.json").read_text(encoding="utf-8"))
    found = {}
    for line in (FOLDER / "employees.jsonl").read_text(encoding="utf-8").splitlines():
        employee = json.loads(line)
        found[employee.pop("id")] = employee | {"office": offices[employee["office"]]}
    return found
