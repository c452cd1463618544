"""JsonLogic's operations on conditions and on lists: when they are truthy."""

from collections.abc import Mapping
from itertools import combinations

from shared.importers.jsonlogic.rules import Constant, Operation, Reader, narrowed
from shared.importers.jsonlogic.scopes import Element, Nothing, Scalar
from shared.importers.jsonlogic.variables import Variable
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, closed, condition, negation
from shared.importers.readings import MIXED
from shared.importers.translation import Json
from shared.rules.problems import step

MAX_MISSING_SOME = 8
"""Names of `missing_some`: each choice of them becomes a group."""


def _all(reader: Reader, values: list[Json], at: str) -> Node:
    return all_of(*narrowed(reader, values).truths(values, at)) if values else NEVER


def _any(reader: Reader, values: list[Json], at: str) -> Node:
    return any_of(*reader.truths(values, at))


def _holds(reader: Reader, values: list[Json], at: str) -> Node:
    return reader.truth(values[0], step(at, 0)) if values else NEVER


def _holds_not(reader: Reader, values: list[Json], at: str) -> Node:
    return negation(_holds(reader, values, at))


def _chosen(reader: Reader, values: list[Json], at: str) -> Node:
    """`if`: pairs of a condition and a value, then perhaps the value of all else."""
    holds = reader.truths(values, at)
    found = holds.pop() if len(holds) % 2 else NEVER
    while holds:
        value, when = holds.pop(), holds.pop()
        found = any_of(all_of(when, value), all_of(negation(when), found))
    return found


def _missing(reader: Reader, values: list[Json], at: str) -> Node:
    """Some of the names has no value, or an empty text."""
    names = values[0] if values and isinstance(values[0], list) else values
    return any_of(*_each_missing(reader, names, at))


def _missing_some(reader: Reader, values: list[Json], at: str) -> Node:
    """Fewer of the names than needed have a value, and some name has none."""
    match values:
        case [int(needed), list(names)] if not isinstance(needed, bool):
            pass
        case _:
            return reader.refuse(at, "a number and a list of names are expected", None, "wrong-arity")
    if len(names) > MAX_MISSING_SOME:
        return reader.refuse(at, f"more than {MAX_MISSING_SOME} names", "ask in groups", "too-many-values")
    missing = _each_missing(reader, names, step(at, 1))
    choices = combinations([negation(each) for each in missing], max(needed, 0))
    return all_of(negation(any_of(*(all_of(*choice) for choice in choices))), any_of(*missing))


def _each_missing(reader: Reader, names: list[Json], at: str) -> list[Node]:
    found = []
    for index, name in enumerate(names):
        if isinstance(name, dict | list):
            return [reader.refuse(step(at, index), "a name that is worked out")]
        asked = {"or": [{"===": [{"var": name}, None]}, {"===": [{"var": name}, ""]}]}
        found.append(reader.truth(asked, at))
    return found


def _some(reader: Reader, values: list[Json], at: str) -> Node:
    """Some element makes the rule truthy; no list is as good as an empty one."""
    subject = _list(reader, values, at)
    if subject is None:
        return NEVER
    if _asks_element_itself(values[1]):
        return _some_scalar(reader, subject, values[1], step(at, 1))
    holds, holds_nameless = _of_element(reader, values[1], step(at, 1))
    return any_of(_element(subject, holds), all_of(holds_nameless, _is_mixed(subject)))


def _none(reader: Reader, values: list[Json], at: str) -> Node:
    return negation(_some(reader, values, at))


def _every(reader: Reader, values: list[Json], at: str) -> Node:
    """There are elements, and each makes the rule truthy."""
    subject = _list(reader, values, at)
    if subject is None:
        return NEVER
    if _asks_element_itself(values[1]):
        return reader.refuse(step(at, 1), "`all` elements by their own value", "ask `none` for the opposite")
    holds, holds_nameless = _of_element(reader, values[1], step(at, 1))
    is_filled = condition(subject.path, "size", {"gte": 1})
    fails = any_of(_element(subject, negation(holds)), all_of(negation(holds_nameless), _is_mixed(subject)))
    return all_of(is_filled, negation(fails))


def _of_element(reader: Reader, rule: Json, at: str) -> tuple[Node, Node]:
    """When a rule is truthy of an element that is an object, and whether it is of one that has no names."""
    holds, holds_nameless = (reader.within_element(scope).truth(rule, at) for scope in (Element(), Nothing()))
    reader.guard(at, "elements-without-names", "an element that is no object counts as one without any values")
    return holds, holds_nameless


def _is_mixed(subject: Variable) -> Node:
    """The list has an element that is no object."""
    return condition((*subject.root, MIXED), "has_any", [subject.name])


def _list(reader: Reader, values: list[Json], at: str) -> Variable | None:
    """The variable whose elements are asked, None where it is no list for sure or cannot be said."""
    if len(values) < 2:
        reader.refuse(at, "a list and a rule are expected", "give both", "wrong-arity")
        return None
    symbols = [symbol for _, symbol in reader.cases(values[0], step(at, 0))]
    if len(symbols) == 1 and isinstance(symbols[0], Variable):
        return symbols[0] if symbols[0].may_be("list") else None
    if not all(isinstance(symbol, Constant) and not isinstance(symbol.value, list) for symbol in symbols):
        reader.refuse(step(at, 0), "only the elements of one variable are asked")
    return None


def _element(subject: Variable, holds: Node) -> Node:
    return condition(subject.path, "element", closed(holds)) if holds != NEVER else NEVER


def _some_scalar(reader: Reader, subject: Variable, rule: Json, at: str) -> Node:
    """Some element is one of finitely many values."""
    node = reader.within_element(Scalar()).truth(rule, at)
    if node in (ALWAYS, NEVER):
        return condition(subject.path, "size", {"gte": 1}) if node == ALWAYS else NEVER
    values = _values(node)
    if values is None:
        hint = "compare elements with `===` or `in` under `some` or `none`"
        return reader.refuse(at, "what is asked of the elements themselves is no choice of values", hint)
    return condition(subject.path, "has_any", values)


def _values(node: Node) -> list[Json] | None:
    """The values of which a node says that the element is one, None where it says anything else."""
    if "any" in node:
        found = [_values(item) for item in node["any"]]
        return None if None in found else [value for values in found for value in values or ()]
    if node.get("attribute") == "element" and node.get("op") in ("eq", "in"):
        return node["value"] if node["op"] == "in" else [node["value"]]
    return None


def _asks_element_itself(rule: Json) -> bool:
    if isinstance(rule, list):
        return any(map(_asks_element_itself, rule))
    if not isinstance(rule, dict):
        return False
    return any(
        (name == "var" and value in ("", [""], [], None)) or (name != "var" and _asks_element_itself(value))
        for name, value in rule.items()
    )


OPERATIONS: Mapping[str, Operation] = {
    "and": _all,
    "or": _any,
    "if": _chosen,
    "?:": _chosen,
    "!": _holds_not,
    "!!": _holds,
    "missing": _missing,
    "missing_some": _missing_some,
    "some": _some,
    "filter": _some,
    "none": _none,
    "all": _every,
}
"""By the operation's name."""
