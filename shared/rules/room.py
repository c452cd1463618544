"""The room that the readers of one machine share."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.rules.image import Image, frozen_cuts, owner_lists
from shared.rules.image import Regions as RegionIndex
from shared.rules.masks import Budget, Outcomes, Regions


class Room:
    """Where each predicate's literals stand, and the budget for masks; makes the tables that draw on both.

    every: how many cuts lie between two checkpoints of a region table. inner: makes the machine of an image that
    stands within this one.
    """

    def __init__(
        self, positions: Sequence[Sequence[int]], every: int, budget: Budget, inner: Callable[[Image], Any]
    ) -> None:
        self.positions = positions
        self.budget = budget
        self.inner = inner
        self._every = every

    def outcomes(self, owners: Sequence[tuple[int, ...]] | None = None, *, is_shared: bool = True) -> Outcomes:
        """A table of combinations of predicates, or of entries that `owners` maps to predicates."""
        return Outcomes(self.positions, self.budget, owners, is_shared=is_shared)

    def regions(self, index: RegionIndex, presence: Sequence[int] = ()) -> Regions:
        """The region masks of an index; the bits of `presence` are flipped in each of them."""
        low = [*presence, *(position for predicate in index.low for position in self.positions[predicate])]
        owners = owner_lists(index.owners)
        return Regions(frozen_cuts(index), low, owners, self.positions, self._every, self.budget)
