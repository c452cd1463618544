"""Edges of questions about versions, as in edges.py."""

from collections.abc import Iterator
from typing import Any as Json

from shared.rules import versions
from shared.rules.nearest.edges import Asked
from shared.rules.versions import Key


def threshold(asked: Asked) -> Iterator[Json]:
    """The version that is named, and its neighbours."""
    for text in asked.values:
        yield text
        key = versions.key(text)
        yield from _beside(key) if key is not None else ()


def satisfies(asked: Asked) -> Iterator[Json]:
    """The ends of the intervals that a range stands for, the lowest first, and their neighbours."""
    _, intervals = asked.prepared
    bounds = [bound for interval in intervals for bound in interval]
    for bound in bounds:
        key = (0, 0, 0, 1, ()) if bound is None else bound[:5]
        yield _text(key)
        yield from _beside(key)


def _beside(key: Key) -> Iterator[str]:
    """The release itself, the one after it, those before it, and the lowest pre-release."""
    major, minor, patch = (int(str(part)) for part in key[:3])
    found = [(major, minor, patch), (major, minor, patch + 1)]
    found += [(major, minor, patch - 1)] if patch else []
    found += [(major, minor - 1, 0)] if minor else []
    found += [(major - 1, 0, 0)] if major else []
    yield from (".".join(map(str, numbers)) for numbers in found)
    yield f"{major}.{minor}.{patch}-0"


def _text(key: Key) -> str:
    numbers, identifiers = ".".join(map(str, key[:3])), key[4]
    if not isinstance(identifiers, tuple) or not identifiers:
        return numbers
    return f"{numbers}-{'.'.join(name or str(number) for _, number, name in identifiers)}"
