"""Check: what a tree refers to and costs, given the catalogue and the other audiences of its project."""

from collections.abc import Iterator, Mapping

import msgspec

from shared.rules import inlining
from shared.rules.catalogue import CLOSED, OPEN, ROOTS, Catalogue, Path, declared, join
from shared.rules.kinds import Kind, Type, kind_of
from shared.rules.model import All, Any, Condition, Node, Not, Reference
from shared.rules.operators import OPERATORS, SCALARS, Operator, prepare
from shared.rules.problems import Problem, Refused, did_you_mean, step

_LATER_ROOTS = ("lists", "events")
_KINDS = {Type.STRING: Kind.STRING, Type.NUMBER: Kind.NUMBER, Type.BOOLEAN: Kind.BOOLEAN}


def check(
    node: Node, catalogue: Catalogue, audiences: Mapping[str, Node], key: str | None = None, pointer: str = "/rule"
) -> list[Problem]:
    """Every problem of a tree that the parser has read: names, types, operands, references and limits.

    audiences: the latest trees of the project's other audiences by key, archived ones left out; it is iterated only
    to hint at the nearest of an unknown key. key: the audience whose rule this is, if it has one already; what
    `audiences` says of it does not count. Holes of `parser.sketch` are passed over.
    """
    problems: list[Problem] = []
    references = []
    for leaf, at in leaves(node, pointer):
        if isinstance(leaf, Condition):
            problems += _condition_problems(leaf, catalogue, at)
        elif leaf.audience == key or leaf.audience in audiences:
            references.append((leaf, at))
        else:
            hint = did_you_mean(leaf.audience, audiences)
            detail = f"unknown audience `{leaf.audience}`"
            problems.append(Problem(step(at, "audience"), "unknown-audience", detail, hint))
    return problems + inlining.problems(node, references, audiences, key, pointer)


def leaves(node: Node, pointer: str) -> Iterator[tuple[Condition | Reference, str]]:
    """Conditions and references with their pointers, in the rule's order."""
    match node:
        case All(items) | Any(items):
            at = step(pointer, "all" if isinstance(node, All) else "any")
            for index, item in enumerate(items):
                yield from leaves(item, step(at, index))
        case Not(item):
            yield from leaves(item, step(pointer, "not"))
        case Condition() | Reference():
            yield node, pointer


def _condition_problems(condition: Condition, catalogue: Catalogue, pointer: str) -> Iterator[Problem]:
    names = {"attribute": condition.attribute, "other": condition.other}
    for field, path in names.items():
        problem = _name_problem(path, catalogue, step(pointer, field)) if path else None
        if problem:
            yield problem
    operator = OPERATORS.get(condition.op)
    if operator is None:
        return
    for field, path in names.items():
        problem = _type_problem(path, operator, catalogue, step(pointer, field)) if path else None
        if problem:
            yield problem
    yield from _operand_problems(condition, operator, catalogue, pointer)


def _name_problem(path: Path, catalogue: Catalogue, at: str) -> Problem | None:
    """An attribute that no visitor document can have: its root is unknown, or a closed root lacks its name."""
    text, root = join(path), path[0]
    if any(path[: len(prefix)] == prefix and len(path) > len(prefix) for prefix in OPEN):
        return None
    if len(path) == 2 and path[1] in CLOSED.get(root, {}):
        return None
    if root in _LATER_ROOTS:
        return Problem(at, "not-supported-yet", f"attributes in `{root}` are not supported yet")
    if path in OPEN or path in {(name,) for name in ROOTS}:
        return Problem(at, "unknown-attribute", f"`{text}` holds attributes and is none", f"name one as `{text}.name`")
    if root in ROOTS:
        return Problem(at, "unknown-attribute", f"unknown attribute `{text}`", did_you_mean(text, _closed_names()))
    hint = f"did you mean `traits.{text}`?" if ("traits", *path) in catalogue else did_you_mean(text, _closed_names())
    detail = f"unknown attribute `{text}`: nothing is known as `{root}`"
    return Problem(at, "unknown-attribute", detail, hint or f"a trait is written `traits.{text}`")


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
    try:
        prepare(condition)
    except Refused as refused:
        for problem in refused.problems:
            yield msgspec.structs.replace(problem, pointer=pointer + problem.pointer)
    else:
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
