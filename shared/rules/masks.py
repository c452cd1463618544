"""Bit masks of what a value flips, made on first need and kept within one budget."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

MEMO_BYTES = 48 * 1024 * 1024
"""What all memo tables of one machine may hold, keys included: at 10,000 audiences the working set of 200 visitors."""
CHECKPOINT_BYTES = 8 * 1024 * 1024
"""What the fixed starting points of all region tables of one machine may hold."""
ENTRY_BYTES = 150
"""What a table's entry costs beside its mask and its text (CPython 3.13: slot, hash, key and value objects)."""
MAX_KEY_BYTES = 512
"""Longer texts are answered but not remembered."""
PATIENCE = 20_000
"""How many masks and entries a full budget turns away before it is emptied for the traffic of now."""
ENTRY_SHARE = 16
"""A sixteenth of the budget is kept for entries: masks alone may not fill it."""
WIDE_BYTES = 1024
WIDE_ENTRIES = 256
"""From this width on a memo keeps only so many masks that were put together of several: attributes with more values
would push out the very masks that theirs are made of."""
HEAVY = 32
"""A predicate with so many literals gets a mask of its own: one xor (0.5 us at 10,000 audiences) for their toggles."""


class Budget:
    """The room that all memo tables of a machine share.

    unkept: how many masks were made and not kept; whoever remembers a mask must see that it was.
    loose: how many masks were put together of several and are not counted.
    """

    def __init__(self, width: int, size: int | None = None) -> None:
        self.size = MEMO_BYTES if size is None else size
        self.room = self.size
        self.unkept = 0
        self.loose = 0
        self.tables: list[dict[Any, Any]] = []
        self._mask_bytes = width + ENTRY_BYTES
        self._is_wide = width >= WIDE_BYTES
        self._turned_away = 0

    def admits_mask(self) -> bool:
        """Whether one more mask may be kept."""
        if self.room - self._mask_bytes >= self.size // ENTRY_SHARE:
            self.room -= self._mask_bytes
            return True
        self.unkept += 1
        self.turn_away()
        return False

    def composed(self, mask: int) -> int:
        """A mask put together of several tables' masks."""
        if self._is_wide:
            self.loose += 1
        else:
            self.admits_mask()
        return mask

    def release(self, table: dict[int, int]) -> None:
        """Give back the room of a table of masks that is no longer used."""
        self.tables = [kept for kept in self.tables if kept is not table]
        self.room += len(table) * self._mask_bytes

    def turn_away(self) -> None:
        """Count what was not kept; after enough of it start afresh."""
        self._turned_away += 1
        if self._turned_away >= PATIENCE:
            for table in self.tables:
                table.clear()
            self.room = self.size
            self._turned_away = 0


class Memo(dict[Any, Any]):
    """A table that computes what it lacks and keeps it while the budget admits.

    length: how many characters a key has, for keys of any length.
    """

    __slots__ = ("_budget", "_compute", "_length")

    def __init__(
        self, compute: Callable[[Any], Any], budget: Budget, length: Callable[[Any], int] | None = None
    ) -> None:
        super().__init__()
        self._compute = compute
        self._budget = budget
        self._length = length
        budget.tables.append(self)

    def __missing__(self, value: Any) -> Any:
        budget = self._budget
        unkept, loose = budget.unkept, budget.loose
        computed = self._compute(value)
        if budget.unkept == unkept and (budget.loose == loose or (len(self) < WIDE_ENTRIES and budget.admits_mask())):
            key_bytes = 0 if self._length is None else 4 * self._length(value)
            size = key_bytes + ENTRY_BYTES
            if size > budget.room:
                budget.turn_away()
            elif key_bytes <= MAX_KEY_BYTES:
                budget.room -= size
                self[value] = computed
        return computed


class Outcomes(dict[tuple[int, ...], int]):
    """The mask of each combination that was met; few, however many values lead to them.

    A combination is a tuple of predicates, or of entries of `owners`, each of which stands for some. Where each
    belongs to one value (`is_shared` is False) the masks are not kept here: the memo of the values keeps them.
    """

    __slots__ = ("_budget", "_heavy", "_is_shared", "_owners", "_positions")

    def __init__(
        self,
        positions: Sequence[Sequence[int]],
        budget: Budget,
        owners: Sequence[tuple[int, ...]] | None = None,
        *,
        is_shared: bool = True,
    ) -> None:
        super().__init__()
        self._positions = positions
        self._budget = budget
        self._owners = owners
        self._is_shared = is_shared
        self._heavy: dict[int, int] = {}
        budget.tables += [self, self._heavy]

    def __missing__(self, found: tuple[int, ...]) -> int:
        owners = self._owners
        predicates = found if owners is None else {predicate for entry in found for predicate in owners[entry]}
        mask = 0
        light: list[int] = []
        for predicate in predicates:
            positions = self._positions[predicate]
            if len(positions) < HEAVY:
                light += positions
            else:
                mask ^= self._heavy.get(predicate) or self._weigh(predicate)
        mask ^= mask_of(light)
        if not self._is_shared:
            return self._budget.composed(mask)
        if self._budget.admits_mask():
            self[found] = mask
        return mask

    def _weigh(self, predicate: int) -> int:
        mask = mask_of(self._positions[predicate])
        if self._budget.admits_mask():
            self._heavy[predicate] = mask
        return mask


class Regions(dict[int, int]):
    """The mask of each region between sorted cuts; region i lies at or above `i` of them.

    Kept whole only while the budget admits (a mask is as wide as the image); from the nearest of a few fixed
    checkpoints any other one is some toggles away. Nothing is laid out before the first value comes.

    low: the bits that are flipped below all cuts. toggles: for each cut, the predicates that change there.
    """

    __slots__ = ("_budget", "_checkpoints", "_every", "_low", "_positions", "_toggles", "cuts")

    def __init__(
        self,
        cuts: Sequence[Any],
        low: Iterable[int],
        toggles: Sequence[tuple[int, ...]],
        positions: Sequence[Sequence[int]],
        every: int,
        budget: Budget,
    ) -> None:
        super().__init__()
        self.cuts = cuts
        self._low = low
        self._toggles = toggles
        self._positions = positions
        self._every = every
        self._budget = budget
        self._checkpoints: list[int] = []
        budget.tables.append(self)

    def at(self, value: Any) -> int:
        """The mask of the region that holds `value`."""
        return self[bisect_right(self.cuts, value)]

    def __missing__(self, region: int) -> int:
        checkpoints = self._checkpoints or self._lay_checkpoints()
        nearest = region // self._every
        mask = checkpoints[nearest] ^ self._toggled(nearest * self._every, region)
        if self._budget.admits_mask():
            self[region] = mask
        return mask

    def _toggled(self, start: int, end: int) -> int:
        """What changes between two regions."""
        positions = self._positions
        return mask_of([at for owners in self._toggles[start:end] for owner in owners for at in positions[owner]])

    def _lay_checkpoints(self) -> list[int]:
        mask, every = mask_of(self._low), self._every
        self._checkpoints.append(mask)
        for start in range(0, len(self.cuts) - every + 1, every):
            mask ^= self._toggled(start, start + every)
            self._checkpoints.append(mask)
        return self._checkpoints


def mask_of(positions: Iterable[int]) -> int:
    """An integer with these bits toggled: a position that comes twice cancels."""
    ordered = positions if isinstance(positions, list) else list(positions)
    if not ordered:
        return 0
    data = bytearray((max(ordered) >> 3) + 1)
    for position in ordered:
        data[position >> 3] ^= 1 << (position & 7)
    return int.from_bytes(data, "little")
