"""JavaScript's readings of JSON values (ECMA-262, 7.1 and 7.2): what a value is as a number, as a text, as a condition.

Values are decoded JSON. Objects and lists are never equal here: two that come from JSON are never the same one.
"""

import re
from decimal import Decimal
from math import inf, isinf, isnan, nan

from shared.importers.translation import Json

WHITESPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What `Number` and `trim` cut off, as the inside of a character class."""

OBJECT_TEXT = "[object Object]"
_EVERY_OBJECTS = """
    __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ constructor hasOwnProperty
    isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf
"""
_EVERY_SCALARS = """
    anchor at big blink bold charAt charCodeAt codePointAt concat copyWithin endsWith entries every fill filter find
    findIndex findLast findLastIndex fixed flat flatMap fontcolor fontsize forEach includes indexOf isWellFormed
    italics join keys lastIndexOf length link localeCompare map match matchAll normalize padEnd padStart pop push
    reduce reduceRight repeat replace replaceAll reverse search shift slice small some sort splice split startsWith
    strike sub substr substring sup toExponential toFixed toLocaleLowerCase toLocaleUpperCase toLowerCase
    toPrecision toReversed toSorted toSpliced toUpperCase toWellFormed trim trimEnd trimLeft trimRight trimStart
    unshift values with
"""
OBJECT_NAMES = frozenset(_EVERY_OBJECTS.split())
"""Names that every object has without holding them."""

SCALAR_NAMES = OBJECT_NAMES | frozenset(_EVERY_SCALARS.split())
"""Names that texts, lists, numbers or booleans have, as Node 20 knows them; positions, which are digits, aside."""

_TRIM = re.compile(rf"\A[{WHITESPACE}]+|[{WHITESPACE}]+\Z")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_OTHER_BASE = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)").fullmatch
_PREFIX = re.compile(rf"[{WHITESPACE}]*([+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))").match
_INFINITY = {"Infinity": inf, "+Infinity": inf, "-Infinity": -inf}


def trim(text: str) -> str:
    """`text` without white space at its ends."""
    return _TRIM.sub("", text)


def number_of(value: Json) -> float:
    """`Number(value)`; NaN where it is none."""
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    text = trim(text_of(value))
    if not text:
        return 0.0
    if _DECIMAL(text):
        return float(text)
    if _OTHER_BASE(text):
        return _float_of(int(text, 0))
    return _INFINITY.get(text, nan)


def parse_float(value: Json) -> float:
    """`parseFloat(value)`: the number that its text begins with; NaN where there is none."""
    found = _PREFIX(text_of(value))
    return float(found[1]) if found else nan


def text_of(value: Json) -> str:
    """`String(value)`."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return _number_text(float(value))
    if isinstance(value, list):
        return ",".join("" if item is None else text_of(item) for item in value)
    return OBJECT_TEXT


def primitive(value: Json) -> Json:
    """The value that comparisons look at: a list or an object is its text."""
    return text_of(value) if isinstance(value, list | dict) else value


def is_truthy(value: Json) -> bool:
    """`!!value`, with JsonLogic's one exception: an empty list is false."""
    return isinstance(value, dict) or bool(value)


def strictly_equal(left: Json, right: Json) -> bool:
    """`left === right`."""
    kinds = (str, bool, int | float, type(None))
    return any(isinstance(left, kind) for kind in kinds) and _kind(left) == _kind(right) and bool(left == right)


def loosely_equal(left: Json, right: Json) -> bool:
    """`left == right`."""
    if left is None or right is None:
        return left is right
    if isinstance(left, list | dict) and isinstance(right, list | dict):
        return False
    left, right = primitive(left), primitive(right)
    if _kind(left) == _kind(right):
        return bool(left == right)
    return number_of(left) == number_of(right)


def is_less(left: Json, right: Json, *, or_equal: bool) -> bool:
    """`left < right`, or `left <= right`."""
    left, right = primitive(left), primitive(right)
    if isinstance(left, str) and isinstance(right, str):
        first, second = left.encode("utf-16-be"), right.encode("utf-16-be")
        return first <= second if or_equal else first < second
    one, other = number_of(left), number_of(right)
    return one <= other if or_equal else one < other


def _kind(value: Json) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _float_of(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return inf


def _number_text(number: float) -> str:
    """ECMA-262's Number::toString: the shortest digits, without an exponent from 1e-6 up to 1e21."""
    if isnan(number) or isinf(number) or number == 0:
        return "NaN" if isnan(number) else "0" if number == 0 else "Infinity" if number > 0 else "-Infinity"
    sign, digits_tuple, exponent = Decimal(repr(abs(number))).as_tuple()
    digits = "".join(map(str, digits_tuple)).rstrip("0")
    point = len(digits_tuple) + int(exponent)
    minus = "-" if number < 0 or sign else ""
    if 0 < point <= 21:
        whole, part = digits[:point].ljust(point, "0"), digits[point:]
        return f"{minus}{whole}.{part}" if part else f"{minus}{whole}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    power = point - 1
    mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{minus}{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"
