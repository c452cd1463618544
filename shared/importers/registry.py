"""The formats by name: each is a package here, loaded when it is first asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from shared.importers.translation import Extra, Json, Named, Sighting, Translation
from shared.rules.problems import Problem, Refused, did_you_mean

MODULES: Mapping[str, str] = {
    "growthbook": "growthbook",
    "unleash": "unleash",
    "launchdarkly": "launchdarkly",
    "flagsmith": "flagsmith",
    "optimizely": "optimizely",
    "unomi": "unomi",
    "jsonlogic": "jsonlogic",
    "react-querybuilder": "react_querybuilder",
}
"""A format's name to the package that reads it."""


class Importer(Protocol):
    """What a format's module has. All three functions raise `Refused` where the input cannot be read at all."""

    FORMAT: str
    DIALECTS: tuple[str, ...]

    def rule(self, value: Json, extra: Extra, dialect: str) -> Translation:
        """One rule in the source's own form."""
        ...

    def visitor(self, value: Json, extra: Extra, dialect: str) -> Sighting:
        """One visitor as the source's SDK takes it; `extra["now"]` is there."""
        ...

    def audiences(self, export: Json, extra: Extra, dialect: str) -> list[Named]:
        """Every audience of a whole export, in its order."""
        ...


def importer(name: str) -> Importer:
    """The importer of a format; raises `Refused` naming the known ones."""
    if name not in MODULES:
        known = ", ".join(f"`{each}`" for each in MODULES)
        detail = f"unknown format `{name}`: there are {known}"
        raise Refused([Problem("/format", "unknown-format", detail, did_you_mean(name, MODULES))])
    return cast("Importer", import_module(f"shared.importers.{MODULES[name]}.importer"))


def dialect_of(source: Importer, name: str | None) -> str:
    """The dialect of this name, the format's default for None; raises `Refused` naming the known ones."""
    if name is None:
        return source.DIALECTS[0]
    if name not in source.DIALECTS:
        known = ", ".join(f"`{each}`" for each in source.DIALECTS)
        detail = f"unknown dialect `{name}` of `{source.FORMAT}`: there are {known}"
        raise Refused([Problem("/dialect", "unknown-dialect", detail, did_you_mean(name, source.DIALECTS))])
    return name
