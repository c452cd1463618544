"""Rules of react-querybuilder as JsonLogic, operator by operator, as `formatQuery` (8.24) writes them."""

import re

from shared.importers import javascript
from shared.importers.translation import Json
from shared.rules.problems import Problem, Refused, did_you_mean

Expression = Json
"""JsonLogic; False for what is left out."""

OPERATORS = (
    "=",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "contains",
    "beginswith",
    "endswith",
    "doesnotcontain",
    "doesnotbeginwith",
    "doesnotendwith",
    "null",
    "notnull",
    "in",
    "notin",
    "between",
    "notbetween",
)
"""The default operators in lower case, in which they are compared."""

_COMPARED = {"=": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_DIGITS = r"[0-9](?:[,_][0-9]|[0-9])*"
_SPACE = f"[{javascript.WHITESPACE}]"
_NUMERIC = re.compile(
    rf"{_SPACE}*(?=[-+]?{_SPACE}*\.?[0-9])[-+]?{_SPACE}*(?:{_DIGITS})?"
    rf"(?:[eE][+-]?{_DIGITS}|\.{_DIGITS}(?:[eE][+-]?{_DIGITS})?"
    rf"|(?:{_SPACE}+{_DIGITS}{_SPACE}*)?{_SPACE}*/{_SPACE}*{_DIGITS})?{_SPACE}*"
).fullmatch
_PLAIN = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]+)?|\.[0-9]+)").fullmatch
_BLANK = re.compile(f"{_SPACE}*").fullmatch


def comparison(rule: dict[str, Json], parse_numbers: bool | None) -> Expression:  # noqa: FBT001  # formatQuery's own option
    """The JsonLogic of a rule without `match`, False where values are wanting; raises `Refused`."""
    operator = _operator(rule)
    if not isinstance(rule.get("field"), str):
        raise _refused("/field", "wrong-type", "the name of a field is expected")
    value, is_field = rule.get("value"), _is_field(rule)
    subject = {"var": rule["field"]}
    if operator in ("null", "notnull"):
        return {"==" if operator == "null" else "!=": [subject, None]}
    if operator in ("in", "notin"):
        found: Expression = {"in": [subject, [_rendered(each, is_field, parse_numbers) for each in elements(value)]]}
    elif operator in ("between", "notbetween"):
        found = _between(subject, elements(value), is_field, parse_numbers)
    else:
        if "value" not in rule:
            raise _refused("", "missing-field", f"`{rule['operator']}` needs `value`")
        rendered = _rendered(value, is_field, parse_numbers)
        if operator in _COMPARED:
            return {_COMPARED[operator]: [subject, rendered]}
        found = _textual(operator, subject, rendered)
    return {"!": [found]} if found is not False and operator.startswith(("not", "doesnot")) else found


def elements(value: Json) -> list[Json]:
    r"""A list as it is, its texts trimmed; a text cut at its commas (`\\,` is none), blank parts left out."""
    if isinstance(value, list):
        return [javascript.trim(each) if isinstance(each, str) else each for each in value]
    if isinstance(value, str):
        parts = [part.replace("\0", ",") for part in value.replace("\\,", "\0").split(",")]
        return [javascript.trim(part) for part in parts if not _BLANK(part)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def _operator(rule: dict[str, Json]) -> str:
    operator = rule.get("operator")
    if not isinstance(operator, str) or operator.lower() not in OPERATORS:
        hint = did_you_mean(str(operator).lower(), OPERATORS)
        raise _refused("/operator", "unknown-operator", f"unknown operator `{operator}`", hint)
    return operator.lower()


def _is_field(rule: dict[str, Json]) -> bool:
    source = rule.get("valueSource")
    if source not in (None, "value", "field"):
        raise _refused("/valueSource", "not-importable", f"`{source}` is no source of values here")
    return source == "field"


def _textual(operator: str, subject: Expression, rendered: Expression) -> Expression:
    if operator in ("contains", "doesnotcontain"):
        return {"in": [rendered, subject]}
    return {"startsWith" if operator.endswith(("beginswith", "beginwith")) else "endsWith": [subject, rendered]}


def _between(
    subject: Expression,
    ends: list[Json],
    is_field: bool,  # noqa: FBT001  # one of two sources of values
    parse_numbers: bool | None,  # noqa: FBT001  # formatQuery's own option
) -> Expression:
    """Both ends included; numbers are exchanged where the second is the lesser. They are read unless that is off."""
    if len(ends) < 2 or "" in ends[:2]:
        return False
    first, second = ends[:2]
    if is_field:
        return {"<=": [_field(first), subject, _field(second)]}
    if parse_numbers is not False and _is_numeric(first) and _is_numeric(second):
        first, second = sorted((_number(first), _number(second)))
    return {"<=": [first, subject, second]}


def _rendered(value: Json, is_field: bool, parse_numbers: bool | None) -> Expression:  # noqa: FBT001  # as above
    if is_field:
        return _field(value)
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict | list) for each in value)):
        raise _refused("/value", "wrong-type", "a plain value, or a list of them, is expected")
    return _number(value) if parse_numbers and _is_numeric(value) else value


def _field(value: Json) -> Expression:
    if not isinstance(value, str):
        raise _refused("/value", "wrong-type", "the name of a field is expected")
    return {"var": value}


def _is_numeric(value: Json) -> bool:
    """Whether `parseNumbers` has something to read, or has nothing to do."""
    if isinstance(value, str):
        return _NUMERIC(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: Json) -> int | float:
    """A number, or a text that is one in plain decimals; raises `Refused` for all other ways to write one."""
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]  # a number, as `_is_numeric` says
    text = javascript.trim(value)
    if not _PLAIN(text):
        raise _refused("/value", "not-importable", f"`{value}` is a number in a way of its own", "write it in decimals")
    number = float(text)
    return int(number) if number == number // 1 and abs(number) < 2**53 else number


def _refused(at: str, code: str, detail: str, hint: str | None = None) -> Refused:
    return Refused([Problem(at, code, detail, hint)])
