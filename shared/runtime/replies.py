"""Decisions as answers: what is told of a visitor, and how long a browser may keep it."""

from msgspec import UNSET, UnsetType

from shared.api.answers import UNAVAILABLE, Answer, Result
from shared.rules import instants
from shared.runtime.decisions import Decision

NO_STORE = "private, no-store"
MAX_AGE_SECONDS = 60


def answer(decision: Decision, release: str, freshness: tuple[int, bool], now_ms: int | None = None) -> Answer:
    """The answer about one visitor. freshness: (age in seconds, stale).

    now_ms: the instant of the decision; without it age and instant are left to headers, so that equal answers are
    equal bytes.
    """
    age, stale = freshness
    return Answer(
        audiences=decision.audiences,
        release=release,
        evaluated_at=UNSET if now_ms is None else instants.to_text(now_ms),
        age_seconds=UNSET if now_ms is None else age,
        stale=stale,
        valid_until=_text(decision.valid_until),
        profile=_profile(decision),
        unknowns=_optional(decision.unknowns),
        needs=_optional(decision.needs),
    )


def result(decision: Decision, now_ms: int) -> Result:
    """The answer about one visitor of a batch."""
    return Result(
        decision.audiences,
        instants.to_text(now_ms),
        _text(decision.valid_until),
        _profile(decision),
        _optional(decision.unknowns),
        _optional(decision.needs),
    )


def caching(decision: Decision, now_ms: int, *, is_of_now: bool) -> str:
    """The `Cache-Control` of an answer.

    One that no new data can change may be kept until time changes it, but for a minute at most: releases change it,
    too. is_of_now: the decision's instant is the wall clock's, from a release that is not stale.
    """
    if decision.is_from_stored or not is_of_now:
        return NO_STORE
    left_ms = MAX_AGE_SECONDS * 1000 if decision.valid_until is None else decision.valid_until - now_ms
    return f"private, max-age={min(left_ms // 1000, MAX_AGE_SECONDS)}"


def _profile(decision: Decision) -> str | UnsetType:
    return UNAVAILABLE if decision.is_profile_unavailable else UNSET


def _optional(names: list[str] | None) -> list[str] | UnsetType:
    return UNSET if names is None else names


def _text(ms: int | None) -> str | None:
    return None if ms is None else instants.to_text(ms)
