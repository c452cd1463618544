"""Where Muster's time goes: the stages of `Machine.evaluate` timed one by one, warm and fresh.

xor: attributes read, values looked up, masks xored. levels: one subtraction a level. bytes: the result as bytes.
keys: the roots' bytes choose the keys.
"""

from statistics import median
from time import perf_counter_ns

from bench.measure import Visitors
from shared.rules.image import decode
from shared.rules.machine import Machine

STAGES = ("xor", "levels", "bytes", "keys")


class _Watched(Machine):
    """A machine that notes when each stage begins."""

    def _settle(self, bits: int) -> int:
        self.settling = perf_counter_ns()
        return super()._settle(bits)

    def _names(self, hits: int) -> list[str]:
        self.hits, self.naming = hits, perf_counter_ns()
        return super()._names(hits)

    def laps(self, document: object, now: int) -> tuple[int, int, int, int]:
        """Nanoseconds of each stage for one visitor."""
        start = perf_counter_ns()
        self.evaluate(document, now)
        end = perf_counter_ns()
        # the conversion is the first part of naming the keys; done again, it is timed by itself
        self.hits.to_bytes(self.hits.bit_length() // 8 + 1, "little")
        converting = perf_counter_ns() - end
        return self.settling - start, self.naming - self.settling, converting, end - self.naming - converting


def breakdown(stored: bytes, warm: Visitors, fresh: Visitors) -> dict[str, dict[str, float]]:
    """The median of each stage in µs, over visitors seen before and over new ones."""
    machine = _Watched(decode(stored))
    for document, now in warm:
        machine.evaluate(document, now)
    return {"warm": _medians(machine, warm), "fresh": _medians(machine, fresh)}


def _medians(machine: _Watched, visitors: Visitors) -> dict[str, float]:
    laps = zip(*(machine.laps(document, now) for document, now in visitors), strict=True)
    return {stage: median(times) / 1000 for stage, times in zip(STAGES, laps, strict=True)}
