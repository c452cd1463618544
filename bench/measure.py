"""Measuring: interleaved rounds over the same visitors, every answer checked.

All engines of a size are loaded side by side. In each round each engine in turn, the order moving on by one, gets
documents decoded anew from their JSON (so that no string has been hashed for it by an engine before), a few untimed
calls, then one timed call a visitor with the garbage collector off. *Warm* visitors are the same in every round and
are all asked about once, untimed, before each timed pass (the fresh ones of the round before may have driven them
from bounded memos); *fresh* ones are new in every round.

Time is the thread's processor time: a call of 20 ms that a neighbour interrupts would else count the neighbour's
work, one of 20 µs hardly ever.
"""

import gc
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import chain
from statistics import median, quantiles
from time import thread_time, thread_time_ns

from bench import naive
from bench.engine import Document, Engine, Rules
from bench.workload import SEED, Workload

ENGINES = {
    "muster": "bench.muster",
    "codegen": "bench.codegen",
    "datalogic": "bench.competitors.datalogic",
    "naive": "bench.naive",
    "cel": "bench.competitors.cel",
    "growthbook": "bench.competitors.growthbook",
    "jsonlogic": "bench.competitors.jsonlogic",
    "flagsmith": "bench.competitors.flagsmith",
}
"""The adapters; `naive` is the yardstick and always runs."""

EXPRESSIVE = ("muster", "codegen", "naive")
"""Those that can say all of the workload `wide`; no package has networks, places, elements or schedules."""

STATES = ("warm", "fresh")
UNTIMED_CALLS = 10
FEWEST = 5

Visitors = list[tuple[Document, int]]


@dataclass(frozen=True)
class Effort:
    """How much is measured. seconds: about what one engine may take for one pass over a round's visitors."""

    rounds: int = 5
    warm: int = 200
    fresh: int = 100
    seconds: float = 1.0


@dataclass
class Timings:
    """Nanoseconds of each call, by round."""

    rounds: list[list[int]] = field(default_factory=list)

    @property
    def medians(self) -> list[float]:
        """The median of each round, in µs."""
        return [median(calls) / 1000 for calls in self.rounds]

    @property
    def p50(self) -> float:
        """The median of the rounds' medians, in µs."""
        return median(self.medians)

    @property
    def p99(self) -> float | None:
        """The 99th percentile of all calls in µs; None of fewer than 100."""
        calls = [ns for each in self.rounds for ns in each]
        return quantiles(calls, n=100, method="inclusive")[98] / 1000 if len(calls) >= 100 else None


@dataclass
class Subject:
    """One engine under test at one size."""

    name: str
    engine: Engine
    stored: bytes
    publish_seconds: float
    visitors: dict[str, int]
    timings: dict[str, Timings]


class Sample:
    """The visitors of a size as JSON bytes, with the answers that the naive interpreter gives."""

    def __init__(self, workload: Workload, rules: Rules, effort: Effort) -> None:
        self._crowd, yardstick = workload.crowd(SEED + 2), naive.load(naive.publish(rules))
        warm = self._crowd.draw(effort.warm, fresh=False)
        fresh = [self._crowd.draw(effort.fresh, fresh=True) for _ in range(effort.rounds)]
        self._rounds = {"warm": [warm] * effort.rounds, "fresh": fresh}
        self._expected = {now: set(yardstick.evaluate(document, now)) for document, now in [*warm, *chain(*fresh)]}
        self.members = sum(len(keys) for keys in self._expected.values()) / len(self._expected) / len(rules)

    def visitors(self, state: str, number: int, count: int) -> Visitors:
        """The first `count` visitors of a round, decoded anew."""
        chosen = self._rounds[state][number][:count]
        return [(json.loads(json.dumps(document)), now) for document, now in chosen]

    def unseen(self, count: int) -> Visitors:
        """Fresh visitors beyond those of the rounds; their answers are not known."""
        return self._crowd.draw(count, fresh=True)

    def check(self, name: str, now: int, answer: list[str]) -> None:
        """Raises AssertionError unless the answer is that of the naive interpreter."""
        difference = self._expected[now].symmetric_difference(answer)
        assert not difference, f"{name} and naive disagree on {sorted(difference)[:3]} for the visitor at {now}"


