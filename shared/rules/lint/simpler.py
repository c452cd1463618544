"""Patterns that say no more than a cheaper operator, in exactly the same meaning."""

import re

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PLAIN = re.compile(r"(?:[^\\^$.|?*+()\[\]{}]|\\[!-/:-@\[-`{-~])*").fullmatch
_GROUP = re.compile(r"\((?:\?:)?([^()]*)\)").fullmatch
_CHOICE = re.compile(r"(?<!\\)\|")

_OPERATORS = {(True, True): "in", (True, False): "starts_with", (False, True): "ends_with", (False, False): "contains"}
"""By whether the pattern is bound to the start and to the end of the text."""


def operator_for(pattern: str) -> tuple[str, tuple[str, ...]] | None:
    """The operator and the values that hold for exactly the strings in which RE2 finds a pattern; None where none does.

    In RE2 `$` without the flag `m` is the end of the text alone, and `.*` at an open end adds nothing.
    """
    is_start, is_end = pattern.startswith("^"), pattern.endswith("$") and not pattern.endswith("\\$")
    body = pattern[is_start : len(pattern) - is_end]
    if not is_start:
        body = body.removeprefix(".*")
    if not is_end and not body.endswith("\\.*"):
        body = body.removesuffix(".*")
    values = _values(body, is_bound=is_start or is_end)
    if values is None or ("" in values and not (is_start and is_end)):
        return None
    return _OPERATORS[is_start, is_end], values


def _values(body: str, *, is_bound: bool) -> tuple[str, ...] | None:
    """The plain texts that a body is a choice of; beside an anchor a choice needs its group."""
    group = _GROUP(body)
    choices = _CHOICE.split(group[1] if group else body)
    if (len(choices) > 1 and is_bound and not group) or not all(map(_PLAIN, choices)):
        return None
    return tuple(_ESCAPED.sub(r"\1", choice) for choice in choices)
