"""Parse: decoded JSON to the tree of a rule, and back. What a rule looks like, without asking what it refers to."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any as Json

from shared.rules import catalogue
from shared.rules.catalogue import Path
from shared.rules.familiar import suggest
from shared.rules.kinds import MAX_INTEGER, nfc
from shared.rules.limits import MAX_JSON_DEPTH, MAX_PATH_LENGTH, MAX_PATH_STEPS
from shared.rules.model import All, Any, Condition, Node, Not, Operand, Reference
from shared.rules.operators import NOT_SUPPORTED_YET, OPERATORS, Operator
from shared.rules.problems import Problem, did_you_mean, step

HOLE = All(())
"""What `sketch` puts in the place of a node that cannot be read: no rule has an empty group."""

_LATER_NODES = ("list", "rollout", "schedule", "event", "sequence", "session")
_CONDITION_FIELDS = ("attribute", "op", "value", "other", "ignore_case", "missing", "timezone")
_SURROGATE = re.compile("[\ud800-\udfff]").search


def parse(value: object, pointer: str = "/rule") -> tuple[Node | None, list[Problem]]:
    """The tree of a rule given as decoded JSON, or None with every problem of its form.

    pointer: where the rule stands in the input, for the problems' pointers.
    """
    node, problems = sketch(value, pointer)
    return None if problems else node, problems


def sketch(value: object, pointer: str = "/rule") -> tuple[Node, list[Problem]]:
    """As `parse`, with a tree in any case, so that the checker can look at the parts that were read.

    An unreadable node is a `HOLE`; of an unreadable condition as much is kept as is sure: its attribute, else
    `()`, and its operator, else `""`.
    """
    problems = list(_bad_strings(value, pointer))
    return HOLE if problems else _node(value, pointer, 1, problems), problems


def to_json(node: Node) -> dict[str, object]:
    """The canonical JSON of a tree, which `parse` reads back to an equal one."""
    match node:
        case All(items):
            return {"all": [to_json(item) for item in items]}
        case Any(items):
            return {"any": [to_json(item) for item in items]}
        case Not(item):
            return {"not": to_json(item)}
        case Reference(audience):
            return {"audience": audience}
        case Condition():
            return _condition_json(node)


def _condition_json(condition: Condition) -> dict[str, object]:
    fields: dict[str, object] = {"attribute": catalogue.join(condition.attribute), "op": condition.op}
    if condition.other is not None:
        fields["other"] = catalogue.join(condition.other)
    elif condition.value is not None:
        fields["value"] = list(condition.value) if isinstance(condition.value, tuple) else condition.value
    if condition.ignore_case:
        fields["ignore_case"] = True
    if condition.missing_matches:
        fields["missing"] = "match"
    if condition.timezone is not None:
        fields["timezone"] = condition.timezone
    return fields


def _node(value: object, pointer: str, depth: int, problems: list[Problem]) -> Node:
    if depth > MAX_JSON_DEPTH:
        problems.append(Problem(pointer, "too-deep", f"the rule nests deeper than {MAX_JSON_DEPTH} levels"))
    elif not isinstance(value, dict):
        problems.append(Problem(pointer, "wrong-type", "a rule is expected, as an object"))
    else:
        kinds = [name for name in (*_NODES, *_LATER_NODES) if name in value]
        if len(kinds) == 1 and kinds[0] in _NODES:
            return _NODES[kinds[0]](value, pointer, depth, problems)
        problems.append(_unread(value, pointer, kinds))
    return HOLE


def _unread(fields: Mapping[str, object], pointer: str, kinds: list[str]) -> Problem:
    """Why an object is no node."""
    if len(kinds) > 1:
        names = ", ".join(f"`{name}`" for name in kinds)
        return Problem(pointer, "ambiguous-node", f"{names} exclude each other", "combine rules with `all` or `any`")
    if kinds:
        return Problem(step(pointer, kinds[0]), "not-supported-yet", f"`{kinds[0]}` is not supported yet")
    if "op" in fields:
        return Problem(pointer, "missing-field", "a condition needs `attribute`")
    hints = (did_you_mean(name, (*_NODES, *_LATER_NODES)) for name in fields)
    expected = ", ".join(f"`{name}`" for name in _NODES)
    return Problem(pointer, "unknown-node", f"a rule needs one of {expected}", next(filter(None, hints), None))


def _group(make: Callable[[tuple[Node, ...]], Node], name: str) -> Callable[..., Node]:
    def group(fields: Mapping[str, object], pointer: str, depth: int, problems: list[Problem]) -> Node:
        _only(fields, (name,), pointer, problems)
        items, at = fields[name], step(pointer, name)
        if not isinstance(items, list | tuple):
            problems.append(Problem(at, "wrong-type", "a list of rules is expected"))
            return HOLE
        if not items:
            problems.append(Problem(at, "empty-group", f"`{name}` is empty", "leave the group out, or fill it"))
            return HOLE
        return make(tuple(_node(item, step(at, index), depth + 2, problems) for index, item in enumerate(items)))

    return group


def _not(fields: Mapping[str, object], pointer: str, depth: int, problems: list[Problem]) -> Node:
    _only(fields, ("not",), pointer, problems)
    return Not(_node(fields["not"], step(pointer, "not"), depth + 1, problems))


def _reference(fields: Mapping[str, object], pointer: str, _: int, problems: list[Problem]) -> Node:
    _only(fields, ("audience",), pointer, problems)
    key = fields["audience"]
    if isinstance(key, str) and key:
        return Reference(key)
    problems.append(Problem(step(pointer, "audience"), "wrong-type", "the key of an audience is expected"))
    return HOLE


def _condition(fields: Mapping[str, object], pointer: str, _: int, problems: list[Problem]) -> Node:
    before = len(problems)
    _only(fields, _CONDITION_FIELDS, pointer, problems)
    attribute = _path(fields["attribute"], step(pointer, "attribute"), problems)
    operator = _operator(fields, pointer, problems)
    other = _path(fields["other"], step(pointer, "other"), problems) if "other" in fields else None
    value = _value(fields["value"], step(pointer, "value"), problems) if "value" in fields else None
    if operator is not None:
        problems += _misplaced(fields, operator, pointer)
    _flags(fields, pointer, problems)
    if operator is None or len(problems) > before:
        return Condition(attribute or (), "")
    return Condition(
        attribute=attribute or (),
        op=operator.name,
        value=value,
        other=other,
        ignore_case=fields.get("ignore_case") is True,
        missing_matches="missing" in fields,
        timezone=str(fields["timezone"]) if "timezone" in fields else None,
    )


def _operator(fields: Mapping[str, object], pointer: str, problems: list[Problem]) -> Operator | None:
    name, at = fields.get("op"), step(pointer, "op")
    if "op" not in fields:
        problems.append(Problem(pointer, "missing-field", "a condition needs `op`"))
    elif not isinstance(name, str):
        problems.append(Problem(at, "wrong-type", "the name of an operator is expected"))
    elif name in OPERATORS:
        return OPERATORS[name]
    elif name in NOT_SUPPORTED_YET:
        problems.append(Problem(at, "not-supported-yet", f"the operator `{name}` is not supported yet"))
    else:
        problems.append(Problem(at, "unknown-operator", f"unknown operator `{name}`", suggest(name)))
    return None


def _misplaced(fields: Mapping[str, object], operator: Operator, pointer: str) -> list[Problem]:
    """Fields that this operator needs, or cannot have."""
    takes = {
        "value": operator.takes_value,
        "other": operator.takes_other,
        "ignore_case": operator.takes_ignore_case,
        "timezone": operator.takes_timezone,
    }
    problems = [
        Problem(step(pointer, name), "unexpected-field", f"`{operator.name}` takes no `{name}`")
        for name, is_taken in takes.items()
        if name in fields and not is_taken
    ]
    if operator.takes_value and "value" in fields and "other" in fields:
        problems.append(Problem(step(pointer, "other"), "unexpected-field", "`value` and `other` exclude each other"))
    if operator.takes_value and "value" not in fields and "other" not in fields:
        problems.append(Problem(pointer, "missing-field", f"`{operator.name}` needs `value`"))
    return problems


def _flags(fields: Mapping[str, object], pointer: str, problems: list[Problem]) -> None:
    if not isinstance(fields.get("ignore_case", False), bool):
        problems.append(Problem(step(pointer, "ignore_case"), "wrong-type", "true or false is expected"))
    if fields.get("missing", "match") != "match":
        problems.append(Problem(step(pointer, "missing"), "bad-value", "`missing` takes `match` and nothing else"))
    if not isinstance(fields.get("timezone", ""), str):
        problems.append(Problem(step(pointer, "timezone"), "wrong-type", "the name of a time zone is expected"))


def _path(text: object, at: str, problems: list[Problem]) -> Path | None:
    if not isinstance(text, str) or not text:
        problems.append(Problem(at, "wrong-type", "a dotted attribute path is expected"))
        return None
    if len(text) > MAX_PATH_LENGTH:
        problems.append(Problem(at, "path-too-long", f"an attribute path has at most {MAX_PATH_LENGTH} characters"))
        return None
    try:
        path = catalogue.split(nfc(text))
    except ValueError as error:
        problems.append(Problem(at, "bad-path", f"`{text}` is no attribute: {error}"))
        return None
    if len(path) > MAX_PATH_STEPS:
        problems.append(Problem(at, "path-too-long", f"an attribute path has at most {MAX_PATH_STEPS} steps"))
        return None
    return path


def _value(value: object, at: str, problems: list[Problem]) -> Operand:
    """A condition's value: a scalar, a list of values or an object of them."""
    if isinstance(value, list | tuple):
        return tuple(_element(item, step(at, index), problems) for index, item in enumerate(value))
    if isinstance(value, dict):
        return {name: _element(item, step(at, name), problems) for name, item in value.items()}
    return _element(value, at, problems)


