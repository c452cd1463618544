"""Conditions of the workload: which attributes are asked, with which operators and values, all skewed."""

from collections.abc import Callable, Sequence
from random import Random

from bench import pools
from bench.pools import Skewed
from bench.visitors import NOW
from shared.rules import instants

REGEX_SHARE, IGNORE_CASE_SHARE, MISSING_SHARE = 0.01, 0.02, 0.01
TYPES = {
    "traits.spend": "number",
    "traits.cart_value": "number",
    "traits.orders": "number",
    "traits.subscribed": "boolean",
    "traits.signup_at": "datetime",
    "traits.last_order_at": "datetime",
    "traits.app_version": "version",
    "device.browser_version": "version",
    "traits.roles": "list",
    "traits.interests": "list",
}
"""What the catalogue declares; every other path of the workload holds strings."""

DURATIONS = Skewed(("P30D", "P7D", "P90D", "P1Y", "P1D", "P14D", "P3M", "P60D", "P6M", "P1M", "P180D", "P2W", "PT12H"))
SPENDS = Skewed((100, 500, 50, 1000, 200, 250, 20, 300, 10, 5000, 2000, 750, 150, 400, 25, 99.99, 49.95, 2500, 75, 600))
ORDERS = Skewed((1, 2, 3, 5, 10, 4, 0, 20, 7, 15, 8, 12, 25, 30, 6, 40, 50), 0.9)
SIZES = Skewed((1, 2, 3, 4), 0.9)


def _enumeration(pool: Sequence[str], exponent: float = 1.0) -> Callable[[Random], dict]:
    """Conditions on an attribute with few values: equality, and membership of mostly customary sets."""
    values, rng = Skewed(pool, exponent), Random(f"{pool}")
    customary = Skewed([values.some(rng, rng.randint(2, 8)) for _ in range(min(4 * len(pool), 40))])

    def some(rng: Random) -> list:
        return customary.one(rng) if rng.random() < 0.7 else values.some(rng, rng.randint(2, 4))

    def draw(rng: Random) -> dict:
        op = rng.choices(("eq", "in", "neq", "not_in", "exists"), (40, 36, 10, 10, 4))[0]
        if op == "exists":
            return {"op": op}
        return {"op": op, "value": some(rng) if op.endswith("in") else values.one(rng)}

    return draw


def _text(whole: Sequence[str], starts: Sequence[str], ends: Sequence[str], parts: Sequence[str]) -> Callable:
    """Conditions on free text: pieces of it, now and then the whole."""
    pools = {
        "eq": Skewed(whole, 1.0),
        "starts_with": Skewed(starts, 1.0),
        "ends_with": Skewed(ends, 1.0),
        "contains": Skewed(parts, 1.0),
    }

    def draw(rng: Random) -> dict:
        op = rng.choices(("starts_with", "contains", "ends_with", "eq"), (38, 26, 24, 12))[0]
        pool = pools[op]
        if op == "eq":
            many = rng.random() < 0.3
            return (
                {"op": "in", "value": pool.some(rng, rng.randint(2, 6))} if many else {"op": op, "value": pool.one(rng)}
            )
        value = pool.some(rng, rng.randint(2, 3)) if rng.random() < 0.15 else pool.one(rng)
        return {"op": op if rng.random() < 0.85 else f"not_{op}", "value": value}

    return draw


def _number(pool: Skewed, highest: int) -> Callable[[Random], dict]:
    """Conditions on a number: mostly round thresholds, some odd ones."""

    def threshold(rng: Random) -> object:
        return pool.one(rng) if rng.random() < 0.85 else rng.randrange(1, highest)

    def draw(rng: Random) -> dict:
        op = rng.choices(("gt", "gte", "lt", "lte", "between", "eq"), (28, 28, 14, 10, 16, 4))[0]
        if op == "between":
            return {"op": op, "value": sorted((threshold(rng), threshold(rng)))}
        return {"op": op, "value": threshold(rng)}

    return draw


def _day(rng: Random) -> str:
    """A bare date of the last three years: mostly the first of a month, else any."""
    days = int(rng.expovariate(1 / 300)) % 1100
    text = instants.to_text(NOW - days * instants.MS_PER_DAY)[:10]
    return text[:8] + "01" if rng.random() < 0.75 else text


def _date(rng: Random) -> dict:
    """Conditions on an instant: half relative to now, half on fixed dates."""
    op = rng.choices(("within_last", "older_than", "before", "after", "during", "on"), (32, 22, 14, 18, 12, 2))[0]
    if op in ("within_last", "older_than"):
        return {"op": op, "value": DURATIONS.one(rng)}
    if op == "during":
        first, last = _day(rng), _day(rng)
        return {"op": op, "value": sorted((first, last))} if first != last else {"op": "on", "value": first}
    return {"op": op, "value": _day(rng)}


def _version(pool: Sequence[str], highest: int) -> Callable[[Random], dict]:
    """Conditions on a version: by precedence, or a range as package managers write it."""
    versions = Skewed([text.rpartition(".")[0] for text in pool if "-" not in text], 0.5)

    def draw(rng: Random) -> dict:
        op = rng.choices(
            ("version_gte", "version_lt", "version_gt", "version_lte", "version_satisfies"), (40, 25, 8, 7, 20)
        )[0]
        if op != "version_satisfies":
            return {"op": op, "value": versions.one(rng)}
        major = rng.randint(1, highest)
        return {
            "op": op,
            "value": rng.choice((f"^{major}.2", f"~{major}.4 || {major + 1}.x", f">={major} <{major + 2}")),
        }

    return draw


