"""Operands of the operators on networks and places, as in operands.py."""

from collections.abc import Iterable, Mapping, Sequence

from shared.rules import addresses, places
from shared.rules.expect import many, number_at, one, refused
from shared.rules.kinds import Kind, kind_of
from shared.rules.model import Condition, Operand
from shared.rules.operands import Prepared
from shared.rules.problems import Problem, Refused, did_you_mean, step
from shared.rules.program import Test


def network(condition: Condition) -> Prepared:
    """NETWORK: one network or address, or a list of them; their intervals, merged."""
    is_list = isinstance(condition.value, tuple)
    texts = many(condition.value, (Kind.STRING,)) if is_list else [one(condition.value, (Kind.STRING,))]
    found, problems = [], []
    for index, item in enumerate(texts):
        try:
            found.append(addresses.network(str(item)))
        except ValueError as error:
            problems.append(_no_network(str(item), error, f"/value/{index}" if is_list else "/value"))
    if problems:
        raise Refused(problems)
    return Test.NETWORK, _merged(found)


def _no_network(text: str, error: ValueError, at: str) -> Problem:
    if isinstance(error, addresses.HostBits):
        return Problem(at, "bad-cidr", f"`{text}` has bits set behind its prefix", f"the network is `{error}`")
    detail = f"`{text}` is no network and no address"
    return Problem(at, "bad-cidr", detail, "write it as `10.0.0.0/8` or `2001:db8::/32`")


def _merged(intervals: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    """Sorted and disjoint: networks that touch or overlap are one interval."""
    merged: list[tuple[bytes, bytes]] = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def near(condition: Condition) -> Prepared:
    """DISTANCE of at most so many km from a place."""
    latitude, longitude, km = _numbers(condition.value, ("lat", "lon", "km"))
    problems = _off_the_map({"lat": latitude}, {"lon": longitude})
    if not 0 < km <= places.MAX_KM:
        problems.append(Problem("/value/km", "bad-number", f"a distance lies above 0 and up to {places.MAX_KM} km"))
    if problems:
        raise Refused(problems)
    return Test.DISTANCE, (latitude, longitude, km)


def box(condition: Condition) -> Prepared:
    """BOX between two latitudes and two longitudes; `west` above `east` crosses the 180th meridian."""
    north, east, south, west = _numbers(condition.value, ("north", "east", "south", "west"))
    problems = _off_the_map({"north": north, "south": south}, {"east": east, "west": west})
    if south > north and not problems:
        problems.append(Problem("/value", "empty-interval", "`south` lies north of `north`", "exchange them"))
    if problems:
        raise Refused(problems)
    return Test.BOX, (north, east, south, west)


def _numbers(value: Operand, names: Sequence[str]) -> list[float]:
    """The numbers that an object has under these names, and under no others."""
    if not isinstance(value, dict):
        listed = ", ".join(f"`{name}`" for name in names)
        raise refused("/value", "wrong-type", f"an object of {listed} is expected")
    problems = [
        Problem(step("/value", name), "unknown-field", f"unknown field `{name}`", did_you_mean(name, names))
        for name in value
        if name not in names
    ]
    problems += [Problem("/value", "missing-field", f"`{name}` is missing") for name in names if name not in value]
    problems += [
        Problem(step("/value", name), "wrong-type", "a number is expected")
        for name in names
        if name in value and kind_of(value[name]) is not Kind.NUMBER
    ]
    if problems:
        raise Refused(problems)
    return [number_at(value[name], step("/value", name)) for name in names]


def _off_the_map(latitudes: Mapping[str, float], longitudes: Mapping[str, float]) -> list[Problem]:
    bounds = [(name, degrees, 90) for name, degrees in latitudes.items()]
    bounds += [(name, degrees, 180) for name, degrees in longitudes.items()]
    return [
        Problem(step("/value", name), "bad-number", f"`{name}` lies within {bound} degrees of zero")
        for name, degrees, bound in bounds
        if abs(degrees) > bound
    ]
