"""Operators of GrowthBook on one value, as its JavaScript and its Python SDK both have them.

Each takes what is expected, what it looks at, the pointer of what is expected and the state, and gives a rule.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from math import ceil, floor, prod

from shared.importers.growthbook.kinds import Subject, by_kind, constant, has_any, kind_of, one_of
from shared.importers.growthbook.state import JAVASCRIPT, State
from shared.importers.nodes import ALWAYS, NEVER, Node, all_of, condition, is_list, negation
from shared.importers.translation import Json

Reading = Callable[[Json, Subject, str, State], Node]

SCALAR_KINDS = ("string", "number", "boolean")
MOST_SPELLINGS = 1_000
RELATIONS = {"$lt": "lt", "$lte": "lte", "$gt": "gt", "$gte": "gte"}
TYPES = {"null": "missing", "string": "string", "number": "number", "boolean": "boolean", "array": "list"}
TYPES |= {"object": "object"}

# the alphabet on which lower case and Unicode's case folding are the same, and no other character's lower case is in it
_FOLDED = r"\x00-\x7f\xc0-\xd6\xd8-\xde\xe0-\xf6\xf8-\xfe"
_is_foldable = re.compile(f"[{_FOLDED}]*").fullmatch
_BEYOND_FOLDED = f"[^{_FOLDED}]"


def equal(expected: Json, subject: Subject, _at: str, _state: State) -> Node:
    """`$eq`: strictly equal; a list or an object equals none, not even one that looks the same."""
    kind = kind_of(expected)
    if kind == "missing":
        return by_kind(subject, {"missing": ALWAYS})
    return by_kind(subject, {kind: one_of(subject.path, [expected])}) if kind in SCALAR_KINDS else NEVER


def differs(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """`$ne`, which holds of a missing value."""
    return negation(equal(expected, subject, at, state))


def member(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """`$in`: one of the values, or a list with one of them. What is no list of values has no members."""
    if not isinstance(expected, list):
        return NEVER
    if "list" in subject.kinds:
        state.guard(at, "list-in")
    scalars = [value for value in expected if kind_of(value) in SCALAR_KINDS]
    truth = {kind: one_of(subject.path, _of_kind(kind, scalars)) for kind in SCALAR_KINDS}
    return by_kind(subject, {**truth, "missing": constant(None in expected), "list": has_any(subject.path, scalars)})


def no_member(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """`$nin`: its complement, but for what is no list, of which it does not hold either."""
    return negation(member(expected, subject, at, state)) if isinstance(expected, list) else NEVER


def member_folded(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """`$ini`: `$in` in lower case."""
    if not isinstance(expected, list):
        return NEVER
    state.guard(at, "lower-case")
    scalars = [value for value in expected if kind_of(value) in SCALAR_KINDS]
    texts = _of_kind("string", scalars)
    if not all(map(_is_foldable, texts)):
        return state.notes.refuse(at, "not-importable", "text beyond Latin letters cannot be compared in lower case")
    truth = {kind: one_of(subject.path, _of_kind(kind, scalars)) for kind in ("number", "boolean")}
    truth["string"] = _one_of_folded(texts, subject)
    if "list" in subject.kinds:
        variants = spellings(texts)
        if variants is None:
            state.assume(negation(is_list(subject.path)))
        else:
            others = [value for value in scalars if not isinstance(value, str)]
            truth["list"] = has_any(subject.path, [*variants, *others])
    return by_kind(subject, {**truth, "missing": constant(None in expected)})


def no_member_folded(expected: Json, subject: Subject, at: str, state: State) -> Node:
    """`$nini`: its complement, but for what is no list."""
    return negation(member_folded(expected, subject, at, state)) if isinstance(expected, list) else NEVER


def has_type(expected: Json, subject: Subject, _at: str, _state: State) -> Node:
    """`$type`: the JSON kind by name; a missing value is `null`."""
    kind = TYPES.get(expected) if isinstance(expected, str) else None
    return by_kind(subject, {kind: ALWAYS}) if kind else NEVER


def exists(expected: Json, subject: Subject, _at: str, state: State) -> Node:
    """`$exists`: what is true to the SDK's language asks for presence; in `js` all lists and objects are."""
    wants = bool(expected) or (state.dialect == JAVASCRIPT and isinstance(expected, list | dict))
    missing = by_kind(subject, {"missing": ALWAYS})
    return negation(missing) if wants else missing


def counted(relation: str, number: float, subject: Subject) -> Node:
    """The size of the list in a relation to a number, of what is a list."""
    path = subject.path
    if relation == "eq":
        return condition(path, "size", {"eq": int(number)}) if number >= 0 and number == int(number) else NEVER
    if relation in ("gt", "gte"):
        least = ceil(number) if relation == "gte" else floor(number) + 1
        return condition(path, "size", {"gte": max(least, 0)})
    most = floor(number) if relation == "lte" else ceil(number) - 1
    return condition(path, "size", {"lte": most}) if most >= 0 else NEVER


def spellings(texts: Iterable[str]) -> list[str] | None:
    """Every way to write ASCII texts in upper and lower case; None where there are too many."""
    texts = list(texts)
    letters = [[sorted({each.lower(), each.upper()}) for each in text] for text in texts]
    if not all(map(str.isascii, texts)) or sum(prod(map(len, each)) for each in letters) > MOST_SPELLINGS:
        return None
    return ["".join(choice) for each in letters for choice in product(*each)]


def _one_of_folded(texts: list[Json], subject: Subject) -> Node:
    if not texts:
        return NEVER
    found = condition(subject.path, "in", list(dict.fromkeys(texts)), ignore_case=True)
    return all_of(found, negation(condition(subject.path, "matches", _BEYOND_FOLDED)))


def _of_kind(kind: str, values: Iterable[Json]) -> list[Json]:
    return [value for value in values if kind_of(value) == kind]


OPERATORS: Mapping[str, Reading] = {
    "$eq": equal,
    "$ne": differs,
    "$in": member,
    "$nin": no_member,
    "$ini": member_folded,
    "$nini": no_member_folded,
    "$exists": exists,
    "$type": has_type,
}
