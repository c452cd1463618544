"""The tree of a rule: what the parser makes and the checker, optimizer and compiler read."""

import msgspec

from shared.rules.catalogue import Path

Scalar = str | int | float | bool
Operand = Scalar | tuple["Operand", ...] | dict[str, "Operand"] | None
"""A condition's value as written, lists as tuples; None where the operator takes none."""


class Condition(msgspec.Struct, frozen=True, gc=False):
    """One attribute against a value, or against another attribute (`other`)."""

    attribute: Path
    op: str
    value: Operand = None
    other: Path | None = None
    ignore_case: bool = False
    missing_matches: bool = False
    timezone: str | None = None


class All(msgspec.Struct, frozen=True):
    """Every item holds; never empty."""

    items: tuple["Node", ...]


class Any(msgspec.Struct, frozen=True):
    """Some item holds; never empty."""

    items: tuple["Node", ...]


class Not(msgspec.Struct, frozen=True):
    """The exact complement of its item."""

    item: "Node"


class Reference(msgspec.Struct, frozen=True):
    """Another audience of the project, by key, at the version in the same release."""

    audience: str


Node = All | Any | Not | Condition | Reference
