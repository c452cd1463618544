"""Version ranges in npm's notation, as intervals of precedence keys.

`^1.2` is every version from 1.2.0 up to, not including, `2.0.0-0`, the lowest that begins with 2; a
pre-release inside an interval belongs to it. Grammar:

    range       = alternative *( "||" alternative )        any of them
    alternative = partial " - " partial                    both ends included
                | comparator *( " " comparator )           all of them
    comparator  = [ "^" | "~" | ">=" | "<=" | ">" | "<" | "=" ] partial
    partial     = [ "v" ] ( number | "x" | "X" | "*" ) up to three times, with a pre-release after the third
"""

import re
from collections.abc import Iterable

from shared.rules import versions
from shared.rules.versions import Key

Interval = tuple[Key | None, Key | None]
"""`low <= key < high`; None is unbounded."""

_MAX_LENGTH = 512
_LOWEST: Key = (0, ((0, 0, ""),))  # the tail of the lowest key that begins with given numbers: `-0`
_RELEASE: Key = (1, ())
_PART = r"(?:0|[1-9][0-9]{0,15}|[xX*])"
_NAMES = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_PARTIAL = rf"v?{_PART}(?:\.{_PART}(?:\.{_PART}(?:-{_NAMES})?(?:\+{_NAMES})?)?)?"
_HYPHEN = re.compile(rf"({_PARTIAL})\s+-\s+({_PARTIAL})").fullmatch
_COMPARATOR = re.compile(rf"(\^|~|>=|<=|>|<|=|)\s*({_PARTIAL})(?:\s+|$)")


def parse(text: str) -> tuple[Interval, ...] | None:
    """The intervals of a range, sorted and disjoint (none: no version satisfies it), or None where it is no range."""
    if len(text) > _MAX_LENGTH:
        return None
    alternatives = [_alternative(part.strip()) for part in text.split("||")]
    if None in alternatives:
        return None
    return _union(interval for interval in alternatives if interval)


def _alternative(text: str) -> Interval | tuple[()] | None:
    """One interval, `()` where nothing can lie in it, or None where the text is no alternative."""
    hyphen = _HYPHEN(text)
    comparators = [(">=", hyphen[1]), ("<=", hyphen[2])] if hyphen else _comparators(text)
    intervals = [_comparator(sign, partial) for sign, partial in comparators]
    if not intervals or None in intervals:
        return None
    lows = [interval[0] for interval in intervals if interval and interval[0] is not None]
    highs = [interval[1] for interval in intervals if interval and interval[1] is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return () if low is not None and high is not None and low >= high else (low, high)


def _comparators(text: str) -> list[tuple[str, str]]:
    """The (sign, partial) pairs of an alternative; none where something else stands between them."""
    pairs, at = [], 0
    while at < len(text):
        found = _COMPARATOR.match(text, at)
        if found is None:
            return []
        pairs.append((found[1], found[2]))
        at = found.end()
    return pairs


def _comparator(sign: str, partial: str) -> Interval | None:
    """The interval of one comparator, or None where its version is none."""
    numbers = _numbers(partial)
    if len(numbers) < 3:
        has_tail = "-" in partial or "+" in partial
        return None if has_tail else _partial_interval(sign, numbers)
    key = versions.key(partial)
    if key is None:
        return None
    above = (*key, 0)
    if sign in ("^", "~"):
        return key, _after(numbers, _caret_place(numbers) if sign == "^" else 1)
    return {"<": (None, key), "<=": (None, above), ">": (above, None), ">=": (key, None)}.get(sign, (key, above))


def _partial_interval(sign: str, numbers: tuple[int, ...]) -> Interval:
    """A comparator on a version that is not fully given: on all versions that begin with `numbers`."""
    if not numbers:
        nothing: Interval = (None, (0, 0, 0, *_LOWEST))
        return nothing if sign in ("<", ">") else (None, None)
    start = (*numbers, 0, 0)[:3]
    low, place = (*start, *_RELEASE), len(numbers) - 1
    if sign in ("^", "~"):
        return low, _after(numbers, _caret_place(numbers) if sign == "^" else place)
    return {
        "<": (None, (*start, *_LOWEST)),
        "<=": (None, _after(numbers, place)),
        ">": (_after(numbers, place, _RELEASE), None),
        ">=": (low, None),
    }.get(sign, (low, _after(numbers, place)))


def _numbers(partial: str) -> tuple[int, ...]:
    """The leading numbers that are given: `1.2.x` is (1, 2)."""
    numbers: list[int] = []
    for part in re.split("[-+]", partial.removeprefix("v"), maxsplit=1)[0].split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)


def _caret_place(numbers: tuple[int, ...]) -> int:
    """Where `^` lets nothing change: at the first number that is not zero, else at the last one given."""
    return next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)


def _after(numbers: tuple[int, ...], place: int, tail: Key = _LOWEST) -> Key:
    """The first key behind all versions that agree with `numbers` up to `place`."""
    return (*(*numbers[:place], numbers[place] + 1, 0, 0)[:3], *tail)


def _union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sorted, with those that touch or overlap merged."""
    merged: list[Interval] = []
    for low, high in sorted(intervals, key=lambda interval: () if interval[0] is None else interval[0]):
        if not merged or not _touch(merged[-1][1], low):
            merged.append((low, high))
        elif merged[-1][1] is not None and (high is None or high > merged[-1][1]):
            merged[-1] = (merged[-1][0], high)
    return tuple(merged)


def _touch(high: Key | None, low: Key | None) -> bool:
    """Whether an interval that ends at `high` reaches one that begins, not before it, at `low`."""
    return high is None or low is None or low <= high
