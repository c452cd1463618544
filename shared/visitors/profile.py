"""The stored profile of one visitor: one compact MessagePack item."""

import msgspec

from shared.visitors.document import Document, members_of

FORMAT = 1
"""Raised when a reader of an older Profile would misread a newer one; fields are only ever added at the end."""


class Profile(msgspec.Struct, frozen=True, array_like=True):
    """What is stored of a visitor.

    traits: top-level trait name to JSON value, normalised as a request's traits are.
    first_seen, last_seen: Unix milliseconds, None where no event was collected yet.
    """

    format: int = FORMAT
    traits: dict[str, object] = {}
    first_seen: int | None = None
    last_seen: int | None = None


_decoder = msgspec.msgpack.Decoder(Profile)
_encoder = msgspec.msgpack.Encoder()


def encode(profile: Profile) -> bytes:
    """MessagePack bytes of a profile, the item attribute `body`."""
    return _encoder.encode(profile)


def decode(data: bytes) -> Profile:
    """A profile from its bytes; raises `msgspec.DecodeError` on what is none or has a later format."""
    profile = _decoder.decode(data)
    if profile.format != FORMAT:
        raise msgspec.ValidationError(f"profile format {profile.format} is not known")
    return profile


def merge(known: Profile, anonymous: Profile) -> Profile:
    """One visitor's two profiles as one: the known visitor's traits win, top-level key by key."""
    return Profile(
        traits={**anonymous.traits, **known.traits},
        first_seen=_earliest(known.first_seen, anonymous.first_seen),
        last_seen=_latest(known.last_seen, anonymous.last_seen),
    )


def overlay(document: Document, profile: Profile | None) -> None:
    """Adds the stored profile under the request's own values; None: nothing is stored of this visitor.

    Traits are overlaid key by key at the top level, and a null in the request hides a stored trait.
    """
    if profile is not None and profile.traits:
        document["traits"] = {**profile.traits, **members_of(document, "traits")}
    sightings: Document = {"is_new": profile is None}
    if profile is not None:
        sightings |= {"first_seen": profile.first_seen, "last_seen": profile.last_seen}
    document["visitor"] = {**sightings, **members_of(document, "visitor")}


def _earliest(one: int | None, other: int | None) -> int | None:
    return min((ms for ms in (one, other) if ms is not None), default=None)


def _latest(one: int | None, other: int | None) -> int | None:
    return max((ms for ms in (one, other) if ms is not None), default=None)
