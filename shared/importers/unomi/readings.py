"""What Apache Unomi reads out of a profile's values, kept beside them in the visitor document.

Unomi compares a value by the kind that the condition asks with: as a text (`toString`), an integer (`intValue`,
`parseInt`) or a date. Where the value is not of that kind itself, the visitor carries the reading:

    $text      the text of what is no text
    $folded    the same folded, as version 3 compares it
    $texts     the texts of a list's elements
    $integer   the integer of what is no integer of 32 bits itself
    $integers  the integers of a list's elements, up to the first that has none
    $date      the instant of what this language does not read as the same instant
    $dates     the instants of a list's elements, up to the first that is none
"""

import re
from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any

from shared.importers.translation import Json
from shared.importers.unomi.texts import fold
from shared.rules import instants
from shared.rules.problems import Problem, Refused, step

TEXT, FOLDED, TEXTS, INTEGER, INTEGERS, DATE, DATES = (
    f"${name}" for name in ("text", "folded", "texts", "integer", "integers", "date", "dates")
)
GROUPS = (TEXT, FOLDED, TEXTS, INTEGER, INTEGERS, DATE, DATES)

SEGMENTS, SYSTEM, SCORES = "$segments", "$system", "$scores"
"""Where, beside the properties, the rest of the profile stands."""

LOWEST, HIGHEST = -(2**31), 2**31 - 1
"""Java's `Integer`."""

_INTEGER = re.compile(r"[+-]?[0-9]+").fullmatch
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:t([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?)(z|[+-][0-9]{2}:[0-9]{2})?)?"
).fullmatch
_DIGITS = re.compile(r"[0-9]+").fullmatch
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?").fullmatch
_PERHAPS_DATE = re.compile(r"\s|[+-]?[0-9]{4}(?:[-tw]|\Z)|t[0-9]|now(?:[-+/]|\Z)|.*\|\|", re.DOTALL).match
_LONGEST_EPOCH = 19


class Profile:
    """One profile being written as a visitor document; `problems` are what cannot be carried."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self.problems: list[Problem] = []

    def members(self, data: Mapping[str, Json], pointer: str) -> dict[str, Json]:
        """An object with its texts folded and its readings added."""
        found: dict[str, dict[str, Json]] = {group: {} for group in GROUPS}
        self.problems += [
            Problem(step(pointer, name), "reserved-name", f"`{name}` is kept for what is read out of values")
            for name in (*GROUPS, SEGMENTS, SYSTEM, SCORES)
            if name in data
        ]
        members = self._members(data, (), pointer, found)
        return members | {group: named for group, named in found.items() if named}

    def _members(
        self, data: Mapping[str, Json], above: tuple[str, ...], pointer: str, found: dict[str, dict[str, Json]]
    ) -> dict[str, Json]:
        members: dict[str, Json] = {}
        for name, value in data.items():
            at, steps = step(pointer, name), (*above, name)
            try:
                members[name] = self._kept(value, steps, at, found)
                if value is not None and "." not in name:
                    self._read(value, ".".join(steps), at, found)
            except Refused as refused:
                self.problems += refused.problems
        return members

    def _kept(self, value: Json, steps: tuple[str, ...], at: str, found: dict[str, dict[str, Json]]) -> Json:
        if isinstance(value, dict):
            return self._members(value, steps, at, found)
        if isinstance(value, list):
            return [
                self.members(item, step(at, index)) if isinstance(item, dict) else _folded(item, step(at, index))
                for index, item in enumerate(value)
            ]
        return _folded(value, at)

    def _read(self, value: Json, dotted: str, at: str, found: dict[str, dict[str, Json]]) -> None:
        if not isinstance(value, str):
            found[TEXT][dotted] = java_text(value, at)
            if self._dialect == "3":
                found[FOLDED][dotted] = fold(found[TEXT][dotted], at)
        if isinstance(value, list):
            self._read_list(value, dotted, at, found)
            return
        integer = integer_of(value)
        if integer is not None and not (_is_integer(value) and LOWEST <= value <= HIGHEST):
            found[INTEGER][dotted] = integer
        ms = date_of(value, self._dialect, at)
        if ms is not None and not (isinstance(value, str) and instants.parse(value) == ms):
            found[DATE][dotted] = instants.to_text(ms)

    def _read_list(self, items: list[Json], dotted: str, at: str, found: dict[str, dict[str, Json]]) -> None:
        there = [item for item in items if item is not None]
        found[TEXTS][dotted] = [
            fold(java_text(item, at), at) if isinstance(item, str) or self._dialect == "3" else java_text(item, at)
            for item in there
        ]
        found[INTEGERS][dotted] = _until_none(map(integer_of, there))
        dates = _until_none(date_of(item, self._dialect, at) for item in there)
        found[DATES][dotted] = [instants.to_text(ms) for ms in dates]


def java_text(value: Json, at: str) -> str:
    """`value.toString()`; raises `Refused` where Java's text of a number is not known here."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not 1e-3 <= abs(value) < 1e7 or len(repr(value)) > 12:
            raise Refused([Problem(at, "bad-number", "Java writes this number in a way that is not known here")])
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(java_text(item, at) for item in value)}]"
    return f"{{{', '.join(f'{name}={java_text(item, at)}' for name, item in value.items())}}}"


def integer_of(value: Any) -> int | None:
    """`PropertyHelper.getInteger`: numbers are cut, and wrapped into 32 bits; texts are parsed."""
    if isinstance(value, float):
        return max(LOWEST, min(HIGHEST, int(value)))
    if _is_integer(value):
        return int((value - LOWEST) % 2**32 + LOWEST)
    if isinstance(value, str) and _INTEGER(value) and LOWEST <= int(value) <= HIGHEST:
        return int(value)
    return None


def date_of(value: Json, dialect: str, at: str) -> int | None:
    """`getDate` in Unix milliseconds, None for what is no date; raises `Refused` where that is not known here.

    Unomi 2 reads by Joda's `strictDateOptionalTime||epoch_millis`: four digits are a year, any other number
    milliseconds. Unomi 3 has a parser of its own: digits alone are milliseconds.
    """
    if isinstance(value, bool | list | dict) or value is None:
        return None
    text = java_text(value, at).lower()
    found = _DATE(text)
    if found:
        ms = instants.parse(found[1] + (f"t{found[2]}{found[3] or 'z'}" if found[2] else ""))
    elif dialect == "2" and len(text) == 4 and _DIGITS(text):
        ms = instants.parse(f"{text}-01-01")
    elif _DIGITS(text) if dialect == "3" else _DECIMAL(text) and not _PERHAPS_DATE(text):
        ms = int(float(text)) if len(text) <= _LONGEST_EPOCH else None
    elif _PERHAPS_DATE(text):
        ms = None
    else:
        return None
    if ms is None or not instants.EARLIEST <= ms <= instants.LATEST:
        raise Refused([Problem(at, "not-importable", f"whether Unomi reads `{text}` as a date is not known here")])
    return ms


def _until_none(readings: Iterable[int | None]) -> list[int]:
    """The readings before the first that is missing: there Unomi throws."""
    return [each for each in takewhile(lambda reading: reading is not None, readings) if each is not None]


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _folded(value: Json, at: str) -> Json:
    if isinstance(value, float) and value == value // 1:
        raise Refused([Problem(at, "bad-number", f"`{value}` is a `Double`, which never equals an `Integer`")])
    return fold(value, at) if isinstance(value, str) else value
