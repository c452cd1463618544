"""Overrides of an audience: ids that are in it, or not in it, whatever its rule says."""

from collections.abc import Collection

from shared.rules.catalogue import Path
from shared.rules.model import All, Any, Condition, Node, Not

ID: Path = ("visitor", "id")
ANONYMOUS_ID: Path = ("visitor", "anonymous_id")


class Excluded(All, frozen=True):
    """Not one of the ids of `exclude`, and the rule: a group like any other, but for who is to be told of it."""


class Included(Any, frozen=True):
    """One of the ids of `include`, or the rule."""


Override = Excluded | Included


def overridden(rule: Node, include: Collection[str], exclude: Collection[str]) -> Node:
    """The rule with its overrides: `exclude` goes over `include`, which goes over the rule.

    An id is the visitor's `id`, or, where that is missing, its `anonymous_id`.
    """
    if include:
        rule = Included((_one_of(include), rule))
    return Excluded((Not(_one_of(exclude)), rule)) if exclude else rule


def field(override: Override) -> str:
    """The field of an audience that an override comes from."""
    return "exclude" if isinstance(override, Excluded) else "include"


def named(override: Override) -> tuple[Node, int]:
    """What asks whether the visitor is one of an override's ids, and how many these are."""
    asked = override.items[0].item if isinstance(override.items[0], Not) else override.items[0]
    assert isinstance(asked, Any)
    first = asked.items[0]
    assert isinstance(first, Condition)
    assert isinstance(first.value, tuple)
    return asked, len(first.value)


def item_pointers(group: All | Any, pointer: str) -> tuple[str, ...]:
    """Where a group's items stand: those of an override beside the audience's rule, which keeps its place."""
    if isinstance(group, Override):
        return f"{pointer.removesuffix('/rule')}/{field(group)}", pointer
    name = "all" if isinstance(group, All) else "any"
    return tuple(f"{pointer}/{name}/{index}" for index in range(len(group.items)))


def _one_of(ids: Collection[str]) -> Node:
    wanted = tuple(sorted(ids))
    anonymous = All((Not(Condition(ID, "exists")), Condition(ANONYMOUS_ID, "in", wanted)))
    return Any((Condition(ID, "in", wanted), anonymous))
