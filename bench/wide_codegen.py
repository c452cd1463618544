"""The newer questions for code generation: views of a value that several rules share, and expressions over them."""

from collections.abc import Callable
from math import nan
from typing import Protocol

from bench import wide_naive
from bench.wide_naive import Clock, Window

Path = tuple[str, ...]

# As codegen.VIEWS; {a} is what the view is made with beside the value.
VIEWS = {
    "address": "or_nan(address({v})) if type({v}) is str else nan",
    "until": "until({v}, {a}, now) if type({v}) is str else nan",
    "bucket": "bucket({a}, {v}) if type({v}) is str else nan",
    "members": "frozenset({v}) if type({v}) is list else ()",
    "clock": "clock({a}, now)",
    "visitor_clock": "clock({v}, now) if type({v}) is str else nowhere",
}


def _until(text: str, zone: str, now: int) -> float:
    ms = wide_naive.instant(text)
    return nan if ms is None else wide_naive.days_until(ms, zone, now)


NAMES = {
    "address": wide_naive.address,
    "bucket": wide_naive.bucket,
    "clock": wide_naive.clock,
    "near": wide_naive.is_near,
    "nowhere": Clock(nan, (-1, -1, -1), (-1, -1, -1)),
    "until": _until,
}
"""What the generated code refers to."""


class Views(Protocol):
    """The source that is being generated."""

    def view(self, path: Path, view: str, argument: object = None) -> str:
        """The name of a view of the value at a path."""


def _under(source: Views, path: Path, wanted: tuple) -> str:
    text, (starts, whole) = source.view(path, "text"), wanted
    return f"({text}.startswith({starts!r}) or {text} in {whole!r})"


def _in_cidr(source: Views, path: Path, wanted: tuple) -> str:
    found = source.view(path, "address")
    return f"({' or '.join(f'{first} <= {found} <= {last}' for first, last in wanted)})"


def _within_km(source: Views, path: Path, wanted: tuple) -> str:
    lat, lon = (source.view((*path, name), "number") for name in ("lat", "lon"))
    return f"({wanted[0] - wanted[4]} <= {lat} <= {wanted[0] + wanted[4]} and near({lat}, {lon}, {wanted}))"


def _within_box(source: Views, path: Path, wanted: tuple) -> str:
    lat, lon = (source.view((*path, name), "number") for name in ("lat", "lon"))
    north, east, south, west = wanted
    return f"({south} <= {lat} <= {north} and {west} <= {lon} <= {east})"


def _schedule(source: Views, path: Path, wanted: Window) -> str:
    parts = [f"now >= {wanted.start}"] if wanted.start is not None else []
    parts += [f"now < {wanted.end}"] if wanted.end is not None else []
    of_visitor = wanted.zone == "visitor"
    clock = source.view(path, "visitor_clock") if of_visitor else source.view(path, "clock", wanted.zone)
    opens, closes = wanted.opens, wanted.closes
    today, yesterday = (_begins(wanted, f"{clock}[{at}]") for at in (1, 2))
    if opens < closes:
        parts += [f"{opens} <= {clock}[0] < {closes}", *today]
    else:
        evening, morning = ([f"{clock}[0] >= {opens}", *today], [f"{clock}[0] < {closes}", *yesterday])
        parts.append(f"({' and '.join(evening)} or {' and '.join(morning)})")
    return f"({' and '.join(parts)})"


def _begins(wanted: Window, day: str) -> list[str]:
    parts = [f"{day}[0] in {set(wanted.days)}"] if wanted.days is not None else []
    return parts + ([f"{day}[2] in {set(wanted.months)}"] if wanted.months is not None else [])


EXPRESSIONS: dict[str, Callable[[Views, Path, tuple], str]] = {
    "under": _under,
    "in_cidr": _in_cidr,
    "within_km": _within_km,
    "within_box": _within_box,
    "anniversary_within": lambda source, path, o: f"({source.view(path, 'until', o[1])} <= {o[0]})",
    "rollout": lambda source, path, o: f"({source.view(path, 'bucket', o[1])} < {o[0]!r})",
    "list": lambda source, path, o: f"({o!r} in {source.view(path, 'members')})",
    "schedule": _schedule,
    "visitor_schedule": _schedule,
}
"""The expression of a positive operator over its prepared operand."""
