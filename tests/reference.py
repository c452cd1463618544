"""Keeps `docs/operators.md`: `python -m tests.reference` writes it, `--check` compares.

It joins what is kept true elsewhere: the operator table of the code, the examples of the language page, and the cases
of `conformance/`. Only the sentences of `MEANING` and `NODES` are written here.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from shared.rules import limits, places
from shared.rules.kinds import Type
from shared.rules.operators import OPERATORS, Operator
from shared.rules.parser import parse
from shared.rules.sentence import sentence

ROOT = Path(__file__).parents[1]
PATH = ROOT / "docs" / "operators.md"
LANGUAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
CASES = ROOT / "tests" / "conformance"
NOW = "2026-03-15T12:00:00Z"
SHOWN = 2  # cases of each answer

_SCALAR = "one string, number or boolean"
_SCALARS = f"a list of 1 to {limits.MAX_VALUES:,} strings, numbers and booleans"
_TEXTS = f"a string, or a list of up to {limits.MAX_VALUES:,} of which any will do; none of them empty"
_PATTERN = f"RE2's syntax, up to {limits.MAX_PATTERN_BYTES} bytes and {limits.MAX_PATTERN_PROGRAM:,} instructions"
_DIVISION = "a divisor other than 0 and a remainder of its sign, both integers"
_INSTANT = "an RFC 3339 date-time with an offset, or a bare date (midnight UTC)"
_DURATION = f"an ISO 8601 duration above zero and up to {limits.MAX_DURATION_YEARS:,} years"
_DAYS = f"whole days or weeks, `P0D` to `P{limits.MAX_ANNIVERSARY_DAYS}D`; 29 February counts as 1 March"
_VERSION = "a version as SemVer 2.0 writes it; `1` and `1.2` are filled up, a leading `v` is allowed"
_RULE = "a rule of `all`, `any`, `not` and conditions on paths within the element"
_NETWORKS = f"a network or an address, IPv4 or IPv6, or a list of up to {limits.MAX_VALUES:,}"
_CIRCLE = f"an object of `lat`, `lon` and `km`, which is above 0 and up to {places.MAX_KM:,}"
_BOX = "an object of `north`, `east`, `south`, `west`; a west above the east crosses the 180th meridian"

MEANING = {
    "exists": ("has a value, of whatever kind; `null` is none", ""),
    "eq": ("is of the same kind and equal; nothing is converted", _SCALAR),
    "in": ("equals one of the values", _SCALARS),
    "contains": ("has this text anywhere", _TEXTS),
    "starts_with": ("begins so", _TEXTS),
    "ends_with": ("ends so", _TEXTS),
    "under": ("is this path of names, or lies below it; a slash at the end of the value counts for nothing", _TEXTS),
    "matches": ("has text anywhere that the pattern matches", _PATTERN),
    "gt": ("is above the value", "a number"),
    "gte": ("is the value or above", "a number"),
    "lt": ("is below the value", "a number"),
    "lte": ("is the value or below", "a number"),
    "between": ("lies from the first number to the second, both included", "two numbers, the smaller one first"),
    "mod": ("is an integer that leaves the second when divided by the first, rounding down", _DIVISION),
    "before": ("is before the instant", _INSTANT),
    "after": ("is after the instant", _INSTANT),
    "during": ("is the first instant or after it, and before the second", "two instants, the earlier one first"),
    "on": ("lies on that calendar day of `timezone`, else of UTC", "a bare date"),
    "within_last": ("is an instant *v* with `now - d < v <= now`", _DURATION),
    "older_than": ("is an instant *v* with `v <= now - d`", _DURATION),
    "within_next": ("is an instant *v* with `now < v <= now + d`", _DURATION),
    "further_than": ("is an instant *v* with `v > now + d`", _DURATION),
    "anniversary_within": ("has a month and day that comes round today or within so many days", _DAYS),
    "version_eq": ("is of the same precedence", _VERSION),
    "version_gt": ("is above the version", _VERSION),
    "version_gte": ("is the version or above", _VERSION),
    "version_lt": ("is below the version", _VERSION),
    "version_lte": ("is the version or below", _VERSION),
    "version_satisfies": ("lies in the range: npm's notation, read as plain intervals", "a range, `||` for *or*"),
    "has_any": ("has an element that equals one of the values", _SCALARS),
    "has_all": ("has, for each of the values, an element that equals it", _SCALARS),
    "size": ("has a number of elements within all bounds", "an object of `gt`, `gte`, `lt`, `lte`, `eq`: integers"),
    "element": ("has an element, an object, that satisfies the whole rule", _RULE),
    "in_cidr": ("is an address of these networks; IPv4 written as IPv6 is IPv4", _NETWORKS),
    "within_km": ("is at most so many kilometres from a place, along a great circle", _CIRCLE),
    "within_box": ("lies between these latitudes and longitudes, all included", _BOX),
}
"""What must be true of the attribute for each positive operator to hold, and what its value is."""

NODES = {
    "list": ("lists-and-overrides", "the visitor is in that stored list. Who is in none is known to be in none."),
    "rollout": ("rollouts", "the visitor belongs to a stable share of all, chosen by hashing the text at `by`."),
    "schedule": ("schedules", "a clock on the wall shows a time that it names."),
}
"""The leaves that are no conditions: where the language page has them, and when they hold."""


class Row(NamedTuple):
    """A row of the language page's operator tables. value: JSON text, None where there is none."""

    family: str
    operator: str
    opposite: str | None
    value: str | None
    words: str


