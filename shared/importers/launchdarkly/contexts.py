"""LaunchDarkly's contexts as visitor documents: where each kind and attribute stands, and what cannot be carried.

Beside an attribute stands, in a few cases, its *companion*, named `<name>[]`: of a list the elements as objects
`{"value": ...}`, so that operators other than `in` can ask each of them, of a whole number that was written with a
fraction (`3.0`) its text, for that is no integer to LaunchDarkly and is never hashed.
"""

import re
from collections.abc import Iterator

from shared.importers.attributes import Attributes
from shared.importers.launchdarkly.values import is_ambiguous
from shared.importers.translation import Extra, Json
from shared.rules.catalogue import Path, declared
from shared.rules.kinds import Type, kind_of, typed
from shared.rules.problems import Problem, Refused, step
from shared.visitors.document import MAX_DEPTH

USER = "user"
"""The kind of a context whose kind is not said."""
COMPANION = "[]"
"""What follows an attribute's name in that of its companion."""
ELEMENT = "value"
"""The name under which a companion's objects hold an element of the list."""

_KIND = re.compile(r"[-a-zA-Z0-9._]+").fullmatch
_NO_KINDS = ("kind", "multi")
_TYPES = {"name": str | None, "anonymous": bool}


class Contexts(Attributes):
    """Names of the default kind stand at `traits.<name>`, those of another kind at `groups.<kind>.<name>`.

    The key stands at `visitor.id` or `groups.<kind>.id`. In `extra["attributes"]` an attribute of another kind than
    `user` is named `<kind>:<name>`, and so is one of `user` whose name holds a colon.
    """

    def __init__(self, extra: Extra) -> None:
        """extra: `arrays` in it names the attributes that may be lists; without it any may be. Raises `Refused`."""
        super().__init__(extra, {"key": "visitor.id"})
        arrays = extra.get("arrays")
        if arrays is not None and not (isinstance(arrays, list) and all(isinstance(each, str) for each in arrays)):
            raise Refused([Problem("/extra/arrays", "wrong-type", "a list of attributes' names is expected")])
        self._arrays = None if arrays is None else frozenset(arrays)

    def may_be_list(self, name: str) -> bool:
        """Whether a qualified name, or what is within its object, may stand for a list."""
        return self._arrays is None or name in self._arrays

    def path_of(self, name: str) -> Path:
        """The path of a qualified name, or of its companion."""
        if name.endswith(COMPANION):
            return companion(self.path_of(name.removesuffix(COMPANION)))
        path = super().path_of(name)
        kind, colon, rest = name.partition(":")
        if not colon or path != ("traits", name):
            return path
        if kind == USER:
            return "traits", rest
        # an attribute `id` is not the key, which stands at the natural place of a group's id
        return "groups", kind, "id" if rest == "key" else f"/{rest}" if rest.lstrip("/") == "id" else rest


def qualified(kind: str, name: str) -> str:
    """The name of a kind's attribute among those of all kinds."""
    return name if kind == USER and ":" not in name else f"{kind}:{name}"


def companion(path: Path) -> Path:
    """Where the companion of an attribute stands."""
    return (*path[:-1], f"{path[-1]}{COMPANION}")


def is_scalar(path: Path) -> bool:
    """Whether a path is one of a fixed type, which holds no list."""
    return declared(path, {}) is not Type.UNDECLARED


def is_kind(text: Json) -> bool:
    """Whether a context can be of this kind."""
    return isinstance(text, str) and text not in _NO_KINDS and _KIND(text) is not None


def document_of(context: Json, extra: Extra) -> tuple[dict[str, Json], list[Problem]]:
    """The visitor document of a context, of one kind or of several; problems point into the context.

    Raises `Refused` where it is none that LaunchDarkly would evaluate.
    """
    attributes = Contexts(extra)
    document: dict[str, Json] = {}
    problems: list[Problem] = []
    for kind, members, at in _single_contexts(context):
        problems += _invalid(kind, members, at)
        if problems:
            continue
        attributes.place(document, qualified(kind, "key"), members["key"])
        for name, value in ({"anonymous": False} | members).items():
            if name not in ("key", "kind", "_meta") and value is not None:
                problems += _placed(document, attributes, qualified(kind, name), value, step(at, name))
    return document, problems


