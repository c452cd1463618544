"""The workload: audiences in rule JSON, visitors and expected answers, all drawn by a seeded generator.

Attributes, operators and operands are skewed by Zipf's law; an audience has 5 conditions on average in a tree of up
to four levels, and holds for a tenth of the visitors on average. `python -m bench.workload` writes it as one JSON
file that other engines can enter with (README.md says how).
"""

import argparse
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench import conditions, naive, wide_conditions
from bench.pools import Skewed
from bench.visitors import Crowd
from bench.wide_visitors import WideCrowd

SEED = 20_260_557
"""Chosen so that the first 10 audiences, too, have 5 conditions on average and hold for a tenth of the visitors."""

CONDITIONS = Skewed((3, 4, 5, 2, 6, 7, 8, 1, 9, 10, 12, 14), 0.95)
"""Conditions of an audience: 5 on average."""

SHARES = ((0.0, 0.02, 30), (0.02, 0.1, 34), (0.1, 0.2, 20), (0.2, 0.4, 12), (0.4, 0.8, 4))
"""(least, most, weight): how many visitors an audience holds for; a tenth on average."""

NOT_SHARE, DEPTH = 0.07, 4
SAMPLE = 200
"""Visitors on which the share of a drawn audience is measured."""

ATTEMPTS = 40

WORDS = (
    "loyal new big lapsed vip early mobile local trial paid silent eager regional seasonal premium casual dormant",
    "shoppers buyers readers teams owners visitors runners hikers cyclists cooks travellers admins prospects members",
)


@dataclass(frozen=True)
class Workload:
    """What audiences and visitors are drawn from. types: of the declared attributes; all others hold strings."""

    condition: Callable[[Random], dict]
    crowd: Callable[[int], Crowd]
    types: Mapping[str, str]
    attributes: tuple[str, ...]


WORKLOADS = {
    "recorded": Workload(conditions.condition, Crowd, conditions.TYPES, tuple(conditions.ATTRIBUTES)),
    "wide": Workload(wide_conditions.condition, WideCrowd, wide_conditions.TYPES, wide_conditions.ATTRIBUTES),
}
"""`recorded` stays as it was, for comparison with earlier releases; `wide` asks the newer questions, too."""


class Author:
    """Draws audiences; measures each on a sample of visitors, one bit a visitor."""

    def __init__(self, workload: Workload, seed: int) -> None:
        self._rng = Random(seed)
        self._condition = workload.condition
        self._sample = workload.crowd(seed + 1).draw(SAMPLE, fresh=False)
        self._all = (1 << SAMPLE) - 1
        self._holding: dict[str, int] = {}
        names = [f"{a}-{b}" for a in WORDS[0].split() for b in WORDS[1].split()]
        self._names = Skewed(names, 0.5)
        self._numbers: dict[str, int] = {}

    def audience(self) -> tuple[str, dict]:
        """A key, and a rule whose share of visitors lies where SHARES put it, or the nearest of ATTEMPTS."""
        least, most, _ = self._rng.choices(SHARES, [weight for *_, weight in SHARES])[0]
        count = CONDITIONS.one(self._rng)
        nearest, distance = {}, 2.0
        for _ in range(ATTEMPTS):
            rule = self._group(count, "all" if self._rng.random() < 0.8 else "any", 1)
            share = self._who(rule).bit_count() / SAMPLE
            away = max(least - share, share - most, 0.0) or (0.0 if 0 < share < 1 else 0.001)
            if away < distance:
                nearest, distance = rule, away
            if not away:
                break
        return self._key(), nearest

    def _key(self) -> str:
        name = self._names.one(self._rng)
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        return name if number == 1 else f"{name}-{number}"

    def _group(self, count: int, kind: str, depth: int) -> dict:
        """A rule of `count` conditions, `all` and `any` alternating, the tree at most four deep."""
        rng = self._rng
        if count == 1:
            node = self._condition(rng)
        else:
            inner = "any" if kind == "all" else "all"
            node = {kind: [self._group(part, inner, depth + 1) for part in self._parts(count, depth)]}
        return {"not": node} if rng.random() < NOT_SHARE else node

    def _parts(self, count: int, depth: int) -> list[int]:
        """`count` conditions dealt out to the items of a group."""
        if depth == DEPTH - 1 or count == 2:
            return [1] * count
        items = self._rng.randint(2, min(count, 4))
        parts = [1] * items
        for _ in range(count - items):
            parts[self._rng.randrange(items)] += 1
        return parts

    def _who(self, node: Mapping) -> int:
        """The visitors of the sample for whom a rule holds, as bits."""
        if "all" in node:
            bits = self._all
            for item in node["all"]:
                bits &= self._who(item)
            return bits
        if "any" in node:
            bits = 0
            for item in node["any"]:
                bits |= self._who(item)
            return bits
        if "not" in node:
            return self._all ^ self._who(node["not"])
        text = json.dumps(node)
        if text not in self._holding:
            rule = naive.prepare(node)
            self._holding[text] = sum(naive.holds(rule, *visitor) << n for n, visitor in enumerate(self._sample))
        return self._holding[text]


def audiences(count: int, workload: Workload) -> dict[str, dict]:
    """Rule JSON by key, in the order drawn; a smaller count is the beginning of a larger one."""
    author = Author(workload, SEED)
    return dict(author.audience() for _ in range(count))


def document(workload: Workload, count: int, warm: int, fresh: int) -> dict:
    """A whole workload as JSON: rules, visitors and the answers expected of each."""
    rules, crowd = audiences(count, workload), workload.crowd(SEED + 2)
    engine = naive.load(naive.publish(rules))
    index = {key: n for n, key in enumerate(rules)}

    def asked(visitors: list[tuple[dict, int]]) -> list[dict]:
        return [
            {"visitor": visitor, "now": now, "holds": [index[key] for key in engine.evaluate(visitor, now)]}
            for visitor, now in visitors
        ]

    return {
        "format": 1,
        "seed": SEED,
        "types": dict(workload.types),
        "audiences": [{"key": key, "rule": rule} for key, rule in rules.items()],
        "warm": asked(crowd.draw(warm, fresh=False)),
        "fresh": asked(crowd.draw(fresh, fresh=True)),
    }


def main() -> None:
    """Write the workload to a file."""
    parser = argparse.ArgumentParser(prog="python -m bench.workload", description="Write the bench's workload as JSON.")
    parser.add_argument("--workload", choices=WORKLOADS, default="recorded")
    parser.add_argument("--audiences", type=int, default=1000)
    parser.add_argument("--warm", type=int, default=100)
    parser.add_argument("--fresh", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "workload.json.gz")
    options = parser.parse_args()
    text = json.dumps(
        document(WORKLOADS[options.workload], options.audiences, options.warm, options.fresh),
        separators=(",", ":"),
        ensure_ascii=False,
    )
    # a fixed time in the header: the same seed gives the same bytes
    options.out.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{options.out}: {options.audiences} audiences, {options.warm} warm and {options.fresh} fresh visitors")


if __name__ == "__main__":
    main()