def _element(value: object, at: str, problems: list[Problem]) -> Operand:
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, at, problems)
    if value is None:
        problems.append(Problem(at, "wrong-type", "null is no value: it means missing", "ask with `exists`"))
    else:
        problems.append(Problem(at, "wrong-type", "a string, a number or a boolean is expected"))
    return None


def _number(number: int | float, at: str, problems: list[Problem]) -> int | float:
    """The number in its one form: an integer where it is one."""
    if number - number != 0:
        problems.append(Problem(at, "bad-number", "a number must be finite"))
    elif isinstance(number, int) and abs(number) > MAX_INTEGER:
        detail = f"integers lie within ±{MAX_INTEGER}"
        problems.append(Problem(at, "bad-number", detail, "write an identifier as a string"))
    elif abs(number) <= MAX_INTEGER and number == int(number):
        return int(number)
    return number


def _only(fields: Mapping[str, object], known: tuple[str, ...], pointer: str, problems: list[Problem]) -> None:
    problems += [
        Problem(step(pointer, name), "unknown-field", f"unknown field `{name}`", did_you_mean(name, known))
        for name in fields
        if name not in known
    ]


def _bad_strings(value: object, pointer: str) -> Iterator[Problem]:
    """Strings and names that no UTF-8 can carry, which would break whoever repeats them; without recursion."""
    waiting = [(value, pointer)]
    while waiting:
        found, at = waiting.pop()
        texts: Iterable[object] = found if isinstance(found, dict) else (found,)
        if any(isinstance(text, str) and _SURROGATE(text) for text in texts):
            yield Problem(at, "bad-string", "the text is no valid Unicode: it holds a lone surrogate")
        elif isinstance(found, dict):
            waiting += ((item, step(at, name)) for name, item in found.items())
        elif isinstance(found, list | tuple):
            waiting += ((item, step(at, index)) for index, item in enumerate(found))


_NODES: Mapping[str, Callable[[Mapping[str, Json], str, int, list[Problem]], Node]] = {
    "all": _group(All, "all"),
    "any": _group(Any, "any"),
    "not": _not,
    "attribute": _condition,
    "audience": _reference,
}
"""The nodes by the field that makes them one."""
