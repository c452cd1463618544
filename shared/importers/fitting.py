"""A translated rule fitted to a project's attribute catalogue.

Importers read values as the source has them. Where the catalogue declares a type, values are converted to it first, and
conditions on other kinds of value can be refused or never hold. Such conditions are left out, and the rule says so.
"""

from collections.abc import Iterator

import msgspec

from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, closed, negation
from shared.importers.translation import Guard, Json, Translation
from shared.rules.catalogue import Catalogue, split
from shared.rules.kinds import Kind, Type, kind_of
from shared.rules.operators import OPERATORS
from shared.rules.problems import Problem

_KINDS = {Type.STRING: Kind.STRING, Type.NUMBER: Kind.NUMBER, Type.BOOLEAN: Kind.BOOLEAN}
_CONVERTED = (Type.DATETIME, Type.VERSION, Type.IP)


def fitted(translation: Translation, catalogue: Catalogue) -> Translation:
    """The translation for this catalogue: with a guard `declared-type` for each attribute that lost conditions.

    Refused with that code where a declared type changes what is compared, or leaves nothing of an attribute.
    """
    if translation.rule is None:
        return translation
    types = {
        text: catalogue[path].type
        for text in _attributes(translation.rule)
        if (path := split(text)) in catalogue and catalogue[path].type is not Type.UNDECLARED
    }
    if not types:
        return translation
    rule = _fitted(translation.rule, types)
    assumes = ALWAYS if translation.assumes is None else _fitted(translation.assumes, types)
    left = set(_attributes(rule))
    problems = tuple(
        _problem(text, type_)
        for text, type_ in types.items()
        if type_ in _CONVERTED or text not in left or assumes == NEVER
    )
    if problems:
        return Translation(None, problems=problems)
    return msgspec.structs.replace(
        translation,
        rule=closed(rule),
        guards=(*translation.guards, *(_guard(text, type_) for text, type_ in types.items())),
        assumes=None if assumes == ALWAYS else assumes,
    )


def _attributes(node: Node) -> Iterator[str]:
    """The attributes of all conditions; those within an element are the element's own."""
    for item in _items(node):
        yield from _attributes(item)
    for field in ("attribute", "other"):
        if field in node:
            yield node[field]


def _items(node: Node) -> list[Node]:
    return [node["not"]] if "not" in node else node.get("all") or node.get("any") or []


def _fitted(node: Node, types: dict[str, Type]) -> Node:
    items = [_fitted(item, types) for item in _items(node)]
    if "not" in node:
        return negation(items[0])
    if items:
        return all_of(*items) if "all" in node else any_of(*items)
    type_ = types.get(node.get("attribute", ""))
    return node if type_ is None else _fitted_condition(node, type_)


def _fitted_condition(condition: Node, type_: Type) -> Node:
    """The condition with what can be of the declared type; `NEVER` where its operator does not take it."""
    if type_ not in OPERATORS[condition["op"]].types:
        return NEVER
    kind = _KINDS.get(type_)
    if condition["op"] in ("eq", "in") and kind is not None and "value" in condition:
        return _of_kind(condition, kind)
    return condition


def _of_kind(condition: Node, kind: Kind) -> Node:
    values: list[Json] = condition["value"] if condition["op"] == "in" else [condition["value"]]
    kept = [value for value in values if kind_of(value) is kind]
    if not kept:
        return NEVER
    single = {"op": "eq", "value": kept[0]} if len(kept) == 1 else {"op": "in", "value": kept}
    return condition | single


def _guard(text: str, type_: Type) -> Guard:
    detail = f"`{text}` is declared as {_named(type_)}: values are converted first, and of other kinds nothing is said"
    return Guard("", "declared-type", detail)


def _problem(text: str, type_: Type) -> Problem:
    hint = "map it to an attribute without this type"
    return Problem("", "declared-type", f"`{text}` is declared as {_named(type_)}, which the source never sees", hint)


def _named(type_: Type) -> str:
    name = type_.name.lower()
    return f"{'an' if name[0] in 'io' else 'a'} {name}"
