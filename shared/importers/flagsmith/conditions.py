"""Flagsmith's operators on a trait: the engine casts a condition's text by the kind that the trait's value has.

A value is a text, an integer, a float or a boolean; `2` and `2.0` are told apart. Beside a value that is no text stands
its *companion*, named `<name>[text]`: the text that Python gives it, which patterns, splits and that difference need.
"""

from collections.abc import Callable, Mapping
from math import isfinite, isnan

from shared.importers import python_versions, text_order
from shared.importers.flagsmith.values import as_boolean, as_float, as_integer, as_version
from shared.importers.nodes import (
    NEVER,
    Node,
    all_of,
    any_of,
    condition,
    exists,
    is_boolean,
    is_number,
    is_string,
    negation,
)
from shared.importers.notes import Notes
from shared.importers.python_patterns import Unsupported, translated
from shared.rules.catalogue import Path, declared
from shared.rules.kinds import MAX_INTEGER, Type

COMPANION = "[text]"
"""What follows a trait's name in that of its companion."""

MAX_DIVISOR = 1_000_000
"""Of `MODULO`: up to it a double that is no whole number leaves no whole remainder, but for what `NEAR` says."""
NEAR = 1e-6
"""A negative double nearer to a whole number than this could be rounded to one by `MODULO`."""

_COMPARE = {
    "GREATER_THAN": "gt",
    "GREATER_THAN_INCLUSIVE": "gte",
    "LESS_THAN": "lt",
    "LESS_THAN_INCLUSIVE": "lte",
}
_TYPED = ("EQUAL", "NOT_EQUAL", "CONTAINS", *_COMPARE)
_UNORDERED_FROM = "\ue000"
_STRICT = r"\A[0-9]+\.[0-9]+\.[0-9]"
_FLOAT_TEXT = "[.e]"


def companion(path: Path) -> Path:
    """Where the companion of a trait stands."""
    return (*path[:-1], f"{path[-1]}{COMPANION}")


def on_trait(op: str, text: str, path: Path, notes: Notes, pointer: str) -> Node:
    """A condition of any operator but `IN`, `IS_SET`, `IS_NOT_SET` and `PERCENTAGE_SPLIT`."""
    if op in _TYPED:
        return _typed(op, text, path, notes, pointer)
    if op == "NOT_CONTAINS":
        if declared(path, {}) not in (Type.UNDECLARED, Type.STRING):
            return NEVER
        return all_of(is_string(path), condition(path, "not_contains", text)) if text else NEVER
    return _regex(text, path, notes, pointer) if op == "REGEX" else _modulo(text, path, notes, pointer)


def among(values: list[str], path: Path, notes: Notes, pointer: str) -> Node:
    """`IN`: texts and integers are compared as texts; booleans and floats are in nothing."""
    type_ = declared(path, {})
    numbers = [int(each) for each in values if as_integer(each) is not None and str(int(each)) == each]
    numbers = [each for each in numbers if abs(each) <= MAX_INTEGER and type_ in (Type.UNDECLARED, Type.NUMBER)]
    texts = values if type_ in (Type.UNDECLARED, Type.STRING) else []
    if not texts and not numbers:
        return NEVER
    found = condition(path, "in", [*texts, *numbers])
    if not numbers or type_ is Type.NUMBER:
        return found
    notes.guard(pointer, "float-text", "a float such as `2.0` is in no list")
    return all_of(found, negation(condition(companion(path), "matches", _FLOAT_TEXT)))


def _typed(op: str, text: str, path: Path, notes: Notes, pointer: str) -> Node:
    """One part for each kind of value that the attribute can have."""
    parts: Mapping[Type, Callable[[], Node]] = {
        Type.STRING: lambda: _on_text(op, text, path, notes, pointer),
        Type.NUMBER: lambda: _on_number(op, text, path, notes, pointer),
        Type.BOOLEAN: lambda: _on_boolean(op, text, path),
    }
    type_ = declared(path, {})
    if type_ is Type.UNDECLARED:
        return any_of(*(part() for part in parts.values()))
    return parts[type_]() if type_ in parts else NEVER


def _on_text(op: str, text: str, path: Path, notes: Notes, pointer: str) -> Node:
    version = as_version(text)
    if version is not None:
        return _on_version(op, version, path, notes, pointer)
    if op == "EQUAL":
        return condition(path, "eq", text)
    if op == "NOT_EQUAL":
        notes.guard(pointer, "not-equal-missing", "a trait that is missing is neither equal nor different")
        return all_of(is_string(path), condition(path, "neq", text))
    if op == "CONTAINS":
        return condition(path, "contains", text) if text else is_string(path)
    if max(text, default="") >= _UNORDERED_FROM:
        return notes.refuse(pointer, "not-importable", "the order of characters beyond U+DFFF")
    notes.guard(pointer, "text-order", "a trait that is a text is compared by its characters, not as a number")
    order = text_order.after if op.startswith("GREATER") else text_order.before
    return condition(path, "matches", order(text, or_equal=op.endswith("INCLUSIVE")))


