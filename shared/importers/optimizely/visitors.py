"""Optimizely's user context as a visitor document."""

import re

from shared.importers.attributes import Attributes
from shared.importers.optimizely.conditions import SEGMENTS
from shared.importers.translation import Json
from shared.rules.catalogue import declared
from shared.rules.kinds import kind_of, typed
from shared.rules.problems import Problem, Refused, step

_USER = ("userId", "user_id")
_SEGMENTS = ("qualifiedSegments", "qualified_segments")
_CONTEXT = frozenset({*_USER, *_SEGMENTS, "attributes"})
_SUFFIX = re.compile("[-+]")


class Reader:
    """Fills `document`; what the two systems would read differently goes to `problems`, pointers below the visitor."""

    def __init__(self, attributes: Attributes) -> None:
        self.document: dict[str, Json] = {}
        self.problems: list[Problem] = []
        self._attributes = attributes

    def read(self, value: Json) -> None:
        """A user context, which has `attributes`, or nothing but an id and segments; else the attributes alone."""
        if not isinstance(value, dict):
            self._add("", "wrong-type", "a user context or an object of attributes is expected")
            return
        if not _is_context(value):
            self._all(value, "")
            return
        self._user(value)
        self._segments(value)
        attributes = value.get("attributes")
        if isinstance(attributes, dict | None):
            self._all(attributes or {}, "/attributes")
        else:
            self._add("/attributes", "wrong-type", "an object is expected")

    def _user(self, context: dict[str, Json]) -> None:
        for name in _USER:
            id_ = context.get(name)
            if isinstance(id_, str):
                self.document["visitor"] = {"id": id_} if id_ else {}
            elif id_ is not None:
                self._add(f"/{name}", "wrong-type", "the source takes a text for the user's id")

    def _segments(self, context: dict[str, Json]) -> None:
        for name in _SEGMENTS:
            segments = context.get(name)
            if isinstance(segments, list) and all(isinstance(each, str) for each in segments):
                self._place(SEGMENTS, segments, f"/{name}")
            elif segments is not None:
                self._add(f"/{name}", "wrong-type", "a list of texts is expected")

    def _all(self, attributes: dict[str, Json], pointer: str) -> None:
        for name, value in attributes.items():
            at = step(pointer, name)
            path = self._attributes.path_of(name)
            if value is not None and typed(value, declared(path, {}))[0] is not kind_of(value):
                self._add(at, "not-importable", "at this path the value would be converted, which the source does not")
            elif isinstance(value, str) and _is_odd_version(value):
                self._add(at, "not-importable", "the source's SDKs differ on a version with such digits or white space")
            else:
                self._place(name, value, at)

    def _place(self, name: str, value: Json, at: str) -> None:
        try:
            self._attributes.place(self.document, name, value)
        except Refused as refused:
            self.problems += (Problem(at, each.code, each.detail, each.hint) for each in refused.problems)

    def _add(self, at: str, code: str, detail: str) -> None:
        self.problems.append(Problem(at, code, detail))


def _is_context(value: dict[str, Json]) -> bool:
    return "attributes" in value or (bool(value) and value.keys() <= _CONTEXT)


def _is_odd_version(text: str) -> bool:
    """A version with digits other than 0 to 9, or with white space other than blanks behind its numbers."""
    numbers = _SUFFIX.split(text, 1)[0].split(".")
    return len(numbers) <= 3 and all(map(str.isdigit, numbers)) and any(map(_is_odd, text))


def _is_odd(character: str) -> bool:
    return (character.isdigit() and not character.isascii()) or (character.isspace() and character != " ")
