"""The machine: an Image loaded for answering, every audience at once (docs/image-format.md, "Evaluating").

One wide integer holds a bit for every literal of every audience. It starts as what holds when nothing is known;
each attribute that is present flips the literals that its value decides; one subtraction a level turns every
group of that height into its guard bit; the root bits that remain are the audiences.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any

from shared.rules.catalogue import Path
from shared.rules.changes import Changes
from shared.rules.clocks import Clock, Row, rows_of
from shared.rules.demand import Demand
from shared.rules.flips import Flips
from shared.rules.image import Attribute, Elements, Image, ImageRefused, Rows, predicate_ids
from shared.rules.instants import MS_PER_DAY
from shared.rules.masks import CHECKPOINT_BYTES, MEMO_BYTES, Budget, mask_of
from shared.rules.pairs import PairReader
from shared.rules.readers import Reader
from shared.rules.room import Room

SELECTIONS_KEPT = 64
"""Of so many selections of audiences it is remembered what they ask."""

Document = Mapping[str, Any]
"""A visitor document: roots to values, strings in NFC, numbers finite (see shared/visitors/document.py)."""


class Machine:
    """Answers for one image; holds nothing of a visitor but bounded memo tables.

    Raises ImageRefused where the image's indexes cannot be loaded (patterns, cuts out of order). memo_bytes: what its
    memo tables may hold. is_inner: it answers for the elements of a list, whose names have no meaning of their own.
    """

    def __init__(self, image: Image, memo_bytes: int = MEMO_BYTES, *, is_inner: bool = False) -> None:
        self.keys: tuple[str, ...] = image.keys
        self._sizes = image.spans
        self._spans = _stretches(image.spans)
        self._width = _width(image.spans)
        self._roots = _roots(image.spans)
        self._negated = int.from_bytes(image.negated, "little")
        self._inverted = int.from_bytes(image.inverted, "little")
        self._base = int.from_bytes(image.base, "little")
        self._levels = [
            (int.from_bytes(level.children, "little"), int.from_bytes(level.guards, "little")) for level in image.levels
        ]
        self.trusted = image.trusted
        self._positions = _positions(image)
        self._predicates: list[tuple[tuple[Path, ...], range]] = []
        self._literals: dict[range, int] = {}
        self._asked: dict[int, frozenset[int]] = {}
        self._demand: Demand | None = None
        self._is_inner = is_inner
        self.public = self.select(_listed(image.public, image.keys))
        try:
            self._flips = self._load(image, memo_bytes)
        except (TypeError, ValueError, IndexError, KeyError, SyntaxError) as error:
            raise ImageRefused("damaged", f"an index cannot be loaded: {error}") from error

    def _load(self, image: Image, memo_bytes: int) -> Flips:
        room = self._room(image, memo_bytes)
        asked = set(_ones(image.presence))
        readers: list[tuple[Path, Reader]] = []
        pairs: list[PairReader] = []
        clock: Clock | None = None
        first = 0
        for attribute in image.attributes:
            predicates = range(first, first + attribute.count)
            first += attribute.count
            presence = [at for p in predicates for at in self._positions[p] if at in asked] if asked else []
            if attribute.other is not None:
                self._predicates.append(((attribute.path, attribute.other), predicates))
                pairs.append(PairReader(attribute, room, presence))
            elif not attribute.path:
                clock = Clock(_windows(attribute), room.positions)
            else:
                self._predicates.append(((attribute.path,), predicates))
                readers.append((attribute.path, Reader(attribute, presence, room)))
        self._changes = Changes(image, readers, clock, knows_now=not self._is_inner)
        return Flips(self._base, readers, pairs, clock)

    def _room(self, image: Image, memo_bytes: int) -> Room:
        """What the readers share; of the memo tables' bytes the machines of elements get their part."""
        indexes = [index for attribute in image.attributes for index in attribute.indexes]
        cuts = sum(len(getattr(index, "cuts", ())) for index in indexes)
        inner = [index.image for index in indexes if isinstance(index, Elements)]
        shares = dict(zip(map(id, inner), _shares(memo_bytes, self._width, inner), strict=True))
        budget = Budget(self._width, memo_bytes - sum(shares.values()))
        every = max(8, cuts * self._width // CHECKPOINT_BYTES)
        return Room(self._positions, every, budget, lambda image: Machine(image, shares[id(image)], is_inner=True))

    @property
    def paths(self) -> frozenset[Path]:
        """The attributes that some audience asks."""
        return frozenset(path for paths, _ in self._predicates for path in paths if path)

    def select(self, keys: Iterable[str]) -> int:
        """The root bits of these audiences, to pass as `among`; unknown keys have none."""
        wanted = set(keys)
        chosen = [position for key, position in zip(self.keys, self._root_positions(), strict=True) if key in wanted]
        return mask_of(chosen)

    def evaluate(self, document: Document, now_ms: int, among: int | None = None) -> list[str]:
        """The keys of the audiences that hold at `now_ms` (Unix milliseconds), in the image's order."""
        return self._answer(self._flips[now_ms // MS_PER_DAY](document, now_ms), among)

    def bounds(
        self,
        document: Document,
        now_ms: int,
        is_unread: Callable[[Path], bool],
        among: int | None = None,
    ) -> tuple[list[str], list[str]]:
        """(certain, possible): what holds whatever the unread attributes are, and what could hold (Kleene)."""
        lower, upper = self._both(document, now_ms, is_unread)
        return self._answer(lower, among), self._answer(upper, among)

    def undecided(
        self,
        document: Document,
        now_ms: int,
        is_unread: Callable[[Path], bool],
        among: int | None = None,
    ) -> tuple[list[str], list[Path]]:
        """What unread attributes could still decide: the audiences, and the attributes that would decide them."""
        lower, upper = (self._groups(bits) for bits in self._both(document, now_ms, is_unread))
        roots = (lower ^ upper) & self._roots
        roots = roots if among is None else roots & among
        if not roots:
            return [], []
        if self._demand is None:
            self._demand = Demand(self._levels, self._width)
        wanted = self._demand.of(roots, lower ^ upper)
        needed = {
            path: None
            for paths, predicates in self._predicates
            if wanted & self._literals_of(predicates)
            for path in paths
            if is_unread(path)
        }
        return self._names(roots), list(needed)

    def _both(self, document: Document, now_ms: int, is_unread: Callable[[Path], bool]) -> tuple[int, int]:
        """The literals' bits as far down, and as far up, as unread attributes could bring what depends on them."""
        bits = self._flips[now_ms // MS_PER_DAY](document, now_ms)
        unread = 0
        for paths, predicates in self._predicates:
            if any(is_unread(path) for path in paths):
                unread |= self._literals_of(predicates)
        known = bits & ~unread
        return known | unread & self._inverted, known | unread & ~self._inverted

    def valid_until(self, document: Document, now_ms: int, among: int | None = None) -> int | None:
        """The first instant after now (Unix milliseconds) at which some condition changes with no new data, or None.

        Conditions of the audiences `among` only; `request.time` is taken to be now wherever the document has it.
        """
        return self._changes.after(document, now_ms, None if among is None else self._asked_among(among))

    def hits(self, document: Document, now_ms: int) -> int:
        """The root bits of the audiences that hold."""
        return self._settle(self._flips[now_ms // MS_PER_DAY](document, now_ms))

    def names(self, hits: int) -> list[str]:
        """The keys of root bits, in the image's order."""
        return self._names(hits)

    def _answer(self, bits: int, among: int | None) -> list[str]:
        hits = self._settle(bits)
        return self._names(hits if among is None else hits & among)

    def _asked_among(self, among: int) -> frozenset[int]:
        """The predicates that some of these audiences ask."""
        if among not in self._asked:
            if len(self._asked) >= SELECTIONS_KEPT:
                self._asked.clear()
            spans = 0
            for root, span in self._root_spans():
                if among >> root & 1:
                    spans |= span
            self._asked[among] = frozenset(
                predicate for predicate, at in enumerate(self._positions) if any(spans >> place & 1 for place in at)
            )
        return self._asked[among]

    def _root_spans(self) -> Iterable[tuple[int, int]]:
        """For each audience its root's place and the mask of its span."""
        start = 0
        for size, count in self._sizes:
            for _ in range(count):
                yield start + 8 * size - 1, ((1 << 8 * size) - 1) << start
                start += 8 * size

    def _literals_of(self, predicates: range) -> int:
        """The literals of one attribute, laid out when first asked for: only bounds need them."""
        if predicates not in self._literals:
            self._literals[predicates] = mask_of(at for p in predicates for at in self._positions[p])
        return self._literals[predicates]

    def _settle(self, bits: int) -> int:
        """The root bits that hold: each level's groups are NORs of their children, innermost first.

        `guards - children` borrows a group's guard bit exactly where some child is 1; no borrow leaves its span.
        """
        return self._groups(bits) & self._roots ^ self._negated

    def _groups(self, bits: int) -> int:
        """The literals' bits with those of all groups."""
        for children, guards in self._levels:
            bits |= (guards - (bits & children)) & guards
        return bits

    def _names(self, hits: int) -> list[str]:
        """The keys whose root bit is 1: the roots' bytes, one an audience, choose among the keys at C speed."""
        data = hits.to_bytes(self._width, "little")
        if len(self._spans) == 1:
            return list(compress(self.keys, data[self._spans[0]]))
        return list(compress(self.keys, b"".join([data[stretch] for stretch in self._spans])))

    def _root_positions(self) -> Iterable[int]:
        places = range(self._width)
        return (place * 8 + 7 for stretch in self._spans for place in places[stretch])


def _width(spans: Iterable[tuple[int, int]]) -> int:
    """Bytes of a mask."""
    return sum(size * count for size, count in spans)


def _shares(memo_bytes: int, width: int, inner: Sequence[Image]) -> list[int]:
    """What inner machines get of the memo tables' bytes: a sixteenth among them, and by width up to half in all."""
    widths = [_width(image.spans) for image in inner]
    whole = width + sum(widths)
    return [memo_bytes // (16 * len(inner)) + memo_bytes * 7 * each // (16 * whole) for each in widths]


def _stretches(spans: Collection[tuple[int, int]]) -> list[slice]:
    """For each span size, the slice of the bytes in which its audiences' roots stand."""
    slices, start = [], 0
    for size, count in spans:
        slices.append(slice(start + size - 1, start + size * count, size))
        start += size * count
    return slices


def _roots(spans: Collection[tuple[int, int]]) -> int:
    """The top bit of each span's last byte."""
    return int.from_bytes(b"".join((bytes(size - 1) + b"\x80") * count for size, count in spans), "little")


def _positions(image: Image) -> list[list[int]]:
    """For each predicate, the bits of its literals."""
    positions: list[list[int]] = [[] for _ in range(sum(attribute.count for attribute in image.attributes))]
    for predicate, position in zip(predicate_ids(image), _ones(image.literals), strict=True):
        positions[predicate].append(position)
    return positions


def _ones(mask: bytes) -> Iterable[int]:
    """The places of a mask's ones, ascending, at C speed: its text from the lowest bit, a byte a bit, chooses."""
    bits = f"{int.from_bytes(mask, 'little'):b}"[::-1].encode().translate(_BITS)
    return compress(range(len(bits)), bits)


def _windows(attribute: Attribute) -> list[Row]:
    return [row for index in attribute.indexes if isinstance(index, Rows) for row in rows_of(index.rows)]


_BITS = bytes.maketrans(b"01", b"\0\1")


def _listed(public: bytes, keys: Collection[str]) -> Iterable[str]:
    ordered = tuple(keys)
    return (ordered[place] for place in _ones(public))
