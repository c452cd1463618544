"""Visitors of the workload `wide`: those of `visitors.py`, with what the newer questions ask for."""

from random import Random

from bench import pools
from bench.pools import Skewed
from bench.visitors import NOW, Crowd
from shared.rules import instants

_PROVIDERS = Skewed(pools.PROVIDERS, 0.6)
_CENTRES = Skewed(range(len(pools.CENTRES)), 0.8)
_TEAMS = Skewed(pools.TEAMS, 0.7)
_CATEGORIES = Skewed(pools.CATEGORIES)
_LISTS = Skewed(pools.MEMBER_LISTS, 0.7)


class WideCrowd(Crowd):
    """Draws visitors with an address, a place, a time zone, a birthday, purchases, a team and lists.

    Addresses and places are new with nearly every visitor, fresh or not; so is the id, by which rollouts decide.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._more = Random(seed + 100)  # its own, so that the rest of the visitor is as without it

    def _visitor(self, *, fresh: bool) -> tuple[dict, int]:
        document, now = super()._visitor(fresh=fresh)
        rng, traits = self._more, document["traits"]
        document["request"] = {"ip": _address(rng)}
        if rng.random() < 0.9:
            document["geo"] |= _place(rng)
        if rng.random() < 0.6:
            born = NOW - rng.randint(16 * 365, 80 * 365) * instants.MS_PER_DAY
            traits["birthday"] = instants.to_text(born)[:10]
        if rng.random() < 0.7:
            traits["purchases"] = [_purchase(rng) for _ in range(rng.randint(0, 8))]
        if rng.random() < 0.8:
            traits["team"] = _TEAMS.one(rng) + rng.choice(("", "/leads", f"/{rng.randrange(50)}"))
        document["lists"] = _LISTS.some(rng, rng.randint(0, 6))
        return document, now


def _address(rng: Random) -> str:
    if rng.random() < 0.15:
        return f"2001:db8:{rng.randrange(32):x}::{rng.randrange(1 << 16):x}"
    first, second = _PROVIDERS.one(rng)
    return f"{first}.{second}.{rng.randrange(256)}.{rng.randrange(256)}"


def _place(rng: Random) -> dict:
    """A place about some centre, to a hundred metres, with the centre's time zone."""
    at = _CENTRES.one(rng)
    lat, lon = (round(degrees + rng.gauss(0, 0.4), 3) for degrees in pools.CENTRES[at])
    return {"lat": lat, "lon": lon, "timezone": pools.ZONES[at % len(pools.ZONES)]}


def _purchase(rng: Random) -> dict:
    at = NOW // 1000 * 1000 - int(rng.expovariate(1 / 120) * 86_400) * 1000
    amount = round(min(rng.lognormvariate(4, 1), 5000), 2)
    return {"category": _CATEGORIES.one(rng), "amount": amount, "at": instants.to_text(at)}