class Case(NamedTuple):
    """One conformance case, asked at `NOW` with nothing declared."""

    rule: dict
    visitor: dict
    holds: bool
    why: str


def operator_rows() -> Iterator[Row]:
    """The operator tables of the language page, row by row."""
    section = LANGUAGE.split("## Operators")[1].split("## Truth")[0]
    family = ""
    for line in section.splitlines():
        if line.startswith("### "):
            family = line.removeprefix("### ")
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4 and cells[0].startswith("`"):
            operator, opposite, value, words = cells
            yield Row(family, operator.strip("`"), opposite.strip("`") or None, value.strip("`") or None, words)


def page() -> str:
    """The whole document."""
    rows = list(operator_rows())
    parts = [_HEAD, _overview(rows)]
    family = ""
    for row in rows:
        if row.family != family:
            family = row.family
            parts.append(f"## {family}")
        parts.append(_operator(row))
    parts.append("## Nodes that are no conditions")
    parts.append("They cannot carry `missing`: each is true or false as it says.")
    parts += [_node(name) for name in NODES]
    return "\n\n".join(parts) + "\n"


_HEAD = f"""# The operators, one by one

Generated from the operator table, the [language page](language.md#operators) and the cases of
[`tests/conformance/`](../tests/conformance/) by `python -m tests.reference`, and compared with them by `make check`.
The machine, explain and a second program that shares no code with them answer every case shown as it stands here.
Cases are asked at {NOW}, a Sunday, of attributes that are not declared.

Of every operator:

- On a missing attribute it is **false**, and its opposite **true**. So it is on a value of a kind that it does not
  take. `"missing": "match"` makes either true where the attribute is missing.
- Undeclared attributes take all operators. One that a declared type does not take is refused with `wrong-type`.
- `refused with` has the codes for its value and its zone. A field that it does not take is an `unexpected-field`, an
  attribute that nothing has an `unknown-attribute`. See [all codes](language.md#problems)."""


def _overview(rows: list[Row]) -> str:
    lines = ["| operator | opposite | declared types | takes |", "| --- | --- | --- | --- |"]
    for row in rows:
        operator = OPERATORS[row.operator]
        opposite = f"`{row.opposite}`" if row.opposite else "`not`"
        lines.append(f"| [`{row.operator}`](#{row.operator}) | {opposite} | {_types(operator)} | {_fields(operator)} |")
    return "\n".join(lines)


def _types(operator: Operator) -> str:
    types = [type_.name.lower() for type_ in operator.types if type_ is not Type.UNDECLARED]
    return "all" if len(operator.types) == len(Type) else ", ".join(types)


def _fields(operator: Operator) -> str:
    flags = {
        "value": operator.takes_value,
        "other": operator.takes_other,
        "ignore_case": operator.takes_ignore_case,
        "timezone": operator.takes_timezone,
        "missing": True,
    }
    return ", ".join(f"`{name}`" for name, is_taken in flags.items() if is_taken)


def _operator(row: Row) -> str:
    operator = OPERATORS[row.operator]
    meaning, value = MEANING[row.operator]
    lines = [f"### {row.operator}", "", f"Holds where the attribute {meaning}.", "", "| | |", "| --- | --- |"]
    lines.append(f"| in words | `x` {_cell(row.words)} |")
    if value:
        lines.append(f"| value | {_code(row.value)}: {value} |")
    lines.append(f"| declared types | {_types(operator)} |")
    lines.append(f"| takes | {_fields(operator)} |")
    lines.append(f"| opposite | {_opposite(row)} |")
    codes = _codes(operator)
    if codes:
        lines.append(f"| refused with | {codes} |")
    lines += ["", "| value | the visitor has | holds | because |", "| --- | --- | --- | --- |"]
    for case in _shown(_simple_cases(row.operator)):
        asked = _code(json.dumps(case.rule["value"])) if "value" in case.rule else ""
        seen = "nothing" if _seen(case) is None else _code(json.dumps(_seen(case), ensure_ascii=False))
        lines.append(f"| {asked} | {seen} | {_ANSWERS[case.holds]} | {_cell(case.why)} |")
    return "\n".join(lines)


