"""The operators: one table, one row each, from which checker, compiler, sentences and documentation read."""

from collections.abc import Callable, Mapping

import msgspec

from shared.rules import cuts, operands, operands_place, operands_time, phrases
from shared.rules.comparisons import COMPARISONS
from shared.rules.instants import Relation
from shared.rules.kinds import Type
from shared.rules.model import Condition, Operand
from shared.rules.operands import Prepare, Prepared
from shared.rules.program import Test


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """One operator of the language.

    phrase: what a sentence says between the attribute and the value, which stands at `{}`.
    opposite: the same for the negation.
    types: the declared types on which it may stand; undeclared attributes take every operator.
    negation: the name of the operator that is defined as `not` of this one.
    negates: for such an operator, the name of its positive form; its other fields are those of that form.
    takes_rule: its value is a rule about an element. takes_place: its attribute is an object with `lat` and `lon`.
    """

    name: str
    phrase: str
    opposite: str
    types: tuple[Type, ...]
    prepare: Prepare
    words: Callable[[Operand], str] = phrases.value
    negation: str | None = None
    negates: str | None = None
    takes_value: bool = True
    takes_ignore_case: bool = False
    takes_timezone: bool = False
    takes_rule: bool = False
    takes_place: bool = False

    @property
    def positive(self) -> str:
        """The name of the form that programs ask for."""
        return self.negates or self.name

    @property
    def takes_other(self) -> bool:
        """Whether another attribute may stand in place of the value."""
        return self.positive in COMPARISONS


def prepare(condition: Condition) -> Prepared:
    """What a condition's predicate asks, as (test, operand); raises Refused with pointers relative to the condition.

    The operator must be one of `OPERATORS`. Negation and `missing` are not part of a predicate.
    """
    operator = OPERATORS[condition.op]
    if condition.other is not None:
        return Test.COMPARE, (operator.positive, condition.ignore_case)
    return operator.prepare(condition)


SCALARS = (Type.STRING, Type.NUMBER, Type.BOOLEAN)
"""The types of an operator that compares values of one kind, whichever of these it is."""

_STRING = (Type.STRING,)
_NUMBER = (Type.NUMBER,)
_INSTANT = (Type.DATETIME, Type.STRING)
_VERSION = (Type.VERSION, Type.STRING)
_LIST = (Type.LIST,)
_ADDRESS = (Type.IP, Type.STRING)
_OBJECT = (Type.OBJECT,)

