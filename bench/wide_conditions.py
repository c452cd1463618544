"""The newer questions of the workload `wide`: a quarter of its conditions; the others are those of `conditions.py`."""

from collections.abc import Callable, Mapping
from random import Random

from bench import conditions, pools
from bench.pools import Skewed
from bench.visitors import NOW
from shared.rules import instants

SHARE = 0.25
"""How many of the conditions are drawn here."""

TYPES = conditions.TYPES | {
    "traits.purchases": "list",
    "traits.birthday": "datetime",
    "traits.team": "string",
}
ATTRIBUTES = (
    *conditions.ATTRIBUTES,
    "traits.purchases",
    "traits.birthday",
    "traits.team",
    "visitor.id",
    "request.ip",
    "geo.lat",
    "geo.lon",
    "geo.timezone",
)

FOLDERS = Skewed((*pools.SHOPS, "/account", "/checkout", "/blog", "/blog/2026", "/blog/2025", "/shop"), 0.6)
TEAMS = Skewed(pools.TEAMS, 0.7)
NETWORKS = Skewed(
    (
        *(f"{first}.{second}.0.0/16" for first, second in pools.PROVIDERS),
        *(f"{first}.0.0.0/8" for first in (10, 81, 93, 178)),
        *(f"{first}.{second}.{third}.0/24" for first, second in pools.PROVIDERS for third in range(0, 256, 32)),
        *(f"2001:db8:{n:x}::/48" for n in range(16)),
    ),
    0.6,
)
CENTRES = Skewed(pools.CENTRES, 0.8)
REACHES = Skewed((50, 25, 100, 10, 250, 500, 5, 1000, 2000), 0.7)
PERCENTS = Skewed((10, 50, 5, 25, 20, 1, 75, 90, 33.3, 12.5), 0.7)
SALTS = Skewed([f"{name}-{n}" for n in range(20) for name in pools.CAMPAIGN_GOALS], 0.5)
LISTS = Skewed(pools.MEMBER_LISTS, 0.7)
ZONES = Skewed(pools.ZONES, 0.8)
SPANS = Skewed(("P0D", "P7D", "P14D", "P1D", "P30D", "P3D", "P2W", "P60D"), 0.8)
HOURS = Skewed(
    [
        *(("09:00", "17:00"), ("08:00", "18:00"), ("22:00", "06:00"), ("18:00", "24:00")),
        *(("12:00", "14:00"), ("06:30", "09:30"), ("17:00", "20:00"), ("20:00", "02:00")),
    ],
    0.7,
)
WEEK = (["mon", "tue", "wed", "thu", "fri"], ["sat", "sun"], ["fri"], ["mon", "wed"], ["tue", "thu", "sat"])
AMOUNTS = Skewed((100, 50, 200, 20, 500, 10, 150, 75), 0.8)


def _under(rng: Random) -> dict:
    attribute, pool = rng.choice((("page.path", FOLDERS), ("traits.team", TEAMS)))
    value = pool.some(rng, rng.randint(2, 3)) if rng.random() < 0.2 else pool.one(rng)
    return {"attribute": attribute, "op": "under" if rng.random() < 0.85 else "not_under", "value": value}


def _in_cidr(rng: Random) -> dict:
    value = NETWORKS.some(rng, rng.randint(2, 8)) if rng.random() < 0.4 else NETWORKS.one(rng)
    return {"attribute": "request.ip", "op": "in_cidr", "value": value}


def _within_km(rng: Random) -> dict:
    lat, lon = CENTRES.one(rng)
    return {"attribute": "geo", "op": "within_km", "value": {"lat": lat, "lon": lon, "km": REACHES.one(rng)}}


def _within_box(rng: Random) -> dict:
    lat, lon = CENTRES.one(rng)
    high, wide = rng.choice(((1, 2), (3, 5), (8, 12)))
    value = {"north": min(lat + high, 90), "south": lat - high, "east": lon + wide, "west": lon - wide}
    return {"attribute": "geo", "op": "within_box", "value": value}


def _anniversary(rng: Random) -> dict:
    attribute = rng.choice(("traits.birthday", "traits.signup_at"))
    drawn = {"attribute": attribute, "op": "anniversary_within", "value": SPANS.one(rng)}
    return drawn if rng.random() < 0.6 else drawn | {"timezone": ZONES.one(rng)}


def _purchase(rng: Random) -> dict:
    """A rule on one element: a category, and mostly an amount or a date with it."""
    if rng.random() < 0.6:
        first = {"attribute": "category", "op": "eq", "value": _CATEGORIES.one(rng)}
    else:
        first = {"attribute": "category", "op": "in", "value": _CATEGORIES.some(rng, 4)}
    amount = {"attribute": "amount", "op": rng.choice(("gte", "lt")), "value": AMOUNTS.one(rng)}
    recent = {"attribute": "at", "op": "within_last", "value": conditions.DURATIONS.one(rng)}
    parts = [first, *(part for part in (amount, recent) if rng.random() < 0.5)]
    return {"all": parts} if len(parts) > 1 else first


_CATEGORIES = Skewed(pools.CATEGORIES)
_PURCHASES = Skewed([_purchase(Random(n)) for n in range(80)], 0.8)


def _element(rng: Random) -> dict:
    rule = _PURCHASES.one(rng) if rng.random() < 0.7 else _purchase(rng)
    return {"attribute": "traits.purchases", "op": "element", "value": rule}


def _rollout(rng: Random) -> dict:
    return {"rollout": {"percent": PERCENTS.one(rng), "by": "visitor.id", "salt": SALTS.one(rng)}}


def _list(rng: Random) -> dict:
    return {"list": LISTS.one(rng)}


def _schedule(rng: Random) -> dict:
    """Opening hours, days of the week, months, or the days from one date to another."""
    schedule: dict = {"timezone": ZONES.one(rng) if rng.random() < 0.7 else "visitor"}
    kind = rng.choices(("hours", "campaign", "months"), (60, 30, 10))[0]
    if kind == "hours":
        schedule["from"], schedule["to"] = HOURS.one(rng)
    if kind == "campaign":
        first, last = (NOW + rng.randint(*days) * instants.MS_PER_DAY for days in ((-60, 5), (6, 60)))
        schedule |= {"start": instants.to_text(first)[:10], "end": instants.to_text(last)[:10]}
    if kind == "months":
        schedule["months"] = sorted(rng.sample(range(1, 13), 6))
    if rng.random() < 0.6:
        schedule["days"] = rng.choice(WEEK)
    return {"schedule": schedule}


DRAWS: Mapping[Callable[[Random], dict], int] = {
    _under: 18,
    _in_cidr: 10,
    _within_km: 8,
    _within_box: 5,
    _anniversary: 6,
    _element: 15,
    _rollout: 15,
    _schedule: 13,
    _list: 10,
}
"""Each draw with its weight, in per cent of the newer questions."""


def condition(rng: Random) -> dict:
    """One condition, rollout, schedule or list in rule JSON."""
    if rng.random() >= SHARE:
        return conditions.condition(rng)
    return rng.choices(list(DRAWS), list(DRAWS.values()))[0](rng)
