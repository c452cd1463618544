"""The sweep: takes away what nobody can see any more, the ids of deleted and of replaced lists.

They count for nothing from the moment that their generation is over, so it may take its time, run again after a kill,
and leave to the next run whatever somebody else is writing.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from shared.store import generations, keys
from shared.store.database import Database, Rejected
from shared.store.items import Item, Write, record
from shared.store.keys import Key
from shared.visitors.memberships import Generations, Memberships, decode, encode

_TOGETHER = 100  # items of one transaction


class Swept(msgspec.Struct, frozen=True):
    """What a run did. seen: memberships that it read; swept: those that it changed; whole: it came to the end."""

    seen: int
    swept: int
    whole: bool


class _Place(msgspec.Struct, frozen=True):
    """Where the next run goes on; None begins anew."""

    after: Key | None


def sweep(database: Database, project: str, has_time: Callable[[], bool]) -> Swept:
    """Go on with the sweep while there is time, from where the last run stopped; raises `Unavailable`."""
    item = database.find(database.definitions, keys.sweep(project))
    after = msgspec.msgpack.decode(item.body, type=_Place).after if item else None
    read = lru_cache(None)(lambda owner: generations.read(database, *owner).generations)
    seen = swept = 0
    while has_time():
        page = database.scan(database.profiles, keys.MEMBERSHIPS, after)
        writes = [write for found in page.items if (write := _write(database, found, read(keys.owner_of(found.key))))]
        seen += len(page.items)
        swept += sum(_swept(database, writes[start : start + _TOGETHER]) for start in range(0, len(writes), _TOGETHER))
        after = page.last
        place = record(msgspec.msgpack.encode(_Place(after)), 0)
        database.put(Write(database.definitions, keys.sweep(project), place))
        if after is None:
            return Swept(seen, swept, whole=True)
    return Swept(seen, swept, whole=False)


def _write(database: Database, item: Item, known: Generations) -> Write | None:
    """What leaves out of an item the generations that are over; None where there are none."""
    held = decode(item.body).generations
    kept = frozenset(number for number in held if not known.is_over(number))
    if kept == held:
        return None
    attributes = record(encode(Memberships(generations=kept)), item.seq + 1) if kept else None
    return Write(database.profiles, item.key, attributes, expected=item.seq)


def _swept(database: Database, writes: Sequence[Write]) -> int:
    """Writes these as far as nobody else has meanwhile; how many they were."""
    try:
        database.commit(writes)
    except Rejected as error:
        left = [write for number, write in enumerate(writes) if number not in error.failed]
        return _swept(database, left) if left else 0
    return len(writes)
