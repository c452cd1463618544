"""Operands of the operators on instants, as in operands.py."""

import re

from shared.rules import durations, instants, limits, zones
from shared.rules.cuts import Cut
from shared.rules.expect import instant_at, pair, refused, zone_of
from shared.rules.instants import Relation
from shared.rules.model import Condition, Operand
from shared.rules.operands import Prepare, Prepared
from shared.rules.program import Test

_WHOLE_DAYS = re.compile(r"P(?=[0-9])(?:([0-9]{1,3})W)?(?:([0-9]{1,3})D)?").fullmatch
_BARE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch


def instant(cut: Cut) -> Prepare:
    """INSTANT on one side of another."""

    def prepare(condition: Condition) -> Prepared:
        ms = instant_at(condition.value)
        return Test.INSTANT, (cut(ms, ms + 1),)

    return prepare


def during(condition: Condition) -> Prepared:
    """INSTANT from the first up to, not including, the second."""
    start, end = (instant_at(value, f"/value/{index}") for index, value in enumerate(pair(condition.value)))
    if start >= end:
        raise refused("/value", "empty-interval", "the first instant is not before the second")
    return Test.INSTANT, ((start, end),)


def on(condition: Condition) -> Prepared:
    """INSTANT within one calendar day, of `timezone` or UTC; a day that a zone skipped has no instant."""
    ms = instants.parse(condition.value) if isinstance(condition.value, str) and _BARE_DATE(condition.value) else None
    if ms is None:
        raise refused("/value", "bad-date", "a bare date is expected", "write it as `2024-12-31`")
    start, end = zones.day(ms, zone_of(condition.timezone))
    return Test.INSTANT, ((start, end),) if start < end else ()


def anniversary(condition: Condition) -> Prepared:
    """ANNIVERSARY within so many whole days from today on, of `timezone` or UTC."""
    days = _whole_days(condition.value)
    if days is None or days > limits.MAX_ANNIVERSARY_DAYS:
        detail = f"whole days are expected, from `P0D` to `P{limits.MAX_ANNIVERSARY_DAYS}D`"
        raise refused("/value", "bad-duration", detail, "write a week as `P7D` or `P1W`, and today alone as `P0D`")
    return Test.ANNIVERSARY, (days, zone_of(condition.timezone))


def _whole_days(value: Operand) -> int | None:
    found = _WHOLE_DAYS(value) if isinstance(value, str) else None
    return None if found is None else int(found[1] or 0) * 7 + int(found[2] or 0)


def relative(relation: Relation) -> Prepare:
    """AGE for an exact duration, CALENDAR for one with months or years."""

    def prepare(condition: Condition) -> Prepared:
        length = durations.parse(condition.value) if isinstance(condition.value, str) else None
        if length is None:
            detail = "an ISO 8601 duration above zero and up to 10,000 years is expected"
            raise refused("/value", "bad-duration", detail, "write 30 days as `P30D`, 12 hours as `PT12H`")
        if length.months:
            return Test.CALENDAR, (int(relation), length.months, length.ms)
        ages = {
            Relation.WITHIN_LAST: (0, length.ms),
            Relation.OLDER_THAN: (length.ms, None),
            Relation.WITHIN_NEXT: (-length.ms, 0),
            Relation.FURTHER_THAN: (None, -length.ms),
        }
        return Test.AGE, (ages[relation],)

    return prepare