def _on_version(op: str, text: str, path: Path, notes: Notes, pointer: str) -> Node:
    if op == "CONTAINS" or python_versions.strict(text) is None:
        return NEVER
    notes.guard(pointer, "strict-version", "a version has three numbers and no leading `v`")
    names = {"EQUAL": ["version_eq"], "NOT_EQUAL": ["version_lt", "version_gt"]}
    ops = names.get(op) or [f"version_{_COMPARE[op]}"]
    return all_of(condition(path, "matches", _STRICT), any_of(*(condition(path, each, text) for each in ops)))


def _on_number(op: str, text: str, path: Path, notes: Notes, pointer: str) -> Node:
    number = as_float(text)
    if op == "CONTAINS" or number is None:
        return NEVER
    asked = _number(op, number, path)
    if as_integer(text) is not None or asked == NEVER:
        return asked
    notes.guard(pointer, "integer-cast", f"a trait that is an integer cannot be compared with `{text}`")
    return all_of(asked, _is_float(path))


def _number(op: str, number: float, path: Path) -> Node:
    if isfinite(number):
        value = int(number) if number.is_integer() and abs(number) <= MAX_INTEGER else number
        if op == "NOT_EQUAL":
            return all_of(is_number(path), condition(path, "neq", value))
        return condition(path, _COMPARE.get(op, "eq"), value)
    is_beyond = not isnan(number) and (number > 0) == op.startswith("LESS") and op in _COMPARE
    return is_number(path) if is_beyond or op == "NOT_EQUAL" else NEVER


def _is_float(path: Path) -> Node:
    """A number with a fraction, or a whole one whose text has one."""
    fraction = negation(condition(path, "mod", [1, 0]))
    if declared(path, {}) is Type.NUMBER:
        return fraction
    return any_of(fraction, condition(companion(path), "matches", _FLOAT_TEXT))


def _on_boolean(op: str, text: str, path: Path) -> Node:
    asked = as_boolean(text)
    holding = {
        "EQUAL": (asked,),
        "NOT_EQUAL": (not asked,),
        "GREATER_THAN": () if asked else (True,),
        "GREATER_THAN_INCLUSIVE": (True,) if asked else (False, True),
        "LESS_THAN": (False,) if asked else (),
        "LESS_THAN_INCLUSIVE": (False, True) if asked else (False,),
    }.get(op, ())
    if not holding:
        return NEVER
    return condition(path, "eq", holding[0]) if len(holding) == 1 else is_boolean(path)


def pattern(text: str, notes: Notes, pointer: str) -> str | None:
    """A pattern that matches from the start, as `re.match` does; None where it cannot be said, which is noted."""
    try:
        return translated(text, from_start=True)
    except Unsupported as error:
        detail = f"the pattern cannot be said in RE2 with the same meaning: it has {error}"
        notes.refuse(pointer, "unsupported-pattern", detail, "write it without")
        return None


def _regex(text: str, path: Path, notes: Notes, pointer: str) -> Node:
    found = pattern(text, notes, pointer)
    if found is None:
        return NEVER
    type_ = declared(path, {})
    if type_ is Type.STRING:
        return condition(path, "matches", found)
    if type_ is not Type.UNDECLARED:
        return notes.refuse(pointer, "not-importable", "a pattern on an attribute that is no text")
    notes.guard(pointer, "text-of-value", f"numbers and booleans are searched as texts, at `{companion(path)[-1]}`")
    return any_of(condition(path, "matches", found), condition(companion(path), "matches", found))


def _modulo(text: str, path: Path, notes: Notes, pointer: str) -> Node:
    parts = [as_float(each) for each in text.split("|")]
    if len(parts) != 2 or None in parts:
        return NEVER
    divisor, remainder = (0.0 if each is None else each for each in parts)
    if not (divisor.is_integer() and remainder.is_integer() and 0 < divisor <= MAX_DIVISOR) or divisor == remainder:
        detail = f"only whole divisors of 1 to {MAX_DIVISOR} and whole remainders below them can be asked for"
        return notes.refuse(pointer, "not-importable", detail)
    if not 0 <= remainder < divisor:
        return NEVER
    type_ = declared(path, {})
    of_number = condition(path, "mod", [int(divisor), int(remainder)])
    if type_ is not Type.UNDECLARED:
        return of_number if type_ is Type.NUMBER else NEVER
    booleans = [each for each in (False, True) if each % divisor == remainder]
    return any_of(of_number, condition(path, "in", booleans) if booleans else NEVER)


def split_by(path: Path, share: float, salt: str) -> Node:
    """`PERCENTAGE_SPLIT` by a trait: the hash is of its text."""
    if share < 0:
        return NEVER
    if share >= 100:
        return exists(path)
    if declared(path, {}) is not Type.UNDECLARED:
        return _rollout(path, share, salt)
    beside = companion(path)
    return any_of(_rollout(beside, share, salt), all_of(negation(exists(beside)), _rollout(path, share, salt)))


def _rollout(path: Path, share: float, salt: str) -> Node:
    by = condition(path, "exists")["attribute"]
    return {"rollout": {"percent": share, "by": by, "salt": salt, "hash": "flagsmith"}}
