"""Check: what a tree refers to and costs, given the catalogue and the other audiences of its project."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from shared.rules import inlining
from shared.rules.catalogue import CLOSED, OPEN, PLACE, ROOTS, Catalogue, Path, declared, join
from shared.rules.kinds import Kind, Type, kind_of
from shared.rules.model import All, Any, Condition, Leaf, Listed, Node, Not, Reference, Rollout, Schedule
from shared.rules.operators import OPERATORS, SCALARS, Operator
from shared.rules.problems import Problem, Refused, did_you_mean, step
from shared.rules.questions import Asking, question

_NO_ATTRIBUTES = {"lists": 'ask with `{"list": "key"}`', "events": None}
_KINDS = {Type.STRING: Kind.STRING, Type.NUMBER: Kind.NUMBER, Type.BOOLEAN: Kind.BOOLEAN}


def check(
    node: Node,
    catalogue: Catalogue,
    audiences: Mapping[str, Node],
    key: str | None = None,
    pointer: str = "/rule",
    lists: Collection[str] | None = None,
) -> list[Problem]:
    """Every problem of a tree that the parser has read: names, types, operands, references and limits.

    audiences: the latest trees of the project's other audiences by key, archived ones left out; it is iterated only
    to hint at the nearest of an unknown key. key: the audience whose rule this is, if it has one already; what
    `audiences` says of it does not count. lists: the keys of the stored lists, None where they are not to be checked.
    Holes of `parser.sketch` are passed over.
    """
    problems: list[Problem] = []
    references = []
    for leaf, at in leaves(node, pointer):
        if isinstance(leaf, Condition):
            problems += _condition_problems(leaf, catalogue, at)
        elif not isinstance(leaf, Reference):
            problems += _leaf_problems(leaf, catalogue, lists, at)
        elif leaf.audience == key or leaf.audience in audiences:
            references.append((leaf, at))
        else:
            problems.append(_unknown("audience", leaf.audience, audiences, at))
    return problems + inlining.problems(node, references, audiences, key, pointer)


def leaves(node: Node, pointer: str) -> Iterator[tuple[Leaf, str]]:
    """Conditions and the other leaves with their pointers, in the rule's order; not those within an `element`."""
    match node:
        case All(items) | Any(items):
            at = step(pointer, "all" if isinstance(node, All) else "any")
            for index, item in enumerate(items):
                yield from leaves(item, step(at, index))
        case Not(item):
            yield from leaves(item, step(pointer, "not"))
        case _:
            yield node, pointer


def _unknown(kind: str, key: str, known: Iterable[str], pointer: str) -> Problem:
    hint = did_you_mean(key, known)
    return Problem(step(pointer, kind), f"unknown-{kind}", f"unknown {kind} `{key}`", hint)


def _leaf_problems(
    leaf: Listed | Rollout | Schedule, catalogue: Catalogue, lists: Collection[str] | None, pointer: str
) -> Iterator[Problem]:
    if isinstance(leaf, Listed) and lists is not None and leaf.list not in lists:
        yield _unknown("list", leaf.list, lists, pointer)
    if isinstance(leaf, Rollout):
        at = step(step(pointer, "rollout"), "by")
        problem = _name_problem(leaf.by, catalogue, at) or _text_problem(leaf.by, catalogue, at)
        if problem:
            yield problem
    yield from _question_problems(leaf, pointer)


def _question_problems(leaf: Asking, pointer: str) -> Iterator[Problem]:
    try:
        question(leaf)
    except Refused as refused:
        for problem in refused.problems:
            yield msgspec.structs.replace(problem, pointer=pointer + problem.pointer)


def _text_problem(path: Path, catalogue: Catalogue, at: str) -> Problem | None:
    """An attribute that a rollout can never hash."""
    found = declared(path, catalogue)
    if found in (Type.UNDECLARED, Type.STRING, Type.NUMBER):
        return None
    detail = f"`{join(path)}` is declared as {_article(found)}: a rollout takes strings and integers"
    return Problem(at, "wrong-type", detail, "roll out by an identifier, as `visitor.id`")