def _opposite(row: Row) -> str:
    if row.opposite is None:
        return '`{"not": ...}` around the condition'
    rule = {"attribute": "traits.x", "op": row.opposite, "value": json.loads(row.value or "null")}
    return f"`{row.opposite}`: {_cell(sentence(parse(rule)[0]))}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str | None) -> str:
    return f"`{_cell(text or '')}`"


def _codes(operator: Operator) -> str:
    """The codes for values and zones of this operator, and of those that prepare theirs alike."""
    found = set()
    for rule, problems in _refused():
        other = OPERATORS.get(str(rule.get("op")))
        if other and other.prepare.__qualname__ == operator.prepare.__qualname__:
            found |= {code for pointer, code in problems if pointer.startswith(("/rule/value", "/rule/timezone"))}
    return _listed(found - {"unexpected-field", "missing-field"})


def _refused() -> Iterator[tuple[dict, list]]:
    """The rules of `refused.json`, each with the pointers and codes of its problems."""
    for case in json.loads((CASES / "refused.json").read_text(encoding="utf-8"))["cases"]:
        if isinstance(case["rule"], dict):
            yield case["rule"], case["problems"]


def _listed(codes: set[str]) -> str:
    return ", ".join(f"`{code}`" for code in sorted(codes))


def _cases() -> Iterator[Case]:
    """All cases but the refused ones; those that every operator has come first."""
    files = sorted(CASES.glob("*.json"), key=lambda file: (file.stem != "operators", file.stem))
    for table in (json.loads(file.read_text(encoding="utf-8")) for file in files if file.stem != "refused"):
        for case in table["cases"]:
            given = table | case
            is_declared = bool(given.get("types", {}).keys() & {case["rule"].get("attribute")})
            if given["now"] == NOW and not is_declared and "audiences" not in given:
                yield Case(case["rule"], case["visitor"], case["holds"], case["why"])


def _simple_cases(operator: str) -> Iterator[Case]:
    """Those of one condition with this operator alone; what missing means stands once, at the top of the page."""
    for case in _cases():
        if case.rule.get("op") == operator and case.rule.keys() <= {"attribute", "op", "value"}:
            if operator != "exists" and _seen(case) is None:
                continue
            yield case


def _seen(case: Case) -> object:
    """What the visitor has at the attribute, None where that is nothing; paths with escapes are not read."""
    value: object = case.visitor
    for name in case.rule["attribute"].split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


_ANSWERS = {True: "yes", False: "no"}
_UNTOLD = ("true", "false", "of a kind that it cannot take")


def _shown(cases: Iterator[Case]) -> list[Case]:
    """The first few that hold and that do not, each with a reason of its own."""
    found: dict[str, Case] = {}
    for case in cases:
        if case.why not in _UNTOLD and sum(case.holds == other.holds for other in found.values()) < SHOWN:
            found.setdefault(case.why, case)
    return sorted(found.values(), key=lambda case: not case.holds)


def _node(name: str) -> str:
    anchor, meaning = NODES[name]
    cases = _shown(case for case in _cases() if case.rule.keys() == {name})
    codes = {code for rule, problems in _refused() if rule.keys() == {name} for _, code in problems}
    lines = [f"### {name}", "", f"Holds where {meaning} See [the language](language.md#{anchor}).", ""]
    lines += [f"Refused with {_listed(codes)}.", ""]
    lines += ["| node | the visitor | holds | because |", "| --- | --- | --- | --- |"]
    for case in cases:
        node, visitor = (_code(json.dumps(part, ensure_ascii=False)) for part in (case.rule, case.visitor))
        lines.append(f"| {node} | {visitor} | {_ANSWERS[case.holds]} | {_cell(case.why)} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """0 where the file is, or now is, what the code says."""
    text = page()
    if arguments == ["--check"]:
        if PATH.exists() and PATH.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write("docs/operators.md is out of date: run `python -m tests.reference`\n")
        return 1
    PATH.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
