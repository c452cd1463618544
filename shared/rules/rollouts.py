"""The reader of rollouts: a text is hashed once for each salt, whatever number of shares are asked."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any

from shared.rules.buckets import Bucket, bucket_of
from shared.rules.image import Regions as RegionIndex
from shared.rules.masks import HEAVY, mask_of
from shared.rules.program import Test
from shared.rules.room import Room

_Shares = dict[float, list[int]]
"""The predicates of each share."""


class Rollouts:
    """All rollouts by one attribute.

    Salts come by the hundred, and most decide a few literals only: these are gathered for one mask. A table of region
    masks for each salt, every one as wide as the image, would push all else from the memo tables.
    """

    def __init__(self, rows: Iterable[Sequence[Any]], room: Room) -> None:
        """A row is (hash, salt, intervals, predicate), the only interval of a share being (None, high).

        Raises KeyError on an unknown hash.
        """
        by_salt: dict[tuple[str, str], _Shares] = {}
        for name, salt, ((_, high),), predicate in rows:
            by_salt.setdefault((name, salt), {}).setdefault(high, []).append(predicate)
        self._light: list[tuple[Bucket, str, list[float], list[int], list[int]]] = []
        self._heavy: list[tuple[Bucket, str, Callable[[float], int]]] = []
        for (name, salt), shares in by_salt.items():
            cuts = sorted(shares)
            places = [[at for predicate in shares[cut] for at in room.positions[predicate]] for cut in cuts]
            starts = list(accumulate(map(len, places), initial=0))
            if starts[-1] < HEAVY:
                self._light.append((bucket_of(name), salt, cuts, starts, [at for each in places for at in each]))
            else:
                self._heavy.append((bucket_of(name), salt, _regions(shares, room)))

    def at(self, text: str) -> int:
        """What a text flips."""
        literals: list[int] = []
        for bucket, salt, cuts, starts, places in self._light:
            literals += places[starts[bisect_right(cuts, bucket(salt, text))] :]
        mask = mask_of(literals)
        for bucket, salt, region in self._heavy:
            mask ^= region(bucket(salt, text))
        return mask


def _regions(shares: _Shares, room: Room) -> Callable[[float], int]:
    """From a bucket to the mask of the shares above it."""
    cuts = sorted(shares)
    low = tuple(predicate for predicates in shares.values() for predicate in predicates)
    return room.regions(RegionIndex(Test.ROLLOUT, low, tuple(cuts), tuple(tuple(shares[cut]) for cut in cuts))).at
