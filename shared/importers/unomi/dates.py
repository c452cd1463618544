"""Dates of Apache Unomi's conditions: instants, and distances from now such as `now-7d`."""

import re
from collections.abc import Iterable

import msgspec

from shared.importers.nodes import Node, any_of, condition, negation
from shared.importers.translation import Json
from shared.importers.unomi.readings import date_of
from shared.rules import instants
from shared.rules.catalogue import Path
from shared.rules.problems import Problem, Refused

_EXPRESSION = re.compile(r"now((?:[+-][0-9]{0,6}[wdhHms])*)").fullmatch
_STEP = re.compile(r"([+-])([0-9]*)([wdhHms])").findall
_MS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "H": 3_600_000, "m": 60_000, "s": 1_000}
_PIVOT = "2000-01-01"


class Moment(msgspec.Struct, frozen=True):
    """An instant in Unix milliseconds, or, where `is_relative`, in milliseconds from now."""

    ms: int
    is_relative: bool = False

    def next(self) -> "Moment":
        """The millisecond after."""
        return Moment(self.ms + 1, self.is_relative)


def moment_of(value: Json, dialect: str, at: str) -> Moment:
    """The moment that a condition names; raises `Refused` for what is none, or none that this language can say."""
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and text.startswith("now"):
        found = _EXPRESSION(text)
        if found is None:
            hint = "weeks, days, hours, minutes and seconds can be added and taken away"
            raise Refused([Problem(at, "not-importable", f"`{value}` rounds, or steps by months or years", hint)])
        distances = (int(f"{sign}{amount or 1}") * _MS[unit] for sign, amount, unit in _STEP(found[1]))
        return Moment(sum(distances), is_relative=True)
    ms = date_of(text, dialect, at)
    if ms is None:
        raise Refused([Problem(at, "bad-instant", f"`{value}` is no date that Unomi reads")])
    return Moment(ms)


def is_dated(paths: Iterable[Path]) -> Node:
    """A date is there."""
    conditions = ((condition(path, "before", _PIVOT), condition(path, "after", _just_before(_PIVOT))) for path in paths)
    return any_of(*(each for pair in conditions for each in pair))


def since(paths: Iterable[Path], moment: Moment) -> Node:
    """A date at the moment or later."""
    return any_of(*(_later(path, msgspec.structs.replace(moment, ms=moment.ms - 1)) for path in paths))


def on_day(paths: Iterable[Path], moment: Moment, at: str) -> Node:
    """A date of the same day, in UTC."""
    if moment.is_relative:
        raise Refused([Problem(at, "not-importable", "a day that moves with now cannot be asked for")])
    return any_of(*(condition(path, "on", instants.to_text(moment.ms)[:10]) for path in paths))


def _later(path: Path, moment: Moment) -> Node:
    if not moment.is_relative:
        return condition(path, "after", instants.to_text(moment.ms))
    if moment.ms > 0:
        return condition(path, "further_than", _duration(moment.ms))
    if moment.ms == 0:
        return any_of(condition(path, "within_next", "P1D"), condition(path, "further_than", "P1D"))
    earlier = condition(path, "older_than", _duration(-moment.ms))
    return {"all": [is_dated([path]), negation(earlier)]}


def _duration(ms: int) -> str:
    days, rest = divmod(ms, _MS["d"])
    seconds = f"T{rest // 1000}.{rest % 1000:03}S" if rest else ""
    return f"P{f'{days}D' if days else ''}{seconds}"


def _just_before(text: str) -> str:
    return instants.to_text((instants.parse(text) or 0) - 1)
