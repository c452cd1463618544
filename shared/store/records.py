"""The records that readers and writers share: what stands in the `images` table, and how it is signed.

All are MessagePack arrays with their format number first; a reader refuses a format that it does not
know. The hot function loads this module.
"""

import msgspec

POINTER_FORMAT = 1
KEY_TABLE_FORMAT = 1

POINTER_DOMAIN = b"muster-pointer-1\n"
"""Signed before a pointer's document, so that no other signed document can pass for one."""

KEY_TABLE_DOMAIN = b"muster-keys-1\n"
"""Signed before a key table's document."""


class EnvironmentSettings(msgspec.Struct, frozen=True, array_like=True):
    """What an environment's readers go by. allowed_headers: those that rules may look at, in lower case."""

    stale_after_seconds: int = 120
    allowed_headers: tuple[str, ...] = ()


class Pointer(msgspec.Struct, frozen=True, array_like=True):
    """Which image an environment serves. `seq` only ever grows: no reader goes back.

    image: `sha256:<hex>` over the whole image; length: its bytes; published_at: Unix milliseconds.
    """

    format: int
    project: str
    environment: str
    seq: int
    release: str
    image: str
    length: int
    chunks: int
    published_at: int
    settings: EnvironmentSettings = EnvironmentSettings()


class KeyEntry(msgspec.Struct, frozen=True, array_like=True):
    """One API key that an environment accepts.

    hash: SHA-256 of the key's whole text; origins: the exact CORS origins (publishable keys only).
    """

    key_id: str
    hash: bytes
    publishable: bool
    scopes: tuple[str, ...]
    origins: tuple[str, ...] = ()


class KeyTable(msgspec.Struct, frozen=True, array_like=True):
    """Every API key that an environment accepts; whatever is not in it is refused."""

    format: int
    project: str
    environment: str
    seq: int
    entries: tuple[KeyEntry, ...]


class Signed(msgspec.Struct, frozen=True):
    """A document as stored: its bytes, the signature over domain and bytes, and the id of the signing key."""

    document: bytes
    signature: bytes
    kid: str


def encode(record: Pointer | KeyTable) -> bytes:
    """MessagePack bytes of a record: the document that is signed."""
    return msgspec.msgpack.encode(record)


_decode_pointer = msgspec.msgpack.Decoder(Pointer).decode
_decode_key_table = msgspec.msgpack.Decoder(KeyTable).decode


def decode_pointer(document: bytes) -> Pointer:
    """A pointer from its verified document; raises `msgspec.ValidationError` on another format or shape."""
    pointer = _decode_pointer(document)
    if pointer.format != POINTER_FORMAT:
        raise msgspec.ValidationError(f"pointer format `{pointer.format}` is not known")
    return pointer


def decode_key_table(document: bytes) -> KeyTable:
    """A key table from its verified document; raises `msgspec.ValidationError` on another format or shape."""
    table = _decode_key_table(document)
    if table.format != KEY_TABLE_FORMAT:
        raise msgspec.ValidationError(f"key table format `{table.format}` is not known")
    return table
