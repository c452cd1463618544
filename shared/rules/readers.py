"""Readers: what one attribute's value flips, by the indexes that the linker made."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.rules import text
from shared.rules.addresses import key as address_key
from shared.rules.calendar import Anniversaries, Calendar
from shared.rules.clocks import ZoneClocks, rows_of
from shared.rules.elements import ElementReader
from shared.rules.image import Attribute, Rows
from shared.rules.image import Regions as RegionIndex
from shared.rules.instants import parse
from shared.rules.kinds import MAX_INTEGER, Kind, Type, as_text, nfc, typed
from shared.rules.lists import ListReader, elements
from shared.rules.masks import Memo, Regions, mask_of
from shared.rules.program import Test
from shared.rules.rollouts import Rollouts
from shared.rules.room import Room
from shared.rules.versions import key as version_key

_NOTHING: tuple[int, ...] = ()
_NO_AGES = RegionIndex(Test.AGE, (), (), ())
_CONVERTED_STRINGS = (Type.NUMBER, Type.BOOLEAN, Type.VERSION, Type.IP)
_CONVERTED_NUMBERS = (Type.STRING, Type.DATETIME)

Seen = tuple[int, int | None]
"""The mask that a value flips whatever the time is, and the instant that it reads as, if it does."""
Entry = int | Seen
"""What a memo keeps of a value: `Seen` for a temporal attribute, the mask alone for others."""


class Reader:
    """One attribute: `memos[type(value)][value]` is the mask that the value flips.

    Where `is_temporal`, it is `Seen` instead, and what the instant flips as seen from now is added by the tables
    of `seen_from`, and of `anniversaries` where it is not None. `lists`, where it is not None, has the masks of lists
    by `tuple(list)`. `elements` has what a list's elements flip, `clocks` what a zone's clock does that is named here.
    """

    def __init__(self, attribute: Attribute, presence: Sequence[int], room: Room) -> None:
        tests: dict[Test, Any] = {index.test: index for index in attribute.indexes}
        rows = tests[Test.PRESENT].rows if Test.PRESENT in tests else ()
        presence = [*presence, *(position for row in rows for position in room.positions[row[0]])]
        self._type = attribute.type
        self._budget = room.budget
        self._present = mask_of(presence)
        self._outcomes = room.outcomes(is_shared=False)
        self._rollouts = Rollouts(tests[Test.ROLLOUT].rows, room) if Test.ROLLOUT in tests else None
        self._text = [*text.readers(tests, room, folded=False), *([self._rollouts.at] if self._rollouts else [])]
        self._folded = text.readers(tests, room, folded=True)
        self._scalars = elements(tests.get(Test.EQUAL))
        self._mods = _mods(tests.get(Test.MOD))
        self._numbers, self._instants, self._versions, self._networks, sizes = (
            room.regions(tests[test], presence) if test in tests else None
            for test in (Test.NUMBER, Test.INSTANT, Test.VERSION, Test.NETWORK, Test.SIZE)
        )
        ages = tests.get(Test.AGE, _NO_AGES)
        self._ages = room.regions(ages)
        self._calendar = Calendar(tests[Test.CALENDAR], ages, room) if Test.CALENDAR in tests else None
        self.anniversaries = Anniversaries(tests[Test.ANNIVERSARY].rows, room) if Test.ANNIVERSARY in tests else None
        self.elements = ElementReader(tests[Test.ELEMENT], room) if Test.ELEMENT in tests else None
        self.clocks = ZoneClocks(rows_of(tests[Test.WINDOW].rows), room.positions) if Test.WINDOW in tests else None
        self.is_temporal = not tests.keys().isdisjoint((Test.AGE, Test.CALENDAR, Test.ANNIVERSARY))
        self._reads_instants = self.is_temporal or self._instants is not None or self._type is Type.DATETIME
        lists = ListReader(tests, self._present, sizes, room)
        self.memos = self._memos(lists)
        self.lists = None if self.is_temporal else lists.by_tuple

    def seen_from(self, day: int) -> tuple[Regions, Regions | None]:
        """(by age, by instant): what an instant flips while now lies in this UTC day (days since 1970)."""
        return self._calendar.seen_from(day) if self._calendar is not None else (self._ages, None)

    def _memos(self, lists: ListReader) -> Mapping[type, Any]:
        string = self._converted if self._type in _CONVERTED_STRINGS else self._string
        number = self._converted if self._type in _CONVERTED_NUMBERS else self._number
        return {
            str: Memo(string, self._budget, len),
            int: Memo(number, self._budget),
            float: Memo(number, self._budget),
            bool: Memo(self._boolean, self._budget),
            list: _Timeless(lists) if self.is_temporal else lists,
            dict: _Constant(self._entry(self._present)),
        }

    def _entry(self, mask: int, instant: int | None = None) -> Entry:
        return (mask, instant) if self.is_temporal else mask

    def _converted(self, value: object) -> Entry:
        """A scalar on a path whose declared type may convert it."""
        kind, normal = typed(value, self._type)
        if kind is Kind.STRING:
            return self._string(normal)
        if kind is Kind.NUMBER:
            return self._number(normal)
        if kind is Kind.BOOLEAN:
            return self._boolean(normal)
        if kind is Kind.INSTANT:
            return self._entry(self._at(self._instants, normal), normal)  # type: ignore[arg-type]  # an instant's value is ms
        return self._entry(self._at(self._versions if kind is Kind.VERSION else self._networks, normal))

    def _at(self, regions: Regions | None, value: Any) -> int:
        """The mask of a value that only ordered tests can take."""
        return self._present if regions is None else regions.at(value)

    def _number(self, value: Any) -> Entry:
        mask = self._at(self._numbers, value)
        hits = self._scalars.get((Kind.NUMBER, value), _NOTHING)
        if self._mods and value == value // 1 and -MAX_INTEGER <= value <= MAX_INTEGER:
            hits = (
                *hits,
                *(p for divisor, owners in self._mods.items() for p in owners.get(value % divisor, _NOTHING)),
            )
        masks = [self._outcomes[hits]] if hits else []
        if self._rollouts is not None and (text := as_text(Kind.NUMBER, value)) is not None:
            masks.append(self._rollouts.at(text))
        return self._entry(self._sum(mask, masks))

    def _boolean(self, value: Any) -> Entry:
        hits = self._scalars.get((Kind.BOOLEAN, value))
        return self._entry(self._sum(self._present, [self._outcomes[hits]]) if hits else self._present)

    def _string(self, value: Any) -> Entry:
        if not value.isascii():
            value = nfc(value)
        base, instant = self._present, None
        if self._reads_instants:
            instant = parse(value)
            if instant is not None:
                base = self._at(self._instants, instant)
                if self._type is Type.DATETIME:
                    return self._entry(base, instant)
        masks = []
        for test in self._text:
            mask = test(value)
            if mask:
                masks.append(mask)
        if self._folded:
            folded = value.casefold()
            masks += [mask for test in self._folded if (mask := test(folded))]
        for key_of, regions in ((version_key, self._versions), (address_key, self._networks)):
            key = key_of(value) if regions is not None else None
            if key is not None:
                masks.append(self._present ^ self._at(regions, key))
        return self._entry(self._sum(base, masks), instant)

    def _sum(self, base: int, masks: list[int]) -> int:
        """All masks together; one alone stays the object that its table holds."""
        if not masks:
            return base
        if not base and len(masks) == 1:
            return masks[0]
        for mask in masks:
            base ^= mask
        return self._budget.composed(base)


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
