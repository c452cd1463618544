"""Apache Unomi's comparison operators on one property, as its `PropertyConditionEvaluator` applies them.

A value that does not read as what the condition asks with makes Unomi throw, and so makes the condition false, whatever
the operator. A missing property makes all false but `missing`; since version 3 also not the negative operators.
"""

from collections.abc import Callable, Mapping

import msgspec

from shared.importers import text_order
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, exists, is_list, negation
from shared.importers.translation import Json
from shared.importers.unomi.dates import Moment, is_dated, moment_of, on_day, since
from shared.importers.unomi.patterns import pattern_of
from shared.importers.unomi.readings import DATE, DATES, FOLDED, HIGHEST, INTEGER, INTEGERS, LOWEST, TEXT, TEXTS
from shared.importers.unomi.texts import fold
from shared.rules import instants
from shared.rules.catalogue import Path
from shared.rules.problems import Problem, Refused, did_you_mean

VALUES = ("propertyValue", "propertyValueInteger", "propertyValueDouble", "propertyValueDate", "propertyValueDateExpr")
LISTS = (
    "propertyValues",
    "propertyValuesInteger",
    "propertyValuesDouble",
    "propertyValuesDate",
    "propertyValuesDateExpr",
)

SET_OPERATORS = ("in", "notIn", "all", "hasSomeOf", "hasNoneOf")
"""Those that look at the elements of what they are asked about, whatever their order."""


class Property(msgspec.Struct, frozen=True):
    """A property: where it stands, and beside which root its readings do."""

    path: Path
    root: Path
    name: str

    def reading(self, group: str) -> Path:
        """Where one of its readings stands."""
        return (*self.root, group, self.name)


class Question(msgspec.Struct, frozen=True):
    """What a condition asks of its property."""

    subject: Property
    operator: str
    parameters: Mapping[str, Json]
    dialect: str


Answer = Callable[[Question], Node]


def compared(question: Question) -> Node:
    """When the condition holds; raises `Refused` with pointers into its parameters."""
    node = _operator(question.operator)(question)
    if compared_missing(question.operator, question.dialect) == ALWAYS:
        return any_of(negation(exists(question.subject.path)), node)
    return node


def compared_missing(operator: str, dialect: str) -> Node:
    """Whether a condition holds on a property that is missing."""
    _operator(operator)
    is_negative = dialect == "3" and operator in ("notEquals", "notIn", "hasNoneOf")
    return ALWAYS if operator == "missing" or is_negative else NEVER


def _operator(name: str) -> Answer:
    if name not in OPERATORS:
        hint = did_you_mean(name, OPERATORS)
        raise _refused("/comparisonOperator", "unknown-operator", f"`{name}` is not imported", hint)
    return OPERATORS[name]


def _is_there(question: Question) -> Node:
    path = question.subject.path
    return all_of(exists(path), negation(condition(path, "size", {"eq": 0})))


def _missing(question: Question) -> Node:
    return negation(exists(question.subject.path))


def _equals(question: Question) -> Node:
    """A list equals where one of its elements does."""
    name, value = _given(question, VALUES)
    subject = question.subject
    if name == "propertyValue":
        text = _text(value, name)
        own, read = (condition(path, "eq", text) for path in _texts(question))
        element = condition(subject.reading(TEXTS), "has_any", [text])
        return any_of(own, all_of(read, negation(is_list(subject.path))), element)
    if name == "propertyValueInteger":
        number = _integer(value, name)
        return any_of(_integers(subject, number, number), condition(subject.reading(INTEGERS), "has_any", [number]))
    moment = moment_of(value, question.dialect, f"/{name}")
    if moment.is_relative:
        raise _refused(f"/{name}", "not-importable", "a date that equals one that moves with now")
    element = condition(subject.reading(DATES), "has_any", [instants.to_text(moment.ms)])
    return any_of(_date_is(subject, moment), element)


def _differs(question: Question) -> Node:
    """A list is compared as a whole, by its text."""
    name, value = _given(question, VALUES)
    subject = question.subject
    if name == "propertyValue":
        return all_of(exists(subject.path), negation(_text_is(question, _text(value, name))))
    if name == "propertyValueInteger":
        number = _integer(value, name)
        return all_of(_integers(subject, LOWEST, HIGHEST), negation(_integers(subject, number, number)))
    moment = moment_of(value, question.dialect, f"/{name}")
    return all_of(is_dated(_dates(subject)), negation(_date_is(subject, moment)))


def _ordered(*, greater: bool, or_equal: bool) -> Answer:
    def answer(question: Question) -> Node:
        name, value = _given(question, VALUES)
        subject = question.subject
        if name == "propertyValue":
            order = text_order.after if greater else text_order.before
            pattern = order(_text(value, name), or_equal=or_equal)
            return any_of(*(condition(path, "matches", pattern) for path in _texts(question)))
        if name == "propertyValueInteger":
            number, beside = _integer(value, name), 0 if or_equal else 1
            low, high = (number + beside, HIGHEST) if greater else (LOWEST, number - beside)
            return _integers(subject, low, high)
        moment = moment_of(value, question.dialect, f"/{name}")
        dates, edge = _dates(subject), moment if greater is or_equal else moment.next()
        return since(dates, edge) if greater else all_of(is_dated(dates), negation(since(dates, edge)))

    return answer


def _between(question: Question) -> Node:
    """Both ends included; more than two values are not looked at."""
    name, values = _given(question, LISTS)
    if not isinstance(values, list) or len(values) < 2 or name == "propertyValues":
        raise _refused(f"/{name}", "wrong-values", "two integers or two dates are expected")
    if name == "propertyValuesInteger":
        low, high = (_integer(value, f"{name}/{index}") for index, value in enumerate(values[:2]))
        return _integers(question.subject, low, high)
    dates = _dates(question.subject)
    first = since(dates, moment_of(values[0], question.dialect, f"/{name}/0"))
    beyond = since(dates, moment_of(values[1], question.dialect, f"/{name}/1").next())
    return all_of(first, negation(beyond))


