"""GrowthBook's versions: texts that it pads so that their characters order them.

Its order is that of SemVer 2.0 for versions like `v1.2.3-rc.1+build` whose numbers are short and whose names of a
pre-release hold no hyphen; the rule assumes such. What is asked for may also be `2` or `2.1`, which come before
everything that begins so.
"""

import re
from collections.abc import Mapping

from shared.importers.growthbook.kinds import Subject, Truth, by_kind, constant
from shared.importers.growthbook.state import State
from shared.importers.nodes import NEVER, Node, all_of, condition, is_string, negation
from shared.importers.translation import Json

VERSION_RELATIONS: Mapping[str, str] = {
    "$veq": "eq",
    "$vne": "neq",
    "$vgt": "gt",
    "$vgte": "gte",
    "$vlt": "lt",
    "$vlte": "lte",
}

_NUMBER = "(?:0|[1-9][0-9]{0,4})"
# a number of four digits is padded, and so comes before every name, as SemVer has it
_NAME = "(?:0|[1-9][0-9]{0,3}|[0-9]{0,4}[A-Za-z][0-9A-Za-z]{0,19})"
_RELEASE = rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
_BUILD = r"(?:\+[0-9A-Za-z-]{1,20}(?:\.[0-9A-Za-z-]{1,20}){0,4})?"
ALIKE = rf"\Av?{_RELEASE}(?:-{_NAME}(?:\.{_NAME}){{0,4}})?{_BUILD}\z"
"""A pattern of the versions that both order alike."""

_is_alike = re.compile(ALIKE.replace(r"\A", "").replace(r"\z", "")).fullmatch
_is_short = re.compile(rf"v?{_NUMBER}(?:\.{_NUMBER})?").fullmatch


def version(operator: str, expected: Json, subject: Subject, at: str, state: State, *, others: str | None) -> Node:
    """The rule of one operator; others: the version that missing values and values of other kinds have, None for none.

    Of numbers the caller has to say what they are.
    """
    if not isinstance(expected, str) or not (_is_alike(expected) or _is_short(expected)):
        hint = "write it with three numbers, as `1.2.3` or `1.2.3-rc.1`"
        return state.notes.refuse(at, "odd-version", "this version is not ordered as SemVer orders it", hint)
    state.guard(at, "padded-version")
    path = subject.path
    alike = condition(path, "matches", ALIKE)
    if "string" in subject.kinds:
        state.assume(negation(all_of(is_string(path), negation(alike))))
    constant_truth = constant(_compared(operator, padded(others), padded(expected))) if others is not None else NEVER
    if others is None and operator == "$vne":
        return negation(version("$veq", expected, subject, at, state, others=None))
    truth: Truth = {
        **dict.fromkeys(("missing", "boolean", "list", "object"), constant_truth),
        "string": _ordered(VERSION_RELATIONS[operator], expected, subject),
    }
    return by_kind(subject, truth)


def padded(text: str) -> str:
    """The text by whose characters the source orders a version."""
    parts = re.split("[-.]", re.sub(r"^v|\+.*$", "", text))
    parts += ["~"] if len(parts) == 3 else []
    return "-".join(part.rjust(5) if re.fullmatch("[0-9]+", part) else part for part in parts)


def _ordered(relation: str, expected: str, subject: Subject) -> Node:
    path = subject.path
    if relation == "neq":
        return negation(_ordered("eq", expected, subject))
    if _is_alike(expected):
        return condition(path, f"version_{relation}", expected)
    if relation == "eq":
        return NEVER
    # the lowest version that begins so: everything that begins so is longer, and what is longer comes after
    lowest = ".".join([*expected.removeprefix("v").split("."), "0", "0"][:3]) + "-0"
    return condition(path, "version_gte" if relation in ("gt", "gte") else "version_lt", lowest)


def _compared(operator: str, left: str, right: str) -> bool:
    holds = {
        "$veq": left == right,
        "$vne": left != right,
        "$vgt": left > right,
        "$vgte": left >= right,
        "$vlt": left < right,
        "$vlte": left <= right,
    }
    return holds[operator]