def _condition_problems(condition: Condition, catalogue: Catalogue, pointer: str) -> Iterator[Problem]:
    names = {"attribute": condition.attribute, "other": condition.other}
    operator = OPERATORS.get(condition.op)
    is_place = operator is None or operator.takes_place  # of an operator that was not read, nothing is known
    for field, path in names.items():
        problem = _name_problem(path, catalogue, step(pointer, field), is_place=is_place) if path else None
        if problem:
            yield problem
    if operator is None:
        return
    for field, path in names.items():
        problem = _type_problem(path, operator, catalogue, step(pointer, field)) if path else None
        if problem:
            yield problem
    if condition.element is not None:
        yield from _element_problems(condition.element, step(pointer, "value"))
    yield from _operand_problems(condition, operator, catalogue, pointer)


def _element_problems(rule: Node, pointer: str) -> Iterator[Problem]:
    """Those of a rule that sees an element and nothing else: all names are open, nothing is declared."""
    for leaf, at in leaves(rule, pointer):
        if not isinstance(leaf, Condition):
            detail = "a rule about an element is made of `all`, `any`, `not` and conditions"
            yield Problem(at, "not-in-element", detail)
            continue
        if leaf.element is not None:
            yield from _element_problems(leaf.element, step(at, "value"))
        yield from _question_problems(leaf, at)


def _name_problem(path: Path, catalogue: Catalogue, at: str, *, is_place: bool = False) -> Problem | None:
    """An attribute that no visitor document can have: its root is unknown, or a closed root lacks its name."""
    text, root = join(path), path[0]
    if is_place and path == PLACE:
        return None
    if any(path[: len(prefix)] == prefix and len(path) > len(prefix) for prefix in OPEN):
        return None
    if len(path) == 2 and path[1] in CLOSED.get(root, {}):
        return None
    detail, hint = f"unknown attribute `{text}`", did_you_mean(text, _closed_names())
    if root in _NO_ATTRIBUTES:
        detail, hint = f"`{root}` holds no attributes", _NO_ATTRIBUTES[root]
    elif path in OPEN or path in {(name,) for name in ROOTS}:
        detail, hint = f"`{text}` holds attributes and is none", f"name one as `{text}.name`"
    elif root not in ROOTS:
        detail += f": nothing is known as `{root}`"
        is_trait = ("traits", *path) in catalogue
        hint = f"did you mean `traits.{text}`?" if is_trait else hint or f"a trait is written `traits.{text}`"
    return Problem(at, "unknown-attribute", detail, hint)


def _closed_names() -> list[str]:
    return [f"{root}.{name}" for root, names in CLOSED.items() for name in names]


def _type_problem(path: Path, operator: Operator, catalogue: Catalogue, at: str) -> Problem | None:
    """An operator that can never hold on the declared type."""
    found = declared(path, catalogue)
    if found is Type.UNDECLARED or found in operator.types:
        return None
    detail = f"`{join(path)}` is declared as {_article(found)}, which `{operator.name}` does not take"
    fitting = ", ".join(f"`{name}`" for name, other in OPERATORS.items() if found in other.types)
    return Problem(at, "wrong-type", detail, f"use one of {fitting}")


def _operand_problems(
    condition: Condition, operator: Operator, catalogue: Catalogue, pointer: str
) -> Iterator[Problem]:
    found = list(_question_problems(condition, pointer))
    yield from found
    if not found:
        kind = _KINDS.get(declared(condition.attribute, catalogue))
        if kind is not None and operator.types == SCALARS:
            yield from _kind_problems(condition, kind, catalogue, pointer)


def _kind_problems(condition: Condition, kind: Kind, catalogue: Catalogue, pointer: str) -> Iterator[Problem]:
    """Values, or another attribute, that an attribute declared of this kind can never equal."""
    name = join(condition.attribute)
    if condition.other is not None:
        if _KINDS.get(declared(condition.other, catalogue), kind) is not kind:
            detail = f"`{name}` and `{join(condition.other)}` are declared with different types"
            yield Problem(step(pointer, "other"), "wrong-type", detail)
        return
    at, is_list = step(pointer, "value"), isinstance(condition.value, tuple)
    for index, value in enumerate(condition.value if isinstance(condition.value, tuple) else (condition.value,)):
        if kind_of(value) is not kind:
            detail = f"`{name}` is declared as a {kind.name.lower()}"
            yield Problem(step(at, index) if is_list else at, "wrong-type", detail)


def _article(declared_type: Type) -> str:
    name = declared_type.name.lower()
    return f"{'an' if name[0] in 'io' else 'a'} {name}"
