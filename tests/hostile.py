"""What an enemy may send: requests to evaluate that were true once and then mutated, in seeded ways.

Some are changed as JSON (another value, name or size somewhere), the rest as bytes, so that both the decoder and what
stands behind it are met.
"""

import importlib.util
import json
import sys
from base64 import urlsafe_b64encode
from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from time import thread_time_ns
from unittest import mock
from urllib.parse import quote

from shared.rules.kinds import Type
from shared.visitors import document
from tests import draws, generate
from tests import world as worlds

SECRET, PUBLISHABLE, ORIGIN = "sk_hostile", "pk_hostile", "https://shop.example"
SLOW_NS = 50_000_000
HANDLER = Path(__file__).parents[1] / "functions/evaluate/handler.py"
VALUES = (
    None,
    True,
    -0.0,
    5e-324,
    1.7976931348623157e308,
    2**53,
    -(2**63),
    10**400,
    "",
    "\0",
    "\ud800",
    "e" + "\u0301" * 40,
    "\ufdfa" * 300,
    "x" * 70_000,
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "9999-12-31T23:59:59-23:59",
    "1" * 300 + ".0.0",
    "::ffff:0:0:0:0",
    "a" * 3_000 + "!",
    [],
    {},
    [[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]],
    [{}] * 1_001,
    list(range(1_000)),
    ["a"] * 1_000,
    [{"sku": "a", "items": [{"price": 1}] * 9}] * 90,
    {"lat": 91, "lon": -181},
    {str(n): n for n in range(201)},
)
NAMES = ("", "\0", ".", "\\", "__proto__", "constructor", "lat", "lon", "time", "traits", "e" + "\u0301" * 40, "\ud800")
CONTROLS = (
    {"audiences": ["a1", "a1", "none"]},
    {"audiences": 7},
    {"include": ["unknowns", "needs", "valid_until"]},
    {"include": ["reasons"] * 20},
    {"min_release": "r99999999999999999999"},
    {"visitor_token": {}},
    {"events": []},
)
PIECES = (
    b"\xff",
    b"\xed\xa0\x80",
    b"\0",
    b"{",
    b"[" * 1_200,
    b"]",
    b'"',
    b"\\u",
    b"1e999",
    b"-",
    b",,",
    b'{"a":' * 300,
    b"NaN",
)
HEADERS = (
    ("content-type", "text/plain; charset=utf-16"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("content-type", ";;;"),
    ("accept-language", "de-CH;q=9,*;;q=," * 40),
    ("user-agent", "Mozilla/5.0 (" * 200),
    ("cookie", "a=" + "b;" * 2_000),
    ("origin", ORIGIN),
    ("origin", "null"),
    ("cloudfront-viewer-latitude", "nan"),
    ("cloudfront-viewer-time-zone", "../../etc/passwd"),
    ("x-forwarded-for", "1.2.3.4, " * 300),
    ("authorization", "Bearer " + "x" * 5_000),
    ("if-none-match", '"' * 500),
    ("referer", "http://[::1"),
)  # fmt: skip


@dataclass
class Tally:
    """What was sent, and what came of it. Times are of this thread. `slow` counts what took longer than `SLOW_NS` each
    time it was asked, `slow_once` what did so the first time only: a machine that others share, or a first time zone.
    """

    requests: int = 0
    slow: int = 0
    slow_once: int = 0
    slowest_ns: int = 0
    statuses: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)

    def add(self, other):
        self.requests += other.requests
        self.slow += other.slow
        self.slow_once += other.slow_once
        self.slowest_ns = max(self.slowest_ns, other.slowest_ns)
        self.statuses += other.statuses
        self.faults += other.faults

    def count(self, handler, event, seed):
        """Send one request and note its answer; a fault is ours: an exception, or a status from 500 on."""
        self.requests += 1
        try:
            status, taken = _timed(handler, event)
            if taken > SLOW_NS:
                is_slow = min(_timed(handler, event)[1] for _ in range(2)) > SLOW_NS
                self.slow += is_slow
                self.slow_once += not is_slow
        except Exception as error:  # noqa: BLE001  # none is expected, and any is a find
            self.faults.append((seed, repr(error), event))
            return
        self.statuses[status] += 1
        self.slowest_ns = max(taken, self.slowest_ns)
        if status >= 500:
            self.faults.append((seed, status, event))


def _timed(handler, event):
    started = thread_time_ns()
    status = handler(event, None)["statusCode"]
    return status, thread_time_ns() - started