def _single_contexts(context: Json) -> Iterator[tuple[Json, dict[str, Json], str]]:
    if not isinstance(context, dict):
        raise Refused([Problem("", "wrong-type", "a context is an object with `kind` and `key`")])
    if context.get("kind") != "multi":
        yield context.get("kind"), context, ""
        return
    if len(context) == 1:
        raise Refused([Problem("", "invalid-context", "a context of several kinds has at least one")])
    for kind, members in context.items():
        if kind == "kind":
            continue
        if not isinstance(members, dict) or "kind" in members:
            raise Refused([Problem(step("", kind), "invalid-context", "an object without `kind` is expected")])
        yield kind, members, step("", kind)


def _invalid(kind: Json, members: dict[str, Json], at: str) -> Iterator[Problem]:
    """What LaunchDarkly itself does not take, or reads unlike its own documentation."""
    if not is_kind(kind):
        yield Problem(at or "/kind", "invalid-context", "a kind is made of letters, digits and `.` `_` `-`")
    if not isinstance(members.get("key"), str) or not members["key"]:
        yield Problem(step(at, "key"), "invalid-context", "a key is a string of at least one character")
    for name, type_ in _TYPES.items():
        if name in members and not isinstance(members[name], type_):
            yield Problem(step(at, name), "invalid-context", f"`{name}` cannot be of this type")
    if "" in members:
        yield Problem(at, "invalid-context", "an attribute has an empty name")
    if any(name.endswith(COMPANION) for name in members):
        yield Problem(at, "reserved-name", f"names that end in `{COMPANION}` are kept for the elements of lists")


def _placed(document: dict[str, Json], attributes: Contexts, name: str, value: Json, at: str) -> list[Problem]:
    """Put one attribute and its companion into the document; the problems of its value."""
    problems = list(_ambiguous(value, at, 1))
    if problems:
        return problems
    if not attributes.may_be_list(name) and _holds_list(value):
        return [Problem(at, "wrong-type", "a list, but `extra.arrays` does not name the attribute", "name it there")]
    path = attributes.path_of(name)
    type_ = declared(path, {})
    if type_ is not Type.UNDECLARED and typed(value, type_) != (kind_of(value), value):
        detail = "the attribute that this is mapped to has a type which would convert it"
        return [Problem(at, "wrong-type", detail, "map it to a trait")]
    beside = _companion_of(value)
    if beside is not None and is_scalar(path):
        return [Problem(at, "wrong-type", "the attribute that this is mapped to holds no such value")]
    attributes.place(document, name, _with_companions(value))
    if beside is not None:
        attributes.place(document, f"{name}{COMPANION}", beside)
    return []


def _holds_list(value: Json) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and any(map(_holds_list, value.values())))


def _with_companions(value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    members: dict[str, Json] = {}
    for name, member in value.items():
        members[name] = _with_companions(member)
        beside = _companion_of(member)
        if beside is not None:
            members[f"{name}{COMPANION}"] = beside
    return members


def _companion_of(value: Json) -> Json:
    if isinstance(value, list):
        return [{ELEMENT: item} for item in value if isinstance(item, str | int | float)]
    return str(value) if isinstance(value, float) and value.is_integer() else None


def _ambiguous(value: Json, at: str, depth: int) -> Iterator[Problem]:
    """Texts that both systems read as an instant or a version, but not alike; a key is never read so."""
    if depth > MAX_DEPTH:
        yield Problem(at, "too-deep", f"more than {MAX_DEPTH} levels")
    elif isinstance(value, dict):
        for name, member in value.items():
            if name.endswith(COMPANION):
                detail = f"names that end in `{COMPANION}` are kept for the elements of lists"
                yield Problem(step(at, name), "reserved-name", detail)
            yield from _ambiguous(member, step(at, name), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _ambiguous(item if isinstance(item, str) else None, step(at, index), depth + 1)
    elif isinstance(value, str) and is_ambiguous(value):
        detail = "a text that LaunchDarkly reads as an instant or a version in a form that this language does not know"
        yield Problem(at, "ambiguous-text", detail, "write it as `2024-12-31T23:59:59Z` or `1.2.3`")
