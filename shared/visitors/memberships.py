"""Memberships: which stored id lists hold a visitor, one small item a visitor.

An item holds numbers of *generations*. A list's ids carry the number of its generation, and one record of the
environment says which generations count. So replacing a list writes the new ids beside the old ones, seen by nobody,
and the change of that one record makes them the list; what the old ones left behind counts for nothing.
"""

import msgspec

FORMAT = 1
"""Raised when a reader of an older record would misread a newer one; fields are only ever added at the end."""


class Generations(msgspec.Struct, frozen=True, array_like=True):
    """The generations of an environment's id lists.

    next: the number that the next one gets; none ever comes twice. current: the key of the list by the number of the
    generation that counts. staged: numbers that are being written and do not count yet.
    """

    format: int = FORMAT
    next: int = 1
    current: dict[int, str] = {}
    staged: frozenset[int] = frozenset()

    def is_over(self, number: int) -> bool:
        """Whether a generation will never count (again); one made after this record was read is not known to be."""
        return number < self.next and number not in self.current and number not in self.staged


class Memberships(msgspec.Struct, frozen=True, array_like=True):
    """The generations that hold one visitor; those that are over may be among them."""

    format: int = FORMAT
    generations: frozenset[int] = frozenset()


_encoder = msgspec.msgpack.Encoder()
_generations = msgspec.msgpack.Decoder(Generations)
_memberships = msgspec.msgpack.Decoder(Memberships)


def encode(record: Generations | Memberships) -> bytes:
    """MessagePack bytes of a record, the item attribute `body`."""
    return _encoder.encode(record)


def decode_generations(data: bytes) -> Generations:
    """Generations from their bytes; raises `msgspec.DecodeError` on what are none or have a later format."""
    generations = _generations.decode(data)
    if generations.format != FORMAT:
        raise msgspec.ValidationError(f"generations format {generations.format} is not known")
    return generations


def decode(data: bytes) -> Memberships:
    """Memberships from their bytes; raises `msgspec.DecodeError` on what are none or have a later format."""
    memberships = _memberships.decode(data)
    if memberships.format != FORMAT:
        raise msgspec.ValidationError(f"memberships format {memberships.format} is not known")
    return memberships


def lists_of(memberships: Memberships, generations: Generations) -> list[str]:
    """The keys of the lists that hold a visitor, sorted."""
    current = generations.current
    return sorted(current[number] for number in memberships.generations if number in current)
