"""Durations with months or years: on any one UTC day they are cut-offs of a fixed age, or fixed instants."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.rules.anniversaries import distance
from shared.rules.image import Regions as RegionIndex
from shared.rules.image import Rows, owner_lists
from shared.rules.instants import EARLIEST, LATEST, MS_PER_DAY, Relation, shift
from shared.rules.masks import Regions
from shared.rules.program import Test
from shared.rules.room import Room
from shared.rules.zones import known

DAYS_KEPT = 8
"""Cut-offs are kept for so many days of now; callers who send their own time may ask for others."""

_FIRST_DAY, _LAST_DAY = EARLIEST // MS_PER_DAY, LATEST // MS_PER_DAY


class Calendar:
    """The calendar predicates of one attribute, together with those of exact age."""

    def __init__(self, index: Rows, ages: RegionIndex, room: Room) -> None:
        self._rows: Sequence[Any] = index.rows
        self._exact = ages
        self._room = room
        self._days: dict[int, tuple[Regions, Regions | None]] = {}

    def seen_from(self, day: int) -> tuple[Regions, Regions | None]:
        """(by age, by instant): what an instant flips while now lies in this UTC day."""
        day = min(max(day, _FIRST_DAY), _LAST_DAY)
        if day not in self._days:
            if len(self._days) >= DAYS_KEPT:
                self._forget()
            self._days[day] = self._regions(day)
        return self._days[day]

    def _forget(self) -> None:
        for table in (table for pair in self._days.values() for table in pair if table is not None):
            self._room.budget.release(table)
        self._days.clear()

    def _regions(self, day: int) -> tuple[Regions, Regions | None]:
        ages, instants = _Toggles(), _Toggles()
        ages.low ^= set(self._exact.low)
        for cut, owners in zip(self._exact.cuts, owner_lists(self._exact.owners), strict=True):
            ages.at(cut, *owners)
        for relation, months, exact, predicate in self._rows:
            _toggle(day * MS_PER_DAY, Relation(relation), (months, exact), predicate, ages, instants)
        by_instant = self._room.regions(instants.index(Test.INSTANT)) if instants.cuts else None
        return self._room.regions(ages.index(Test.AGE)), by_instant


class Anniversaries:
    """The anniversary predicates of one attribute: how far off the day is decides, by a clock in each zone."""

    def __init__(self, rows: Sequence[Sequence[Any]], room: Room) -> None:
        by_zone: dict[str, _Toggles] = {}
        for days, zone, predicate in rows:
            by_zone.setdefault(known(zone), _Toggles()).below(days + 1, predicate)
        self._zones = [(zone, room.regions(toggles.index(Test.ANNIVERSARY))) for zone, toggles in by_zone.items()]

    def at(self, instant: int, now_ms: int) -> int:
        """What an instant flips, as seen from now."""
        mask = 0
        for zone, regions in self._zones:
            mask ^= regions.at(distance(instant, now_ms, zone))
        return mask


@dataclass
class _Toggles:
    """Predicates that change at cuts, those that hold below every cut apart."""

    low: set[int] = field(default_factory=set)
    cuts: dict[int, set[int]] = field(default_factory=dict)

    def at(self, cut: int, *predicates: int) -> None:
        self.cuts.setdefault(cut, set()).symmetric_difference_update(predicates)

    def below(self, cut: int, predicate: int) -> None:
        self.low ^= {predicate}
        self.at(cut, predicate)

    def index(self, test: Test) -> RegionIndex:
        cuts = sorted(self.cuts)
        return RegionIndex(
            test, tuple(sorted(self.low)), tuple(cuts), tuple(tuple(sorted(self.cuts[cut])) for cut in cuts)
        )


def _toggle(
    midnight: int,
    relation: Relation,
    duration: tuple[int, int],
    predicate: int,
    ages: _Toggles,
    instants: _Toggles,
) -> None:
    """Add one predicate for the day that begins at `midnight`; `duration` is (months, ms).

    Its truth is the xor of "later than now" and "later than the cut-off", or one of them or its complement. The
    cut-off is `now - age` all day long, or, where the stepped day does not exist, one instant all day long.
    """
    sign = 1 if relation in (Relation.WITHIN_NEXT, Relation.FURTHER_THAN) else -1
    first, last = (shift(midnight + rest, sign * duration[0], sign * duration[1]) for rest in (0, MS_PER_DAY - 1))
    if relation in (Relation.WITHIN_LAST, Relation.WITHIN_NEXT):
        ages.below(0, predicate)
    is_later = relation is not Relation.OLDER_THAN
    if first == last:
        (instants.at if is_later else instants.below)(first + 1, predicate)
    else:
        (ages.below if is_later else ages.at)(midnight - first, predicate)
