"""Readers: what one attribute's value flips, by the indexes that the linker made."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.rules import text
from shared.rules.calendar import Calendar
from shared.rules.image import Attribute, Rows, frozen_cuts, owner_lists
from shared.rules.image import Regions as RegionIndex
from shared.rules.instants import parse
from shared.rules.kinds import MAX_INTEGER, Kind, Type, nfc, typed
from shared.rules.lists import ListReader, elements
from shared.rules.masks import Budget, Memo, Outcomes, Regions, mask_of
from shared.rules.program import Test
from shared.rules.versions import key as version_key

_NOTHING: tuple[int, ...] = ()
NO_REGIONS = RegionIndex(Test.AGE, (), (), ())
_CONVERTED_STRINGS = (Type.NUMBER, Type.BOOLEAN, Type.VERSION)
_CONVERTED_NUMBERS = (Type.STRING, Type.DATETIME)

Seen = tuple[int, int | None]
"""The mask that a value flips whatever the time is, and the instant that it reads as, if it does."""


class Room:
    """What the readers of one machine share: where each predicate's literals stand, the width, the budget."""

    def __init__(self, positions: Sequence[Sequence[int]], width: int, every: int) -> None:
        self.positions = positions
        self.width = width
        self.every = every
        self.budget = Budget()

    def outcomes(self, owners: Sequence[tuple[int, ...]] | None = None) -> Outcomes:
        """A table of combinations of predicates, or of entries that `owners` maps to predicates."""
        return Outcomes(self.positions, self.width, self.budget, owners)

    def composed(self, mask: int) -> int:
        """A mask put together from several tables' masks, counted."""
        self.budget.admits_mask(self.width)
        return mask

    def regions(self, index: RegionIndex, presence: Sequence[int] = ()) -> Regions:
        """The region masks of an index; the bits of `presence` are flipped in each of them."""
        low = [*presence, *(position for predicate in index.low for position in self.positions[predicate])]
        owners = owner_lists(index.owners)
        return Regions(frozen_cuts(index), low, owners, self.positions, self.width, self.every, self.budget)


