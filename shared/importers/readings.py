"""What JavaScript reads out of values of another kind, kept beside them in the visitor document.

This language never coerces. Where JsonLogic would, the visitor carries the reading under a name of its own, next to its
attributes. A visitor whose values are of the kinds that its rules expect needs none of them.

    $number  a text, or a list, that `Number` reads as a number
    $parsed  one that begins with a number, as `parseFloat` reads it
    $text    the text of a list or an object
    $null    the names whose value is null rather than missing
    $mixed   the names of lists that hold anything but objects
"""

from collections.abc import Iterator
from math import isinf, isnan

from shared.importers import javascript
from shared.importers.translation import Json
from shared.rules.kinds import MAX_INTEGER
from shared.rules.problems import Problem, step

NUMBER, PARSED, TEXT, NULL, MIXED = "$number", "$parsed", "$text", "$null", "$mixed"
GROUPS = (NUMBER, PARSED, TEXT, NULL, MIXED)
_CONVERTING = ("toString", "valueOf", "indexOf")  # what an object holds under these names, JavaScript would call


def number(value: Json) -> int | float:
    """A finite number in the form that this language compares: an integer where it is one."""
    found = float(value)
    return int(found) if found == found // 1 and abs(found) <= MAX_INTEGER else found


def with_readings(data: dict[str, Json], pointer: str, problems: list[Problem]) -> dict[str, Json]:
    """A copy of an object with its readings, and those of the objects in its lists; adds what cannot be carried."""
    problems += [
        Problem(step(pointer, name), "reserved-name", f"`{name}` is kept for what is read out of values")
        for name in GROUPS
        if name in data
    ]
    found: dict[str, dict[str, Json]] = {group: {} for group in GROUPS}
    members = _members(data, (), pointer, found, problems)
    for group in (NUMBER, PARSED, TEXT):
        if found[group]:
            members[group] = found[group]
    for group in (NULL, MIXED):
        if found[group]:
            members[group] = list(found[group])
    return members


def _members(
    data: dict[str, Json],
    above: tuple[str, ...],
    pointer: str,
    found: dict[str, dict[str, Json]],
    problems: list[Problem],
) -> dict[str, Json]:
    members: dict[str, Json] = {}
    for name, value in data.items():
        at, steps = step(pointer, name), (*above, name)
        if name in _CONVERTING:
            problems.append(Problem(at, "reserved-name", f"`{name}` is what JavaScript would call to read the object"))
        dotted = ".".join(steps)
        if name and "." not in name:  # no variable can name others
            _read(value, dotted, at, found, problems)
        if isinstance(value, dict):
            members[name] = _members(value, steps, at, found, problems)
        elif isinstance(value, list):
            members[name] = list(_elements(value, at, problems))
        else:
            members[name] = value
    return members


def _read(value: Json, dotted: str, at: str, found: dict[str, dict[str, Json]], problems: list[Problem]) -> None:
    if value is None:
        found[NULL][dotted] = True
    if isinstance(value, list | dict):
        found[TEXT][dotted] = javascript.text_of(value)
    if isinstance(value, list) and not all(isinstance(item, dict) for item in value):
        found[MIXED][dotted] = True
    if isinstance(value, str | list):
        for group, reading in ((NUMBER, javascript.number_of(value)), (PARSED, javascript.parse_float(value))):
            if isinf(reading):
                problems.append(Problem(at, "bad-number", "the text reads as an infinite number"))
            elif not isnan(reading):
                found[group][dotted] = number(reading)
    elif isinstance(value, int | float) and abs(value) > MAX_INTEGER:
        problems.append(Problem(at, "bad-number", f"numbers lie within ±{MAX_INTEGER}, where every integer is exact"))


def _elements(items: list[Json], at: str, problems: list[Problem]) -> Iterator[Json]:
    for index, item in enumerate(items):
        if isinstance(item, list):
            problems.append(Problem(step(at, index), "not-importable", "a list within a list cannot be asked"))
        yield with_readings(item, step(at, index), problems) if isinstance(item, dict) else item
