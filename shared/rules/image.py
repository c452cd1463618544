"""An Image: all programs of an environment linked for one machine; its wire form, strict reader and name.

The grammar of the bytes and the meaning of every field are in docs/image-format.md. Bits are numbered from
the least significant one of the first byte; every mask is a little-endian integer as wide as the spans.
"""

import zlib
from collections.abc import Mapping
from hashlib import sha256
from itertools import pairwise
from typing import Any

import msgspec

from shared.rules.catalogue import Path
from shared.rules.instants import Relation
from shared.rules.kinds import Type
from shared.rules.program import Test, freeze

MAGIC = b"MUSTER"
FORMAT = 2
FORMATS = (1, 2)
"""What this reader takes; 1 had no elements and no trusted paths."""
MAX_BYTES = 4 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024  # a guard against a bomb; 10,000 audiences of 5 conditions unpack to 1 MB

Owners = tuple[int | tuple[int, ...], ...]
"""Which predicates stand behind each entry of an index: one id, or several."""


class ImageRefused(Exception):
    """Bytes that are not an image this reader can trust; `reason` is a stable code."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


class Lookup(msgspec.Struct, frozen=True, array_like=True, tag=0, forbid_unknown_fields=True):
    """An index by value: predicates that hold where `values[i]` is met are `owners[i]`."""

    test: Test
    values: tuple[str | int | float | bool, ...]
    owners: Owners


class Regions(msgspec.Struct, frozen=True, array_like=True, tag=1, forbid_unknown_fields=True):
    """An index by order: below every cut `low` holds; a value at or above `cuts[i]` toggles `owners[i]`."""

    test: Test
    low: tuple[int, ...]
    cuts: tuple[Any, ...]
    owners: Owners


class Rows(msgspec.Struct, frozen=True, array_like=True, tag=2, forbid_unknown_fields=True):
    """Predicates that are asked one by one: each row is an operand's parts, then the predicate's id."""

    test: Test
    rows: tuple[tuple[Any, ...], ...]


class Elements(msgspec.Struct, frozen=True, array_like=True, tag=3, forbid_unknown_fields=True):
    """Predicates on the elements of a list: `image` answers them for one object, as if each were an audience.

    Its keys are the predicates' ids in decimal.
    """

    test: Test
    image: "Image"


Index = Lookup | Regions | Rows | Elements


class Attribute(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One attribute that some audience asks, or a pair of them (`other`), with its declared type and indexes.

    path: empty for the clock. Its predicates have the next `count` ids after those of the attribute before it.
    """

    path: Path
    other: Path | None
    type: Type
    other_type: Type  # of `other`, which need not be an attribute of its own
    count: int
    indexes: tuple[Index, ...]


class Level(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The groups of one height: the bits of their children, and the guard bit above each."""

    children: bytes
    guards: bytes


class Image(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Everything that a machine needs to answer, and nothing of how it was written."""

    format: int
    tests: tuple[str, ...]
    tzdata: str
    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    public: bytes
    negated: bytes
    base: bytes
    presence: bytes
    inverted: bytes
    literals: bytes
    predicates: bytes
    predicate_bytes: int
    levels: tuple[Level, ...]
    attributes: tuple[Attribute, ...]
    trusted: tuple[Path, ...] = ()  # what a publishable key cannot set


_KNOWN_FORMATS = tuple(bytes([known]) for known in FORMATS)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Image)


def encode(image: Image) -> bytes:
    """The bytes that are stored: magic, format, then the compressed MessagePack; equal images give equal bytes."""
    return MAGIC + bytes([image.format]) + zlib.compress(_encoder.encode(image), 9)


def content_hash(data: bytes) -> str:
    """The name of an image: `sha256:` and the hex digest of its bytes."""
    return f"sha256:{sha256(data).hexdigest()}"


