"""The tree of a rule: what the parser makes and the checker, optimizer and compiler read."""

import msgspec

from shared.rules.catalogue import Path

Scalar = str | int | float | bool
Operand = Scalar | tuple["Operand", ...] | dict[str, "Operand"] | None
"""A condition's value as written, lists as tuples; None where the operator takes none."""


class Condition(msgspec.Struct, frozen=True):
    """One attribute against a value or another attribute (`other`), or its elements against a rule (`element`)."""

    attribute: Path
    op: str
    value: Operand = None
    other: Path | None = None
    ignore_case: bool = False
    missing_matches: bool = False
    timezone: str | None = None
    element: "Node | None" = None


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


class Listed(msgspec.Struct, frozen=True):
    """The visitor is in a stored id list of the environment, by the list's key."""

    list: str


class Rollout(msgspec.Struct, frozen=True):
    """A stable share of the values of an attribute, in percent; hash: one of `buckets.HASHES`."""

    percent: int | float
    by: Path
    salt: str
    hash: str = "murmur3"


class Schedule(msgspec.Struct, frozen=True):
    """When, by the clock: every part that is given holds, as written; `opens` and `closes` are `from` and `to`."""

    start: str | None = None
    end: str | None = None
    days: tuple[str, ...] = ()
    days_of_month: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    opens: str | None = None
    closes: str | None = None
    timezone: str | None = None


Leaf = Condition | Reference | Listed | Rollout | Schedule
Node = All | Any | Not | Leaf
