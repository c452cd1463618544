"""What evaluate answers, field by field; times are RFC 3339 UTC."""

import msgspec
from msgspec import UNSET, UnsetType

from shared.api.problems import ProblemDocument

UNAVAILABLE = "unavailable"


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """The answer about one visitor.

    audiences: the keys of those that hold, sorted. release: the one that was asked, e.g. `r42`.
    age_seconds: since it was last known to be the latest; stale: that is longer ago than the environment allows.
    evaluated_at, age_seconds: headers instead in the answer to GET.
    valid_until: the first instant at which a condition changes with no new data, null where none does.
    profile: `unavailable` where the stored profile could not be read; then `audiences` has only what holds
    whatever it says, and `unknowns` what depends on it. With `include: ["unknowns"]`, `unknowns` has also
    what depends on attributes that the visitor does not have, and `needs` the attributes that would decide it.
    """

    audiences: list[str]
    release: str
    evaluated_at: str | UnsetType = UNSET
    age_seconds: int | UnsetType = UNSET
    stale: bool
    valid_until: str | None
    profile: str | UnsetType = UNSET
    unknowns: list[str] | UnsetType = UNSET
    needs: list[str] | UnsetType = UNSET


class Result(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The answer about one visitor of a batch."""

    audiences: list[str]
    evaluated_at: str
    valid_until: str | None
    profile: str | UnsetType = UNSET
    unknowns: list[str] | UnsetType = UNSET
    needs: list[str] | UnsetType = UNSET


class BatchAnswer(msgspec.Struct, frozen=True, gc=False):
    """The answers about a batch, in its order: a result or, for a visitor that cannot be taken, its problem."""

    results: list[Result | ProblemDocument]
    release: str
    age_seconds: int
    stale: bool


encode = msgspec.json.Encoder().encode
"""The JSON bytes of an answer."""
