"""Nodes of this language as JSON, put together so that constants vanish where they can.

A rule of this language is never constant by its form; other systems' rules are ("an empty group is everyone"). `ALWAYS`
and `NEVER` stand for those until `closed` writes the ones that are left as conditions.
"""

import sys
from collections.abc import Iterable

from shared.importers.translation import Json
from shared.rules.catalogue import join

Node = dict[str, Json]

ALWAYS: Node = {"always": True}
NEVER: Node = {"always": False}

_KNOWN: Node = {"attribute": "visitor.id", "op": "exists"}


def all_of(*items: Node) -> Node:
    """Every one of them; of none, `ALWAYS`."""
    return _group("all", items, neutral=ALWAYS, absorbing=NEVER)


def any_of(*items: Node) -> Node:
    """Some one of them; of none, `NEVER`."""
    return _group("any", items, neutral=NEVER, absorbing=ALWAYS)


def negation(item: Node) -> Node:
    """The complement."""
    if item in (ALWAYS, NEVER):
        return NEVER if item == ALWAYS else ALWAYS
    inner: Node = item.get("not", {"not": item})
    return inner


def condition(path: Iterable[str], op: str, value: Json = None, **flags: Json) -> Node:
    """A condition on a path of steps; `value` None where the operator takes none."""
    written = {} if value is None else {"value": value}
    return {"attribute": join(tuple(path)), "op": op, **written, **flags}


def exists(path: Iterable[str]) -> Node:
    """A value is there."""
    return condition(path, "exists")


def is_string(path: Iterable[str]) -> Node:
    """A string is there, the empty one too."""
    return condition(path, "matches", "")


def is_number(path: Iterable[str]) -> Node:
    """A number is there."""
    return condition(path, "between", [-sys.float_info.max, sys.float_info.max])


def is_boolean(path: Iterable[str]) -> Node:
    """A boolean is there."""
    return condition(path, "in", [True, False])


def is_list(path: Iterable[str]) -> Node:
    """A list is there, the empty one too."""
    return condition(path, "size", {"gte": 0})


def is_object(path: Iterable[str]) -> Node:
    """An object is there."""
    path = tuple(path)
    others = (is_string(path), is_number(path), is_boolean(path), is_list(path))
    return all_of(exists(path), negation(any_of(*others)))


def closed(node: Node) -> Node:
    """The node without `ALWAYS` and `NEVER`: where the whole is one of them, a condition that says so."""
    if node == ALWAYS:
        return {"any": [_KNOWN, {"not": _KNOWN}]}
    if node == NEVER:
        return {"all": [_KNOWN, {"not": _KNOWN}]}
    return node


def _group(name: str, items: Iterable[Node], *, neutral: Node, absorbing: Node) -> Node:
    kept: list[Node] = []
    for item in items:
        if item == absorbing:
            return absorbing
        if item != neutral:
            kept += item.get(name, [item])
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else {name: kept}
