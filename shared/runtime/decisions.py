"""Decides which audiences a visitor is in: an image, a document, a profile as far as it could be read, an instant."""

import re
from collections.abc import Iterable

import msgspec

from shared.api.requests import Controls, refusal
from shared.rules.catalogue import Path
from shared.rules.pairs import find
from shared.rules.problems import Problem
from shared.runtime.environment import Loaded
from shared.runtime.profiles import NotAsked, Reading, Unread
from shared.runtime.serving import Access
from shared.visitors.document import Document, members_of
from shared.visitors.profile import overlay

_HEX = re.compile(r"[0-9a-fA-F-]+").fullmatch
_HEX_DIGITS = 32  # of 4 bits each
_OTHER_LENGTH = 22  # of 6 bits each, as base64url has


class Decision(msgspec.Struct, frozen=True, gc=False):
    """audiences: those that hold, sorted; unknowns: the undecided, sorted, None where they were not asked for."""

    audiences: list[str]
    unknowns: list[str] | None
    is_profile_unavailable: bool


class Scope(msgspec.Struct, frozen=True):
    """What a request is answered. among: the machine's mask, None for all; unknowns: whether it asked for them."""

    among: int | None
    publishable: bool
    unknowns: bool


def scope_of(access: Access, loaded: Loaded, controls: Controls, problems: Iterable[Problem] = ()) -> Scope:
    """The scope of a request with these controls; raises Failure with `problems` and with what the key may not ask.

    A publishable key is told of public audiences only; any other audience looks like one that does not exist.
    """
    found = [*problems]
    if access.publishable:
        found += _secret_only(controls)
    among = loaded.machine.public if access.publishable else None
    if controls.audiences is not None:
        visible = loaded.public if access.publishable else loaded.keys
        found += [
            Problem(f"/audiences/{i}", "unknown-audience", f"unknown audience `{key}`")
            for i, key in enumerate(controls.audiences)
            if key not in visible
        ]
        among = None if found else loaded.select(controls.audiences)
    if found:
        raise refusal(found)
    return Scope(among, access.publishable, "unknowns" in controls.include)


def decide(loaded: Loaded, scope: Scope, document: Document, reading: Reading, now_ms: int) -> Decision:
    """The decision about one visitor; `document` is this request's own and is filled in."""
    loaded.needs.fill(document, now_ms)
    if isinstance(reading, Unread):
        return _without_profile(loaded, scope, document, now_ms)
    if not isinstance(reading, NotAsked):
        overlay(document, reading)
    audiences = loaded.machine.evaluate(document, now_ms, scope.among)
    audiences.sort()
    unknowns = sorted(_undecided(loaded, scope, document, now_ms)) if scope.unknowns else None
    return Decision(audiences, unknowns, is_profile_unavailable=False)


def identity_problems(access: Access, document: Document, pointer: str = "") -> list[Problem]:
    """Problems of the ids that a browser sends: knowing an anonymous id is owning it, so it may not be guessable."""
    anonymous_id = members_of(document, "visitor").get("anonymous_id") if access.publishable else None
    if not isinstance(anonymous_id, str) or _is_hard_to_guess(anonymous_id):
        return []
    detail = "`anonymous_id` has fewer than 128 random bits"
    hint = "take 16 random bytes, as 22 characters of base64url or 32 of hex"
    return [Problem(f"{pointer}/visitor/anonymous_id", "weak-anonymous-id", detail, hint)]


def _secret_only(controls: Controls) -> list[Problem]:
    problems = [
        Problem(f"/include/{i}", "secret-key-only", f"`{name}` is answered to secret keys only")
        for i, name in enumerate(controls.include)
    ]
    if controls.min_seq is not None:
        problems.append(Problem("/min_release", "secret-key-only", "`min_release` is taken from secret keys only"))
    return problems


def _without_profile(loaded: Loaded, scope: Scope, document: Document, now_ms: int) -> Decision:
    """Only what holds whatever the profile says."""
    unread = loaded.needs.unread(document)
    certain, possible = loaded.machine.bounds(document, now_ms, unread.__contains__, scope.among)
    certain.sort()
    if scope.publishable:
        return Decision(certain, None, is_profile_unavailable=True)
    undecided = set(possible).difference(certain)
    if scope.unknowns:
        undecided |= _undecided(loaded, scope, document, now_ms, unread)
    return Decision(certain, sorted(undecided), is_profile_unavailable=True)


def _undecided(
    loaded: Loaded, scope: Scope, document: Document, now_ms: int, unread: frozenset[Path] = frozenset()
) -> set[str]:
    """The audiences that depend on attributes that are missing or unread."""
    certain, possible = loaded.machine.bounds(
        document, now_ms, lambda path: path in unread or find(document, path) is None, scope.among
    )
    return set(possible).difference(certain)


def _is_hard_to_guess(text: str) -> bool:
    if _HEX(text):
        return len(text.replace("-", "")) >= _HEX_DIGITS
    return len(text) >= _OTHER_LENGTH
