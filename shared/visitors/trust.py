"""Trusted attributes: whoever holds a publishable key cannot set them, by no way.

Not in the document, not by leaving its place empty, and not through what a browser writes anyway: the URL of the
page, cookies, headers. What the connection and the CDN say stays, and so does the stored profile.
"""

from collections.abc import Iterable

import msgspec

from shared.rules.catalogue import Path, join
from shared.rules.problems import Problem, step
from shared.visitors.document import Document, members_of

_REPLACED_WHOLE = ("traits", "groups")
"""Roots whose members lie over the stored ones as a whole: to send one is to set all that is in it."""

_WRITTEN = ("page", "utm", "device", "locale", "request")
_VOUCHED = (("request", "ip"), ("request", "time"))


class Trust(msgspec.Struct, frozen=True):
    """The trusted paths of an image. written: those that could be filled from what a browser writes."""

    paths: tuple[Path, ...] = ()
    written: tuple[Path, ...] = ()


def trust_of(paths: Iterable[Path]) -> Trust:
    """The trust in these paths."""
    trusted = tuple(paths)
    return Trust(trusted, tuple(path for path in trusted if path[0] in _WRITTEN and path not in _VOUCHED))


def problems_of(document: Document, trust: Trust, pointer: str) -> list[Problem]:
    """A problem for each trusted attribute that a document, which stands at `pointer`, sets."""
    return [
        Problem(
            _pointer(pointer, path),
            "trusted-attribute",
            f"`{join(path)}` is trusted: a publishable key cannot set it",
            "leave it out, or send it from your server with a secret key",
        )
        for path in trust.paths
        if path[0] in document and _sets(document, path)
    ]


def strike(document: Document, trust: Trust) -> None:
    """Takes out of a document what was filled into trusted places from what a browser writes."""
    for path in trust.written:
        if path[0] in document:
            document[path[0]] = _without(members_of(document, path[0]), path[1:])


def _sets(document: Document, path: Path) -> bool:
    steps = path[:2] if path[0] in _REPLACED_WHOLE else path
    members = document
    for name in steps[:-1]:
        members = members_of(members, name)
    if path[:2] == ("request", "headers"):  # whose names know no case
        return steps[-1] in {name.lower() for name in members}
    return steps[-1] in members


def _pointer(pointer: str, path: Path) -> str:
    for name in path[:2] if path[0] in _REPLACED_WHOLE else path:
        pointer = step(pointer, name)
    return pointer


def _without(members: Document, path: Path) -> Document:
    name, *deeper = path
    if name not in members:
        return members
    if not deeper:
        return {other: value for other, value in members.items() if other != name}
    inner = members[name]
    return {**members, name: _without(inner, tuple(deeper))} if isinstance(inner, dict) else members
