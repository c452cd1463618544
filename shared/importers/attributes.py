"""Where the source's attributes stand in a visitor document: one mapping for rules and for visitors alike."""

from collections.abc import Mapping

from shared.importers.translation import Extra, Json
from shared.rules.catalogue import Path, split
from shared.rules.limits import MAX_PATH_LENGTH
from shared.rules.problems import Problem, Refused, step

MAX_MAPPED = 1_000
"""Attributes that one mapping may name."""


class Attributes:
    """The source's names as paths: a name stands at `traits.<name>`, the name one step whatever dots it holds.

    extra: `attributes` in it maps names of the source to dotted paths and goes before all else; raises `Refused`
    with pointers below `/extra/attributes` where it is no such mapping. natural: the paths of the names that mean
    the same in every export of the source, as its user's id.
    """

    def __init__(self, extra: Extra, natural: Mapping[str, str] | None = None) -> None:
        self._paths = {name: split(path) for name, path in (natural or {}).items()} | _mapped(extra)

    def path_of(self, name: str) -> Path:
        """The path of one attribute of the source; steps of an object within it are appended by the caller."""
        return self._paths.get(name, ("traits", name))

    def place(self, document: dict[str, Json], name: str, value: Json) -> None:
        """Put a visitor's value of this name at its path; raises `Refused` where another value is in the way."""
        *steps, last = self.path_of(name)
        within = document
        for each in steps:
            within = within.setdefault(each, {})
            if not isinstance(within, dict):
                raise Refused([_collision(name)])
        if last in within:
            raise Refused([_collision(name)])
        within[last] = value


def _collision(name: str) -> Problem:
    detail = f"`{name}` and another attribute stand at the same path"
    return Problem(step("/visitor", name), "attribute-collision", detail, "map them to different paths")


def _mapped(extra: Extra) -> dict[str, Path]:
    mapping = extra.get("attributes") or {}
    at = "/extra/attributes"
    if not isinstance(mapping, dict):
        raise Refused([Problem(at, "wrong-type", "an object of attribute paths by the source's names is expected")])
    if len(mapping) > MAX_MAPPED:
        raise Refused([Problem(at, "too-many-attributes", f"{len(mapping)} attributes, the limit is {MAX_MAPPED}")])
    paths: dict[str, Path] = {}
    problems: list[Problem] = []
    for name, text in mapping.items():
        path = _path(text, step(at, name), problems)
        if path:
            paths[name] = path
    if problems:
        raise Refused(problems)
    return paths


def _path(text: Json, at: str, problems: list[Problem]) -> Path | None:
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_PATH_LENGTH:
        detail = f"a dotted attribute path of at most {MAX_PATH_LENGTH} characters is expected"
        problems.append(Problem(at, "wrong-type", detail))
        return None
    try:
        path = split(text)
    except ValueError as error:
        problems.append(Problem(at, "bad-path", f"`{text}` is no attribute: {error}"))
        return None
    if len(path) < 2:
        problems.append(Problem(at, "bad-path", f"`{text}` has no root", f"a trait is written `traits.{text}`"))
        return None
    return path
