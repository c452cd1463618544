"""What an answer costs beside its audiences: until when it holds, and what would decide it where the profile is unread.

For each visitor in turn: all audiences (evaluate), then the first instant at which the answer may change
(valid_until), then, as if no trait could be read, which audiences are undecided and by what (undecided).
"""

from statistics import median
from time import thread_time_ns

from bench.measure import CLOCK_COST, Visitors
from shared.rules.catalogue import Path
from shared.rules.image import decode
from shared.rules.machine import Machine

CALLS = ("evaluate", "valid_until", "undecided")


def costs(stored: bytes, warm: Visitors, fresh: Visitors) -> dict[str, dict[str, float]]:
    """The median of each call in µs, over visitors seen before and over new ones."""
    machine = Machine(decode(stored))
    _laps(machine, warm)
    return {"warm": _medians(machine, warm), "fresh": _medians(machine, fresh)}


def _medians(machine: Machine, visitors: Visitors) -> dict[str, float]:
    laps = zip(*_laps(machine, visitors), strict=True)
    return {call: (median(times) - CLOCK_COST) / 1000 for call, times in zip(CALLS, laps, strict=True)}


def _laps(machine: Machine, visitors: Visitors) -> list[tuple[int, int, int]]:
    laps = []
    for document, now in visitors:
        start = thread_time_ns()
        machine.evaluate(document, now)
        evaluated = thread_time_ns()
        machine.valid_until(document, now)
        dated = thread_time_ns()
        machine.undecided(document, now, _is_trait)
        laps.append((evaluated - start, dated - evaluated, thread_time_ns() - dated))
    return laps


def _is_trait(path: Path) -> bool:
    return path[0] == "traits"
