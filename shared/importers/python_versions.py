"""Versions as Python's `semver` package reads them: three numbers, no leading `v`."""

import re

_CORE = r"(?:0|[1-9][0-9]*)"
_LABEL = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_VERSION = re.compile(
    rf"({_CORE}\.{_CORE}\.{_CORE}(?:-{_LABEL}(?:\.{_LABEL})*)?)(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?"
).fullmatch


def strict(text: str) -> str | None:
    """A version without its build metadata, which has no weight; None for all that is none."""
    found = _VERSION(text)
    return found[1] if found else None
