"""Durations: ISO 8601 text to calendar months and exact milliseconds."""

import re

import msgspec

from shared.rules.limits import MAX_DURATION_YEARS

_MS = {"week": 604_800_000, "day": 86_400_000, "hour": 3_600_000, "minute": 60_000, "second": 1000}
_UNITS = ("year", "month", *_MS)
_DURATION = re.compile(
    r"P(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})W)?(?:([0-9]{1,18})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18}(?:\.[0-9]{1,18})?)S)?)?"
).fullmatch


class Duration(msgspec.Struct, frozen=True):
    """A positive length: first `months` on the calendar, then `ms` exactly."""

    months: int
    ms: int


def parse(text: str) -> Duration | None:
    """The duration of `PnYnMnWnDTnHnMnS`; None where the text is none, or is zero, or exceeds 10,000 years.

    Only seconds take a fraction; what is finer than a millisecond is cut.
    """
    amounts = _amounts(text)
    months = int(amounts.pop("year", 0)) * 12 + int(amounts.pop("month", 0))
    ms = sum(_milliseconds(unit, amount) for unit, amount in amounts.items())
    years = months / 12 + ms / (365 * _MS["day"])
    return Duration(months, ms) if 0 < years <= MAX_DURATION_YEARS else None


def words(text: str) -> str:
    """A duration for readers: `P1Y2DT12H` is `1 year, 2 days and 12 hours`."""
    spoken = [f"{amount} {unit}" if amount == "1" else f"{amount} {unit}s" for unit, amount in _amounts(text).items()]
    return " and ".join((", ".join(spoken[:-1]), spoken[-1])) if len(spoken) > 1 else "".join(spoken)


def _amounts(text: str) -> dict[str, str]:
    """The digits given for each unit, without leading zeros; units not given, or zero, are left out."""
    found = _DURATION(text)
    digits = (part.lstrip("0") if part else "" for part in found.groups()) if found else ()
    return {
        unit: f"0{amount}" if amount[0] == "." else amount
        for unit, amount in zip(_UNITS, digits, strict=False)
        if amount.strip(".0")
    }


def _milliseconds(unit: str, amount: str) -> int:
    whole, _, fraction = amount.partition(".")
    return int(whole) * _MS[unit] + int(f"{fraction:0<3}"[:3])
