"""Where every literal and group of an environment stands in the one wide integer (docs/image-format.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.rules.program import Polarity

SPAN_COST = 170
"""Bytes that are worth adding to save one span size: a size costs a slice (0.6 us), a byte 3.5 ns over all steps."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A predicate, by its number, under a polarity."""

    predicate: int
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class Group:
    """All or any of the items; items of a group are literals and groups of the other kind."""

    is_all: bool
    items: tuple["Tree", ...]


Tree = Literal | Group


def group(is_all: bool, items: Iterable[Tree]) -> Tree:  # noqa: FBT001  # the two kinds of group are a boolean here
    """A group in normal form: groups of its own kind dissolved, equal items once, a single item alone."""
    flat: dict[Tree, None] = {}
    for item in items:
        if isinstance(item, Group) and item.is_all == is_all:
            flat.update(dict.fromkeys(item.items))
        else:
            flat[item] = None
    return Group(is_all, tuple(flat)) if len(flat) > 1 else next(iter(flat))


def complement(tree: Tree) -> Tree:
    """The tree that holds exactly where this one does not."""
    if isinstance(tree, Literal):
        return Literal(tree.predicate, tree.polarity.complement)
    return Group(not tree.is_all, tuple(complement(item) for item in tree.items))


def count(tree: Tree) -> int:
    """How many literals a tree has."""
    return 1 if isinstance(tree, Literal) else sum(count(item) for item in tree.items)


@dataclass
class Span:
    """One audience's bits, from its lowest: what stands at each, and the groups from the innermost out."""

    literals: list[tuple[int, int, Polarity, bool]] = field(default_factory=list)  # bit, predicate, stored, inverted
    groups: list[tuple[int, int, int]] = field(default_factory=list)  # height, children mask, guard bit
    bits: int = 0
    negated: bool = False
    height: int = 0

    @property
    def size(self) -> int:
        """Whole bytes."""
        return (self.bits + 7) // 8

    @property
    def shape(self) -> tuple[object, ...]:
        """What makes two spans' masks equal."""
        return (-self.height, self.negated, tuple(self.groups))


def span(tree: Tree) -> Span:
    """Lay one audience out; its root's bit is moved to the top of its last byte by `plan`."""
    laid = Span()
    laid.height = _place(tree, laid, inverted=False)[1]
    laid.negated = isinstance(tree, Group) and not tree.is_all
    return laid


def _place(tree: Tree, laid: Span, *, inverted: bool) -> tuple[int, int]:
    """Place a tree at the next free bits; (the bit that stands for it, its height)."""
    if isinstance(tree, Literal):
        bit = laid.bits
        laid.bits += 1
        stored = tree.polarity.complement if inverted else tree.polarity
        laid.literals.append((bit, tree.predicate, stored, inverted))
        return bit, 0
    children, height = 0, 0
    # groups first: equal shapes then meet whatever order the author wrote
    for item in sorted(tree.items, key=lambda item: isinstance(item, Literal)):
        bit, item_height = _place(item, laid, inverted=tree.is_all)
        children |= 1 << bit
        height = max(height, item_height + 1)
    guard = laid.bits
    laid.bits += 1
    laid.groups.append((height, children, guard))
    return guard, height


@dataclass(frozen=True)
class Plan:
    """The layout of an environment as the image stores it; predicates are numbers of the linker's pool."""

    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    predicates: tuple[int, ...]
    levels: tuple[tuple[bytes, bytes], ...]
    base: bytes
    presence: bytes
    inverted: bytes
    literals: bytes
    negated: bytes


def plan(trees: Mapping[str, Tree]) -> Plan:
    """Lay all audiences out: wide spans first (those are tall, so high levels stay short), equal shapes together."""
    laid = {key: span(tree) for key, tree in trees.items()}
    sizes = _merge([laid[key].size for key in laid])
    ordered = sorted(laid, key=lambda key: (-sizes[laid[key].size], laid[key].shape, key))
    bits: dict[str, list[int]] = {name: [] for name in ("base", "presence", "inverted", "literals", "negated")}
    levels: dict[int, tuple[list[int], list[int]]] = {}
    predicates: list[int] = []
    start = 0
    for key in ordered:
        one = laid[key]
        size = sizes[one.size] * 8
        _write(one, start, size, bits, levels, predicates)
        start += size
    counts: dict[int, int] = {}
    for key in ordered:
        counts[sizes[laid[key].size]] = counts.get(sizes[laid[key].size], 0) + 1
    return Plan(
        keys=tuple(ordered),
        spans=tuple(counts.items()),
        predicates=tuple(predicates),
        levels=tuple((bitmap(levels[height][0]), bitmap(levels[height][1])) for height in sorted(levels)),
        **{name: bitmap(positions) for name, positions in bits.items()},
    )


def _write(
    one: Span,
    start: int,
    size: int,
    bits: dict[str, list[int]],
    levels: dict[int, tuple[list[int], list[int]]],
    predicates: list[int],
) -> None:
    """Add one audience's bits at `start`; its highest bit, which is its root, moves to the top of the span."""
    top, root = one.bits - 1, start + size - 1
    for bit, predicate, stored, inverted in one.literals:
        position = root if bit == top else start + bit
        predicates.append(predicate)
        bits["literals"].append(position)
        if stored in (Polarity.FAILS, Polarity.HOLDS_OR_MISSING):
            bits["base"].append(position)
        if stored >= Polarity.HOLDS_OR_MISSING:
            bits["presence"].append(position)
        if inverted:
            bits["inverted"].append(position)
    for height, children, guard in one.groups:
        child_positions, guard_positions = levels.setdefault(height, ([], []))
        child_positions += [start + bit for bit in range(children.bit_length()) if children >> bit & 1]
        guard_positions.append(root if guard == top else start + guard)
    if one.negated:
        bits["negated"].append(root)


def _merge(sizes: Sequence[int]) -> dict[int, int]:
    """The span size that each size is rounded up to: the cheapest partition of the sorted sizes into runs."""
    distinct = sorted(set(sizes))
    counts = [sizes.count(size) for size in distinct]
    best: list[tuple[float, int]] = [(0, 0)]  # cost of the first i sizes, start of the last run
    for end in range(1, len(distinct) + 1):
        best.append(
            min(
                (best[first][0] + SPAN_COST + distinct[end - 1] * sum(counts[first:end]), first) for first in range(end)
            )
        )
    rounded: dict[int, int] = {}
    end = len(distinct)
    while end:
        first = best[end][1]
        rounded |= dict.fromkeys(distinct[first:end], distinct[end - 1])
        end = first
    return rounded


def bitmap(positions: Iterable[int]) -> bytes:
    """Bytes with a 1 at each position, as short as they can be."""
    ordered = list(positions)
    mask = bytearray(max(ordered, default=-1) // 8 + 1)
    for position in ordered:
        mask[position >> 3] |= 1 << (position & 7)
    return bytes(mask)
