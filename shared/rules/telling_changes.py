"""Changes in words: "`spend` rose by 12.4 to 100", "`plan` were `pro`", "in 26 hours, on 2026-11-23T10:00:00Z"."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any as Json

import msgspec

from shared.rules import phrases
from shared.rules.catalogue import Path
from shared.rules.comparisons import scalars
from shared.rules.instants import to_text
from shared.rules.kinds import Kind, kind_of
from shared.rules.model import Condition, Not
from shared.rules.nearest.supposing import Leaf
from shared.rules.operators import OPERATORS
from shared.rules.places import distance, place
from shared.rules.questions import LISTS
from shared.rules.sentence import attribute_name, sentence
from shared.rules.witness import Typed, Visit, seen

_PAST = {
    "is": "were",
    "has": "had",
    "contains": "contained",
    "starts": "started",
    "ends": "ended",
    "matches": "matched",
    "lies": "lay",
    "does": "did",
}
"""The verbs with which phrases of operators begin, as they stand behind "if"."""
_UNITS = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000))
_FEWEST = 2  # of a unit: 26 hours rather than 1 day and 2 hours


def waited(at: int, now_ms: int) -> str:
    """A later instant: "in 26 hours and 5 minutes, on 2026-11-23T10:00:00Z"."""
    left = at - now_ms
    parts: list[str] = []
    for unit, unit_ms in _UNITS:
        count, rest = divmod(left, unit_ms)
        if count >= (1 if parts else _FEWEST):
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
            left = rest
        if len(parts) == 2 or (parts and not count):
            break
    return f"in {' and '.join(parts) or 'a moment'}, on {to_text(at)}"


def said(leaf: Leaf, paths: Sequence[Path], visit: Visit, then: Visit, *, is_alone: bool) -> str:
    """What is otherwise at one attribute (see `subjects`): "`plan` were `pro`".

    is_alone: no other leaf looks at it, so that any value does that the leaf is content with.
    """
    if len(paths) == 2:
        return _place(leaf, paths, visit, then, is_alone=is_alone)
    path = paths[0]
    before, after = visit.read(path), then.read(path)
    name = f"`{attribute_name(path)}`"
    if path == LISTS or after[0] is Kind.MISSING:
        return _lists(before[1] or [], after[1] or []) if path == LISTS else f"{name} were unknown"
    node, holds = leaf.node, leaf.holds(then)
    condition = node if is_alone and isinstance(node, Condition) and node.attribute == path else None
    kinds = {before[0], after[0]}
    if kinds == {Kind.NUMBER} and not (condition and _is_anything_but(condition, holds=holds)):
        return f"{name} {_moved(before[1], after[1])}"
    return (
        _phrase(condition, holds=holds)
        if condition
        else f"{name} {_exactly(before, after, seen(path, after, then).value)}"
    )


def _exactly(before: Typed, after: Typed, shown: Json) -> str:
    if before[0] is after[0] is Kind.LIST:
        return _elements(before[1], after[1])
    return f"were {phrases.value(shown) if isinstance(shown, str | int | float) else 'another value'}"


def _phrase(condition: Condition, *, holds: bool) -> str:
    """The condition, or its opposite, as something supposed: "`tags` had none of `a`"."""
    condition = msgspec.structs.replace(condition, missing_matches=False)
    name = f"`{attribute_name(condition.attribute)}` "
    verb, _, rest = sentence(condition if holds else Not(condition)).removeprefix(name).partition(" ")
    return f"{name}{_PAST[verb]} {rest}"


def _is_anything_but(condition: Condition, *, holds: bool) -> bool:
    """Whether a value is wanted that is not one of some."""
    operator = OPERATORS[condition.op]
    return operator.positive in ("eq", "in", "mod") and holds is (operator.negates is not None)


def _moved(before: Json, after: Json) -> str:
    """Two numbers, whose difference is told as decimal text has it: 100 - 87.6 is 12.4."""
    by = Decimal(str(after)) - Decimal(str(before))
    return f"{'rose' if by > 0 else 'fell'} by {_decimal(abs(by))} to {_decimal(Decimal(str(after)))}"


def _decimal(number: Decimal) -> str:
    if not -7 < number.adjusted() < 16:
        return repr(float(number))
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _elements(before: list[Json], after: list[Json]) -> str:
    gained, lost = _scalars(after, before), _scalars(before, after)
    parts = [f"{verb} {phrases.values(tuple(items))}" for verb, items in (("gained", gained), ("lost", lost)) if items]
    if parts:
        return " and ".join(parts)
    return f"had {len(after)} elements" if len(after) != len(before) else "had other elements"


def _scalars(items: list[Json], known: list[Json]) -> list[Json]:
    """The scalars of a list that another has not."""
    wanted = scalars(items) - scalars(known)
    return [item for item in items if isinstance(item, str | int | float) and (kind_of(item), item) in wanted]


def _lists(before: list[Json], after: list[Json]) -> str:
    gained, lost = _scalars(after, before), _scalars(before, after)
    parts = [f"in the list `{key}`" for key in gained] + [f"not in the list `{key}`" for key in lost]
    return f"the visitor were {' and '.join(parts)}"


def _place(leaf: Leaf, paths: Sequence[Path], visit: Visit, then: Visit, *, is_alone: bool) -> str:
    """How much nearer or further off a place is, where it was known and nothing else is asked of it; else where."""
    before, after = (place(*(each.read(path) for path in paths)) for each in (visit, then))
    name = f"`{attribute_name(paths[0][:-1])}`"
    if after is None:
        return f"{name} were unknown"
    if not is_alone or not isinstance(leaf.node, Condition):
        return f"{name} were at latitude {after[0]}, longitude {after[1]}"
    circle = leaf.node.value
    if before is None or not isinstance(circle, dict) or "km" not in circle:
        return _phrase(leaf.node, holds=leaf.holds(then))
    centre: Json = circle["lat"], circle["lon"]
    nearer = distance(before, centre) - distance(after, centre)
    return f"{name} were {_km(abs(nearer))} km {'nearer' if nearer > 0 else 'further away'}"


def _km(distance_km: float) -> str:
    return _decimal(round(Decimal(distance_km), 1 if distance_km >= 1 else 3))
