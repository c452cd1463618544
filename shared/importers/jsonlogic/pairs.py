"""What JsonLogic's comparisons ask of two variables whose kinds are not known."""

from shared.importers.javascript import text_of
from shared.importers.jsonlogic.variables import (
    Variable,
    compares,
    has_reading,
    has_text,
    is_missing,
    unsaid,
)
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, exists, is_list, is_string, negation
from shared.importers.translation import Json
from shared.rules.catalogue import Path, join

_BOOLEANS = (True, False)


def same(left: Variable, right: Variable) -> Node:
    """`===` of two variables; lists and objects from JSON are the same only where the variables are."""
    if left.path == right.path:
        return ALWAYS
    both_missing = all_of(is_missing(left), is_missing(right))
    return any_of(both_missing, _compared(left.path, "eq", right.path))


def same_loosely(left: Variable, right: Variable) -> Node:
    """`==` of two variables."""
    if left.path == right.path:
        return ALWAYS
    parts = [same(left, right)]
    for one, other in ((left, right), (right, left)):
        if has_text(one) and other.may_be("string"):
            parts.append(_compared(one.text, "eq", other.path))
        if has_reading(one) and other.may_be("number"):
            parts.append(_compared(one.number, "eq", other.path))
        if other.may_be("boolean"):
            parts += [all_of(condition(other.path, "eq", value), _reads_as(one, int(value))) for value in _BOOLEANS]
    return any_of(*parts)


def are_not_both_texts(left: Variable, right: Variable) -> Node:
    """At most one of two variables is a text, a list or an object: then their order is that of numbers."""
    return negation(all_of(_is_text(left), _is_text(right)))


def is_text_in_text(needle: Variable, text: Variable) -> Node:
    """The second is no list, and where it is a text, the first is one, too."""
    is_list_or_text = any_of(
        is_list(text.path) if text.may_be("list") else NEVER,
        all_of(
            is_string(text.path) if text.may_be("string") else NEVER,
            negation(is_string(needle.path)) if needle.kinds != {"string"} else NEVER,
        ),
    )
    return negation(is_list_or_text)


def is_within(needle: Variable, text: Variable) -> Node:
    """A text is part of another one, which is not empty."""
    if not (needle.may_be("string") and text.may_be("string")):
        return NEVER
    return all_of(condition(text.path, "matches", "(?s)."), _compared(text.path, "contains", needle.path))


def ordered(left: Variable, op: str, right: Variable) -> Node:
    """`lt`, `lte`, `gt` or `gte` of two variables that are not both texts."""
    parts = []
    for one in _number_paths(left):
        parts += [_compared(one, op, other) for other in _number_paths(right)]
    flipped = {"lt": "gt", "lte": "gte", "gt": "lt", "gte": "lte"}[op]
    for value in (None, *_BOOLEANS):
        parts.append(all_of(_is(right, value), _as_number(left, op, int(value or 0))))
        parts.append(all_of(_is(left, value), _as_number(right, flipped, int(value or 0))))
        for other in (None, *_BOOLEANS):
            if compares(op, int(value or 0), int(other or 0)):
                parts.append(all_of(_is(left, value), _is(right, other)))
    return any_of(*parts)


def both_texts(left: Variable, op: str, right: Variable) -> Node:
    """`starts_with` or `ends_with` of two variables; raises `Refused` where the second may be no text."""
    if right.kinds - {"string", "null"}:
        raise unsaid("a variable is looked for in another")
    if not left.may_be("string"):
        return NEVER
    missing = all_of(is_missing(right), condition(left.path, op, text_of(None)))
    return any_of(missing, _compared(left.path, op, right.path))


def _is_text(variable: Variable) -> Node:
    own = is_string(variable.path) if variable.may_be("string") else NEVER
    return any_of(own, exists(variable.text) if has_text(variable) else NEVER)


def _number_paths(variable: Variable) -> list[Path]:
    own = [variable.path] if variable.may_be("number") else []
    return [*own, variable.number] if has_reading(variable) else own


def _as_number(variable: Variable, op: str, limit: int) -> Node:
    return any_of(*(condition(path, op, limit) for path in _number_paths(variable)))


def _reads_as(variable: Variable, value: int) -> Node:
    """It is a number, a text or a list that reads as this number."""
    return _as_number(variable, "eq", value)


def _is(variable: Variable, value: Json) -> Node:
    if value is None:
        return is_missing(variable)
    return condition(variable.path, "eq", value) if variable.may_be("boolean") else NEVER


def _compared(path: Path, op: str, other: Path) -> Node:
    return {"attribute": join(path), "op": op, "other": join(other)}
