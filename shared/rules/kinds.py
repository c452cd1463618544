"""JSON's kinds, told apart once, in one place: in Python `True == 1`, in a rule it is not."""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from unicodedata import combining, normalize

from shared.rules import addresses, instants, versions

MAX_INTEGER = 2**53 - 1
MAX_MARKS = 30
"""Combining marks in a row, as Unicode's stream-safe format has it: to order more of them takes quadratic time."""


class Kind(IntEnum):
    """What a value is after normalisation."""

    MISSING = 0
    STRING = 1
    NUMBER = 2
    BOOLEAN = 3
    LIST = 4
    OBJECT = 5
    INSTANT = 6  # Unix milliseconds; only where the catalogue declares `datetime`
    VERSION = 7  # a precedence key; only where the catalogue declares `version`
    IP = 8  # an address's key; only where the catalogue declares `ip`


class Type(IntEnum):
    """What the catalogue may declare of a path; UNDECLARED leaves values as they come."""

    UNDECLARED = 0
    STRING = 1
    NUMBER = 2
    BOOLEAN = 3
    DATETIME = 4
    VERSION = 5
    LIST = 6
    OBJECT = 7
    IP = 8


_KINDS = {
    type(None): Kind.MISSING,
    str: Kind.STRING,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    bool: Kind.BOOLEAN,
    list: Kind.LIST,
    tuple: Kind.LIST,
    dict: Kind.OBJECT,
}
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_BOOLEANS = {"true": True, "false": False}


def kind_of(value: object) -> Kind:
    """The JSON kind of a decoded value."""
    return _KINDS[type(value)]


def nfc(text: str) -> str:
    """`text` in Unicode's composed form; ASCII already is."""
    return text if text.isascii() else normalize("NFC", text)


def is_composable(text: str) -> bool:
    """Whether NFC takes a text without effort: nowhere are there more than `MAX_MARKS` combining marks in a row."""
    if len(text) <= MAX_MARKS or text.isascii():
        return True
    return _TOO_MANY_MARKS not in bytes(map(bool, map(combining, text)))


_TOO_MANY_MARKS = b"\1" * (MAX_MARKS + 1)


def fold(text: str) -> str:
    """The form in which `ignore_case` compares: casefold(NFC)."""
    return nfc(text).casefold()


def typed(value: object, declared: Type) -> tuple[Kind, object]:
    """`value` normalised to the catalogue's type, as (kind, value); what does not convert stays as it is.

    number: a string that is a JSON number. boolean: "true" or "false". string: an integer's decimal text.
    datetime: instants' text or an epoch number, to milliseconds. version, ip: their text, to its key.
    """
    kind = kind_of(value)
    if isinstance(value, str):
        value = nfc(value)
        return _typed_string(value, declared)
    if kind is Kind.NUMBER:
        return _typed_number(value, declared)  # type: ignore[arg-type]  # kind NUMBER is int or float
    return kind, value


def _typed_string(value: str, declared: Type) -> tuple[Kind, object]:
    if declared is Type.NUMBER:
        number = _number(value)
        if number is not None:
            return Kind.NUMBER, number
    elif declared is Type.BOOLEAN and value in _BOOLEANS:
        return Kind.BOOLEAN, _BOOLEANS[value]
    elif declared is Type.DATETIME:
        ms = instants.parse(value)
        if ms is not None:
            return Kind.INSTANT, ms
    elif declared in _KEYED:
        kind, key_of = _KEYED[declared]
        key = key_of(value)
        if key is not None:
            return kind, key
    return Kind.STRING, value


_KEYED: Mapping[Type, tuple[Kind, Callable[[str], object]]] = {
    Type.VERSION: (Kind.VERSION, versions.key),
    Type.IP: (Kind.IP, addresses.key),
}


def _typed_number(value: int | float, declared: Type) -> tuple[Kind, object]:
    if declared is Type.STRING and value == value // 1 and abs(value) <= MAX_INTEGER:
        return Kind.STRING, str(int(value))
    if declared is Type.DATETIME:
        ms = instants.from_epoch(value)
        if ms is not None:
            return Kind.INSTANT, ms
    return Kind.NUMBER, value


def _number(text: str) -> int | float | None:
    if len(text) > 64 or not _JSON_NUMBER(text):
        return None
    number = float(text)
    if number == number // 1 and abs(number) <= MAX_INTEGER:
        return int(number)
    return None if abs(number) > MAX_INTEGER and "." not in text and "e" not in text.lower() else _finite(number)


def _finite(number: float) -> float | None:
    return number if number - number == 0 else None


def as_instant(kind: Kind, value: object) -> int | None:
    """Milliseconds of a value that is an instant: declared so, or a string that reads as one."""
    if kind is Kind.STRING:
        return instants.parse(value)  # type: ignore[arg-type]  # kind STRING is str
    return value if kind is Kind.INSTANT else None  # type: ignore[return-value]  # kind INSTANT is int


def as_version(kind: Kind, value: object) -> versions.Key | None:
    """The precedence key of a value that is a version: declared so, or a string that reads as one."""
    if kind is Kind.STRING:
        return versions.key(value)  # type: ignore[arg-type]  # kind STRING is str
    return value if kind is Kind.VERSION else None  # type: ignore[return-value]  # kind VERSION is a key


def as_address(kind: Kind, value: object) -> bytes | None:
    """The key of a value that is an address: declared so, or a string that reads as one."""
    if kind is Kind.STRING:
        return addresses.key(value)
    return value if kind is Kind.IP else None  # type: ignore[return-value]  # kind IP is a key


def as_text(kind: Kind, value: object) -> str | None:
    """What a rollout hashes: a string, or an integer-valued number in decimal; None for anything else."""
    if isinstance(value, str):
        return value
    if kind is Kind.NUMBER and isinstance(value, int | float) and value == value // 1 and abs(value) <= MAX_INTEGER:
        return str(int(value))
    return None
