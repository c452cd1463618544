"""Versions: SemVer 2.0 precedence (semver.org, item 11) as a tuple that compares."""

import re

Key = tuple[int | tuple[tuple[int, int, str], ...], ...]
"""(major, minor, patch, is_release, identifiers); tuple order is precedence order."""

MAX_LENGTH = 256
_MAX_NUMBER = 2**53 - 1
_NUMBER = r"(0|[1-9][0-9]*)"
_VERSION = re.compile(
    rf"v?{_NUMBER}(?:\.{_NUMBER}(?:\.{_NUMBER})?)?"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
).fullmatch


def key(text: str) -> Key | None:
    """The precedence key of a version, or None where the text is none.

    `1` and `1.2` are filled with zeros, a leading `v` is allowed, build metadata has no weight, numbers
    go to 2^53 - 1. `k + (0,)` lies just above every version with key `k` and below the next.
    """
    found = _VERSION(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return None
    numbers = [int(part) if part else 0 for part in found.groups()[:3]]
    identifiers = _identifiers(found[4]) if found[4] else ()
    if identifiers is None or max(numbers) > _MAX_NUMBER:
        return None
    return (*numbers, 0 if identifiers else 1, identifiers)


def _identifiers(text: str) -> tuple[tuple[int, int, str], ...] | None:
    """Pre-release identifiers: numeric ones below alphanumeric ones, a shorter list below a longer one."""
    identifiers = []
    for part in text.split("."):
        if not part.isdigit():
            identifiers.append((1, 0, part))
        elif (len(part) > 1 and part[0] == "0") or len(part) > 16 or int(part) > _MAX_NUMBER:
            return None
        else:
            identifiers.append((0, int(part), ""))
    return tuple(identifiers)
