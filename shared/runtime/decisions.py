"""Decides which audiences a visitor is in: an image, a document, a profile as far as it could be read, an instant."""

import re
from collections.abc import Iterable

import msgspec

from shared.api.requests import PUBLIC_INCLUDES, Controls, refusal
from shared.rules.catalogue import Path, join
from shared.rules.pairs import find
from shared.rules.problems import Problem
from shared.runtime.environment import Loaded
from shared.runtime.profiles import NotAsked, Reading, Unread
from shared.runtime.serving import Access
from shared.visitors import trust
from shared.visitors.document import LISTS, Document, members_of
from shared.visitors.needs import LISTS_PATH
from shared.visitors.profile import overlay

_HEX = re.compile(r"[0-9a-fA-F-]+").fullmatch
_HEX_DIGITS = 32  # of 4 bits each
_OTHER_LENGTH = 22  # of 6 bits each, as base64url has


class Decision(msgspec.Struct, frozen=True, gc=False):
    """audiences: those that hold, sorted.

    unknowns, needs: the undecided audiences and the attributes that would decide them, both sorted, None where they
    were not asked for. valid_until: Unix milliseconds of the first change by time alone, None where there is none.
    is_from_stored: something that is stored of the visitor was asked for, so that new data may change the answer.
    """

    audiences: list[str]
    unknowns: list[str] | None
    needs: list[str] | None
    valid_until: int | None
    is_profile_unavailable: bool
    is_from_stored: bool


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
    wants_unknowns = not {"unknowns", "needs"}.isdisjoint(controls.include)
    return Scope(among, access.publishable, wants_unknowns)


def decide(loaded: Loaded, scope: Scope, document: Document, reading: Reading, now_ms: int) -> Decision:
    """The decision about one visitor; `document` is this request's own and is filled in."""
    loaded.needs.fill(document, now_ms)
    if scope.publishable:
        trust.strike(document, loaded.trust)
    unread = _take(reading, loaded, document)
    machine, among = loaded.machine, scope.among
    audiences = (
        machine.bounds(document, now_ms, unread.__contains__, among)[0]
        if unread
        else machine.evaluate(document, now_ms, among)
    )
    audiences.sort()
    unknowns, needs = _undecided(loaded, scope, document, now_ms, unread)
    return Decision(
        audiences,
        unknowns,
        needs,
        machine.valid_until(document, now_ms, among),
        is_profile_unavailable=bool(unread),
        is_from_stored=not (isinstance(reading.profile, NotAsked) and isinstance(reading.lists, NotAsked)),
    )


def browser_problems(access: Access, loaded: Loaded, document: Document, pointer: str = "") -> list[Problem]:
    """What a browser may not send: an anonymous id that can be guessed, a trusted attribute, memberships."""
    if not access.publishable:
        return []
    problems = [*_identity_problems(document, pointer), *trust.problems_of(document, loaded.trust, pointer)]
    if LISTS in document:
        problems.append(Problem(f"{pointer}/{LISTS}", "secret-key-only", f"`{LISTS}` is taken from secret keys only"))
    return problems


def _take(reading: Reading, loaded: Loaded, document: Document) -> frozenset[Path]:
    """Adds what was read to the document; the paths that were to be read and could not be."""
    unread = loaded.needs.unread(document) if isinstance(reading.profile, Unread) else frozenset[Path]()
    if not isinstance(reading.profile, Unread | NotAsked):
        overlay(document, reading.profile)
    if isinstance(reading.lists, Unread):
        return unread | {LISTS_PATH}
    if not isinstance(reading.lists, NotAsked):
        document[LISTS] = reading.lists
    return unread


def _identity_problems(document: Document, pointer: str) -> list[Problem]:
    """Knowing an anonymous id is owning it, so it may not be guessable."""
    anonymous_id = members_of(document, "visitor").get("anonymous_id")
    if not isinstance(anonymous_id, str) or _is_hard_to_guess(anonymous_id):
        return []
    detail = "`anonymous_id` has fewer than 128 random bits"
    hint = "take 16 random bytes, as 22 characters of base64url or 32 of hex"
    return [Problem(f"{pointer}/visitor/anonymous_id", "weak-anonymous-id", detail, hint)]


def _secret_only(controls: Controls) -> list[Problem]:
    problems = [
        Problem(f"/include/{i}", "secret-key-only", f"`{name}` is answered to secret keys only")
        for i, name in enumerate(controls.include)
        if name not in PUBLIC_INCLUDES
    ]
    if controls.min_seq is not None:
        problems.append(Problem("/min_release", "secret-key-only", "`min_release` is taken from secret keys only"))
    return problems


def _undecided(
    loaded: Loaded, scope: Scope, document: Document, now_ms: int, unread: frozenset[Path]
) -> tuple[list[str] | None, list[str] | None]:
    """The audiences that depend on attributes that are unread or, where it was asked for, missing; and these."""
    if scope.publishable or not (unread or scope.unknowns):
        return None, None

    def is_open(path: Path) -> bool:
        return path in unread or (scope.unknowns and path != LISTS_PATH and find(document, path) is None)

    keys, paths = loaded.machine.undecided(document, now_ms, is_open, scope.among)
    return sorted(keys), sorted(map(join, paths)) if scope.unknowns else None


def _is_hard_to_guess(text: str) -> bool:
    if _HEX(text):
        return len(text.replace("-", "")) >= _HEX_DIGITS
    return len(text) >= _OTHER_LENGTH
