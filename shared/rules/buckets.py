"""Buckets: a text hashed with a salt to a stable number, which a rollout compares with its share.

`murmur3` is this language's own; the others are what systems that rules are imported from compute, so that nobody
changes sides with a move.
"""

from collections.abc import Callable, Mapping
from functools import cache
from hashlib import md5, sha1
from math import inf, nextafter

Bucket = Callable[[str, str], float]
"""(salt, text) to the bucket."""
Interval = tuple[float | None, float | None]


@cache
def _murmur3() -> Bucket:
    """murmur3_32 with seed 0 over UTF-8, as a fraction of 2^32."""
    from mmh3 import hash as murmur3  # noqa: PLC0415  # only images with rollouts pay for its import

    return lambda salt, text: murmur3(f"{salt}:{text}", 0, False) / 4_294_967_296  # noqa: FBT003  # unsigned


def _launchdarkly(salt: str, text: str) -> float:
    """The first 15 hex digits of a SHA-1, as a fraction of the largest (LaunchDarkly's server SDKs, `bucket_by`)."""
    digest = sha1(f"{salt}.{text}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:15], 16) / float(0xFFFFFFFFFFFFFFF)  # two doubles, as there


def _flagsmith(salt: str, text: str) -> float:
    """A percentage from an MD5, hashed anew where it is exactly 100 (Flagsmith's engine, `hashing.py`)."""
    ids, repeated = f"{salt},{text}", 1
    while True:
        joined = ",".join([ids] * repeated)
        value = int(md5(joined.encode(), usedforsecurity=False).hexdigest(), 16) % 9999 / 9998 * 100
        if value != 100:
            return value
        repeated += 1


_BUCKETS: Mapping[str, Callable[[], Bucket]] = {
    "murmur3": _murmur3,
    "launchdarkly": lambda: _launchdarkly,
    "flagsmith": lambda: _flagsmith,
}

HASHES = tuple(_BUCKETS)
"""What a rollout's `hash` may name; the first where it names none."""


def bucket_of(name: str) -> Bucket:
    """The function of a hash; raises KeyError on an unknown name."""
    return _BUCKETS[name]()


def percent(name: str, salt: str, text: str) -> float:
    """Where a text stands between 0 and 100 percent."""
    bucket = bucket_of(name)(salt, text)
    return bucket if name == "flagsmith" else bucket * 100


def interval(name: str, share: float) -> Interval:
    """The buckets that a share of so many percent takes: below it, at Flagsmith up to and including it."""
    return None, nextafter(share, inf) if name == "flagsmith" else share / 100
