"""Parse: decoded JSON to the tree of a rule, and back. What a rule looks like, without asking what it refers to."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any as Json

from shared.rules import catalogue
from shared.rules.buckets import HASHES
from shared.rules.familiar import suggest
from shared.rules.kinds import nfc
from shared.rules.limits import MAX_JSON_DEPTH
from shared.rules.model import All, Any, Condition, Listed, Node, Not, Reference, Rollout, Schedule
from shared.rules.operators import OPERATORS, Operator
from shared.rules.problems import Problem, did_you_mean, step
from shared.rules.values import bad_strings, only, path_at, scalar_at, value_at

HOLE = All(())
"""What `sketch` puts in the place of a node that cannot be read: no rule has an empty group."""

_LATER_NODES = ("event", "sequence", "session")
_CONDITION_FIELDS = ("attribute", "op", "value", "other", "ignore_case", "missing", "timezone")
SCHEDULE_FIELDS: Mapping[str, str] = {
    **{name: name for name in ("start", "end", "days", "days_of_month", "months")},
    "from": "opens",
    "to": "closes",
    "timezone": "timezone",
}
"""The members of a schedule as written, and the fields of `model.Schedule` that hold them."""


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
    problems = list(bad_strings(value, pointer))
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
        case Condition():
            return _condition_json(node)
        case _:
            return _leaf_json(node)


def _leaf_json(leaf: Reference | Listed | Rollout | Schedule) -> dict[str, object]:
    match leaf:
        case Reference(audience):
            return {"audience": audience}
        case Listed(key):
            return {"list": key}
        case Rollout():
            return {"rollout": _rollout_json(leaf)}
        case Schedule():
            return {"schedule": _schedule_json(leaf)}


def _rollout_json(rollout: Rollout) -> dict[str, object]:
    fields: dict[str, object] = {"percent": rollout.percent, "by": catalogue.join(rollout.by), "salt": rollout.salt}
    return fields if rollout.hash == HASHES[0] else fields | {"hash": rollout.hash}


def _schedule_json(schedule: Schedule) -> dict[str, object]:
    parts = {name: getattr(schedule, field) for name, field in SCHEDULE_FIELDS.items()}
    return {name: list(part) if isinstance(part, tuple) else part for name, part in parts.items() if part}


def _condition_json(condition: Condition) -> dict[str, object]:
    fields: dict[str, object] = {"attribute": catalogue.join(condition.attribute), "op": condition.op}
    if condition.other is not None:
        fields["other"] = catalogue.join(condition.other)
    elif condition.element is not None:
        fields["value"] = to_json(condition.element)
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
        only(fields, (name,), pointer, problems)
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
    only(fields, ("not",), pointer, problems)
    return Not(_node(fields["not"], step(pointer, "not"), depth + 1, problems))


def _keyed(make: Callable[[str], Node], name: str, article: str) -> Callable[..., Node]:
    def keyed(fields: Mapping[str, object], pointer: str, _: int, problems: list[Problem]) -> Node:
        only(fields, (name,), pointer, problems)
        key = fields[name]
        if isinstance(key, str) and key:
            return make(key)
        problems.append(Problem(step(pointer, name), "wrong-type", f"the key of {article} {name} is expected"))
        return HOLE

    return keyed


def _members(
    name: str, known: Iterable[str], fields: Mapping[str, object], pointer: str, problems: list[Problem]
) -> Mapping[str, Json] | None:
    """The object that a node of one field has there, with known members only; None where it is none."""
    only(fields, (name,), pointer, problems)
    members, at = fields[name], step(pointer, name)
    if not isinstance(members, dict):
        problems.append(Problem(at, "wrong-type", f"an object is expected: what the {name} is made of"))
        return None
    only(members, tuple(known), at, problems)
    return members


def _rollout(fields: Mapping[str, object], pointer: str, _: int, problems: list[Problem]) -> Node:
    at, before = step(pointer, "rollout"), len(problems)
    members = _members("rollout", ("percent", "by", "salt", "hash"), fields, pointer, problems)
    if members is None:
        return HOLE
    by = path_at(members["by"], step(at, "by"), problems) if "by" in members else None
    problems += [
        Problem(at, "missing-field", f"a rollout needs `{name}`")
        for name in ("percent", "by", "salt")
        if name not in members
    ]
    problems += [
        Problem(step(at, name), "wrong-type", "a string is expected")
        for name in ("salt", "hash")
        if not isinstance(members.get(name, ""), str)
    ]
    percent = scalar_at(members.get("percent", 0), step(at, "percent"), problems)
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        problems.append(Problem(step(at, "percent"), "wrong-type", "a number is expected"))
    if len(problems) > before or by is None or not isinstance(percent, int | float):
        return HOLE
    return Rollout(percent, by, nfc(members["salt"]), members.get("hash", HASHES[0]))


def _schedule(fields: Mapping[str, object], pointer: str, _: int, problems: list[Problem]) -> Node:
    at, before = step(pointer, "schedule"), len(problems)
    members = _members("schedule", SCHEDULE_FIELDS, fields, pointer, problems)
    if members is None:
        return HOLE
    parts: dict[str, Json] = {}
    for name, value in ((name, members[name]) for name in SCHEDULE_FIELDS if name in members):
        is_list = name in ("days", "days_of_month", "months")
        kinds: type = {"days": str, "days_of_month": int, "months": int}.get(name, str)
        found = value_at(value, step(at, name), problems)
        items = found if isinstance(found, tuple) else (found,)
        if isinstance(found, tuple) is not is_list or not all(type(item) is kinds for item in items):
            noun = "strings" if kinds is str else "integers"
            detail = f"a list of {noun} is expected" if is_list else "a string is expected"
            problems.append(Problem(step(at, name), "wrong-type", detail))
        elif is_list and not found:
            problems.append(Problem(step(at, name), "empty-list", "the list is empty", "leave it out"))
        parts[SCHEDULE_FIELDS[name]] = found
    return HOLE if len(problems) > before else Schedule(**parts)


def _condition(fields: Mapping[str, object], pointer: str, depth: int, problems: list[Problem]) -> Node:
    before = len(problems)
    only(fields, _CONDITION_FIELDS, pointer, problems)
    attribute = path_at(fields["attribute"], step(pointer, "attribute"), problems)
    operator = _operator(fields, pointer, problems)
    other = path_at(fields["other"], step(pointer, "other"), problems) if "other" in fields else None
    value, element = None, None
    if "value" in fields and operator is not None and operator.takes_rule:
        element = _node(fields["value"], step(pointer, "value"), depth + 1, problems)
    elif "value" in fields:
        value = value_at(fields["value"], step(pointer, "value"), problems)
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
        element=element,
    )


def _operator(fields: Mapping[str, object], pointer: str, problems: list[Problem]) -> Operator | None:
    name, at = fields.get("op"), step(pointer, "op")
    if "op" not in fields:
        problems.append(Problem(pointer, "missing-field", "a condition needs `op`"))
    elif not isinstance(name, str):
        problems.append(Problem(at, "wrong-type", "the name of an operator is expected"))
    elif name in OPERATORS:
        return OPERATORS[name]
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


_NODES: Mapping[str, Callable[[Mapping[str, Json], str, int, list[Problem]], Node]] = {
    "all": _group(All, "all"),
    "any": _group(Any, "any"),
    "not": _not,
    "attribute": _condition,
    "audience": _keyed(Reference, "audience", "an"),
    "list": _keyed(Listed, "list", "a"),
    "rollout": _rollout,
    "schedule": _schedule,
}
"""The nodes by the field that makes them one."""
