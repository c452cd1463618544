"""The plain truth of one predicate on one value, to be read and to explain with; the machine has indexes instead."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from shared.rules import anniversaries, buckets, instants, patterns
from shared.rules.comparisons import COMPARISONS, Typed, scalars
from shared.rules.instants import Relation
from shared.rules.kinds import (
    MAX_INTEGER,
    Kind,
    as_address,
    as_instant,
    as_text,
    as_version,
    fold,
    kind_of,
)
from shared.rules.places import PLACES, place
from shared.rules.program import Test

Answer = bool | None
"""None: the value is of a kind that the test cannot take, which counts as false."""


def ask(test: Test, operand: Any, value: Typed, now_ms: int) -> Answer:
    """Whether a present value, normalised by `kinds.typed`, passes a test with its operand, see program.Test.

    COMPARE and the tests on places are asked of two values, by `compare` and `lies`; ELEMENT is asked of each element,
    by its program, and WINDOW of the clock, by `windows.holds`.
    """
    return _TESTS[test](operand, value, now_ms)


def compare(operand: tuple[str, bool], value: Typed, other: Typed) -> Answer:
    """Whether a present value stands to another as COMPARE's operand, (operator, ignore_case), asks."""
    name, ignore_case = operand
    return COMPARISONS[name](value, other, fold if ignore_case else str)


def lies(test: Test, operand: Any, latitude: Typed, longitude: Typed) -> Answer:
    """Whether a present latitude and longitude pass a test on places."""
    found = place(latitude, longitude)
    return None if found is None else PLACES[test](found, operand)


def _present(_: Any, __: Typed, ___: int) -> Answer:
    return True


def _equal(operand: Iterable[Any], value: Typed, _: int) -> Answer:
    wanted = {(kind_of(item), item) for item in operand}
    return value in wanted if value[0] in {kind for kind, _ in wanted} else None


def _equal_folded(operand: Iterable[Any], value: Typed, _: int) -> Answer:
    return fold(value[1]) in operand if value[0] is Kind.STRING else None


def _text(test: Callable[[str, str], bool], change: Callable[[str], str], operand: Any, value: Typed, _: int) -> Answer:
    if value[0] is not Kind.STRING:
        return None
    text = change(value[1])
    return any(test(text, part) for part in operand)


def _pattern(operand: tuple[str, bool], value: Typed, _: int) -> Answer:
    if value[0] is not Kind.STRING:
        return None
    source, ignore_case = operand
    return patterns.compiled(source, ignore_case=ignore_case).search(value[1]) is not None


def _within(read: Callable[[Typed, int], Any], operand: Any, value: Typed, now_ms: int) -> Answer:
    """Intervals of whatever `read` finds in the value."""
    found = read(value, now_ms)
    if found is None:
        return None
    return any((low is None or low <= found) and (high is None or found < high) for low, high in operand)


def _mod(operand: tuple[int, int], value: Typed, _: int) -> Answer:
    if value[0] is not Kind.NUMBER or value[1] != value[1] // 1 or abs(value[1]) > MAX_INTEGER:
        return None
    divisor, remainder = operand
    return int(value[1]) % divisor == remainder


def _calendar(operand: tuple[int, int, int], value: Typed, now_ms: int) -> Answer:
    ms = as_instant(*value)
    if ms is None:
        return None
    relation, months, exact_ms = operand
    past, future = instants.shift(now_ms, -months, -exact_ms), instants.shift(now_ms, months, exact_ms)
    return {
        Relation.WITHIN_LAST: past < ms <= now_ms,
        Relation.OLDER_THAN: ms <= past,
        Relation.WITHIN_NEXT: now_ms < ms <= future,
        Relation.FURTHER_THAN: ms > future,
    }[Relation(relation)]


def _elements(quantifier: Callable[[Any], bool], operand: Any, value: Typed, _: int) -> Answer:
    if value[0] is not Kind.LIST:
        return None
    held = scalars(value[1])
    return quantifier((kind_of(item), item) in held for item in operand)


def _under(change: Callable[[str], str], operand: Iterable[str], value: Typed, _: int) -> Answer:
    if value[0] is not Kind.STRING:
        return None
    text = change(value[1])
    return any(text.startswith(f"{top}/") or (text == top != "") for top in operand)


def _anniversary(operand: tuple[int, str], value: Typed, now_ms: int) -> Answer:
    ms = as_instant(*value)
    if ms is None:
        return None
    days, zone = operand
    return anniversaries.distance(ms, now_ms, zone) <= days


def _bucket(operand: tuple[str, str, Any], value: Typed, _: int) -> Answer:
    text = as_text(*value)
    if text is None:
        return None
    name, salt, intervals = operand
    bucket = buckets.bucket_of(name)(salt, text)
    return any(bucket < high for _, high in intervals)


def _number(value: Typed, _: int) -> Any:
    return value[1] if value[0] is Kind.NUMBER else None


def _instant(value: Typed, _: int) -> int | None:
    return as_instant(*value)


def _age(value: Typed, now_ms: int) -> int | None:
    ms = as_instant(*value)
    return None if ms is None else now_ms - ms


def _version(value: Typed, _: int) -> Any:
    return as_version(*value)


def _address(value: Typed, _: int) -> bytes | None:
    return as_address(*value)


def _size(value: Typed, _: int) -> int | None:
    return len(value[1]) if value[0] is Kind.LIST else None


_TESTS: Mapping[Test, Callable[[Any, Typed, int], Answer]] = {
    Test.PRESENT: _present,
    Test.EQUAL: _equal,
    Test.EQUAL_FOLDED: _equal_folded,
    Test.CONTAINS: partial(_text, str.__contains__, str),
    Test.CONTAINS_FOLDED: partial(_text, str.__contains__, fold),
    Test.PREFIX: partial(_text, str.startswith, str),
    Test.PREFIX_FOLDED: partial(_text, str.startswith, fold),
    Test.SUFFIX: partial(_text, str.endswith, str),
    Test.SUFFIX_FOLDED: partial(_text, str.endswith, fold),
    Test.PATTERN: _pattern,
    Test.NUMBER: partial(_within, _number),
    Test.MOD: _mod,
    Test.INSTANT: partial(_within, _instant),
    Test.AGE: partial(_within, _age),
    Test.CALENDAR: _calendar,
    Test.VERSION: partial(_within, _version),
    Test.ANY_OF: partial(_elements, any),
    Test.ALL_OF: partial(_elements, all),
    Test.SIZE: partial(_within, _size),
    Test.UNDER: partial(_under, str),
    Test.UNDER_FOLDED: partial(_under, fold),
    Test.NETWORK: partial(_within, _address),
    Test.ANNIVERSARY: _anniversary,
    Test.ROLLOUT: _bucket,
}
