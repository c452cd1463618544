"""The formats that rules are exported to, by name: each is a module of this package, loaded when first asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

from shared.exporters.exporting import Exported
from shared.rules.model import Node

MODULES: Mapping[str, str] = {"jsonlogic": "jsonlogic", "react-querybuilder": "react_querybuilder"}
"""A format's name to the module that writes it."""


class Exporter(Protocol):
    """What a format's module has."""

    FORMAT: str

    def export(self, node: Node, referred: Mapping[str, Node]) -> Exported:
        """A rule without problems; `referred` holds the rules that it refers to."""
        ...


def exporter(name: str) -> Exporter:
    """The exporter of a format, which must be one of `MODULES`."""
    return cast("Exporter", import_module(f"shared.exporters.{MODULES[name]}"))
