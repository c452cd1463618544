"""The ids of lists: each one's memberships are an item of its own, changed on condition that nobody else did."""

from collections.abc import Mapping

import msgspec

from shared.store import generations, keys
from shared.store.changes import Change, commit, recorded
from shared.store.database import Database, retried
from shared.store.items import Item, Write, record
from shared.store.lists import head, head_write, touched
from shared.store.profiles import Visitor
from shared.visitors import memberships
from shared.visitors.memberships import Generations, Memberships, decode, encode

GROUP = 96
"""Ids of one transaction of 100 items, which holds the list's record and an idempotency record too."""


class Entries(msgspec.Struct, frozen=True):
    """What became of a list: its ids by now, and how many of those asked for came and went."""

    count: int
    added: int
    removed: int


class Edit(msgspec.Struct, frozen=True):
    """The writes that bring a generation's ids to what is wanted, and how many of them come and go."""

    writes: list[Write]
    added: int
    removed: int


def has(database: Database, project: str, environment: str, key: str, visitor: Visitor) -> bool:
    """Whether a list holds a visitor; raises `NotFound` where there is no list."""
    generation = head(database, project, environment, key).list.generation
    item = database.find(database.profiles, membership_key(project, environment, visitor))
    return item is not None and generation in decode(item.body).generations


def lists_of(database: Database, project: str, environment: str, visitor: Visitor) -> list[str]:
    """The keys of all lists that hold a visitor, sorted."""
    item = database.find(database.profiles, membership_key(project, environment, visitor))
    known = generations.read(database, project, environment).generations
    return memberships.lists_of(decode(item.body), known) if item else []


def put(database: Database, change: Change, environment: str, key: str, wanted: Mapping[Visitor, bool]) -> Entries:
    """Add the visitors that are wanted, remove those that are not; raises `NotFound`, and `Conflict`.

    Beyond `GROUP` ids it is done in several transactions: after a kill some are done, and a repeat does the rest.
    """
    repeated = recorded(database, change, Entries)
    if repeated:
        return repeated
    rest = list(wanted.items())
    done = Entries(head(database, change.project, environment, key).list.count, 0, 0)
    while rest:
        group, rest = dict(rest[:GROUP]), rest[GROUP:]
        done = _put_group(database, change, environment, key, group, done, is_last=not rest)
    return done


def edit(
    database: Database,
    change: Change,
    environment: str,
    generation: int,
    wanted: Mapping[Visitor, bool],
    known: Generations,
) -> Edit:
    """What to write so that a generation holds those of up to 100 visitors that are wanted, and only those of them.

    known: to leave out what is over. An item that holds nothing any more goes.
    """
    places = {membership_key(change.project, environment, visitor): visitor for visitor in wanted}
    found = database.find_many(database.profiles, list(places))
    writes, added, removed = [], 0, 0
    for key, visitor in places.items():
        item = found.get(key)
        before = decode(item.body).generations if item else frozenset()
        if (generation in before) == wanted[visitor]:
            continue
        added += wanted[visitor]
        removed += not wanted[visitor]
        kept = frozenset(number for number in before if number != generation and not known.is_over(number))
        after = kept | {generation} if wanted[visitor] else kept
        writes.append(_write(database, key, item, after, change.at_ms))
    return Edit(writes, added, removed)


def membership_key(project: str, environment: str, visitor: Visitor) -> keys.Key:
    """The key of the item that says which lists hold a visitor."""
    key = keys.anonymous_memberships if visitor.anonymous else keys.known_memberships
    return key(project, environment, visitor.id)


def _put_group(
    database: Database,
    change: Change,
    environment: str,
    key: str,
    wanted: Mapping[Visitor, bool],
    done: Entries,
    *,
    is_last: bool,
) -> Entries:
    def attempt() -> Entries:
        found = head(database, change.project, environment, key)
        known = generations.read(database, change.project, environment).generations
        changes = edit(database, change, environment, found.list.generation, wanted, known)
        count = found.list.count + changes.added - changes.removed
        result = Entries(count, done.added + changes.added, done.removed + changes.removed)
        writes = changes.writes
        if writes:
            changed = touched(found.list, change, count=count)
            writes = [*writes, head_write(database, change.project, environment, changed, found.seq)]
        if is_last and change.idempotency_key is not None:
            commit(database, change, writes, [], result)
        elif writes:
            database.commit(writes)
        return result

    return retried(attempt)


def _write(database: Database, key: keys.Key, item: Item | None, after: frozenset[int], at_ms: int) -> Write:
    """A new item counts its writes from the clock: no writer who saw one that is gone takes it for that."""
    seq = item.seq if item else 0
    attributes = record(encode(Memberships(generations=after)), seq + 1 if item else at_ms) if after else None
    return Write(database.profiles, key, attributes, expected=seq)