def _list(pool: Sequence[str]) -> Callable[[Random], dict]:
    """Conditions on a list: what it has, and how much."""
    values = Skewed(pool)

    def draw(rng: Random) -> dict:
        op = rng.choices(("has_any", "has_all", "has_none", "size"), (55, 15, 20, 10))[0]
        if op == "size":
            return {"op": op, "value": {"gte": SIZES.one(rng)}}
        return {"op": op, "value": sorted(values.some(rng, rng.randint(1, 2 if op == "has_all" else 3)))}

    return draw


TEXTS = {
    "page.path": _text(
        pools.PATHS,
        (
            "/shop",
            "/blog",
            "/checkout",
            "/account",
            *pools.SHOPS,
            *(f"{shop}/10" for shop in pools.SHOPS),
            "/blog/2026",
            "/blog/2025",
        ),
        ("-tips", "/payment", "/orders", *(f"/{n}" for n in range(100, 120)), *(str(n) for n in range(10))),
        ("shop", "checkout", "blog", "tips", *pools.CATEGORIES, *pools.TOPICS),
    ),
    "traits.email": _text(
        tuple(f"{a}.{b}7@{pools.DOMAINS[0]}" for a in pools.NAMES[:8] for b in pools.NAMES[:8]),
        (*pools.NAMES, *(f"{name}." for name in pools.NAMES)),
        (*(f"@{domain}" for domain in pools.DOMAINS), ".example", ".com", ".de"),
        ("@acme", "@globex", "@initech", "mail", *(f"{name}." for name in pools.NAMES)),
    ),
    "utm.campaign": _text(
        pools.CAMPAIGNS,
        ("spring-", "summer-", "autumn-", "winter-", "evergreen-"),
        ("-2026", "-2025"),
        ("sale", "launch", "winback", "referral", "webinar", "bundle", "trial", "upgrade", "survey", "gift"),
    ),
    "page.referrer_host": _text(
        pools.REFERRERS,
        ("www.", "blog", "shop", "forum"),
        (".example", ".com"),
        ("google", "bing", "partner", "review"),
    ),
}
ATTRIBUTES = {
    "geo.country": _enumeration(pools.COUNTRIES),
    "page.path": TEXTS["page.path"],
    "traits.plan": _enumeration(pools.PLANS, 0.6),
    "traits.orders": _number(ORDERS, 60),
    "traits.spend": _number(SPENDS, 5000),
    "traits.signup_at": _date,
    "device.type": _enumeration(pools.DEVICES),
    "traits.last_order_at": _date,
    "traits.email": TEXTS["traits.email"],
    "locale.language": _enumeration(pools.LANGUAGES),
    "traits.interests": _list(pools.TOPICS),
    "traits.app_version": _version(pools.APP_VERSIONS, 4),
    "traits.cart_value": _number(SPENDS, 1000),
    "utm.source": _enumeration(pools.SOURCES),
    "traits.roles": _list(pools.ROLES),
    "utm.campaign": TEXTS["utm.campaign"],
    "traits.subscribed": lambda rng: {"op": "eq", "value": rng.random() < 0.7},
    "page.referrer_host": TEXTS["page.referrer_host"],
    "device.browser": _enumeration(pools.BROWSERS),
    "geo.city": _enumeration(pools.CITIES),
    "device.browser_version": _version(pools.BROWSER_VERSIONS, 130),
    "device.os": _enumeration(pools.SYSTEMS),
}
"""The 22 attributes, the most asked first, each with the draw of its conditions."""

PATTERNS = Skewed(
    tuple(("page.path", rf"^/shop/({a}|{b})/[0-9]+$") for a in pools.CATEGORIES[:8] for b in pools.CATEGORIES[8:])
    + tuple(("page.path", rf"^/blog/20[0-9]{{2}}/{topic[:4]}[a-z]*-tips$") for topic in pools.TOPICS)
    + tuple(("traits.email", rf"^{name}\.[a-z]+[0-9]*@") for name in pools.NAMES)
    + tuple(("traits.email", rf"@(acme|globex){n}[0-9]?\.example$") for n in range(1, 10))
    + tuple(
        ("utm.campaign", rf"^(spring|{season})-.*-20{year}$") for season in ("autumn", "winter") for year in (25, 26)
    )
    + tuple(("page.referrer_host", rf"(^|\.)(google|{name}[0-9]+)\.") for name in ("blog", "shop", "forum", "review")),
    0.5,
)
_ASKED = Skewed(tuple(ATTRIBUTES), 0.7)
_FOLDABLE = ("eq", "in", "neq", "not_in", "contains", "starts_with", "ends_with")


def condition(rng: Random) -> dict:
    """One condition in rule JSON."""
    if rng.random() < REGEX_SHARE:
        attribute, pattern = PATTERNS.one(rng)
        return {"attribute": attribute, "op": "matches", "value": pattern}
    attribute = _ASKED.one(rng)
    drawn = {"attribute": attribute, **ATTRIBUTES[attribute](rng)}
    if attribute not in TYPES and drawn["op"] in _FOLDABLE and rng.random() < IGNORE_CASE_SHARE:
        drawn["ignore_case"] = True
    if drawn["op"] != "exists" and rng.random() < MISSING_SHARE:
        drawn["missing"] = "match"
    return drawn
