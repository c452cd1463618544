"""How GrowthBook's Python SDK compares: strictly, each kind with its own."""

from collections.abc import Mapping

from shared.importers import text_order
from shared.importers.growthbook.javascript import literal_list
from shared.importers.growthbook.kinds import Subject, by_kind
from shared.importers.growthbook.operators import RELATIONS, Reading, equal, spellings
from shared.importers.growthbook.state import State
from shared.importers.growthbook.versions import VERSION_RELATIONS, version
from shared.importers.nodes import NEVER, Node, condition, negation
from shared.importers.python_patterns import Unsupported, translated
from shared.importers.translation import Json
from shared.rules import patterns


def literal(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """A bare value: equal in kind and value."""
    if isinstance(expected, list | dict):
        return literal_list(expected, subject, at, state)
    return equal(expected, subject, at, state)


def elements(expected: Json, at: str, state: State, _kinds: frozenset[str], *, ignore_case: bool) -> list[Json] | None:
    """The scalars that, in a list, match a bare value; None with a problem where they are no short list."""
    if isinstance(expected, str) and ignore_case:
        texts = spellings([expected])
        if texts is not None:
            return list(texts)
    elif isinstance(expected, str | int | float):
        return [expected]
    state.notes.refuse(at, "not-importable", "what matches in a list cannot be listed")
    return None


def compare(operator: str) -> Reading:
    """`$lt`, `$lte`, `$gt`, `$gte`: two numbers, or two strings by their characters; anything else is false."""
    relation = RELATIONS[operator]

    def reading(expected: Json, subject: Subject, at: str, state: State) -> Node:
        if isinstance(expected, str):
            state.guard(at, "text-order")
            write = text_order.before if relation in ("lt", "lte") else text_order.after
            text = write(expected, or_equal=relation in ("lte", "gte"))
            return by_kind(subject, {"string": condition(subject.path, "matches", text)})
        if isinstance(expected, int | float) and not isinstance(expected, bool):
            return by_kind(subject, {"number": condition(subject.path, relation, expected)})
        return NEVER

    return reading


def padded_version(operator: str) -> Reading:
    """`$veq` to `$vlte`: strings only, and `$vne` of everything else."""

    def reading(expected: Json, subject: Subject, at: str, state: State) -> Node:
        return version(operator, expected, subject, at, state, others=None)

    return reading


def pattern(*, ignore_case: bool) -> Reading:
    """`$regex`, `$regexi`: searched in strings only."""

    def reading(expected: Json, subject: Subject, at: str, state: State) -> Node:
        if not isinstance(expected, str):
            return state.notes.refuse(at, "malformed", "a pattern is expected")
        try:
            text = translated(f"(?i){expected}" if ignore_case else expected, from_start=False)
        except Unsupported as error:
            hint = "write it without, or with other operators"
            return state.notes.refuse(at, "unsupported-pattern", f"RE2 has no equal of {error}", hint)
        problem = patterns.find_problem(text, "", ignore_case=False)
        if problem:
            return state.notes.refuse(at, problem.code, problem.detail, problem.hint)
        return by_kind(subject, {"string": condition(subject.path, "matches", text)})

    return reading


def negated(reading: Reading) -> Reading:
    """The complement of an operator."""
    return lambda expected, subject, at, state: negation(reading(expected, subject, at, state))


OPERATORS: Mapping[str, Reading] = {
    **{operator: compare(operator) for operator in RELATIONS},
    **{operator: padded_version(operator) for operator in VERSION_RELATIONS},
    "$regex": pattern(ignore_case=False),
    "$regexi": pattern(ignore_case=True),
    "$notRegex": negated(pattern(ignore_case=False)),
    "$notRegexi": negated(pattern(ignore_case=True)),
}
