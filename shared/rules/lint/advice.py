"""What is right in a rule and still worth a second look: one condition at a time."""

from collections.abc import Iterator

import msgspec

from shared.rules.catalogue import Catalogue, Path, join
from shared.rules.indexing import Question
from shared.rules.kinds import kind_of
from shared.rules.lint.formulas import Formula
from shared.rules.lint.search import Search
from shared.rules.lint.simpler import operator_for
from shared.rules.lint.structure import Part
from shared.rules.model import Condition, Not
from shared.rules.operators import OPERATORS
from shared.rules.problems import Problem, did_you_mean, step
from shared.rules.program import Test

LOOK_UPS = ("eq", "in", "neq", "not_in", "has_any", "has_all", "has_none")
"""The operators whose value is looked for as it is: one scalar, or a list of them."""


def problems(rule: Part, catalogue: Catalogue, search: Search) -> Iterator[Problem]:
    """The warnings about a rule's conditions, those within `element` left out."""
    for found, is_negated in _conditions(rule, is_negated=False):
        condition = found.node
        assert isinstance(condition, Condition)
        yield from _simpler(condition, found.at)
        yield from _uncatalogued(condition, catalogue, found.at)
        if is_negated and _can_be_missing(condition, rule.claim, search):
            name = join(condition.attribute)
            hint = f"add that `{name}` exists, if it is to be known; or say so with `missing`"
            yield Problem(found.at, "true-when-missing", f"this holds also where `{name}` is missing", hint)


def _conditions(found: Part, *, is_negated: bool) -> Iterator[tuple[Part, bool]]:
    """Each condition, and whether it is asked in the negative in the end."""
    if isinstance(found.node, Condition):
        operator = OPERATORS[found.node.op]
        yield found, is_negated is not (operator.negates is not None)
    for item in found.items:
        yield from _conditions(item, is_negated=is_negated is not isinstance(found.node, Not))


def _can_be_missing(condition: Condition, rule: Formula, search: Search) -> bool:
    """Whether the author may have overlooked a missing value: he named it nowhere, and the rule lets it through."""
    if condition.missing_matches or condition.op == "exists" or OPERATORS[condition.op].takes_place:
        return False
    present = search.pool.number(Question(condition.attribute, None, Test.PRESENT, None))
    return not search.excludes(~present, rule)


def _simpler(condition: Condition, at: str) -> Iterator[Problem]:
    if OPERATORS[condition.op].positive != "matches" or condition.ignore_case:
        return
    found = operator_for(str(condition.value))
    if found is None:
        return
    operator, values = found
    if operator == "in" and len(values) == 1:
        operator = "eq"
    if condition.op != "matches":
        operator = OPERATORS[operator].negation or operator
    asked: object = values[0] if len(values) == 1 else values
    hint = f"write `{operator}` with {msgspec.json.encode(asked).decode()}"
    yield Problem(step(at, "op"), "simpler-operator", "a cheaper operator says the same as this pattern", hint)


def _uncatalogued(condition: Condition, catalogue: Catalogue, at: str) -> Iterator[Problem]:
    """Names and values that are like one of the catalogue's and none of them: perhaps misspelt."""
    path = condition.attribute
    if path not in catalogue:
        hint = did_you_mean(path[-1], [known[-1] for known in catalogue if known[:-1] == path[:-1]])
        if hint:
            yield Problem(step(at, "attribute"), "not-in-catalogue", f"`{join(path)}` is not in the catalogue", hint)
    elif condition.op in LOOK_UPS and condition.other is None:
        yield from _unlike_examples(condition, path, catalogue, at)


def _unlike_examples(condition: Condition, path: Path, catalogue: Catalogue, at: str) -> Iterator[Problem]:
    examples = {(kind_of(example), example) for example in catalogue[path].examples}
    texts = [str(example) for example in catalogue[path].examples if isinstance(example, str)]
    is_list = isinstance(condition.value, tuple)
    for index, value in enumerate(condition.value if isinstance(condition.value, tuple) else (condition.value,)):
        hint = (
            did_you_mean(value, texts) if isinstance(value, str) and (kind_of(value), value) not in examples else None
        )
        if hint:
            place = step(step(at, "value"), index) if is_list else step(at, "value")
            yield Problem(place, "not-an-example", f"`{value}` is none of the catalogue's examples", hint)