class Reader:
    """One attribute: `memos[type(value)][value]` is the mask that the value flips.

    Where `is_temporal`, it is `Seen` instead, and what the instant flips as seen from now is added by `ages` and
    `instants` of the day (see `seen_from`).
    """

    def __init__(self, attribute: Attribute, presence: Sequence[int], room: Room) -> None:
        tests: dict[Test, Any] = {index.test: index for index in attribute.indexes}
        self._type = attribute.type
        self._room = room
        rows = tests[Test.PRESENT].rows if Test.PRESENT in tests else ()
        presence = [*presence, *(position for row in rows for position in room.positions[row[0]])]
        self._present = mask_of(presence)
        self._outcomes = room.outcomes()
        self._text = text.readers(tests, room.outcomes)
        self._scalars = elements(tests.get(Test.EQUAL))
        self._mods = _mods(tests.get(Test.MOD))
        self._numbers, self._instants, self._versions, self._sizes = (
            room.regions(tests[test], presence) if test in tests else None
            for test in (Test.NUMBER, Test.INSTANT, Test.VERSION, Test.SIZE)
        )
        self._calendar = (
            Calendar(tests[Test.CALENDAR], tests.get(Test.AGE, NO_REGIONS), room) if Test.CALENDAR in tests else None
        )
        self._ages = room.regions(tests.get(Test.AGE, NO_REGIONS))
        self.is_temporal = Test.AGE in tests or Test.CALENDAR in tests
        self._reads_instants = self.is_temporal or self._instants is not None or self._type is Type.DATETIME
        self.memos = self._memos(tests)

    def seen_from(self, day: int) -> tuple[Regions, Regions | None]:
        """(by age, by instant): what an instant flips while now lies in this UTC day (days since 1970)."""
        return self._calendar.seen_from(day) if self._calendar is not None else (self._ages, None)

    def _memos(self, tests: dict[Test, Any]) -> Mapping[type, Any]:
        string = self._typed if self._type in _CONVERTED_STRINGS else self._string
        number = self._typed if self._type in _CONVERTED_NUMBERS else self._number
        entry: Callable[[Seen], Any] = _whole if self.is_temporal else _mask_only
        of_list = ListReader(tests, self._present, self._sizes, self._room)
        budget = self._room.budget
        return {
            str: Memo(_then(string, entry), budget),
            int: Memo(_then(number, entry), budget),
            float: Memo(_then(number, entry), budget),
            bool: Memo(_then(self._boolean, entry), budget),
            list: _Timeless(of_list) if self.is_temporal else of_list,
            dict: _Constant(entry((self._present, None))),
        }

    def _typed(self, value: object) -> Seen:
        """A scalar on a path whose declared type may convert it."""
        kind, normal = typed(value, self._type)
        if kind is Kind.STRING:
            return self._string(normal)
        if kind is Kind.NUMBER:
            return self._number(normal)
        if kind is Kind.BOOLEAN:
            return self._boolean(normal)
        return self._at(self._instants if kind is Kind.INSTANT else self._versions, normal), (
            normal if kind is Kind.INSTANT else None  # type: ignore[return-value]  # an instant's value is ms
        )

    def _at(self, regions: Regions | None, value: Any) -> int:
        """The mask of a value that only ordered tests can take."""
        return self._present if regions is None else regions[bisect_right(regions.cuts, value)]

    def _number(self, value: Any) -> Seen:
        mask = self._at(self._numbers, value)
        hits = self._scalars.get((Kind.NUMBER, value), _NOTHING)
        if self._mods and value == value // 1 and -MAX_INTEGER <= value <= MAX_INTEGER:
            hits = (
                *hits,
                *(p for divisor, owners in self._mods.items() for p in owners.get(value % divisor, _NOTHING)),
            )
        return self._sum(mask, [self._outcomes[hits]] if hits else []), None

    def _boolean(self, value: Any) -> Seen:
        hits = self._scalars.get((Kind.BOOLEAN, value))
        return self._sum(self._present, [self._outcomes[hits]] if hits else []), None

    def _string(self, value: Any) -> Seen:
        value = nfc(value)
        instant = parse(value) if self._reads_instants else None
        if instant is not None and self._type is Type.DATETIME:
            return self._at(self._instants, instant), instant
        masks = [mask for test in self._text if (mask := test(value))]
        base = self._present
        if instant is not None and self._instants is not None:
            base = self._instants.at(instant)
        version = version_key(value) if self._versions is not None else None
        if version is not None:
            masks.append(self._present ^ self._at(self._versions, version))
        return self._sum(base, masks), instant

    def _sum(self, base: int, masks: list[int]) -> int:
        """All masks together; one alone stays the object that its table holds."""
        if not base and len(masks) == 1:
            return masks[0]
        for mask in masks:
            base ^= mask
        return self._room.composed(base) if masks else base


def _whole(seen: Seen) -> Seen:
    return seen


def _mask_only(seen: Seen) -> int:
    return seen[0]


def _then(compute: Callable[[Any], Seen], entry: Callable[[Seen], Any]) -> Callable[[Any], Any]:
    return lambda value: entry(compute(value))


class _Constant:
    """The memo of a kind whose values are all alike."""

    def __init__(self, entry: Any) -> None:
        self._entry = entry

    def __getitem__(self, value: object) -> Any:
        return self._entry


class _Timeless:
    """The list memo of a temporal attribute: no list is an instant."""

    def __init__(self, masks: ListReader) -> None:
        self._masks = masks

    def __getitem__(self, value: list[Any]) -> Seen:
        return self._masks[value], None


def _mods(index: Rows | None) -> dict[Any, dict[Any, tuple[int, ...]]]:
    """Owners by divisor, then by remainder."""
    table: dict[Any, dict[Any, tuple[int, ...]]] = {}
    for divisor, remainder, predicate in index.rows if index is not None else ():
        by_remainder = table.setdefault(divisor, {})
        by_remainder[remainder] = (*by_remainder.get(remainder, _NOTHING), predicate)
    return table
