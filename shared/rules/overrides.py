"""Overrides of an audience: ids that are in it, or not in it, whatever its rule says."""

from collections.abc import Collection

from shared.rules.catalogue import Path
from shared.rules.model import All, Any, Condition, Node, Not

_ID: Path = ("visitor", "id")
_ANONYMOUS_ID: Path = ("visitor", "anonymous_id")


def overridden(rule: Node, include: Collection[str], exclude: Collection[str]) -> Node:
    """The rule with its overrides: `exclude` goes over `include`, which goes over the rule.

    An id is the visitor's `id`, or, where that is missing, its `anonymous_id`.
    """
    if include:
        rule = Any((_one_of(include), rule))
    return All((Not(_one_of(exclude)), rule)) if exclude else rule


def _one_of(ids: Collection[str]) -> Node:
    wanted = tuple(sorted(ids))
    anonymous = All((Not(Condition(_ID, "exists")), Condition(_ANONYMOUS_ID, "in", wanted)))
    return Any((Condition(_ID, "in", wanted), anonymous))