def subject(name: str, rules: Rules, sample: Sample, effort: Effort) -> Subject:
    """An engine published and loaded, and how many visitors it can answer in the time given."""
    adapter = import_module(ENGINES[name])
    start = thread_time()
    stored = adapter.publish(rules)
    published = thread_time() - start
    engine = adapter.load(stored)
    visitors = sample.visitors("warm", 0, effort.warm)
    _call(engine, visitors[:1])
    start = thread_time()
    _call(engine, visitors[:FEWEST])
    affordable = int(effort.seconds / (thread_time() - start) * FEWEST)
    counts = {"warm": _between(affordable, effort.warm), "fresh": _between(affordable, effort.fresh)}
    return Subject(name, engine, stored, published, counts, {state: Timings() for state in STATES})


def _between(affordable: int, most: int) -> int:
    return max(FEWEST, min(affordable, most))


def _call(engine: Engine, visitors: Visitors) -> None:
    for document, now in visitors:
        engine.evaluate(engine.derive(document, now), now)


def compare(
    workload: Workload, rules: Rules, names: Sequence[str], effort: Effort
) -> tuple[dict[str, Subject], Sample]:
    """Every engine measured on the rules, by name, and the visitors that they were asked about."""
    sample = Sample(workload, rules, effort)
    subjects = [subject(name, rules, sample, effort) for name in names]
    gc.collect()
    gc.freeze()  # what is loaded need not be looked through again between the rounds
    for number in range(effort.rounds):
        turn = number % len(subjects)
        for each in subjects[turn:] + subjects[:turn]:
            for state in STATES:
                each.timings[state].rounds.append(_round(each, sample, state, number))
        print(f"  round {number + 1} of {effort.rounds}", file=sys.stderr)
    gc.unfreeze()
    return {each.name: each for each in subjects}, sample


def _round(each: Subject, sample: Sample, state: str, number: int) -> list[int]:
    """Nanoseconds of each call over the round's visitors; the answers are checked."""
    engine, count = each.engine, each.visitors[state]
    _call(engine, sample.visitors("warm", 0, count if state == "warm" else min(count, UNTIMED_CALLS)))
    visitors = sample.visitors(state, number, count)
    asked = [(engine.derive(document, now), now) for document, now in visitors]
    gc.collect()
    gc.disable()
    try:
        nanoseconds, answers = _timed(engine, asked)
    finally:
        gc.enable()
    for (_, now), answer in zip(asked, answers, strict=True):
        sample.check(each.name, now, answer)
    return nanoseconds


def _timed(engine: Engine, asked: Sequence[tuple[object, int]]) -> tuple[list[int], list[list[str]]]:
    nanoseconds, answers, evaluate = [], [], engine.evaluate
    for visitor, now in asked:
        start = thread_time_ns()
        answer = evaluate(visitor, now)
        nanoseconds.append(thread_time_ns() - start - CLOCK_COST)
        answers.append(answer)
    return nanoseconds, answers


def _clock_cost() -> int:
    """Nanoseconds that reading the clock adds to a call."""
    laps = []
    for _ in range(2001):
        start = thread_time_ns()
        laps.append(thread_time_ns() - start)
    return int(median(laps))


CLOCK_COST = _clock_cost()


def ratio(subjects: Mapping[str, Subject], slower: str, faster: str, state: str) -> float | None:
    """How many times faster one engine is than another: the median of the rounds' ratios; None where one is absent."""
    if slower not in subjects or faster not in subjects:
        return None
    pairs = zip(subjects[slower].timings[state].medians, subjects[faster].timings[state].medians, strict=True)
    return median(slow / fast for slow, fast in pairs)
