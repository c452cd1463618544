"""What the cost model says and what the machine takes: worst-case environments, each at the cap.

    python -m bench.cost [--repeat 3] [--visitors 12]

For each kind of test the largest environment is looked for that publishing still accepts (by doubling and halving),
and evaluated with values that were never seen and that are as bad as is known: texts, lists and elements that fill
the largest request, texts on which patterns make a new state with every character. One visitor goes before, untimed:
the first one after loading is outside of the model. A figure is the least over `--repeat` loads of the machine, since
what neighbours of a shared machine add is no property of the rules.
"""

import argparse
import gc
import random
import string
import sys
from collections.abc import Callable, Iterator
from statistics import median
from time import thread_time_ns
from typing import Any

from shared.rules import cost, zones
from shared.rules.compiler import compile_rule
from shared.rules.image import Image, decode, encode
from shared.rules.linker import link
from shared.rules.machine import Machine
from shared.rules.parser import parse
from shared.rules.pattern_cost import SEARCHED_CHARACTERS
from shared.rules.problems import Refused

NOW = 1_780_000_000_000
DAY = 86_400_000
KB = 1024
MOST = 20_000
"""No kind is asked for more rules: the other limits of an environment hold before."""

Rule = dict[str, Any]
Document = dict[str, Any]
Kind = tuple[Callable[[int], Rule], Callable[[int], Document]]
"""(the n-th rule, the n-th visitor)."""

rng = random.Random(20_260_522)


def word(length: int) -> str:
    """Lower-case letters."""
    return "".join(rng.choices(string.ascii_lowercase, k=length))


WORDS = [word(3) for _ in range(4000)]


def ask(attribute: str, op: str, value: object = None, **more: object) -> Rule:
    """A condition."""
    return {"attribute": attribute, "op": op, **({} if value is None else {"value": value}), **more}


def many(attribute: str, op: str, value: Callable[[int], object], **more: object) -> Callable[[int], Rule]:
    """One condition for each number."""
    return lambda n: ask(attribute, op, value(n), **more)


