"""What other rule languages call the operators, so that a wrong name gets the right hint."""

from collections.abc import Mapping
from difflib import get_close_matches

from shared.rules.operators import OPERATORS

_FAMILIAR: Mapping[str, str] = {
    "equals": "eq",
    "is": "eq",
    "=": "eq",
    "==": "eq",
    "===": "eq",
    "not_equals": "neq",
    "is_not": "neq",
    "ne": "neq",
    "!=": "neq",
    "<>": "neq",
    "greater_than": "gt",
    ">": "gt",
    "greater_or_equal": "gte",
    ">=": "gte",
    "at_least": "gte",
    "at_most": "lte",
    "less_than": "lt",
    "<": "lt",
    "less_or_equal": "lte",
    "<=": "lte",
    "one_of": "in",
    "any_of": "in",
    "nin": "not_in",
    "includes": "contains",
    "prefix": "starts_with",
    "suffix": "ends_with",
    "regex": "matches",
    "is_set": "exists",
    "is_known": "exists",
    "modulo": "mod",
    "length": "size",
    "semver": "version_satisfies",
}


def suggest(name: str) -> str | None:
    """A hint naming the operator that is meant, or None where none is near."""
    near = get_close_matches(name.lower(), [*OPERATORS, *_FAMILIAR], n=1, cutoff=0.6)
    return f"did you mean `{_FAMILIAR.get(near[0], near[0])}`?" if near else None
