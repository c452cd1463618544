"""LaunchDarkly's clause operators: each as the tests that a value must pass, one clause value sufficing.

A test takes the path of a value and gives a node; it stands for the attribute itself and, within `element`, for each
element of a list alike.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from shared.importers.launchdarkly.values import first_at_least, milliseconds, precise
from shared.importers.nodes import NEVER, Node, all_of, any_of, condition, is_string, negation
from shared.importers.notes import Notes
from shared.importers.python_patterns import Unsupported, translated
from shared.importers.translation import Json
from shared.rules import instants
from shared.rules.catalogue import Path
from shared.rules.problems import step

Test = Callable[[Path], Node]
Values = list[Json]


class Operator(NamedTuple):
    """tests: from the clause's values, where the clause stands and its notes. reads_text: whether it parses texts."""

    tests: Callable[[Values, str, Notes], Test]
    reads_text: bool = False


def is_number(value: Json) -> bool:
    """A JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def scalars(values: Values) -> Values:
    """The clause values that can be equal to one scalar, each once."""
    kept = [value for value in values if isinstance(value, str | int | float)]
    return list({(type(value) is bool, value): value for value in kept}.values())


def _text(op: str) -> Callable[[Values, str, Notes], Test]:
    def tests(values: Values, _: str, __: Notes) -> Test:
        texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
        if "" in texts:
            return is_string
        return lambda path: condition(path, op, texts) if texts else NEVER

    return tests


def _matches(values: Values, pointer: str, notes: Notes) -> Test:
    patterns = []
    for index, value in enumerate(values):
        if not isinstance(value, str):
            continue
        try:
            patterns.append(translated(value, from_start=False))
        except Unsupported as error:
            at = step(step(pointer, "values"), index)
            detail = f"the pattern cannot be said in RE2 with the same meaning: it has {error}"
            notes.refuse(at, "unsupported-pattern", detail, "write it without")
    return lambda path: any_of(*(condition(path, "matches", pattern) for pattern in dict.fromkeys(patterns)))


def _number(op: str, farthest: Callable[[Iterable[float]], float]) -> Callable[[Values, str, Notes], Test]:
    def tests(values: Values, _: str, __: Notes) -> Test:
        numbers = [value for value in values if is_number(value)]
        return lambda path: condition(path, op, farthest(numbers)) if numbers else NEVER

    return tests


def _time(*, is_after: bool) -> Callable[[Values, str, Notes], Test]:
    def tests(values: Values, pointer: str, notes: Notes) -> Test:
        times = [ms for ms in map(milliseconds, values) if ms is not None]
        if not times:
            return lambda _: NEVER
        limit = min(times) if is_after else max(times)
        notes.guard(pointer, "instant-or-number", "LaunchDarkly takes texts and milliseconds, and no bare date")
        first = first_at_least(limit, is_strict=is_after)
        of_text = _from if is_after else _until
        op = "gt" if is_after else "lt"
        return lambda path: any_of(
            all_of(condition(path, "contains", ":"), of_text(path, first)), condition(path, op, limit)
        )

    return tests


def _from(path: Path, first: int | None) -> Node:
    """An instant at or after one of Unix microseconds; what is finer than milliseconds is read off the text."""
    if first is None:
        return NEVER
    ms, finer = divmod(first, 1000)
    if not finer:
        return _after(path, ms - 1)
    return any_of(_after(path, ms), all_of(_during(path, ms), condition(path, "matches", _finer(finer))))


def _until(path: Path, first: int | None) -> Node:
    """An instant before one, as in `_from`; None is after all."""
    if first is None:
        return any_of(_after(path, 0), _before(path, 1))
    ms, finer = divmod(first, 1000)
    if not finer:
        return _before(path, ms)
    return any_of(_before(path, ms), all_of(_during(path, ms), condition(path, "not_matches", _finer(finer))))


def _finer(microseconds: int) -> str:
    """A pattern found where a text has at least so many microseconds, 1 to 999, beside its milliseconds."""
    digits = f"{microseconds:03}".rstrip("0")
    above = [f"{digits[:at]}[{int(digit) + 1}-9]" for at, digit in enumerate(digits) if digit < "9"]
    return rf"\.[0-9]{{3}}(?:{'|'.join([*above, digits])})"


def _after(path: Path, ms: int) -> Node:
    if ms < instants.EARLIEST:
        return any_of(_after(path, 0), _before(path, 1))
    return condition(path, "after", instants.to_text(ms))


def _before(path: Path, ms: int) -> Node:
    return condition(path, "before", instants.to_text(ms)) if ms > instants.EARLIEST else NEVER


def _during(path: Path, ms: int) -> Node:
    if ms == instants.LATEST:
        return _after(path, ms - 1)
    return condition(path, "during", [instants.to_text(ms), instants.to_text(ms + 1)])


def _version(op: str) -> Callable[[Values, str, Notes], Test]:
    def tests(values: Values, pointer: str, notes: Notes) -> Test:
        texts = dict.fromkeys(precise(value) for value in values if isinstance(value, str))
        asked = [text for text in texts if text is not None]
        if not asked:
            return lambda _: NEVER
        notes.guard(pointer, "version-prefix", "LaunchDarkly takes no version with a leading `v`")
        return lambda path: all_of(
            any_of(*(condition(path, op, text) for text in asked)), negation(condition(path, "starts_with", "v"))
        )

    return tests


OPERATORS: Mapping[str, Operator] = {
    "startsWith": Operator(_text("starts_with")),
    "endsWith": Operator(_text("ends_with")),
    "contains": Operator(_text("contains")),
    "matches": Operator(_matches),
    "lessThan": Operator(_number("lt", max)),
    "lessThanOrEqual": Operator(_number("lte", max)),
    "greaterThan": Operator(_number("gt", min)),
    "greaterThanOrEqual": Operator(_number("gte", min)),
    "before": Operator(_time(is_after=False), reads_text=True),
    "after": Operator(_time(is_after=True), reads_text=True),
    "semVerEqual": Operator(_version("version_eq"), reads_text=True),
    "semVerLessThan": Operator(_version("version_lt"), reads_text=True),
    "semVerGreaterThan": Operator(_version("version_gt"), reads_text=True),
}
"""All but `in`, which asks lists as a whole, and `segmentMatch`, which asks no attribute."""


def kinds(values: Values) -> Iterator[str]:
    """The texts among the values of a clause on `kind`."""
    return (value for value in values if isinstance(value, str))
