"""What the warm handler costs above the engine: `python -m bench.handler`.

An event goes in, a response comes out; from its time the machine's own `evaluate` for the same visitor is taken,
measured in the same interleaved run. 1,000 audiences, about 100 of them in the answer, 22 attributes in the
body, secret key, garbage collection on. The row with a profile reads it from a loopback DynamoDB in another
process of this machine, over HTTP with the real reader, so it holds a whole (local) network exchange;
"reader stubbed" puts the item in its place and leaves only our own work on the profile.
"""

import argparse
import functools
import gc
import importlib.util
import json
import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

from tests import world as worlds

ROOT = Path(__file__).parents[1]
AUDIENCES = 1_000
ROUNDS = 5
KEY = "sk_bench"
"""The key that the events carry."""


def rules(rng: random.Random) -> dict[str, object]:
    """Audiences of two conditions over 22 attributes, each holding for about one visitor in ten."""
    found: dict[str, object] = {}
    for number in range(AUDIENCES):
        names = rng.sample(range(22), 2)
        conditions = [{"attribute": f"traits.a{name}", "op": "in", "value": rng.sample(range(9), 3)} for name in names]
        found[f"audience-{number:04}"] = {"all": conditions}
    return found


def visitors(rng: random.Random, count: int) -> list[dict[str, int]]:
    """The traits of each visitor."""
    return [{f"a{name}": rng.randrange(9) for name in range(22)} for _ in range(count)]


def load_handler() -> Any:
    """The handler's module, as Lambda loads it."""
    file = ROOT / "functions/evaluate/handler.py"
    spec = importlib.util.spec_from_file_location("functions.evaluate.handler", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def serve(items: dict[str, Any], pipe: Any) -> None:
    """A loopback store in a process of its own, so that its work is not measured."""
    with worlds.loopback_store() as store:
        store.items = items
        pipe.send(store.url)
        pipe.recv()


def timed(call: Callable[[Any], object], inputs: list[Any]) -> list[int]:
    """Nanoseconds of each call."""
    taken = []
    for item in inputs:
        started = time.perf_counter_ns()
        call(item)
        taken.append(time.perf_counter_ns() - started)
    return taken


def measure(handler: Any, container: Any, events: list[Any], documents: list[Any]) -> dict[str, float]:
    """p50 and p99 of the handler above the engine, in microseconds, over interleaved rounds."""
    handler.container = lambda: container
    call = functools.partial(handler.handler, _context=None)
    machine = container.serving.loaded(container.serving.access(KEY, None).environment).machine
    now = int(time.time() * 1000)
    whole: list[int] = []
    engine: list[int] = []
    keys = [len(json.loads(call(event)["body"])["audiences"]) for event in events]
    for _ in range(ROUNDS):
        gc.collect()
        whole += timed(call, events)
        engine += timed(
            lambda document: (machine.evaluate(document, now), machine.valid_until(document, now)), documents
        )
    above = sorted(one - other for one, other in zip(whole, engine, strict=True))
    return {
        "p50_us": statistics.median(above) / 1000,
        "p99_us": above[len(above) * 99 // 100] / 1000,
        "keys": statistics.median(keys),
        "engine_p50_us": statistics.median(engine) / 1000,
    }


def main() -> None:
    """Prints a table, or JSON with `--json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--visitors", type=int, default=400)
    arguments = parser.parse_args()
    rng = random.Random(1)
    handler = load_handler()
    with worlds.loopback_store() as store:
        world = worlds.World(store)
        world.clock = time.time  # type: ignore[assignment]
        world.publish(worlds.image_of(rules(rng)), 1)
        world.allow(worlds.entry(KEY))
        traits = visitors(rng, arguments.visitors)
        for number, stored in enumerate(traits):
            world.remember(f"v{number}", stored)
        pipe, far_end = multiprocessing.Pipe()
        process = multiprocessing.Process(target=serve, args=(store.items, far_end), daemon=True)
        process.start()
        world.settings = msgspec.structs.replace(world.settings, endpoint=pipe.recv())
        report = _rows(handler, world, traits)
        pipe.send("done")
        process.join(5)
    print(json.dumps(report) if arguments.json else _table(report))


def _rows(handler: Any, world: Any, traits: list[dict[str, int]]) -> dict[str, dict[str, float]]:
    documents = [{"traits": item} for item in traits]
    given = [worlds.event("POST", "/v1/evaluate", body=document, key=KEY) for document in documents]
    named = [
        worlds.event("POST", "/v1/evaluate", body={"visitor": {"id": f"v{number}"}}, key=KEY)
        for number in range(len(traits))
    ]
    container = world.container()
    report = {"without profile": measure(handler, container, given, documents)}
    report["profile, loopback store"] = measure(handler, container, named, documents)
    stub = mock.patch.object(
        container.store,
        "get_many",
        lambda table, keys, **_: {key: item for key in keys if (item := world.store.items[table].get(key))},
    )
    with stub:
        report["profile, reader stubbed"] = measure(handler, container, named, documents)
    return report


def _table(report: dict[str, dict[str, float]]) -> str:
    lines = [
        "| above the engine | p50 us | p99 us | keys in the answer | engine p50 us |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {name} | {row['p50_us']:.1f} | {row['p99_us']:.1f} | {row['keys']:.0f} | {row['engine_p50_us']:.1f} |"
        for name, row in report.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
