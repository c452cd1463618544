"""Places: whether a latitude and a longitude, in degrees, lie near a point or in a box."""

from collections.abc import Callable, Mapping, Sequence
from math import asin, cos, degrees, radians, sin, sqrt
from typing import Any

from shared.rules.kinds import Kind
from shared.rules.program import Test

EARTH_RADIUS_KM = 6371.0088  # the mean radius, (2a + b) / 3 of WGS 84
MAX_KM = 20_100  # beyond half the Earth's circumference there is no place left
CELLS_KEPT = 4096
PLACES_KEPT = 4096
"""Of so many places it is remembered what holds: those found by an address are the middles of few cities."""
HITS_KEPT = 32
"""Unless more than so many predicates hold there."""
_SLACK = 1e-6  # degrees, far above what rounding does to a bound

Place = tuple[float, float]
"""Latitude -90 to 90 and longitude -180 to 180."""
Row = tuple[Test, tuple[Any, ...], int]
"""A test with its operand and the predicate that asks it."""


def place(latitude: tuple[Kind, Any], longitude: tuple[Kind, Any]) -> Place | None:
    """The place of two present values, None where they are none."""
    if latitude[0] is not Kind.NUMBER or longitude[0] is not Kind.NUMBER:
        return None
    found = latitude[1], longitude[1]
    return found if -90 <= found[0] <= 90 and -180 <= found[1] <= 180 else None


def is_near(found: Place, operand: tuple[float, float, float]) -> bool:
    """Whether the great-circle distance (haversine) to (latitude, longitude) is at most so many km."""
    latitude, longitude, km = operand
    return distance(found, (latitude, longitude)) <= km


def distance(one: Place, other: Place) -> float:
    """Kilometres along a great circle."""
    phi, theta = radians(one[0]), radians(other[0])
    across = sin(radians(other[1] - one[1]) / 2)
    half = sin((theta - phi) / 2) ** 2 + cos(phi) * cos(theta) * across * across
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))


def is_inside(found: Place, operand: tuple[float, float, float, float]) -> bool:
    """Whether a place lies in (north, east, south, west), edges included.

    West is above east where the box crosses the 180th meridian; -180 and 180 are one.
    """
    north, east, south, west = operand
    latitude, longitude = found
    if not south <= latitude <= north:
        return False
    return _spans(west, east, longitude) or (abs(longitude) == 180 and _spans(west, east, -longitude))


PLACES: Mapping[Test, Callable[[Place, Any], bool]] = {Test.DISTANCE: is_near, Test.BOX: is_inside}
"""The tests that ask for a latitude and a longitude."""


class Atlas:
    """Many places at once: of all rows only those are asked that reach into the visitor's square degree."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = [(row, _bounds(row)) for row in rows]
        self._cells: dict[tuple[int, int], list[Row]] = {}
        self._found: dict[Place, tuple[int, ...]] = {}

    def at(self, found: Place) -> tuple[int, ...]:
        """The predicates that hold for a place."""
        hits = self._found.get(found)
        if hits is None:
            rows = self._near(int(found[0] // 1), int(found[1] // 1))
            hits = tuple(predicate for test, operand, predicate in rows if PLACES[test](found, operand))
            if len(hits) <= HITS_KEPT:
                if len(self._found) >= PLACES_KEPT:
                    self._found.clear()
                self._found[found] = hits
        return hits

    def _near(self, south: int, west: int) -> list[Row]:
        cell = south, west
        if cell not in self._cells:
            if len(self._cells) >= CELLS_KEPT:
                self._cells.clear()
            self._cells[cell] = [
                row
                for row, (low, high, left, right) in self._rows
                if low <= south + 1 and high >= south and left <= west + 1 and right >= west
            ]
        return self._cells[cell]


def _bounds(row: Row) -> tuple[float, float, float, float]:
    """(south, north, west, east) of all that a row can hold for; the whole way round where that is simpler."""
    test, operand, _ = row
    if test is Test.BOX:
        north, east, south, west = operand
        around = west > east or west == -180 or east == 180
        return south, north, -180 if around else west, 180 if around else east
    latitude, longitude, km = operand
    reach = degrees(km / EARTH_RADIUS_KM) + _SLACK
    if abs(latitude) + reach >= 90:
        return latitude - reach, latitude + reach, -180, 180
    aside = degrees(asin(sin(radians(reach)) / cos(radians(latitude)))) + _SLACK
    if abs(longitude) + aside >= 180:
        return latitude - reach, latitude + reach, -180, 180
    return latitude - reach, latitude + reach, longitude - aside, longitude + aside


def _spans(west: float, east: float, longitude: float) -> bool:
    return west <= longitude <= east if west <= east else longitude >= west or longitude <= east
