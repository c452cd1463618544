"""Reach: whether the stored profile decides an audience, or what comes with a request alone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from shared.rules.catalogue import Path
from shared.rules.program import Program

_LIVE_ROOTS = ("page", "utm", "request")
_TIME: Path = ("request", "time")


Membership = Literal["stored", "contextual"]


class Reach(msgspec.Struct, frozen=True):
    """What an audience looks at beyond the profile: attributes, sorted; none where it is stored."""

    contextual: tuple[Path, ...]

    @property
    def membership(self) -> Membership:
        """`stored` where the profile decides it, else `contextual`: such an audience has no members."""
        return "contextual" if self.contextual else "stored"


def reach(program: Program, programs: Mapping[str, Program]) -> Reach:
    """The reach of an audience; `programs` holds all that it refers to, directly or through others.

    Device, place and locale are last known ones, and part of the profile. The time of a request is the clock's.
    """
    asked = {path for each in _with_references(program, programs) for path in each.paths}
    return Reach(tuple(sorted(path for path in asked if path and path[0] in _LIVE_ROOTS and path != _TIME)))


def _with_references(program: Program, programs: Mapping[str, Program]) -> Iterator[Program]:
    seen: set[str] = set()
    waiting: list[Iterable[str]] = [program.references]
    yield program
    while waiting:
        for key in waiting.pop():
            if key not in seen:
                seen.add(key)
                waiting.append(programs[key].references)
                yield programs[key]
