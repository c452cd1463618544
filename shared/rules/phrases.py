"""Operands in plain English, for the sentences of conditions."""

from collections.abc import Sequence

from shared.rules import durations
from shared.rules.model import Operand, Schedule
from shared.rules.windows import VISITOR

SHOWN_VALUES = 8
"""A longer list is cut in a sentence and says how many values it left out."""

_DAYS = {
    "mon": "Mondays",
    "tue": "Tuesdays",
    "wed": "Wednesdays",
    "thu": "Thursdays",
    "fri": "Fridays",
    "sat": "Saturdays",
    "sun": "Sundays",
}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_BOUNDS = {"gt": "more than", "gte": "at least", "lt": "less than", "lte": "at most", "eq": "exactly"}


def value(operand: Operand) -> str:
    """One scalar: strings in backticks, numbers and booleans plain."""
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return f"`{operand}`" if isinstance(operand, str) else str(operand)


def values(operand: Operand) -> str:
    """A list of scalars: "`a`, `b` and 3 more"."""
    items = _items(operand)
    left_out = len(items) - SHOWN_VALUES
    shown = ", ".join(value(item) for item in items[:SHOWN_VALUES])
    return f"{shown} and {left_out} more" if left_out > 0 else shown


def choice(operand: Operand) -> str:
    """One scalar, or any of a list: "any of `a`, `b`"."""
    return f"any of {values(operand)}" if isinstance(operand, tuple) and len(operand) > 1 else values(operand)


def pair(operand: Operand) -> str:
    """Both ends of an interval."""
    low, high = _items(operand)
    return f"{value(low)} and {value(high)}"


def span(operand: Operand) -> str:
    """An interval of time, its end excluded."""
    start, end = _items(operand)
    return f"{value(start)} until just before {value(end)}"


def remainder(operand: Operand) -> str:
    """The numbers that a divisor and a remainder describe."""
    divisor, rest = (int(item) for item in _items(operand) if isinstance(item, int | float))
    distance = f"{abs(rest)} {'more' if rest > 0 else 'less'} than " if rest else ""
    return f"{distance}a multiple of {abs(divisor)}"


def duration(operand: Operand) -> str:
    """A length of time in words."""
    return durations.words(str(operand))


def coming_days(operand: Operand) -> str:
    """The days from today on in which an anniversary lies."""
    said = durations.words(str(operand))
    return f"within the next {said}" if said else "today"


def circle(operand: Operand) -> str:
    """A distance around a place."""
    parts = operand if isinstance(operand, dict) else {}
    return f"{value(parts.get('km'))} km of latitude {value(parts.get('lat'))}, longitude {value(parts.get('lon'))}"


def box(operand: Operand) -> str:
    """Latitudes and longitudes between which a place lies."""
    parts = {name: value(part) for name, part in operand.items()} if isinstance(operand, dict) else {}
    return "latitudes {south} to {north} and longitudes {west} to {east}".format_map(parts)


def size(operand: Operand) -> str:
    """The bounds on a list's length."""
    bounds = operand.items() if isinstance(operand, dict) else ()
    return " and ".join(f"{_BOUNDS[name]} {value(bound)}" for name, bound in bounds)


def when(schedule: Schedule) -> str:
    """The times of a schedule: "from 09:00 until 17:00 on Mondays, Tuesdays in the visitor's time zone"."""
    parts = []
    if schedule.opens is not None or schedule.closes is not None:
        parts.append(f"from {schedule.opens or '00:00'} until {schedule.closes or '24:00'}")
    if schedule.days:
        parts.append(f"on {_listed([_DAYS[day] for day in schedule.days])}")
    if schedule.days_of_month:
        parts.append(f"on day {_listed(schedule.days_of_month)} of the month")
    if schedule.months:
        parts.append(f"in {_listed([_MONTHS[month - 1] for month in schedule.months])}")
    if schedule.start is not None:
        parts.append(f"from {value(schedule.start)} on")
    if schedule.end is not None:
        parts.append(f"before {value(schedule.end)}")
    if schedule.timezone is not None:
        parts.append(
            "in the visitor's time zone"
            if schedule.timezone == VISITOR
            else f"in the time zone {value(schedule.timezone)}"
        )
    return " ".join(parts)


def _listed(items: Sequence[object]) -> str:
    texts = [str(item) for item in items]
    return " and ".join((", ".join(texts[:-1]), texts[-1])) if len(texts) > 1 else texts[0]


def _items(operand: Operand) -> Sequence[Operand]:
    return operand if isinstance(operand, tuple) else (operand,)
