"""How GrowthBook's JavaScript SDK compares: by JavaScript's own conversions."""

from collections.abc import Mapping

from shared.importers import numerals, text_order
from shared.importers.growthbook.kinds import Subject, Truth, by_kind, constant, one_of
from shared.importers.growthbook.operators import RELATIONS, SCALAR_KINDS, Reading, spellings
from shared.importers.growthbook.state import State
from shared.importers.growthbook.versions import VERSION_RELATIONS, version
from shared.importers.javascript import OBJECT_TEXT, is_less, number_of, text_of
from shared.importers.javascript_patterns import Unsupported, translated
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, any_of, condition, is_list, is_number, negation
from shared.importers.translation import Json
from shared.rules import patterns

SCHEMA_HINT = "give the attribute's datatype in `extra.attributeSchema`"


def literal(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """A bare value: strings by text, numbers by number, booleans by truthiness, null by presence."""
    if expected is None:
        return by_kind(subject, {"missing": ALWAYS})
    if isinstance(expected, bool):
        falsy = [value for value in ("", 0, False) if _kind(value) in subject.kinds]
        blank = one_of(subject.path, falsy)
        return all_of(condition(subject.path, "exists"), negation(blank)) if expected else blank
    if isinstance(expected, str):
        return _text(expected, subject, at, state)
    if isinstance(expected, int | float):
        return _ordered("eq", float(expected), subject, at, state)
    return literal_list(expected, subject, at, state)


def literal_list(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """A bare list or object, which is compared as JSON text, order included: sayable of at most one scalar."""
    if isinstance(expected, list) and all(isinstance(each, str | int | float) for each in expected[:1]):
        if not expected:
            return by_kind(subject, {"list": condition(subject.path, "size", {"eq": 0})})
        if len(expected) == 1:
            single = condition(subject.path, "has_any", expected)
            return by_kind(subject, {"list": all_of(condition(subject.path, "size", {"eq": 1}), single)})
    detail = "a whole list or object is compared in its order, which this language does not know"
    return state.notes.refuse(at, "not-importable", detail, "ask for its parts, with `$all` or by dotted names")


def elements(expected: Json, at: str, state: State, kinds: frozenset[str], *, ignore_case: bool) -> list[Json] | None:
    """The scalars that, in a list, match a bare value; None with a problem where they are no short list."""
    if isinstance(expected, str) and expected != OBJECT_TEXT:
        texts = spellings([expected]) if ignore_case else [expected]
        if texts is not None:
            return [*texts, *_values_of_text(expected.lower() if ignore_case else expected)]
    if isinstance(expected, bool) and not expected:
        return ["", 0, False]
    if isinstance(expected, int | float) and not isinstance(expected, bool) and "string" not in kinds:
        return [expected, *(value for value in (False, True) if number_of(value) == expected)]
    detail = f"what `{text_of(expected):.40}` matches in a list cannot be listed"
    state.notes.refuse(at, "not-importable", detail, SCHEMA_HINT)
    return None


def compare(operator: str) -> Reading:
    """`$lt`, `$lte`, `$gt`, `$gte`: two strings by their characters, everything else as numbers."""
    relation = RELATIONS[operator]

    def reading(expected: Json, subject: Subject, at: str, state: State) -> Node:
        if isinstance(expected, list | dict):
            return state.notes.refuse(at, "not-importable", f"`{operator}` with a list or an object")
        if isinstance(expected, str):
            return _ordered_text(relation, expected, subject, at, state)
        return _ordered(relation, number_of(expected), subject, at, state)

    return reading


def pattern(*, ignore_case: bool) -> Reading:
    """`$regex`, `$regexi`: searched in the text of any value."""

    def reading(expected: Json, subject: Subject, at: str, state: State) -> Node:
        if not isinstance(expected, str):
            return state.notes.refuse(at, "malformed", "a pattern is expected")
        try:
            found = translated(expected, ignore_case=ignore_case)
        except Unsupported as error:
            hint = "write it without, or with other operators"
            return state.notes.refuse(at, "unsupported-pattern", f"RE2 has no equal of {error}", hint)
        problem = patterns.find_problem(found.text, "", ignore_case=ignore_case)
        if problem:
            return state.notes.refuse(at, problem.code, problem.detail, problem.hint)
        state.guard(at, "text-of-value")
        if found.alphabet:
            outside = condition(subject.path, "matches", f"[^{found.alphabet[1:]}")
            state.assume_no("string", subject, outside)
        state.assume_no("number", subject, is_number(subject.path))
        state.assume_no("list", subject, is_list(subject.path))
        search = patterns.compiled(found.text, ignore_case=ignore_case).search
        flags = {"ignore_case": True} if ignore_case else {}
        truth: Truth = {
            "missing": constant(search("null")),
            "string": condition(subject.path, "matches", found.text, **flags),
            "boolean": one_of(subject.path, [value for value in (False, True) if search(text_of(value))]),
            "object": constant(search(OBJECT_TEXT)),
        }
        return by_kind(subject, truth)

    return reading


def _text(expected: str, subject: Subject, at: str, state: State) -> Node:
    """`value + "" === expected`."""
    if expected == OBJECT_TEXT:
        return state.notes.refuse(at, "not-importable", "every object has this text", "ask with `$type`")
    path = subject.path
    values = [expected, *_values_of_text(expected)]
    single = all_of(condition(path, "size", {"eq": 1}), condition(path, "has_any", values))
    empty = condition(path, "size", {"eq": 0})
    if "," in expected and "list" in subject.kinds:
        state.assume(negation(condition(path, "size", {"gte": 2})))
    if not subject.kinds <= {"missing", "string"}:
        state.guard(at, "loose-equality")
    truth = {kind: one_of(path, [value for value in values if _kind(value) == kind]) for kind in SCALAR_KINDS}
    truth["list"] = any_of(single, empty) if expected == "" else single
    return by_kind(subject, {**truth, "missing": constant(expected == "null")})


def _values_of_text(text: str) -> list[Json]:
    """The numbers and booleans whose text this is."""
    number = number_of(text)
    is_text = text_of(number) == text and number - number == 0
    written = int(number) if is_text and number == number // 1 and abs(number) < 2**53 else number
    return [*([written] if is_text else []), *(value for value in (False, True) if text_of(value) == text)]


def _ordered(relation: str, number: float, subject: Subject, at: str, state: State) -> Node:
    """`Number(value) <relation> number`."""
    needs_pattern = "string" in subject.kinds
    if needs_pattern and not numerals.is_plain(number):
        detail = f"strings cannot be compared with `{text_of(number)}` as numbers"
        return state.notes.refuse(at, "long-number", detail, SCHEMA_HINT)
    path = subject.path
    zero = constant(_holds(relation, 0.0, number))
    if not subject.kinds <= {"missing", "number"}:
        state.guard(at, "loose-equality" if relation == "eq" else "numeral")
    if relation != "eq" and zero == ALWAYS:
        state.guard(at, "missing-is-zero")
    state.assume_no("string", subject, condition(path, "matches", numerals.EXOTIC))
    state.assume_no("list", subject, condition(path, "size", {"eq": 1}))
    truth: Truth = {
        "missing": zero,
        "number": condition(path, relation, _number(number)),
        "boolean": one_of(path, [value for value in (False, True) if _holds(relation, float(value), number)]),
        "string": condition(path, "matches", numerals.pattern(relation, number)) if needs_pattern else NEVER,
        "list": condition(path, "size", {"eq": 0}) if zero == ALWAYS else NEVER,
    }
    return by_kind(subject, truth)


def _ordered_text(relation: str, text: str, subject: Subject, at: str, state: State) -> Node:
    """`value <relation> text`: strings by UTF-16 code units, a list or an object as its text, others as numbers."""
    number = number_of(text)
    if abs(number) == float("inf"):
        return state.notes.refuse(at, "not-importable", f"`{text}` is infinity to the source")
    path = subject.path
    state.guard(at, "text-order")
    state.assume_no("list", subject, is_list(path))
    write = text_order.before if relation in ("lt", "lte") else text_order.after
    or_equal = relation in ("lte", "gte")
    below = is_less(OBJECT_TEXT, text, or_equal=or_equal)
    above = is_less(text, OBJECT_TEXT, or_equal=or_equal)
    is_number = number == number  # noqa: PLR0124  # NaN alone differs from itself
    truth: dict[str, Node] = {
        "string": condition(path, "matches", write(text, or_equal=or_equal)),
        "object": constant(below if write is text_order.before else above),
    }
    if is_number:
        truth["missing"] = constant(_holds(relation, 0.0, number))
        truth["number"] = condition(path, relation, _number(number))
        truth["boolean"] = one_of(path, [each for each in (False, True) if _holds(relation, float(each), number)])
    return by_kind(subject, truth)


def _holds(relation: str, left: float, right: float) -> bool:
    holds = {
        "eq": left == right,
        "lt": left < right,
        "lte": left <= right,
        "gt": left > right,
        "gte": left >= right,
    }
    return holds[relation]


def _number(number: float) -> int | float:
    return int(number) if number == number // 1 and abs(number) < 2**53 else number


def _kind(value: Json) -> str:
    return "string" if isinstance(value, str) else "boolean" if isinstance(value, bool) else "number"


def padded_version(operator: str) -> Reading:
    """`$veq` to `$vlte`: of a missing value, a boolean, a list and an object the version is 0."""

    def reading(expected: Json, subject: Subject, at: str, state: State) -> Node:
        text = text_of(expected) if isinstance(expected, int | float) and not isinstance(expected, bool) else expected
        state.assume_no("number", subject, is_number(subject.path))
        return version(operator, text, subject, at, state, others="0")

    return reading


OPERATORS: Mapping[str, Reading] = {
    **{operator: compare(operator) for operator in RELATIONS},
    **{operator: padded_version(operator) for operator in VERSION_RELATIONS},
    "$regex": pattern(ignore_case=False),
    "$regexi": pattern(ignore_case=True),
}
