"""How Flagsmith's engine reads a trait's value, and a condition's text by the kind of that value."""

import re
from math import isfinite

from shared.importers.translation import Json

_INTEGER = re.compile(r"-?[0-9]+").fullmatch
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+").fullmatch
_SEMVER_SUFFIX = ":semver"


def read(value: Json) -> str | int | float | bool | None:
    """A value as the engine compares it: texts that look like numbers are numbers, lists and objects Python's text."""
    if isinstance(value, str):
        if _INTEGER(value):
            return as_integer(value)
        return float(value) if _DECIMAL(value) else value
    return value if isinstance(value, int | float | None) else str(value)


def is_numeric(text: str) -> bool:
    """Whether the engine reads a text as a number."""
    return not isinstance(read(text), str)


def as_integer(text: str) -> int | None:
    """Python's `int`, which takes signs, white space and underscores; None where it takes nothing."""
    try:
        return int(text)
    except ValueError:
        return None


def as_float(text: str) -> float | None:
    """Python's `float`, infinities and NaN included; None where it takes nothing."""
    try:
        return float(text)
    except ValueError:
        return None


def as_boolean(text: str) -> bool:
    """What a text is beside a boolean: all but two are true."""
    return text not in ("False", "false")


def as_version(text: str) -> str | None:
    """The version that a condition asks for, None where its text has not the suffix that says so."""
    return text.removesuffix(_SEMVER_SUFFIX) if text.endswith(_SEMVER_SUFFIX) else None


def share(value: Json) -> float | None:
    """The percentage of a split; None where the engine reads none, or one that is no number."""
    found = as_float(value) if isinstance(value, str) else value
    return float(found) if isinstance(found, int | float) and isfinite(found) else None