def attack(seed, count):
    """The Tally of `count` requests to the evaluate function, which serves the audiences of a world."""
    rng, tally = Random(f"attack {seed}"), Tally()
    world = generate.world(seed)
    visitors = [visitor for visitor, _ in world.visitors(80) if not document.problems_of(visitor, "")]
    with serving(world) as handler:
        handler(worlds.event("POST", "/v1/evaluate", body={}, key=SECRET), None)  # loads the image
        for _ in range(count):
            tally.count(handler, request(rng, visitors), seed)
    return tally


@contextmanager
def serving(world):
    """The handler of a container that serves a world's audiences to two keys, and knows one visitor."""
    types = {path: Type[name.upper()] for path, name in world.types.items()}
    with worlds.loopback_store() as store:
        here = worlds.World(store)
        here.publish(worlds.image_of(world.rules, list(world.rules)[::2], types), 1)
        allowed = worlds.entry(PUBLISHABLE, publishable=True, scopes=("evaluate",), origins=(ORIGIN,))
        here.allow(worlds.entry(SECRET), allowed)
        here.remember("known", {"plan": "pro", "ltv": 42, "tags": ["pro", 7], "orders": [{"sku": "pro"}]})
        container, module = here.container(), _load()
        with (
            mock.patch.object(module, "container", return_value=container),
            mock.patch.object(container.store, "get_many", partial(_get_many, store.items)),
        ):
            yield module.handler


def _get_many(items, table, wanted, **_):
    return {key: items[table][key] for key in wanted if key in items[table]}


def _load():
    spec = importlib.util.spec_from_file_location("functions.evaluate.handler", HANDLER)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def request(rng, visitors):
    """An event that comes from a visitor's document."""
    sent = deepcopy(rng.choice(visitors))
    if rng.random() < 0.3:
        sent.setdefault("visitor", {}).update(rng.choice(({"id": "known"}, {"id": 7}, {"anonymous_id": "known"})))
    as_json = rng.random() < 0.8
    for _ in range(rng.choice((0, 1, 1, 1, 3)) if as_json else 0):
        sent = mutated(rng, sent)
    sent = {**sent, **rng.choice(CONTROLS)} if isinstance(sent, dict) and rng.random() < 0.2 else sent
    headers = dict(rng.choice(HEADERS) for _ in range(rng.choice((0, 0, 0, 1, 3))))
    key = None if "authorization" in headers else rng.choice((*[SECRET] * 15, PUBLISHABLE, PUBLISHABLE, "sk_none"))
    draw = rng.random()
    if draw < 0.15:
        query = _query(rng, sent)
        return worlds.event("GET", "/v1/evaluate", key=key, query=query, headers=headers)
    path, body = "/v1/evaluate", sent
    if draw < 0.3:
        path, body = "/v1/evaluate/batch", {"visitors": [sent, rng.choice(visitors)] * rng.choice((1, 1, 2, 51))}
    body = json.dumps(body).encode()
    body = body if as_json else damaged(rng, body)
    return worlds.event("POST", path, body=body, key=key, headers=headers)


def _query(rng, sent):
    if rng.random() < 0.4:
        context = urlsafe_b64encode(json.dumps(sent).encode()).decode()
        return "context=" + context[rng.randrange(3) :]
    members = sent.items() if isinstance(sent, dict) else ()
    names = (quote(f"{root}.{rng.choice(NAMES)}", safe="", errors="surrogatepass") for root, _ in members)
    values = (quote(str(value)[:3_000], errors="surrogatepass") for _, value in members)
    return "&".join(f"{name}={value}" for name, value in zip(names, values, strict=True)) + rng.choice(
        ("", "&", "=&=", "&audiences=,,,", "&min_release=r1", "&traits.a=%ff%c0", "%")
    )


def mutated(rng, value):
    """A JSON value with one place of it changed."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        name = rng.choice(list(value))
        draw = rng.random()
        if draw < 0.1:
            return {other: member for other, member in value.items() if other != name}
        if draw < 0.25:
            return {**value, rng.choice(NAMES): value[name]}
        return {**value, name: mutated(rng, value[name])}
    if isinstance(value, list) and value and rng.random() < 0.7:
        at = rng.randrange(len(value))
        return [*value[:at], mutated(rng, value[at]), *value[at + 1 :]]
    return rng.choice((deepcopy(rng.choice(VALUES)), draws.stray(rng), [value], {"a": value}))


def damaged(rng, body):
    """Bytes with some of them changed, cut, doubled or put in."""
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(body) + 1)
        end = min(len(body), at + rng.choice((1, 1, 4, 60)))
        body = rng.choice(
            (
                body[:at] + body[end:],
                body[:at] + body[at:end] * rng.choice((2, 2, 300)) + body[end:],
                body[:at] + rng.choice(PIECES) + body[at:],
                body[:at] + bytes(rng.randrange(256) for _ in range(end - at)) + body[end:],
                body[:at],
            )
        )
    return body
