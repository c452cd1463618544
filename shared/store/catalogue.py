"""The attribute catalogue of a project: one item, so that every change of it is atomic and has a version."""

import zlib
from collections.abc import Callable

import msgspec

from shared.rules.catalogue import Attribute, Path, join, split
from shared.rules.problems import Problem, Refused
from shared.store import keys
from shared.store.changes import AuditEntry, Change, commit, entry, recorded
from shared.store.database import Database, retried
from shared.store.errors import NotFound, Stale
from shared.store.items import Write, record

MAX_ATTRIBUTES = 1_000
MAX_BYTES = 350 * 1024  # packed; an item may hold 400 KB


class StoredCatalogue(msgspec.Struct, frozen=True):
    """The entries by path, and the version, which grows with every change (0: nothing was ever written)."""

    version: int
    attributes: dict[Path, Attribute]


class _Written(msgspec.Struct, frozen=True):
    version: int


def get(database: Database, project: str) -> StoredCatalogue:
    """The catalogue of a project; empty at version 0 where nothing was written yet."""
    item = database.find(database.definitions, keys.attribute_catalogue(project))
    if item is None:
        return StoredCatalogue(0, {})
    entries = msgspec.msgpack.decode(zlib.decompress(item.body), type=dict[str, Attribute])
    return StoredCatalogue(item.seq, {split(path): attribute for path, attribute in entries.items()})


def put(database: Database, change: Change, path: Path, attribute: Attribute, seen: int | None = None) -> int:
    """Set one entry; returns the catalogue's version. Raises `Refused` at a limit.

    seen: the version that the caller saw; raises `Stale` where it is another by now. None: whatever is there.
    """

    def changed(entries: dict[Path, Attribute]) -> dict[Path, Attribute]:
        return entries | {path: attribute}

    return _change(database, change, changed, entry(change, "attribute.put", join(path)), seen)


def delete(database: Database, change: Change, path: Path, seen: int | None = None) -> int:
    """Remove one entry; returns the catalogue's version. Raises `NotFound`, and `Stale` as `put` does."""

    def changed(entries: dict[Path, Attribute]) -> dict[Path, Attribute]:
        if path not in entries:
            raise NotFound(f"the catalogue has no attribute `{join(path)}`")
        return {other: attribute for other, attribute in entries.items() if other != path}

    return _change(database, change, changed, entry(change, "attribute.delete", join(path)), seen)


def _change(
    database: Database,
    change: Change,
    changed: Callable[[dict[Path, Attribute]], dict[Path, Attribute]],
    audit: AuditEntry,
    seen: int | None,
) -> int:
    def attempt() -> int:
        repeated = recorded(database, change, _Written)
        if repeated:
            return repeated.version
        stored = get(database, change.project)
        if seen is not None and seen != stored.version:
            raise _stale(stored.version)
        version = stored.version + 1
        attributes = record(_packed(changed(stored.attributes)), version)
        key = keys.attribute_catalogue(change.project)
        write = Write(database.definitions, key, attributes, expected=stored.version)
        commit(database, change, [write], [audit], _Written(version))
        return version

    return retried(attempt)


def _packed(entries: dict[Path, Attribute]) -> bytes:
    if len(entries) > MAX_ATTRIBUTES:
        detail = f"a catalogue has at most {MAX_ATTRIBUTES} attributes"
        raise Refused([Problem("", "too-many-attributes", detail)])
    packed = zlib.compress(msgspec.msgpack.encode({join(path): entries[path] for path in sorted(entries)}))
    if len(packed) > MAX_BYTES:
        detail = f"the catalogue takes {len(packed)} bytes, the limit is {MAX_BYTES}"
        raise Refused([Problem("", "catalogue-too-large", detail, "shorten descriptions and examples")])
    return packed


def _stale(version: int) -> Stale:
    return Stale(f"the catalogue is at version {version}", str(version))