def decode(data: bytes) -> Image:
    """The image in `data`, checked so far that a machine can be made of it; raises ImageRefused, by name."""
    if len(data) > MAX_BYTES:
        raise ImageRefused("too-large", f"{len(data)} bytes, the limit is {MAX_BYTES}")
    if data[: len(MAGIC)] != MAGIC:
        raise ImageRefused("not-an-image", "the magic bytes are missing")
    if data[len(MAGIC) : len(MAGIC) + 1] not in _KNOWN_FORMATS:
        raise ImageRefused("unknown-format", f"this reader knows the formats {', '.join(map(str, FORMATS))}")
    try:
        image = _decoder.decode(_unpack(data[len(MAGIC) + 1 :]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, zlib.error) as error:
        raise ImageRefused("damaged", str(error)) from error
    unknown = sorted(set(image.tests) - set(Test.__members__))
    if unknown:
        raise ImageRefused("unknown-test", ", ".join(unknown))
    try:
        _check(image)
    except RecursionError as error:
        raise ImageRefused("damaged", "elements nest too deep") from error
    return image


def _unpack(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(packed, MAX_UNPACKED_BYTES)
    if not unpacker.eof or unpacker.unused_data:
        raise ImageRefused("damaged", "the compressed part does not end where it should")
    return unpacked


def _check(image: Image) -> None:
    """The bounds that the machine relies on; what the masks mean is the linker's affair and cannot do harm."""
    width = sum(size * count for size, count in image.spans)
    masks = [image.negated, image.base, image.presence, image.inverted, image.literals]
    masks += [mask for level in image.levels for mask in (level.children, level.guards)]
    literals = int.from_bytes(image.literals, "little").bit_count()
    sound = (
        all(size > 0 and count > 0 for size, count in image.spans)
        and all(len(mask) <= width for mask in masks)
        and len(image.keys) == len(set(image.keys)) == sum(count for _, count in image.spans)
        and len(image.public) <= (len(image.keys) + 7) // 8
        and image.predicate_bytes in (2, 4)
        and len(image.predicates) == literals * image.predicate_bytes
        and max(predicate_ids(image), default=-1) < sum(attribute.count for attribute in image.attributes)
        and _indexes_are_sound(image)
    )
    if not sound:
        raise ImageRefused("damaged", "the layout contradicts itself")


def predicate_ids(image: Image) -> memoryview:
    """The predicate of each literal bit, in ascending order of the bits."""
    return memoryview(image.predicates).cast("H" if image.predicate_bytes == 2 else "I")


def _indexes_are_sound(image: Image) -> bool:
    """Whether each index names only predicates of its own attribute, and cuts ascend."""
    first = 0
    for attribute in image.attributes:
        owned = range(first, first + attribute.count)
        first += attribute.count
        if attribute.count < 0 or not all(_is_sound(index, owned) for index in attribute.indexes):
            return False
    return True


def _is_sound(index: Index, owned: range) -> bool:
    if isinstance(index, Rows):
        return _are_rows(index) and all(row[-1] in owned for row in index.rows)
    if isinstance(index, Elements):
        _check(index.image)
        return all(key.isdecimal() and int(key) in owned for key in index.image.keys)
    entries = index.values if isinstance(index, Lookup) else index.cuts
    return (
        len(index.owners) == len(entries)
        and all(owner in owned for owners in owner_lists(index.owners) for owner in owners)
        and (isinstance(index, Lookup) or _ascend(index))
    )


_Scalars = tuple[str | int | float | bool, ...]
_ROWS: Mapping[Test, Any] = {
    Test.PRESENT: tuple[tuple[int], ...],
    Test.PATTERN: tuple[tuple[str, bool, int], ...],
    Test.MOD: tuple[tuple[int, int, int], ...],
    Test.CALENDAR: tuple[tuple[Relation, int, int, int], ...],
    Test.ALL_OF: tuple[tuple[_Scalars, int], ...],
    Test.COMPARE: tuple[tuple[str, bool, int], ...],
    Test.ANNIVERSARY: tuple[tuple[int, str, int], ...],
    Test.ROLLOUT: tuple[tuple[str, str, tuple[tuple[None, float]], int], ...],
    Test.DISTANCE: tuple[tuple[float, float, float, int], ...],
    Test.BOX: tuple[tuple[float, float, float, float, int], ...],
    Test.WINDOW: tuple[tuple[str | None, int | None, int | None, int, int, int, int, int, int], ...],
}
"""The types of each test's rows: the operand's parts, then the predicate's id."""


def _are_rows(index: Rows) -> bool:
    try:
        msgspec.convert(index.rows, _ROWS[index.test])
    except (KeyError, msgspec.ValidationError):
        return False
    return True


def _ascend(index: Regions) -> bool:
    """Whether the cuts are of the test's kind, in order."""
    if index.test is Test.VERSION:
        well_formed = all(map(_is_version_cut, index.cuts))
    else:
        kinds = _CUT_KINDS.get(index.test, {int})
        well_formed = {type(cut) for cut in index.cuts} <= kinds
    return (
        well_formed and all(low >= 0 for low in index.low) and all(one < other for one, other in pairwise(index.cuts))
    )


_CUT_KINDS: dict[Test, set[type]] = {Test.NUMBER: {int, float}, Test.NETWORK: {bytes}}


def _is_version_cut(cut: Any) -> bool:
    """Whether it is a key of versions.py, or one with a 0 behind it."""
    return (
        isinstance(cut, list)
        and [type(part) for part in cut] in (_VERSION_KEY, [*_VERSION_KEY, int])
        and all(
            isinstance(part, list) and [type(piece) for piece in part] == [int, int, str] for part in cut[_IDENTIFIERS]
        )
    )


_VERSION_KEY = [int, int, int, int, list]
_IDENTIFIERS = 4


def frozen_cuts(index: Regions) -> tuple[Any, ...]:
    """The cuts as they compare: versions' keys come from the wire as lists."""
    return freeze(index.cuts) if index.test is Test.VERSION else index.cuts  # type: ignore[return-value]  # a tuple's frozen form is one


def owner_lists(owners: Owners) -> list[tuple[int, ...]]:
    """Owners with single ids as tuples too."""
    return [owner if isinstance(owner, tuple) else (owner,) for owner in owners]
