"""The reader of rollouts: a text is hashed once for each salt, whatever number of shares are asked."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from shared.rules.buckets import bucket_of
from shared.rules.image import Regions as RegionIndex
from shared.rules.program import Test
from shared.rules.room import Room


def readers(rows: Iterable[Sequence[Any]], room: Room) -> list[Callable[[str], int]]:
    """From a text to what it flips, one for each hash and salt; raises KeyError on an unknown hash.

    A row is (hash, salt, intervals, predicate), the only interval of a share being (None, high).
    """
    shares: dict[tuple[str, str], dict[float, list[int]]] = {}
    for name, salt, ((_, high),), predicate in rows:
        shares.setdefault((name, salt), {}).setdefault(high, []).append(predicate)
    return [_reader(name, salt, highs, room) for (name, salt), highs in shares.items()]


def _reader(name: str, salt: str, highs: dict[float, list[int]], room: Room) -> Callable[[str], int]:
    cuts = sorted(highs)
    low = tuple(predicate for predicates in highs.values() for predicate in predicates)
    regions = room.regions(RegionIndex(Test.ROLLOUT, low, tuple(cuts), tuple(tuple(highs[cut]) for cut in cuts)))
    bucket, at = bucket_of(name), regions.at
    return lambda text: at(bucket(salt, text))
