"""Edges of questions about networks, as in edges.py, and about places, as pairs of latitude and longitude."""

from collections.abc import Iterator
from math import asin, atan2, cos, degrees, radians, sin
from typing import Any as Json

from shared.rules import addresses
from shared.rules.nearest.edges import EXAMPLE_ADDRESS, Asked
from shared.rules.places import EARTH_RADIUS_KM, Place
from shared.rules.program import Test

_INSIDE, _OUTSIDE = 0.999, 1.001  # of a distance, so that rounding does not decide
_DECIMALS = 7  # a centimetre
_BESIDE = 0.01  # degrees


def network(asked: Asked) -> Iterator[Json]:
    """The first host of each network, the addresses on either side of it, and examples that lie elsewhere."""
    from ipaddress import ip_address  # noqa: PLC0415  # as in addresses.py

    for text in asked.values:
        low, high = addresses.network(text)
        start = int.from_bytes(low[1:], "big")
        size = (1 << 8 * (len(low) - 1)) - start if len(high) == 1 else int.from_bytes(high[1:], "big") - start
        for number in (start + 1 if size > 1 else start, start - 1, start + size):
            if 0 <= number < 1 << 8 * (len(low) - 1):
                yield str(ip_address(number.to_bytes(len(low) - 1, "big")))
    yield from (EXAMPLE_ADDRESS, "2001:db8::1")


def place(asked: Asked, at: Place | None) -> Iterator[Place]:
    """The nearest places inside what is asked, and the nearest outside."""
    test, operand = asked.prepared
    if test is Test.DISTANCE:
        yield from _around(operand, at)
    else:
        yield from _beside(operand, at)


def _around(operand: Json, at: Place | None) -> Iterator[Place]:
    """On the way from the present place to the centre, just inside and just outside of the circle; the centre."""
    latitude, longitude, km = operand
    bearing = 0.0 if at is None else _bearing((latitude, longitude), at)
    for share in (_INSIDE, _OUTSIDE):
        found = _towards((latitude, longitude), bearing, km * share)
        yield round(found[0], _DECIMALS), round(found[1], _DECIMALS)
    yield latitude, longitude


def _beside(operand: Json, at: Place | None) -> Iterator[Place]:
    """The place brought to the nearest latitude and longitude of the box; beyond each of its four sides."""
    north, east, south, west = operand
    latitude, longitude = (south, west) if at is None else at
    level = min(max(latitude, south), north)
    yield from ((level, aside) for aside in (longitude, west, east))
    yield from ((beyond, longitude) for beyond in (north + _BESIDE, south - _BESIDE) if abs(beyond) <= 90)
    yield from ((latitude, (beyond + 180) % 360 - 180) for beyond in (east + _BESIDE, west - _BESIDE))


def _bearing(start: Place, end: Place) -> float:
    """The direction, in radians from north, in which the great circle from one place to another begins."""
    phi, theta, across = radians(start[0]), radians(end[0]), radians(end[1] - start[1])
    return atan2(sin(across) * cos(theta), cos(phi) * sin(theta) - sin(phi) * cos(theta) * cos(across))


def _towards(start: Place, bearing: float, km: float) -> Place:
    """The place that lies so far off in a direction."""
    arc, phi = km / EARTH_RADIUS_KM, radians(start[0])
    theta = asin(min(1.0, max(-1.0, sin(phi) * cos(arc) + cos(phi) * sin(arc) * cos(bearing))))
    across = atan2(sin(bearing) * sin(arc) * cos(phi), cos(arc) - sin(phi) * sin(theta))
    return degrees(theta), (start[1] + degrees(across) + 180) % 360 - 180
