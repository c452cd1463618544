"""Validator soundness: whatever rule is accepted is evaluated without an error, on every core, with a report in JSON.

`python -m bench.sound --evaluations 10000000 --seed 1`; the exit status is 1 where a rule that parser and checker took
fails anywhere on its way, or where what the machine says of one visitor contradicts itself. An evaluation is one such
rule asked for one visitor that a request may carry.
"""

import argparse
import json
import sys
from multiprocessing import Pool, cpu_count
from time import perf_counter

from tests.soundness import Tally, ask

ROUND = 10
"""Worlds, after which it is seen whether there were enough."""


def main() -> int:
    """Ask, print the report and say whether it held."""
    options = _options()
    started, total, worlds = perf_counter(), Tally(), 0
    with Pool(options.processes) as pool:
        while total.evaluations < options.evaluations:
            first = options.seed * 1_000_000 + worlds
            for tally in pool.imap_unordered(ask, range(first, first + ROUND)):
                total.add(tally)
            worlds += ROUND
            print(f"{total.evaluations:,} evaluations, {len(total.faults)} faults", file=sys.stderr)
    report = {
        "rules_tried": total.tried,
        "rules_accepted": total.accepted,
        "evaluations": total.evaluations,
        "held": total.held,
        "faults": len(total.faults),
        "worlds": worlds,
        "seed": options.seed,
        "seconds": round(perf_counter() - started, 1),
        "shown": total.faults[:5],
    }
    print(json.dumps(report, indent=2, default=str))
    return 1 if total.faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.sound", description="Evaluate mutated rules that were accepted."
    )
    parser.add_argument("--evaluations", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1, help="another seed asks other rules")
    parser.add_argument("--processes", type=int, default=cpu_count())
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
