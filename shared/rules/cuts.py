"""Cuts: from a threshold to the half-open interval of the values that an ordered operator accepts.

Each takes the threshold and the next value above it (the next double, the next millisecond, the next key).
"""

from collections.abc import Callable
from typing import Any

Cut = Callable[[Any, Any], tuple[Any, Any]]
"""(threshold, next above) to (low, high), `low <= v < high`, None for unbounded."""


def exactly(at: Any, above: Any) -> tuple[Any, Any]:
    """`v == at`."""
    return at, above


def beyond(_: Any, above: Any) -> tuple[Any, Any]:
    """`v > at`."""
    return above, None


def at_least(at: Any, _: Any) -> tuple[Any, Any]:
    """`v >= at`."""
    return at, None


def below(at: Any, _: Any) -> tuple[Any, Any]:
    """`v < at`."""
    return None, at


def at_most(_: Any, above: Any) -> tuple[Any, Any]:
    """`v <= at`."""
    return None, above
