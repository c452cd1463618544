"""Hostile input: mutated requests to the evaluate function, on every core, with a report in JSON.

`python -m bench.hostile --requests 1000000 --seed 1`; the exit status is 1 where one of them crashed the function, was
answered with a fault of ours, or took more than 50 ms of a thread each time it was sent. Equal arguments send the same.
"""

import argparse
import json
import sys
from multiprocessing import Pool, cpu_count
from time import perf_counter

from tests.hostile import Tally, attack

REQUESTS = 2_000
"""So many go to one container, which serves the audiences of one world."""


def main() -> int:
    """Attack, print the report and say whether it held."""
    options = _options()
    worlds = -(-options.requests // REQUESTS)
    first = options.seed * 1_000_000
    started, total = perf_counter(), Tally()
    with Pool(options.processes) as pool:
        for done, tally in enumerate(pool.imap_unordered(_attack, range(first, first + worlds)), start=1):
            total.add(tally)
            if done % 50 == 0:
                print(f"{total.requests:,} requests, {len(total.faults)} faults", file=sys.stderr)
    report = {
        "requests": total.requests,
        "statuses": dict(sorted(total.statuses.items())),
        "faults": len(total.faults),
        "slow": total.slow,
        "slow_once": total.slow_once,
        "slowest_ms": round(total.slowest_ns / 1e6, 1),
        "seed": options.seed,
        "seconds": round(perf_counter() - started, 1),
        "shown": total.faults[:5],
    }
    print(json.dumps(report, indent=2))
    return 1 if total.faults or total.slow else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description="Send mutated requests to evaluate.")
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1, help="another seed sends other requests")
    parser.add_argument("--processes", type=int, default=cpu_count())
    return parser.parse_args()


def _attack(seed: int) -> Tally:
    return attack(seed, REQUESTS)


if __name__ == "__main__":
    sys.exit(main())
