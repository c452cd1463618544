"""Loading and memory, in a process of its own: `python -m bench.cold ENGINE WORKLOAD FILE` prints one JSON object.

load_ms: the median of five loads from the stored bytes; processor time, garbage collector on, modules imported.
first_load_ms: the first of them. patterns_ms: what of a load is the compilation of patterns (Muster only). rss_kb,
rss_warm_kb: what the resident set grew by with the first load, and after a thousand fresh visitors, or a second of
them.
"""

import json
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from statistics import median
from time import thread_time

from bench.measure import ENGINES
from bench.workload import WORKLOADS

LOADS = 5
WARM_SECONDS = 1.0


def _resident_kb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def measured(name: str, workload: str, stored: bytes) -> dict[str, float]:
    """What this process sees; it must have loaded nothing before."""
    adapter = import_module(ENGINES[name])
    visitors = WORKLOADS[workload].crowd(0).draw(1000, fresh=True)
    before = _resident_kb()
    start = thread_time()
    engine = adapter.load(stored)
    first = thread_time() - start
    loaded = _resident_kb()
    end = thread_time() + WARM_SECONDS
    for document, now in visitors:
        engine.evaluate(engine.derive(document, now), now)
        if thread_time() > end:
            break
    warm, times = _resident_kb(), [first]
    for _ in range(LOADS - 1):
        start = thread_time()
        adapter.load(stored)
        times.append(thread_time() - start)
    figures = {"load_ms": median(times) * 1000, "first_load_ms": first * 1000}
    if hasattr(adapter, "patterns_seconds"):
        figures["patterns_ms"] = median(adapter.patterns_seconds(stored) for _ in range(LOADS)) * 1000
    return figures | {"rss_kb": loaded - before, "rss_warm_kb": warm - before}


def measure(name: str, workload: str, stored: bytes) -> dict[str, float]:
    """The same, from a fresh process."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(stored)
        file.flush()
        command = [sys.executable, "-m", "bench.cold", name, workload, file.name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own module
    return json.loads(done.stdout)


if __name__ == "__main__":
    print(json.dumps(measured(*sys.argv[1:3], Path(sys.argv[3]).read_bytes())))
