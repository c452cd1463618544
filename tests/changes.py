"""When an answer changes by itself: the oracle asked at every instant that could matter and just before it.

Nothing is known here of how the machine finds that instant, and nothing under `shared` is imported. What could matter
is collected generously; a change is only where the truth of some leaf really differs.
"""

from bisect import bisect_left
from functools import partial
from heapq import merge

from tests import oracle
from tests.clocks import (
    CYCLE,
    begins_on,
    crosses_midnight,
    local_day,
    month_and_day,
    offset,
    wall,
    window,
    yearly,
    zone_names,
)
from tests.oracle import NOTHING
from tests.readings import DAY, LATEST, Instant, duration, instant, moment, shifted

NOW = "request.time"
LEAP_DAY = "2024-02-29T12:00:00Z"
SIGNS = {"within_last": -1, "older_than": -1, "within_next": 1, "further_than": 1}
SLACK = 4 * DAY  # by how much candidates may be out of order
LEAP_YEARS_APART = 8 * 366  # days; 1896 and 1904


def next_change(rule, visitor, now_ms, types=NOTHING, audiences=NOTHING):
    """The first instant after now at which some condition or schedule of a rule turns; None where none ever does.

    The visitor stays as it is, except that `request.time` is always now. No instant lies after the year 9999.
    """
    until = LATEST + 1
    found = list(leaves(rule, partial(at, visitor), types, audiences))
    for leaf, see, declared in sorted(found, key=lambda leaf: "schedule" in leaf[0]):  # what may take long comes last
        until = turn(leaf, see, declared, now_ms, until)
    return None if until > LATEST else until


def at(visitor, ms):
    request = visitor.get("request")
    return {**visitor, "request": {**(request if isinstance(request, dict) else {}), "time": Instant(ms)}}


def leaves(node, see, types, audiences):
    """(leaf, see, types) of all that a rule asks: `see(ms)` is the document that the leaf looks at."""
    if "all" in node or "any" in node:
        for child in node.get("all") or node["any"]:
            yield from leaves(child, see, types, audiences)
    elif "not" in node or "rule" in node:
        yield from leaves(node.get("not") or node["rule"], see, types, audiences)
    elif "audience" in node:
        yield from leaves(audiences[node["audience"]], see, types, audiences)
    elif node.get("op") == "element":
        seen = oracle.read(see(0), node["attribute"], types)
        for one in seen if isinstance(seen, list) else ():
            if isinstance(one, dict):
                yield from leaves(node["value"], partial(always, one), NOTHING, NOTHING)
    else:
        yield node, see, types


def always(document, _ms):
    return document


def turn(leaf, see, types, now_ms, until):
    """The first instant in (now, until) at which a leaf's truth is not that of the millisecond before, else `until`."""

    def truth(ms):
        return oracle.holds(leaf, see(ms), ms, types)

    for ms in candidates(leaf, see(now_ms), types, now_ms, until):
        if ms > until + SLACK:
            break
        if now_ms < ms < until and truth(ms) != truth(ms - 1):
            until = ms
    return until


def candidates(leaf, visitor, types, now_ms, until):
    """Every instant in (now, until) at which the leaf could turn, and others, nearly in order."""
    if "schedule" in leaf:
        return of_schedule(leaf["schedule"], visitor, types, now_ms, until)
    if "op" not in leaf:
        return ()
    zone, asked = leaf.get("timezone", "UTC"), leaf.get("value")
    passed = of_now(leaf, visitor, types, now_ms, until) if NOW in (leaf["attribute"], leaf.get("other")) else ()
    seen = moment(oracle.read(visitor, leaf["attribute"], types))
    if leaf["op"] in SIGNS and seen is not None:
        return merge(passed, sorted((seen, first_past(seen, asked, SIGNS[leaf["op"]], now_ms))))
    if leaf["op"] == "anniversary_within" and seen is not None:
        return merge(passed, of_anniversary(seen, asked, zone, now_ms, until))
    return passed


def of_now(leaf, visitor, types, now_ms, until):
    """Where now passes what it is compared with, if `request.time` is now; 29 February is not its own anniversary."""
    if leaf["op"] == "anniversary_within":
        return of_anniversary(instant(LEAP_DAY), leaf["value"], leaf.get("timezone", "UTC"), now_ms, until)
    if leaf["op"] == "on":
        return local_day(leaf["value"], leaf.get("timezone", "UTC"))
    asked = leaf.get(
        "value", [oracle.read(visitor, leaf[side], types) for side in ("attribute", "other") if side in leaf]
    )
    passed = [moment(each) for each in (asked if isinstance(asked, list) else [asked])]
    return sorted(ms + beyond for ms in passed if ms is not None for beyond in (0, 1))


def first_past(ms, length, sign, now_ms):
    """The first instant from now on that lies, moved by the length, at or after `ms`."""
    return now_ms + bisect_left(range(now_ms, LATEST + 1), ms, key=lambda now: shifted(now, length, sign))


# Wall clocks: where a day that matters begins or ends, or a time of it is passed, or the clock is put forward or back.


def of_schedule(schedule, visitor, types, now_ms, until):
    start = instant(schedule["start"]) if "start" in schedule else now_ms
    end = instant(schedule["end"]) if "end" in schedule else until
    name = schedule.get("timezone", "UTC")
    name = oracle.read(visitor, "geo.timezone", types) if name == "visitor" else name
    times = {0, *window(schedule), DAY}
    yield start
    if isinstance(name, str) and name in zone_names():
        first, last = wall(max(now_ms, start), name)[0] - 1, wall(min(end, until), name)[0] + 1
        for day in range(first, min(last, first + CYCLE) + 1):
            if could_turn(schedule, day):
                yield from around(day, times, name)
    yield end


def could_turn(schedule, day):
    before, today, after = (begins_on(schedule, each) for each in (day - 1, day, day + 1))
    if window(schedule) == (0, DAY):
        return not before == today == after
    return today or (before and crosses_midnight(schedule))


def of_anniversary(ms, length, name, now_ms, until):
    ahead, wanted, today = duration(length)[1] // DAY, yearly(wall(ms, name)[0]), wall(now_ms, name)[0]
    last = min(wall(until, name)[0] + 1, today + LEAP_YEARS_APART + 2 * ahead)
    for day in range(today - 1, last + 1):
        if wanted in [month_and_day(each) for each in (day - 1, day, day + ahead, day + ahead + 1)]:
            yield from around(day, (0, DAY), name)


def around(day, times, name):
    """The instants at which a clock in the zone may show a time of this local day, or jumps near it."""
    low, high = (day - 1) * DAY, (day + 2) * DAY  # no zone is a day ahead of UTC or behind it
    offsets = {offset(low, name), offset(high, name)}
    found = {day * DAY + time - each for time in times for each in offsets}
    if len(offsets) == 2:
        found.add(low + bisect_left(range(low, high), 1, key=lambda ms: int(offset(ms, name) != offset(low, name))))
    return sorted(found)
