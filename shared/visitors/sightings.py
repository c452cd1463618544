"""How sightings come about: traits flattened to paths and scalars, added to what was seen before, and their bytes.

Kept are names and values that many visitors share. What tells visitors apart is not: a value that is long or holds
an `@`, any value of an attribute that has many, and every value of a personal attribute.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from shared.rules.catalogue import Catalogue, Path, join, split
from shared.rules.comparisons import Typed, scalars
from shared.rules.kinds import kind_of
from shared.rules.model import Scalar
from shared.rules.sightings import Sightings, Values, is_kept, is_personal

FORMAT = 1
"""Raised when a reader of an older record would misread a newer one; fields are only ever added at the end."""

MAX_PATHS = 1_000
MAX_VALUES = 50  # of one path
MAX_VALUE_LENGTH = 64  # characters
MAX_BYTES = 128 * 1024  # encoded: room for all paths; values that go beyond it are given up, all together

Held = Mapping[Path, Values]


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    format: int
    since: int
    is_whole: bool
    values: dict[str, tuple[Scalar, ...] | None]


_decoder = msgspec.msgpack.Decoder(_Stored)


def held(profiles: Iterable[Mapping[str, object]]) -> Held:
    """What these traits hold, by path; null is missing, and objects within lists are passed over."""
    found: dict[Path, set[Typed] | None] = {}
    for traits in profiles:
        for path, value in _members(("traits",), traits):
            known = found.setdefault(path, set())
            if known is not None:
                new = scalars(value if isinstance(value, list) else [value])
                known |= new
                if len(known) > MAX_VALUES or not all(_is_shared(each) for _, each in new):
                    found[path] = None
    return {path: None if seen is None else frozenset(seen) for path, seen in found.items()}


def covers(known: Sightings, new: Held) -> bool:
    """Whether all of this was seen before, as far as it is kept."""
    if known.is_whole and not new.keys() <= known.values.keys():
        return False
    return all(_is_within(values, known.values_of(path)) for path, values in new.items())


def grown(known: Sightings, new: Held, catalogue: Catalogue) -> Sightings:
    """The sightings with all of this; those of personal attributes by name only."""
    values, is_whole = dict(known.values), known.is_whole
    for path, seen in new.items():
        if path in values or len(values) < MAX_PATHS:
            values[path] = _together(values.get(path, frozenset()), seen)
        else:
            is_whole = False
    values = {path: None if is_personal(path, catalogue) else seen for path, seen in values.items()}
    after = Sightings(known.since, is_whole, values)
    return after if len(encode(after)) <= MAX_BYTES else Sightings(known.since, is_whole, dict.fromkeys(values))


def encode(sightings: Sightings) -> bytes:
    """MessagePack bytes of sightings."""
    values = {join(p): None if seen is None else tuple(v for _, v in seen) for p, seen in sightings.values.items()}
    return msgspec.msgpack.encode(_Stored(FORMAT, sightings.since, sightings.is_whole, values))


def decode(data: bytes) -> Sightings:
    """Sightings from their bytes; raises `msgspec.DecodeError` on what are none or have a later format."""
    stored = _decoder.decode(data)
    if stored.format != FORMAT:
        raise msgspec.ValidationError(f"format {stored.format} of sightings is not known")
    values = {
        split(text): None if seen is None else frozenset(map(_typed, seen)) for text, seen in stored.values.items()
    }
    return Sightings(stored.since, stored.is_whole, values)


def _members(path: Path, members: Mapping[str, object]) -> Iterator[tuple[Path, object]]:
    """Every kept path below a path, with its value."""
    for name, member in members.items():
        inner = (*path, name)
        if member is not None and is_kept(inner):
            yield inner, member
            if isinstance(member, dict):
                yield from _members(inner, member)


def _is_shared(value: object) -> bool:
    return not isinstance(value, str) or (len(value) <= MAX_VALUE_LENGTH and "@" not in value)


def _together(one: Values, other: Values) -> Values:
    both = None if one is None or other is None else one | other
    return None if both is None or len(both) > MAX_VALUES else both


def _is_within(values: Values, known: Values) -> bool:
    return known is None or (values is not None and values <= known)


def _typed(value: Scalar) -> Typed:
    return kind_of(value), value
