"""Id lists: named sets of visitor ids of an environment, of any size, that rules ask by key.

A list's record lies in `definitions`; its ids are memberships beside the profiles (`shared.visitors.memberships`),
written by `list_entries` and `list_uploads`. Whoever writes ids writes the record with them, so its count is exact.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from shared.rules.problems import Problem, Refused
from shared.store import audiences, generations, keys
from shared.store.changes import Change, commit, entry, recorded
from shared.store.database import Database, retried
from shared.store.errors import InUse, NotFound
from shared.store.items import Item, Write, record
from shared.visitors.document import MAX_LISTS
from shared.visitors.id_lines import WhyRefused

FORMAT = 1
"""Raised when a reader of an older record would misread a newer one; fields are only ever added at the end."""

UploadState = Literal["open", "finished", "cancelled"]


class RefusedLine(msgspec.Struct, frozen=True, array_like=True):
    """A line of an upload that holds no id. line: counted from 1."""

    line: int
    code: WhyRefused


class Upload(msgspec.Struct, frozen=True, array_like=True):
    """A stream of ids on its way into a list, or the last one that was.

    generation: what its ids are written to. received: bytes of whole lines that were taken, where the next part
    begins. lines: those in them. added: ids that the generation did not hold; repeated: those that it did.
    refused: lines without an id; refused_lines: the first of them. Times in Unix milliseconds.
    """

    id: str
    replaces: bool
    generation: int
    started_at: int
    updated_at: int
    state: UploadState = "open"
    received: int = 0
    lines: int = 0
    added: int = 0
    repeated: int = 0
    refused: int = 0
    refused_lines: tuple[RefusedLine, ...] = ()


class IdList(msgspec.Struct, frozen=True, array_like=True):
    """The record of a list. count: its ids. generation: the one that counts. Times in Unix milliseconds."""

    format: int
    key: str
    name: str
    description: str
    generation: int
    count: int
    created_at: int
    created_by: str
    updated_at: int
    updated_by: str
    upload: Upload | None = None


class Head(msgspec.Struct, frozen=True):
    """A list's record as read, and how often it was written, for the condition of the next write."""

    list: IdList
    seq: int


class Put(msgspec.Struct, frozen=True):
    """A list as it is now, and whether there was none of its key before."""

    list: IdList
    is_new: bool


class _Deleted(msgspec.Struct, frozen=True):
    """The result of a deletion, which says nothing."""


def head(database: Database, project: str, environment: str, key: str) -> Head:
    """The list of this key, for a conditional write; raises `NotFound`."""
    item = database.find(database.definitions, keys.id_list(project, environment, key))
    if item is None:
        raise NotFound(f"there is no list `{key}` in environment `{environment}`")
    return Head(_decode(item), item.seq)


def page(
    database: Database, project: str, environment: str, after: str | None, limit: int
) -> tuple[list[IdList], str | None]:
    """Lists of an environment in key order behind the key `after`, and the key to go on after (None: that was all)."""
    found = database.page(database.definitions, keys.id_lists(project, environment), after, limit)
    return [_decode(item) for item in found.items], found.last


def put(database: Database, change: Change, environment: str, key: str, name: str, description: str) -> Put:
    """Create a list, empty, or change what one is called. Raises `Refused` where the environment is full."""
    return retried(lambda: _put(database, change, environment, key, name, description))


def delete(database: Database, change: Change, environment: str, key: str, served: Mapping[str, int]) -> None:
    """Remove a list with its ids. Raises `NotFound`, and `InUse` where a latest version or a live one asks for it.

    served: the versions that the environment serves, by audience key.
    """
    retried(lambda: _delete(database, change, environment, key, served))


def head_write(database: Database, project: str, environment: str, changed: IdList, seq: int) -> Write:
    """What changes a list's record, on condition that nobody did since it was read at `seq` (0: there was none)."""
    attributes = record(msgspec.msgpack.encode(changed), seq + 1)
    return Write(database.definitions, keys.id_list(project, environment, changed.key), attributes, expected=seq)


def touched(found: IdList, change: Change, **fields: object) -> IdList:
    """The record with these fields, as changed by this caller now."""
    return msgspec.structs.replace(found, updated_at=change.at_ms, updated_by=change.actor, **fields)


def _put(database: Database, change: Change, environment: str, key: str, name: str, description: str) -> Put:
    repeated = recorded(database, change, Put)
    if repeated:
        return repeated
    item = database.find(database.definitions, keys.id_list(change.project, environment, key))
    if item is None:
        return _create(database, change, environment, key, name, description)
    before = _decode(item)
    if (before.name, before.description) == (name, description):
        return Put(before, is_new=False)
    put = Put(touched(before, change, name=name, description=description), is_new=False)
    write = head_write(database, change.project, environment, put.list, item.seq)
    commit(database, change, [write], [entry(change, "list.describe", key, environment=environment)], put)
    return put


def _create(database: Database, change: Change, environment: str, key: str, name: str, description: str) -> Put:
    stored = generations.read(database, change.project, environment)
    if len(stored.generations.current) >= MAX_LISTS:
        raise Refused([Problem("", "too-many-lists", f"an environment has at most {MAX_LISTS} lists")])
    with_one, number = generations.staged(stored.generations)
    changed = generations.counting(with_one, number, key)
    created = IdList(
        format=FORMAT,
        key=key,
        name=name,
        description=description,
        generation=number,
        count=0,
        created_at=change.at_ms,
        created_by=change.actor,
        updated_at=change.at_ms,
        updated_by=change.actor,
    )
    put = Put(created, is_new=True)
    writes = [
        head_write(database, change.project, environment, created, 0),
        *generations.writes(database, change.project, environment, changed, stored),
    ]
    commit(database, change, writes, [entry(change, "list.create", key, environment=environment)], put)
    return put


def _delete(database: Database, change: Change, environment: str, key: str, served: Mapping[str, int]) -> None:
    if recorded(database, change, _Deleted):
        return
    found = head(database, change.project, environment, key)
    users = audiences.list_usages(database, change.project, key, {environment: served})
    if users:
        raise InUse(f"list `{key}` is in use", tuple(usage.told for usage in users))
    stored = generations.read(database, change.project, environment)
    over = [found.list.generation, *([found.list.upload.generation] if found.list.upload else [])]
    changed = generations.without(stored.generations, over)
    writes = [
        Write(database.definitions, keys.id_list(change.project, environment, key), None, expected=found.seq),
        *generations.writes(database, change.project, environment, changed, stored),
    ]
    audit = entry(change, "list.delete", key, before=str(found.list.count), environment=environment)
    commit(database, change, writes, [audit], _Deleted())


def _decode(item: Item) -> IdList:
    return msgspec.msgpack.decode(item.body, type=IdList)
