"""Unleash's comparisons of numbers, versions and dates, all of which it reads out of texts.

Yggdrasil tells by the look of the constraint's value what is compared, whatever the operator is called; Node.js goes by
the operator. A number is compared as a number where the visitor's value is one, and by a pattern where it is text.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from shared.importers.digits import Threshold
from shared.importers.javascript import WHITESPACE, trim
from shared.importers.nodes import NEVER, Node, all_of, any_of, condition, negation
from shared.importers.unleash.dialects import NODE, YGGDRASIL, Broken, NotImportable
from shared.rules import instants as rfc3339
from shared.rules import versions
from shared.rules.catalogue import Path

MAX_DIGITS = 15
"""Decimals of so many digits are told apart by doubles, in which the source compares."""

OPERATORS: Mapping[str, str] = {
    "NUM_EQ": "eq",
    "NUM_GT": "gt",
    "NUM_GTE": "gte",
    "NUM_LT": "lt",
    "NUM_LTE": "lte",
    "DATE_AFTER": "gt",
    "DATE_BEFORE": "lt",
    "SEMVER_EQ": "eq",
    "SEMVER_GT": "gt",
    "SEMVER_GTE": "gte",
    "SEMVER_LT": "lt",
    "SEMVER_LTE": "lte",
}
"""The operators with the comparison that each makes."""

DATES = ("DATE_AFTER", "DATE_BEFORE")

Guarded = tuple[Node, tuple[str, str] | None]

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_ANY_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_OTHER_NUMBER = re.compile(r"0[xXoObB][0-9a-fA-F]+|[+-]?Infinity").fullmatch
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?(?:Z|[+-][0-9]{2}:[0-9]{2})")
_PADDED = re.compile(r"0[0-9]|[^+]*[.-]0[0-9]+(?:[.+-]|$)").match  # numbers with leading zeros, in a version
_GOES_ON = " \tao)"  # what can follow a value in Yggdrasil's rule text: blanks, `and`, `or`, a parenthesis

_NUMBER_GUARD = ("number-as-text", "the source reads numbers out of texts; a pattern compares those that come as text")
_VERSION_GUARD = ("full-version", "a version of one or two numbers, or with a `v`, is none at the source")
_DATE_GUARD = ("date-and-time", "a date without a time is none at the source")


def yggdrasil(path: Path, operator: str, value: str | None, *, is_open: bool) -> Guarded:
    """A comparison with what the value looks like; is_open: the path may hold numbers, too.

    Raises `Broken` and `NotImportable`.
    """
    comparison, text = OPERATORS[operator], _stripped(value)
    if _DATE.fullmatch(text):
        return _dated(path, comparison, text), _DATE_GUARD
    if _VERSION.fullmatch(text):
        if _PADDED(text):
            raise Broken(f"`{text}` is no version by SemVer 2.0")
        return _version(path, comparison, text)
    return _number(path, comparison, _threshold(text), YGGDRASIL, is_open=is_open), _NUMBER_GUARD


def node(path: Path, operator: str, value: str | None, *, is_open: bool) -> Guarded:
    """A comparison by the operator, as Node.js makes it; raises `NotImportable`."""
    if value is None:
        raise NotImportable("value", "a constraint without `value` is read differently by the source's SDKs")
    comparison, text = OPERATORS[operator], trim(value)
    if operator.startswith("NUM_"):
        if text and not _ANY_NUMBER(text) and not _OTHER_NUMBER(text):
            return NEVER, ("no-number", f"`{value}` is no number, with which no comparison holds")
        return _number(path, comparison, _threshold(text or "0"), NODE, is_open=is_open), _NUMBER_GUARD
    if not _VERSION.fullmatch(text.removeprefix("v")):
        return NEVER, ("no-version", f"`{value}` is no version of three numbers, with which no comparison holds")
    return _version(path, comparison, text)


def instants(path: Path, operator: str, value: str | None, dialect: str) -> Node:
    """A comparison of the time of evaluation; raises `Broken` and `NotImportable`."""
    text = _stripped(value) if dialect == YGGDRASIL else trim(value or "")
    if operator not in DATES or not _DATE.fullmatch(text):
        raise NotImportable("value", "the time is compared with a date and time by `DATE_AFTER` or `DATE_BEFORE`")
    return _instant(path, OPERATORS[operator], text)


def _stripped(value: str | None) -> str:
    """What Yggdrasil reads; raises `Broken` where it certainly cannot."""
    text = (value or "").strip(" \t")
    found = [each for shape in (_DATE, _VERSION, _NUMBER) if (each := shape.match(text))]
    if not any(each.end() == len(text) or text[each.end()] in _GOES_ON for each in found):
        raise Broken(f"`{text}` is no number, version or date")
    return text


def _dated(path: Path, comparison: str, text: str) -> Node:
    """A comparison of a text that is a date and time, at the source to the nanosecond."""
    bare = condition(path, "matches", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    found = _instant(path, comparison, text)
    if comparison == "gt":
        just_before = rfc3339.to_text((rfc3339.parse(text) or 0) - 1)
        finer = condition(path, "matches", r"\.[0-9]{3}[0-9]*[1-9]")  # within the very millisecond, but later
        found = any_of(found, all_of(condition(path, "after", just_before), finer))
    return all_of(found, negation(bare))


def _instant(path: Path, comparison: str, text: str) -> Node:
    if comparison not in ("gt", "lt"):
        raise NotImportable("operator", "a date can only be compared by `DATE_AFTER` and `DATE_BEFORE`")
    if rfc3339.parse(text) is None:
        raise NotImportable("value", f"`{text}` is no date and time")
    return condition(path, "after" if comparison == "gt" else "before", text)


def _version(path: Path, comparison: str, text: str) -> Guarded:
    if versions.key(text) is None:
        raise NotImportable("value", f"`{text}` is no version by SemVer 2.0")
    full = condition(path, "matches", r"^[0-9]+\.[0-9]+\.[0-9]+(?:[-+]|$)")
    return all_of(condition(path, f"version_{comparison}", text), full), _VERSION_GUARD


def _threshold(text: str) -> str:
    """A number as a decimal without exponent; raises `NotImportable`."""
    if not _ANY_NUMBER(text):
        raise NotImportable("value", f"`{text}` is no number that the source's SDKs read alike")
    decimal = Decimal(text)
    digits, exponent = decimal.normalize().as_tuple().digits, int(decimal.normalize().as_tuple().exponent)
    if decimal and (len(digits) > MAX_DIGITS or exponent < -MAX_DIGITS or len(digits) + exponent > MAX_DIGITS):
        raise NotImportable("value", f"a number of at most {MAX_DIGITS} digits on either side is expected")
    return f"{decimal:f}"


def _number(path: Path, comparison: str, threshold: str, dialect: str, *, is_open: bool) -> Node:
    as_text = condition(path, "matches", _pattern(comparison, threshold, dialect))
    number = float(threshold) + 0.0
    as_number = condition(path, comparison, int(number) if number.is_integer() else number)
    return any_of(as_number, as_text) if is_open else as_text


def _pattern(comparison: str, text: str, dialect: str) -> str:
    """Texts that are numbers and compare so."""
    threshold, sides = Threshold(text), _SIDES[comparison]
    infinite = "(?i:inf(?:inity)?)" if dialect == YGGDRASIL else "Infinity"
    found = []
    if "=" in sides:
        found.append(threshold.equal())
    if ">" in sides:
        found += [threshold.above(), f"[+]?{infinite}"]
    if "<" in sides:
        found += [threshold.below(), f"-{infinite}"]
    if dialect == YGGDRASIL:
        return rf"\A(?:{'|'.join(found)})\z"
    number = Decimal(text)
    if ("=" if number == 0 else "<" if number > 0 else ">") in sides:
        found.append("")  # `Number("")` is 0
    return rf"\A[{_SPACE}]*(?:{'|'.join(found)})[{_SPACE}]*\z"


_SIDES = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_SPACE = re.sub(r"[^-]", lambda each: rf"\x{{{ord(each[0]):x}}}", WHITESPACE)
