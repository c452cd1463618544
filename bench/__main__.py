"""The bench: `python -m bench` measures Muster beside others, checks every answer, and writes the results here."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from time import thread_time
from typing import Any

from bench import beside, cold, muster, plot, report, workload
from bench.engine import Rules
from bench.measure import ENGINES, EXPRESSIVE, STATES, Effort, Subject, compare, ratio
from bench.stages import breakdown

HERE = Path(__file__).parent
FEWEST_ROUNDS = 5


def main() -> None:
    """Measure, print and write."""
    options = _options()
    effort = Effort(options.rounds, 60, 40, 0.2) if options.quick else Effort(options.rounds)
    names = [name for name in ENGINES if name == "naive" or name in options.engines]
    results: dict[str, Any] = {"run": _run(options), "sizes": {}, "wide": {}}
    for kind, place in (("recorded", "sizes"), ("wide", "wide")):
        for size in options.sizes if kind in options.workloads else ():
            print(f"{kind}, {size:,} audiences", file=sys.stderr)
            able = [name for name in names if kind == "recorded" or name in EXPRESSIVE]
            results[place][str(size)] = measured = _measured(kind, size, able, effort)
            print(report.engines_table(measured), report.beside_table({str(size): measured}), sep="\n\n", end="\n\n")
            sys.stdout.flush()
    print(report.goals_table(results))
    if not options.dry:
        _write(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the engine beside others.")
    parser.add_argument("--sizes", type=_sizes, default=(10, 100, 1000, 10_000), help="audiences, with commas between")
    parser.add_argument("--rounds", type=_rounds, default=FEWEST_ROUNDS, help="interleaved rounds, at least 5")
    parser.add_argument("--engines", type=_engines, default=tuple(ENGINES), help=f"of {', '.join(ENGINES)}")
    parser.add_argument(
        "--workloads", type=_workloads, default=tuple(workload.WORKLOADS), help=f"of {', '.join(workload.WORKLOADS)}"
    )
    parser.add_argument("--quick", action="store_true", help="fewer visitors: minutes become seconds, noise grows")
    parser.add_argument("--dry", action="store_true", help="print only, write no files")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(size) for size in text.split(",")))


def _rounds(text: str) -> int:
    if int(text) < FEWEST_ROUNDS:
        raise argparse.ArgumentTypeError(f"`{text}` is fewer than {FEWEST_ROUNDS}")
    return int(text)


def _engines(text: str) -> tuple[str, ...]:
    return _among(text, ENGINES)


def _workloads(text: str) -> tuple[str, ...]:
    return _among(text, workload.WORKLOADS)


def _among(text: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"`{name}` is none of {', '.join(known)}")
    return names


def _run(options: argparse.Namespace) -> dict[str, Any]:
    processor = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    return {
        "command": " ".join(["python -m bench", *sys.argv[1:]]),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{processor}, {os.cpu_count()} cores, {platform.system()}",
        "python": platform.python_version(),
        "rounds": options.rounds,
        "seed": workload.SEED,
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _measured(kind: str, size: int, names: list[str], effort: Effort) -> dict[str, Any]:
    """All figures of one workload at one size."""
    rules = workload.audiences(size, workload.WORKLOADS[kind])
    subjects, sample = compare(workload.WORKLOADS[kind], rules, names, effort)
    faster = {state: {name: ratio(subjects, name, "muster", state) for name in subjects} for state in STATES}
    measured: dict[str, Any] = {
        "members": sample.members,
        "engines": {name: _figures(each, kind) for name, each in subjects.items()},
        "faster": {state: {name: value for name, value in each.items() if value} for state, each in faster.items()},
    }
    if "muster" in subjects:
        own = subjects["muster"].timings
        pairs = zip(own["fresh"].medians, own["warm"].medians, strict=True)
        measured["fresh_to_warm"] = sorted(fresh / warm for fresh, warm in pairs)[effort.rounds // 2]
        measured["engines"]["muster"] |= _stages_of_publishing(rules)
        visitors = sample.visitors("warm", 0, effort.warm), sample.unseen(effort.fresh)
        measured["stages"] = breakdown(subjects["muster"].stored, *visitors)
        measured["beside"] = beside.costs(subjects["muster"].stored, visitors[0], sample.unseen(effort.fresh))
    return measured


def _figures(each: Subject, kind: str) -> dict[str, Any]:
    print(f"  {each.name}: load and memory", file=sys.stderr)
    figures: dict[str, Any] = {"stored_bytes": len(each.stored), "publish_seconds": each.publish_seconds}
    for state in STATES:
        timings = each.timings[state]
        figures |= {f"{state}_p50": timings.p50, f"{state}_p99": timings.p99, f"{state}_visitors": each.visitors[state]}
    return figures | cold.measure(each.name, kind, each.stored)


def _stages_of_publishing(rules: Rules) -> dict[str, float]:
    start = thread_time()
    programs = muster.programs(rules)
    compiled = thread_time()
    muster.link(programs)
    return {"compile_seconds": compiled - start, "link_seconds": thread_time() - compiled}


def _write(results: dict[str, Any]) -> None:
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (HERE / "RESULTS.md").write_text(report.markdown(results))
    plot.draw(results, HERE / "results.svg")
    print(f"\nwritten: {HERE.name}/results.json, RESULTS.md, results.svg")


if __name__ == "__main__":
    main()
