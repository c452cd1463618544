"""What an importer makes of one rule: the rule in this language, the guards that keep its meaning, or why not."""

from collections.abc import Mapping
from typing import Any

import msgspec

from shared.rules.problems import Problem

Json = Any
"""A decoded JSON value of the source's format."""


class Guard(msgspec.Struct, frozen=True):
    """A condition that was added, or a form that was chosen, because an operator means something else at the source.

    pointer: to the place in the source's rule. code: kebab-case, stable. detail: what would differ without it.
    """

    pointer: str
    code: str
    detail: str


class Translation(msgspec.Struct, frozen=True):
    """One rule: `rule` as JSON of this language, None where there are `problems` (pointers into the source's rule).

    assumes: where the two systems can differ on visitors that no source's user means (a list where a number is asked
    for), a rule of this language that holds for all others; None where `rule` is exact for every visitor.
    """

    rule: dict[str, Json] | None
    guards: tuple[Guard, ...] = ()
    problems: tuple[Problem, ...] = ()
    assumes: dict[str, Json] | None = None


class Sighting(msgspec.Struct, frozen=True):
    """A visitor of the source, as this language sees one: its document, and now in Unix milliseconds."""

    document: dict[str, Json]
    now_ms: int
    problems: tuple[Problem, ...] = ()


class Named(msgspec.Struct, frozen=True):
    """One audience of a source's export. key: as `shared.manage.models` allows; name: the source's, for readers."""

    key: str
    name: str
    translation: Translation


Extra = Mapping[str, Json]
"""What else an evaluation needs beside rule and visitor: a segment's key and salt, saved groups, now."""


_SPELLINGS = {
    "saved_groups": "savedGroups",
    "big_segments": "bigSegments",
    "segment_key": "key",
    "segmentKey": "key",
}


def spelled(extra: Extra) -> Extra:
    """`extra` with the names that importers know; it may spell them as Python does, and say whose key it gives."""
    return {_SPELLINGS[name]: value for name, value in extra.items() if name in _SPELLINGS} | {
        name: value for name, value in extra.items() if name not in _SPELLINGS
    }