def _textual(op: str, *, negated: bool = False) -> Answer:
    """On the text of any value; that of a list is in brackets, and nothing in it is folded."""

    def answer(question: Question) -> Node:
        name, value = _given(question, VALUES[:1])
        text, subject = _text(value, name), question.subject
        if op == "matches":
            text = pattern_of(text, f"/{name}")
        if not text:
            return NEVER if negated else exists(subject.path)
        found = any_of(*(condition(path, op, text) for path in (subject.path, subject.reading(TEXT))))
        return all_of(exists(subject.path), negation(found)) if negated else found

    return answer


def _one_of(*, negated: bool) -> Answer:
    """The value, or an element of a list, is one of the values; texts are folded, nothing else is converted."""

    def answer(question: Question) -> Node:
        values, path = _elements(question), question.subject.path
        found = any_of(condition(path, "in", values), condition(path, "has_any", values)) if values else NEVER
        return all_of(exists(path), negation(found)) if negated else found

    return answer


def _every(question: Question) -> Node:
    values, path = _elements(question), question.subject.path
    if not values:
        return exists(path)
    alone = condition(path, "eq", values[0]) if len(values) == 1 else NEVER
    return any_of(alone, condition(path, "has_all", values))


def _same_day(*, negated: bool) -> Answer:
    def answer(question: Question) -> Node:
        names = ("propertyValueDate",) if question.dialect == "2" else ("propertyValueDate", "propertyValueDateExpr")
        name, value = _given(question, names)
        dates = _dates(question.subject)
        day = on_day(dates, moment_of(value, question.dialect, f"/{name}"), f"/{name}")
        return all_of(is_dated(dates), negation(day)) if negated else day

    return answer


def _given(question: Question, names: tuple[str, ...]) -> tuple[str, Json]:
    """The one parameter of these that is there; raises `Refused` for none or several, and for doubles."""
    parameters = question.parameters
    found = [name for name in names if parameters.get(name) is not None]
    if len(found) != 1:
        wanted = ", ".join(f"`{name}`" for name in names)
        raise _refused("", "wrong-values", f"`{question.operator}` takes exactly one of {wanted}")
    if "Double" in found[0]:
        detail = "values of kind double are not imported: Unomi 2 does not compare with them"
        raise _refused(f"/{found[0]}", "not-importable", detail, "ask with integers")
    return found[0], parameters[found[0]]


def _text(value: Json, name: str) -> str:
    if not isinstance(value, str):
        raise _refused(f"/{name}", "wrong-type", "a text is expected")
    return fold(value, f"/{name}")


def _integer(value: Json, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not LOWEST <= value <= HIGHEST:
        raise _refused(f"/{name}", "wrong-type", "an integer of 32 bits is expected")
    return value


def _elements(question: Question) -> list[Json]:
    name, values = _given(question, LISTS)
    if name not in ("propertyValues", "propertyValuesInteger") or not isinstance(values, list):
        raise _refused(f"/{name}", "not-importable", "only texts and integers are looked for in lists")
    read = _text if name == "propertyValues" else _integer
    return list(dict.fromkeys(read(value, f"{name}/{index}") for index, value in enumerate(values)))


def _texts(question: Question) -> tuple[Path, Path]:
    """The property, if it is a text, and its text, if it is none; version 3 folds that, too."""
    subject = question.subject
    return subject.path, subject.reading(TEXT if question.dialect == "2" else FOLDED)


def _text_is(question: Question, text: str) -> Node:
    return any_of(*(condition(path, "eq", text) for path in _texts(question)))


def _integers(subject: Property, low: int, high: int) -> Node:
    """It reads as an integer from `low` to `high`, both included."""
    if low > high:
        return NEVER
    own = all_of(condition(subject.path, "mod", [1, 0]), condition(subject.path, "between", [low, high]))
    return any_of(own, condition(subject.reading(INTEGER), "between", [low, high]))


def _dates(subject: Property) -> tuple[Path, Path]:
    return subject.path, subject.reading(DATE)


def _date_is(subject: Property, moment: Moment) -> Node:
    dates = _dates(subject)
    return all_of(since(dates, moment), negation(since(dates, moment.next())))


def _refused(at: str, code: str, detail: str, hint: str | None = None) -> Refused:
    return Refused([Problem(at, code, detail, hint)])


OPERATORS: Mapping[str, Answer] = {
    "exists": _is_there,
    "missing": _missing,
    "equals": _equals,
    "notEquals": _differs,
    "greaterThan": _ordered(greater=True, or_equal=False),
    "greaterThanOrEqualTo": _ordered(greater=True, or_equal=True),
    "lessThan": _ordered(greater=False, or_equal=False),
    "lessThanOrEqualTo": _ordered(greater=False, or_equal=True),
    "between": _between,
    "contains": _textual("contains"),
    "notContains": _textual("contains", negated=True),
    "startsWith": _textual("starts_with"),
    "endsWith": _textual("ends_with"),
    "matchesRegex": _textual("matches"),
    "in": _one_of(negated=False),
    "hasSomeOf": _one_of(negated=False),
    "notIn": _one_of(negated=True),
    "hasNoneOf": _one_of(negated=True),
    "all": _every,
    "isDay": _same_day(negated=False),
    "isNotDay": _same_day(negated=True),
}
"""By name; `inContains` and `distance` are refused."""
