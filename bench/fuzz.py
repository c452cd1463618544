"""Fuzz: machine, explain and oracle compared on random rules and visitors, on every core, with a report in JSON.

`python -m bench.fuzz --pairs 2000000 --seed 1`; the exit status is 1 where they differ anywhere, and the report then
holds the smallest cases that show it. Equal arguments ask the same questions.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from multiprocessing import Pool, cpu_count
from time import perf_counter
from typing import Any

from tests.agreement import ROWS, Tally, compare
from tests.smallest import smallest

AUDIENCES, VISITORS = 50, 20
SHOWN = 5


def main() -> int:
    """Compare, print the report and say whether all agreed."""
    options = _options()
    worlds = -(-options.pairs // (AUDIENCES * VISITORS))
    first = options.seed * 1_000_000
    started = perf_counter()
    total = Tally()
    with Pool(options.processes) as pool:
        for done, tally in enumerate(pool.imap_unordered(_compare, range(first, first + worlds)), start=1):
            total.add(tally)
            if done % 100 == 0:
                print(f"{total.pairs:,} pairs, {len(total.mismatches)} mismatches", file=sys.stderr)
    report = _report(total) | {"worlds": worlds, "seed": options.seed, "seconds": round(perf_counter() - started, 1)}
    print(json.dumps(report, indent=2, default=sorted))
    return 1 if total.mismatches else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description="Compare machine, explain and oracle.")
    parser.add_argument("--pairs", type=int, default=2_000_000, help="pairs of a rule and a visitor")
    parser.add_argument("--seed", type=int, default=1, help="another seed asks other questions")
    parser.add_argument("--processes", type=int, default=cpu_count())
    return parser.parse_args()


def _compare(seed: int) -> Tally:
    return compare(seed, AUDIENCES, VISITORS)


def _report(total: Tally) -> dict[str, Any]:
    (row, kind), fewest = total.rarest()
    return {
        "pairs": total.pairs,
        "mismatches": len(total.mismatches),
        "holds_share": round(total.holds / total.pairs, 3),
        "undecided": total.undecided,
        "turns": total.turns,
        "turns_for_ever": total.lasting,
        "operator_kind_pairs": len(ROWS),
        "rarest_operator_kind_pair": [row, kind, fewest],
        "cases": list(_cases(total)),
    }


def _cases(total: Tally) -> Iterator[dict[str, Any]]:
    for seed, case in total.mismatches[:SHOWN]:
        found = smallest(case)
        yield {
            "world": seed,
            "key": found.key,
            "rules": found.rules if len(found.rules) == 1 else "it shows only among the world's other audiences",
            "types": found.types,
            "visitor": found.visitor,
            "now_ms": found.now_ms,
            "unread": found.unread,
            "answers": found.answers(),
            "turns": None if found.unread else found.turns(),
        }


if __name__ == "__main__":
    sys.exit(main())