def text(make: Callable[[], str], size: int = 60 * KB) -> Callable[[int], Document]:
    """Visitors with a long text as `traits.a`."""
    return lambda n: {"traits": {"a": (make() * (size // max(len(make()), 1) + 1))[:size] + str(n)}}


def trait(make: Callable[[int], object]) -> Callable[[int], Document]:
    """Visitors with a value as `traits.a`."""
    return lambda n: {"traits": {"a": make(n)}}


def spread(make: Callable[[int, int], object], count: int = 190) -> Callable[[int], Document]:
    """Visitors with as many attributes as a request may have."""
    return lambda n: {"traits": {f"a{at}": make(n, at) for at in range(count)}}


def element(rule: Callable[[int], Rule]) -> Callable[[int], Rule]:
    """A rule about an element for each number."""
    return lambda n: ask("traits.a", "element", rule(n))


def window(n: int, **more: object) -> Rule:
    """A schedule of its own for each number."""
    zone = ("Europe/Zurich", "America/New_York", "Asia/Tokyo")[n % 3]
    start = f"{n // 60 % 24:02}:{n % 60:02}:{n // 1440 % 60:02}"
    return {"schedule": {"days": ["mon", "sat"], "from": start, "to": "24:00", "timezone": zone, **more}}


def rollout(n: int, **more: object) -> Rule:
    """A rollout with a salt of its own for each number."""
    return {"rollout": {"percent": 50, "by": "traits.a", "salt": f"s{n}", **more}}


def of_words() -> str:
    """Words that patterns wait for, in random order."""
    return "".join(rng.choices(WORDS[:400], k=700))


LONG = SEARCHED_CHARACTERS
ZONES = sorted(zones.names())
SHARED = [f"v{n}" for n in range(40)]
COMMON = [word(5) for _ in range(1000)]
KINDS: dict[str, Kind] = {
    "equal": (many("traits.a", "in", lambda n: [*SHARED, f"x{n}"]), trait(lambda n: f"v{n % 40}")),
    "equal, 190 attributes": (
        lambda n: ask(f"traits.a{n % 190}", "in", [*SHARED, f"x{n}"]),
        spread(lambda n, _: f"v{n % 40}"),
    ),
    "equal, folded, 64 KB": (
        many("traits.a", "eq", lambda n: f"\u00e9{n}", ignore_case=True),
        text(lambda: "\ufb03", 20 * KB),
    ),
    "contains, 64 KB": (many("traits.a", "contains", lambda n: f"{'a' * 40}{WORDS[n % 4000]}{n}"), text(lambda: "a")),
    "contains, words": (many("traits.a", "contains", lambda n: f"{WORDS[n % 4000]}{n % 7}"), text(of_words)),
    "starts with": (many("traits.a", "starts_with", lambda n: "a" * (n % 500) + word(2)), text(lambda: "a")),
    "ends with": (many("traits.a", "ends_with", lambda n: word(2) + "a" * (n % 500)), text(lambda: "a")),
    "under": (many("traits.a", "under", lambda n: f"/{WORDS[n % 4000]}/{n}"), text(lambda: "/a")),
    "pattern, decided": (
        many("traits.a", "matches", lambda n: f"^/shop/({WORDS[n % 4000]}|{word(3)}{n})/[0-9]+$"),
        trait(lambda n: f"/shop/{WORDS[n]}/{'0123456789' * (LONG // 10)}"),
    ),
    "pattern, loops": (
        many("traits.a", "matches", lambda n: f"{WORDS[n % 400]}.*{WORDS[(n + 1) % 400]}.*{n}"),
        text(of_words, LONG),
    ),
    "pattern, counted": (
        many("traits.a", "matches", lambda n: f"[ab]*a[ab]{{{10 + n % 20}}}c{n}"),
        text(lambda: "".join(rng.choices("ab", k=LONG)), LONG),
    ),
    "number": (many("traits.a", "gt", lambda n: n * 1.5), trait(lambda _: rng.random() * MOST * 1.5)),
    "number, 190 attributes": (
        lambda n: ask(f"traits.a{n % 190}", "gt", n * 1.5),
        spread(lambda _, __: rng.random() * MOST * 1.5),
    ),
    "mod": (many("traits.a", "mod", lambda n: [n + 2, 1]), trait(lambda _: rng.randrange(10**15))),
    "age": (
        many("traits.a", "within_last", lambda n: f"PT{n + 1}H"),
        trait(lambda n: f"202{n % 7}-03-01T0{n % 9}:00:00Z"),
    ),
    "calendar, a new day each": (
        many("traits.a", "within_last", lambda n: f"P{n % 1000 + 1}MT{n // 1000}H"),
        trait(lambda n: f"2026-01-{n % 28 + 1:02}"),
    ),
    "anniversary, a new day each": (
        many("traits.a", "anniversary_within", lambda n: f"P{n % 300}D"),
        trait(lambda n: f"1980-{n % 12 + 1:02}-03"),
    ),
    "version": (many("traits.a", "version_gte", lambda n: f"1.{n}"), trait(lambda n: f"1.{rng.randrange(MOST)}.{n}")),
    "network": (
        many("traits.a", "in_cidr", lambda n: f"10.{n // 250 % 250}.{n % 250}.0/24"),
        trait(lambda n: f"10.1.{n}.7"),
    ),
    "list of texts": (
        many("traits.a", "has_any", lambda n: [f"{WORDS[n % 4000]}{n}"]),
        trait(lambda _: [word(4) for _ in range(8_500)]),
    ),
    "list of numbers": (
        many("traits.a", "has_any", lambda n: [n]),
        trait(lambda _: [rng.randrange(10) for _ in range(31_000)]),
    ),
    "list, has all of 1,000": (
        many("traits.a", "has_all", lambda n: ["a!", *COMMON[:998], f"x{n}"]),
        trait(lambda n: ["a!", *COMMON, str(n)]),
    ),
    "compare": (lambda n: ask("traits.a", "gt", other=f"traits.a{n % 900}"), spread(lambda _, __: rng.random())),
    "compare, texts": (
        lambda n: ask("traits.a0", "contains", other=f"traits.a{n % 900 + 1}"),
        spread(lambda n, at: "a" * 20_000 + str(n) if at == 0 else "a" * 200 + "b"),
    ),
    "rollout": (rollout, trait(lambda _: word(20))),
    "rollout, 64 KB": (rollout, trait(lambda _: word(60 * KB))),
    "rollout, 64 KB, flagsmith": (lambda n: rollout(n, hash="flagsmith"), trait(lambda _: word(60 * KB))),
    "place": (
        lambda n: ask("geo", "within_km", {"lat": n % 90, "lon": n % 179, "km": 5 + n / 100}),
        lambda _: {"geo": {"lat": rng.random() * 90, "lon": rng.random() * 90}},
    ),
    "window": (window, lambda _: {}),
    "window, the visitor's": (
        lambda n: window(n, timezone="visitor"),
        lambda n: {"geo": {"timezone": ZONES[n % len(ZONES)]}},
    ),
    "element": (
        element(lambda n: ask("b", "gt", n)),
        trait(lambda _: [{"b": rng.randrange(10**6)} for _ in range(4_500)]),
    ),
    "element, remainders": (
        element(lambda n: ask("b", "mod", [n + 2, 1])),
        trait(lambda _: [{"b": rng.randrange(10**6)} for _ in range(4_500)]),
    ),
    "element, compared": (
        element(lambda n: ask("b", "gt", other=f"c{n}")),
        trait(lambda _: [{"b": rng.randrange(10**6), "c0": 1} for _ in range(2_800)]),
    ),
    "element, empty": (element(lambda n: ask("b", "gt", n)), trait(lambda _: [{} for _ in range(20_000)])),
}  # fmt: skip


def image_of(rule: Callable[[int], Rule], count: int) -> Image | None:
    """The image of so many audiences, None where another limit refuses it."""
    programs = {}
    for number in range(count):
        node, problems = parse(rule(number))
        assert node is not None, problems
        programs[f"a{number}"] = compile_rule(node)
    try:
        return link(programs, {}, ())
    except Refused:
        return None


def largest(rule: Callable[[int], Rule]) -> tuple[int, Image]:
    """The largest environment of these rules that publishing accepts, within a tenth."""
    fits, found = 1, image_of(rule, 1)
    assert found is not None
    step = 1.0
    while step > 0.1 and fits < MOST:
        tried = image_of(rule, max(fits + 1, int(fits * (1 + step))))
        if tried is not None and cost.cost(tried).total <= cost.CAP:
            fits, found = len(tried.keys), tried
        else:
            step /= 2
    return fits, found


def times(image: Image, visitors: list[Document]) -> Iterator[float]:
    """Milliseconds of each visitor but the first."""
    machine = Machine(decode(encode(image)))
    for number, document in enumerate(visitors):
        start = thread_time_ns()
        machine.evaluate(document, NOW + number * 40 * DAY)
        if number:
            yield (thread_time_ns() - start) / 1e6


def main() -> None:
    """Print the table of docs/decisions/0011-cost.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description="Check the cost model on worst cases.")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--visitors", type=int, default=12)
    parser.add_argument("--only", default="", help="kinds whose name contains this")
    options = parser.parse_args()
    print("| kind | audiences | model ms | p50 ms | max ms |\n| --- | ---: | ---: | ---: | ---: |")
    worst = 0.0
    for name, (rule, visitor) in KINDS.items():
        if options.only not in name:
            continue
        count, image = largest(rule)
        rounds = []
        for _ in range(options.repeat):
            visitors = [visitor(number) for number in range(options.visitors)]
            gc.collect()
            gc.disable()
            rounds.append(sorted(times(image, visitors)))
            gc.enable()
        p50, most = min(map(median, rounds)), min(each[-1] for each in rounds)
        worst = max(worst, most)
        print(f"| {name} | {count:,} | {cost.cost(image).total / 1000:.1f} | {p50:.1f} | {most:.1f} |", flush=True)
    print(f"\nworst: {worst:.1f} ms; the cap is {cost.CAP / 1000:.0f} ms", file=sys.stderr)


if __name__ == "__main__":
    main()