_POSITIVE = (
    Operator(
        name="exists",
        phrase="is known",
        opposite="is unknown",
        types=tuple(Type),
        prepare=operands.present,
        takes_value=False,
    ),
    Operator(
        name="eq",
        phrase="is {}",
        opposite="is not {}",
        types=SCALARS,
        prepare=operands.equal,
        negation="neq",
        takes_ignore_case=True,
    ),
    Operator(
        name="in",
        phrase="is one of {}",
        opposite="is none of {}",
        types=SCALARS,
        prepare=operands.member,
        words=phrases.values,
        negation="not_in",
        takes_ignore_case=True,
    ),
    Operator(
        name="contains",
        phrase="contains {}",
        opposite="does not contain {}",
        types=_STRING,
        prepare=operands.text(Test.CONTAINS),
        words=phrases.choice,
        negation="not_contains",
        takes_ignore_case=True,
    ),
    Operator(
        name="starts_with",
        phrase="starts with {}",
        opposite="does not start with {}",
        types=_STRING,
        prepare=operands.text(Test.PREFIX),
        words=phrases.choice,
        negation="not_starts_with",
        takes_ignore_case=True,
    ),
    Operator(
        name="ends_with",
        phrase="ends with {}",
        opposite="does not end with {}",
        types=_STRING,
        prepare=operands.text(Test.SUFFIX),
        words=phrases.choice,
        negation="not_ends_with",
        takes_ignore_case=True,
    ),
    Operator(
        name="under",
        phrase="is under {}",
        opposite="is not under {}",
        types=_STRING,
        prepare=operands.under,
        words=phrases.choice,
        negation="not_under",
        takes_ignore_case=True,
    ),
    Operator(
        name="matches",
        phrase="matches the pattern {}",
        opposite="does not match the pattern {}",
        types=_STRING,
        prepare=operands.pattern,
        negation="not_matches",
        takes_ignore_case=True,
    ),
    Operator(
        name="gt",
        phrase="is more than {}",
        opposite="is not more than {}",
        types=_NUMBER,
        prepare=operands.number(cuts.beyond),
    ),
    Operator(
        name="gte",
        phrase="is at least {}",
        opposite="is not at least {}",
        types=_NUMBER,
        prepare=operands.number(cuts.at_least),
    ),
    Operator(
        name="lt",
        phrase="is less than {}",
        opposite="is not less than {}",
        types=_NUMBER,
        prepare=operands.number(cuts.below),
    ),
    Operator(
        name="lte",
        phrase="is at most {}",
        opposite="is not at most {}",
        types=_NUMBER,
        prepare=operands.number(cuts.at_most),
    ),
    Operator(
        name="between",
        phrase="is between {}",
        opposite="is not between {}",
        types=_NUMBER,
        prepare=operands.between,
        words=phrases.pair,
    ),
    Operator(
        name="mod", phrase="is {}", opposite="is not {}", types=_NUMBER, prepare=operands.mod, words=phrases.remainder
    ),
    Operator(
        name="before",
        phrase="is before {}",
        opposite="is not before {}",
        types=_INSTANT,
        prepare=operands_time.instant(cuts.below),
    ),
    Operator(
        name="after",
        phrase="is after {}",
        opposite="is not after {}",
        types=_INSTANT,
        prepare=operands_time.instant(cuts.beyond),
    ),
    Operator(
        name="during",
        phrase="lies from {}",
        opposite="does not lie from {}",
        types=_INSTANT,
        prepare=operands_time.during,
        words=phrases.span,
    ),
    Operator(
        name="on",
        phrase="is on {}",
        opposite="is not on {}",
        types=_INSTANT,
        prepare=operands_time.on,
        takes_timezone=True,
    ),
    Operator(
        name="within_last",
        phrase="is within the last {}",
        opposite="is not within the last {}",
        types=_INSTANT,
        prepare=operands_time.relative(Relation.WITHIN_LAST),
        words=phrases.duration,
    ),
    Operator(
        name="older_than",
        phrase="is at least {} ago",
        opposite="is not at least {} ago",
        types=_INSTANT,
        prepare=operands_time.relative(Relation.OLDER_THAN),
        words=phrases.duration,
    ),
    Operator(
        name="within_next",
        phrase="is within the next {}",
        opposite="is not within the next {}",
        types=_INSTANT,
        prepare=operands_time.relative(Relation.WITHIN_NEXT),
        words=phrases.duration,
    ),
    Operator(
        name="further_than",
        phrase="is more than {} ahead",
        opposite="is not more than {} ahead",
        types=_INSTANT,
        prepare=operands_time.relative(Relation.FURTHER_THAN),
        words=phrases.duration,
    ),
    Operator(
        name="anniversary_within",
        phrase="has its anniversary {}",
        opposite="does not have its anniversary {}",
        types=_INSTANT,
        prepare=operands_time.anniversary,
        words=phrases.coming_days,
        takes_timezone=True,
    ),
    Operator(
        name="version_eq",
        phrase="is version {}",
        opposite="is not version {}",
        types=_VERSION,
        prepare=operands.version(cuts.exactly),
        negation="version_neq",
    ),
    Operator(
        name="version_gt",
        phrase="is a version above {}",
        opposite="is not a version above {}",
        types=_VERSION,
        prepare=operands.version(cuts.beyond),
    ),
    Operator(
        name="version_gte",
        phrase="is version {} or above",
        opposite="is not version {} or above",
        types=_VERSION,
        prepare=operands.version(cuts.at_least),
    ),
    Operator(
        name="version_lt",
        phrase="is a version below {}",
        opposite="is not a version below {}",
        types=_VERSION,
        prepare=operands.version(cuts.below),
    ),
    Operator(
        name="version_lte",
        phrase="is version {} or below",
        opposite="is not version {} or below",
        types=_VERSION,
        prepare=operands.version(cuts.at_most),
    ),
    Operator(
        name="version_satisfies",
        phrase="is a version in {}",
        opposite="is not a version in {}",
        types=_VERSION,
        prepare=operands.satisfies,
    ),
    Operator(
        name="has_any",
        phrase="has any of {}",
        opposite="has none of {}",
        types=_LIST,
        prepare=operands.elements(Test.ANY_OF),
        words=phrases.values,
        negation="has_none",
    ),
    Operator(
        name="has_all",
        phrase="has all of {}",
        opposite="does not have all of {}",
        types=_LIST,
        prepare=operands.elements(Test.ALL_OF),
        words=phrases.values,
    ),
    Operator(
        name="size",
        phrase="has a size of {}",
        opposite="does not have a size of {}",
        types=_LIST,
        prepare=operands.size,
        words=phrases.size,
    ),
    Operator(
        name="element",
        phrase="has an element of which {}",
        opposite="has no element of which {}",
        types=_LIST,
        prepare=operands.element,
        takes_rule=True,
    ),
    Operator(
        name="in_cidr",
        phrase="is an address in {}",
        opposite="is not an address in {}",
        types=_ADDRESS,
        prepare=operands_place.network,
        words=phrases.choice,
    ),
    Operator(
        name="within_km",
        phrase="is within {}",
        opposite="is not within {}",
        types=_OBJECT,
        prepare=operands_place.near,
        words=phrases.circle,
        takes_place=True,
    ),
    Operator(
        name="within_box",
        phrase="is within {}",
        opposite="is not within {}",
        types=_OBJECT,
        prepare=operands_place.box,
        words=phrases.box,
        takes_place=True,
    ),
)


def _negation(operator: Operator, name: str) -> Operator:
    return msgspec.structs.replace(
        operator,
        name=name,
        phrase=operator.opposite,
        opposite=operator.phrase,
        negation=operator.name,
        negates=operator.name,
    )


OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for row in _POSITIVE
    for operator in (row, *([_negation(row, row.negation)] if row.negation else ()))
}
"""Every operator by name, each positive form followed by its negation."""
