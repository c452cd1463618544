"""Patterns: RE2 syntax, searched unanchored, in time linear in the text."""

from typing import Any

import re2

from shared.rules.limits import MAX_PATTERN_BYTES, MAX_PATTERN_PROGRAM
from shared.rules.problems import Problem

_TOO_LARGE = "pattern too large"  # how RE2 says that a program would exceed its own bound


def compiled(source: str, *, ignore_case: bool) -> Any:
    """The pattern ready for `.search(text)`; raises `re2.error` where it is none."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    return re2.compile(source, options)


def find_problem(source: str, at: str, *, ignore_case: bool) -> Problem | None:
    """What keeps a pattern from being saved: its length, its syntax or the size of its program."""
    size = len(source.encode())
    if size > MAX_PATTERN_BYTES:
        return Problem(at, "pattern-too-long", f"the pattern has {size} bytes, the limit is {MAX_PATTERN_BYTES}")
    try:
        steps = compiled(source, ignore_case=ignore_case).programsize
    except re2.error as error:
        code = "pattern-too-large" if _TOO_LARGE in str(error) else "bad-pattern"
        return Problem(at, code, f"the pattern cannot be read: {_reason(error)}")
    if steps > MAX_PATTERN_PROGRAM:
        detail = f"the pattern compiles to {steps} instructions, the limit is {MAX_PATTERN_PROGRAM}"
        return Problem(at, "pattern-too-large", detail, "repeat less, or use smaller classes")
    return None


def _reason(error: Exception) -> str:
    """RE2's own words, which it gives as bytes; what it quotes at their end goes into backticks."""
    words = error.args[0]
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    reason, colon, quoted = text.partition(": ")
    return f"{reason}: `{quoted}`" if colon else reason
