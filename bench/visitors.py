"""Visitors of the workload: decoded documents drawn from skewed pools by a seeded generator."""

from collections.abc import Callable
from math import exp
from random import Random

from bench import pools
from bench.pools import Skewed
from shared.rules import instants

NOW = 1_780_000_000_000
"""The first visitor's `now` (2026-05-28T20:26:40Z); each further one comes a little later."""

MS_BETWEEN_VISITORS = 137

# (root, name, share of visitors that have it, pool); the five below FRESH have draws of their own
POOLED = (
    ("traits", "plan", 0.97, Skewed(pools.PLANS)),
    ("geo", "country", 0.99, Skewed(pools.COUNTRIES)),
    ("geo", "city", 0.9, Skewed(pools.CITIES)),
    ("device", "type", 1.0, Skewed(pools.DEVICES, 1.5)),
    ("device", "os", 0.98, Skewed(pools.SYSTEMS)),
    ("device", "browser", 0.98, Skewed(pools.BROWSERS)),
    ("device", "browser_version", 0.95, Skewed(pools.BROWSER_VERSIONS, 0.8)),
    ("locale", "language", 0.98, Skewed(pools.LANGUAGES)),
    ("utm", "source", 0.45, Skewed(pools.SOURCES)),
    ("utm", "campaign", 0.4, Skewed(pools.CAMPAIGNS, 0.8)),
    ("page", "referrer_host", 0.6, Skewed(pools.REFERRERS, 0.8)),
    ("traits", "app_version", 0.8, Skewed(pools.APP_VERSIONS, 0.6)),
    ("traits", "subscribed", 0.85, Skewed((True, False), 0.5)),
    ("traits", "orders", 0.9, Skewed(range(60), 0.9)),
)
LISTS = (("traits", "roles", 0.7, Skewed(pools.ROLES), 4), ("traits", "interests", 0.85, Skewed(pools.TOPICS, 0.8), 8))
_PATHS, _DOMAINS, _NAMES, _CATEGORIES = (
    Skewed(pools.PATHS, 0.6),
    Skewed(pools.DOMAINS),
    Skewed(pools.NAMES, 0.3),
    Skewed(pools.CATEGORIES),
)


def _money(middle: float) -> Callable[[Random], float]:
    """A draw of sums of money, in cents, log-normal about `exp(middle)`."""
    return lambda rng: round(min(exp(rng.gauss(middle, 1.3)), 20_000), 2)


def _past(mean_days: float) -> Callable[[Random], str]:
    """A draw of moments before NOW, most of them recent, as RFC 3339 text in whole seconds."""
    return lambda rng: instants.to_text(NOW // 1000 * 1000 - int(rng.expovariate(1 / mean_days) * 86_400) * 1000)


def _path(rng: Random) -> str:
    """A path; where a new one is needed, a product page that nobody has asked for yet."""
    return f"/shop/{_CATEGORIES.one(rng)}/{rng.randrange(10_000, 10_000_000)}"


def _email(rng: Random) -> str:
    return f"{_NAMES.one(rng)}.{_NAMES.one(rng)}{rng.randrange(100_000)}@{_DOMAINS.one(rng)}"


FRESH = (
    ("traits", "email", 0.75, _email),
    ("page", "path", 1.0, _path),
    ("traits", "spend", 0.85, _money(4.5)),
    ("traits", "cart_value", 0.5, _money(3.5)),
    ("traits", "signup_at", 0.9, _past(400)),
    ("traits", "last_order_at", 0.7, _past(90)),
)
"""The attributes whose values are new with every fresh visitor."""


class Crowd:
    """Draws visitors; remembers the values of FRESH attributes that were ever drawn."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(seed)
        self._seen: set[tuple[str, object]] = set()
        self._count = 0

    def draw(self, count: int, *, fresh: bool) -> list[tuple[dict, int]]:
        """`count` pairs of (visitor document, now in ms); `fresh` ones carry no FRESH value drawn before."""
        return [self._visitor(fresh=fresh) for _ in range(count)]

    def _visitor(self, *, fresh: bool) -> tuple[dict, int]:
        rng = self._rng
        self._count += 1
        document: dict = {root: {} for root in ("visitor", "traits", "page", "utm", "device", "geo", "locale")}
        document["visitor"]["id"] = f"v{self._count}"
        for root, name, share, pool in POOLED:
            if rng.random() < share:
                document[root][name] = pool.one(rng)
        for root, name, share, pool, longest in LISTS:
            if rng.random() < share:
                document[root][name] = pool.some(rng, rng.randint(0, longest))
        for root, name, share, draw in FRESH:
            if rng.random() < share:
                document[root][name] = self._unseen(name, draw) if fresh else self._any(name, draw)
        return document, NOW + self._count * MS_BETWEEN_VISITORS

    def _any(self, name: str, draw: Callable[[Random], object]) -> object:
        value = _PATHS.one(self._rng) if name == "path" else draw(self._rng)
        self._seen.add((name, value))
        return value

    def _unseen(self, name: str, draw: Callable[[Random], object]) -> object:
        value = draw(self._rng)
        while (name, value) in self._seen:
            value = draw(self._rng)
        self._seen.add((name, value))
        return value
