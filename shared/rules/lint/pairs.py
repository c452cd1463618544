"""Tests on two attributes together: comparisons of one with the other, and places of a latitude and a longitude."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any

from shared.rules.indexing import Question
from shared.rules.places import is_near
from shared.rules.program import Test

MARGIN_KM = 0.01
"""More than what rounding can move a great-circle distance; circles that are closer than that are not told apart."""

_ORDERS: Mapping[str, tuple[str, str]] = {
    "lt": ("number", "<"),
    "lte": ("number", "<="),
    "gt": ("number", ">"),
    "gte": ("number", ">="),
    "before": ("instant", "<"),
    "after": ("instant", ">"),
    "version_eq": ("version", "="),
    "version_lt": ("version", "<"),
    "version_lte": ("version", "<="),
    "version_gt": ("version", ">"),
    "version_gte": ("version", ">="),
}
"""Comparisons by operator: what both sides are then, and how the one may stand to the other."""

Interval = tuple[float, float]


def can_be(asked: Sequence[Question], denied: Sequence[Question]) -> bool:
    """Whether two values may pass all tests that are asked and none that is denied, as far as the tests tell."""
    return _can_compare(asked, denied) and _can_lie(asked, denied)


def _can_compare(asked: Sequence[Question], denied: Sequence[Question]) -> bool:
    """Once one comparison by order holds, both sides are of its kind, and all others of that kind are decided."""
    names, others = _names(asked), _names(denied)
    for kind in {_ORDERS[name][0] for name in names if name in _ORDERS}:
        left = set("<=>")
        for name in names:
            left &= _outcomes(name, kind, set("<=>"))
        for name in others:
            left -= _outcomes(name, kind, set())
        if not left:
            return False
    return True


def _names(questions: Sequence[Question]) -> list[str]:
    return [question.operand[0] for question in questions if question.test is Test.COMPARE]


def _outcomes(name: str, kind: str, otherwise: set[str]) -> set[str]:
    """How the sides stand where a comparison holds; `otherwise` where it says nothing of this kind."""
    if name == "eq" and kind == "number":
        return {"="}
    found, order = _ORDERS.get(name, ("", ""))
    return set(order) if found == kind else otherwise


def _can_lie(asked: Sequence[Question], denied: Sequence[Question]) -> bool:
    places = [question for question in asked if question.test in (Test.DISTANCE, Test.BOX)]
    if any(_exclude(one, other) for one, other in combinations(places, 2) if one.test is other.test):
        return False
    return not any(_contains(outer, inner) for inner, outer in product(places, denied) if inner.test is outer.test)


def _exclude(one: Question, other: Question) -> bool:
    if one.test is Test.DISTANCE:
        (latitude, longitude, km), (north, east, more) = one.operand, other.operand
        return not is_near((latitude, longitude), (north, east, km + more + MARGIN_KM))
    (north, _, south, _), (other_north, _, other_south, _) = one.operand, other.operand
    if north < other_south or other_north < south:
        return True
    return all(high < low or up < bottom for (bottom, high), (low, up) in product(_around(one), _around(other)))


def _contains(outer: Question, inner: Question) -> bool:
    if inner.test is Test.DISTANCE:
        (latitude, longitude, km), (north, east, more) = inner.operand, outer.operand
        if (latitude, longitude) == (north, east):
            return bool(km <= more)
        return is_near((latitude, longitude), (north, east, more - km - MARGIN_KM))
    (north, _, south, _), (outer_north, _, outer_south, _) = inner.operand, outer.operand
    if not (outer_south <= south and north <= outer_north):
        return False
    return all(any(low <= start and end <= high for low, high in _spans(outer)) for start, end in _spans(inner))


def _spans(box: Question) -> list[Interval]:
    """The longitudes of a box: two stretches where it crosses the 180th meridian."""
    _, east, _, west = box.operand
    return [(west, east)] if west <= east else [(west, 180), (-180, east)]


def _around(box: Question) -> list[Interval]:
    """The same with the 180th meridian under both of its names."""
    spans = _spans(box)
    names: list[Any] = [(-edge, -edge) for edge in (180, -180) for low, high in spans if low <= edge <= high]
    return [*spans, *names]
