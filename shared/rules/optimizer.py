"""Optimize: small rewrites of a tree, each keeping its truth for every visitor.

They keep the three-valued (Kleene) reading too, in which an unread attribute makes its conditions unknown: so
`any(a, not a)` is not rewritten to true. Each pass is one function from tree to tree, and in the result

- `not` stands only on a condition or a reference, and conditions are in their positive form,
- a group has at least two items, all different, none of them a group of its own kind.
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from shared.rules.model import All, Any, Condition, Node, Not
from shared.rules.operators import OPERATORS
from shared.rules.parser import to_json


def optimize(node: Node) -> Node:
    """The tree after all passes, in their order."""
    for rewrite in PASSES:
        node = rewrite(node)
    return node


def use_positive_forms(node: Node) -> Node:
    """`neq` becomes `not eq`; its `"missing": "match"` goes, since a negation is true on a missing attribute."""
    if not isinstance(node, Condition):
        return _over_items(node, use_positive_forms)
    positive = OPERATORS[node.op].negates
    if positive is None:
        return node
    return Not(msgspec.structs.replace(node, op=positive, missing_matches=False))


def push_negations(node: Node) -> Node:
    """`not` moves down to the leaves (De Morgan), two of them vanish."""
    match node:
        case Not(All(items)):
            return Any(tuple(push_negations(Not(item)) for item in items))
        case Not(Any(items)):
            return All(tuple(push_negations(Not(item)) for item in items))
        case Not(Not(item)):
            return push_negations(item)
        case _:
            return _over_items(node, push_negations)


def simplify_groups(node: Node) -> Node:
    """From the leaves up: a group takes over the items of groups of its own kind, keeps the first of equal items,
    and is its item where one is left.
    """
    node = _over_items(node, simplify_groups)
    if not isinstance(node, All | Any):
        return node
    items = _distinct(_merged(type(node), node.items))
    return items[0] if len(items) == 1 else type(node)(items)


PASSES: tuple[Callable[[Node], Node], ...] = (use_positive_forms, push_negations, simplify_groups)


def _over_items(node: Node, rewrite: Callable[[Node], Node]) -> Node:
    """The same node over rewritten items."""
    match node:
        case All(items):
            return All(tuple(map(rewrite, items)))
        case Any(items):
            return Any(tuple(map(rewrite, items)))
        case Not(item):
            return Not(rewrite(item))
        case _:
            return node


def _merged(kind: type[All | Any], items: Iterable[Node]) -> Iterator[Node]:
    for item in items:
        if isinstance(item, kind):
            yield from item.items
        else:
            yield item


def _distinct(items: Iterable[Node]) -> tuple[Node, ...]:
    """Told apart by their JSON, since in Python the conditions `eq 1` and `eq true` are equal."""
    first: dict[bytes, Node] = {}
    for item in items:
        first.setdefault(msgspec.json.encode(to_json(item)), item)
    return tuple(first.values())
