"""Which literals would decide what is undecided: those that no decided group stands above.

Seen from an undecided audience, an undecided literal matters if every group around it is undecided, too. From a group
to its children one has to look down, while an addition carries up; so the integers are mirrored, where a group's bit
stands below its children. One addition a level then marks the children of every group that matters.
"""

from collections.abc import Sequence

_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Demand:
    """The mirrored levels of an image. levels: (children, guards) from the innermost out; width: in bytes."""

    def __init__(self, levels: Sequence[tuple[int, int]], width: int) -> None:
        self._width = width
        everything = (1 << 8 * width) - 1
        self._levels = [
            (self._mirrored(children), mirrored, everything ^ mirrored)
            for children, guards in reversed(levels)
            for mirrored in (self._mirrored(guards),)
        ]

    def of(self, roots: int, undecided: int) -> int:
        """The bits that matter to these undecided roots, among all that are undecided."""
        wanted, open_bits = self._mirrored(roots), self._mirrored(undecided)
        for children, guards, between in self._levels:
            # 1 added above a group's bit runs through all of its children and stops at the next group's bit
            untouched = between + ((wanted & guards) << 1)
            wanted |= between & ~untouched & children & open_bits
        return self._mirrored(wanted)

    def _mirrored(self, bits: int) -> int:
        return int.from_bytes(bits.to_bytes(self._width, "little").translate(_MIRROR), "big")
