"""Reads `template.yaml`, the one definition of tables and routes, for whoever works on one machine."""

from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: `!Ref x` reads as `{"Ref": "x"}`, `!Sub x` as `{"Fn::Sub": "x"}`."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _intrinsic)


def load(path: Path = PATH) -> dict[str, Any]:
    """The template as plain values, intrinsic functions in their long form."""
    template: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a SafeLoader
    return template


def resources(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a kind (`AWS::DynamoDB::Table`), by logical name."""
    found = template["Resources"].items()
    return {name: resource.get("Properties", {}) for name, resource in found if resource["Type"] == kind}
