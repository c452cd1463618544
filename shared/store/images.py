"""Images in chunks: immutable, named by the hash of their content, each chunk in a partition of its own."""

from shared.rules.image import content_hash
from shared.store import keys
from shared.store.database import Database, Rejected
from shared.store.errors import Conflict
from shared.store.items import Write

CHUNK_BYTES = 350 * 1024  # an item may hold 400 KB, keys and names included


def chunk_count(length: int) -> int:
    """How many chunks hold an image of `length` bytes."""
    return -(-length // CHUNK_BYTES)


def write(database: Database, project: str, image: bytes) -> str:
    """Store an image and return its name; what is there already stays, unless it was damaged.

    Nobody sees the chunks before a pointer names them, so a write that stops half way harms nothing.
    """
    name = content_hash(image)
    for number in range(chunk_count(len(image))):
        body = image[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
        chunk = Write(database.images, keys.chunk(project, name, number), {"body": body}, expected=0)
        try:
            database.put(chunk)
        except Rejected:
            _repair(database, chunk, body)
    return name


def _repair(database: Database, chunk: Write, body: bytes) -> None:
    stored = database.find(chunk.table, chunk.key)
    if stored is None or stored.attributes.get("body") != body:
        database.put(Write(chunk.table, chunk.key, {"body": body}))


def read(database: Database, project: str, name: str, chunks: int) -> bytes:
    """The bytes of an image; raises `Conflict` where a chunk is missing or damaged."""
    wanted = [keys.chunk(project, name, number) for number in range(chunks)]
    found = database.find_many(database.images, wanted)
    image = b"".join(found[key].body for key in wanted if key in found)
    if content_hash(image) != name:
        raise Conflict(f"image `{name}` is no longer whole in the store")
    return image
