"""The sightings of an environment: one item beside its profiles, so that a restored table has both as they were.

Whoever stores a profile records what it holds *before*, so that nothing is stored that was not seen. The item begins
with its environment; one that is older has none, and nothing can be told of it.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from weakref import WeakKeyDictionary

import msgspec

from shared.rules.catalogue import Path
from shared.rules.sightings import Sightings
from shared.store import catalogue, keys
from shared.store.database import Database, retried
from shared.store.items import Write
from shared.store.items import record as item_of
from shared.store.keys import Key
from shared.visitors.sightings import covers, decode, encode, grown, held

MAX_REMEMBERED = 16  # environments; a process seldom writes to more than one

_remembered: WeakKeyDictionary[Database, dict[Key, Sightings]] = WeakKeyDictionary()
"""What is known to be recorded: as it only grows, that stays true, and most profiles bring nothing new."""


def begin(database: Database, project: str, environment: str, at_ms: int) -> Write:
    """The write that goes with making an environment: nothing was seen in it yet."""
    return _write(database, keys.sightings(project, environment), Sightings(at_ms), 0)


def read(database: Database, project: str, environments: Iterable[str]) -> dict[str, Sightings]:
    """The sightings of these environments; those that have none are left out."""
    wanted = {keys.sightings(project, environment): environment for environment in environments}
    found = database.find_many(database.profiles, list(wanted))
    return {wanted[key]: decode(item.body) for key, item in found.items()}


def record(database: Database, project: str, environment: str, profiles: Iterable[Mapping[str, object]]) -> None:
    """Add what these traits hold, before they are stored; raises `Rejected` where somebody else adds: try again."""
    new, key = held(profiles), keys.sightings(project, environment)
    remembered = _remembered.setdefault(database, {})
    if key in remembered and covers(remembered[key], new):
        return
    item = database.find(database.profiles, key)
    if item is None:
        return
    known = decode(item.body)
    if not covers(known, new):
        known = grown(known, new, catalogue.get(database, project).attributes)
        database.put(_write(database, key, known, item.seq))
    if len(remembered) >= MAX_REMEMBERED:
        remembered.clear()
    remembered[key] = known


def forget_values(database: Database, project: str, environments: Iterable[str], path: Path) -> None:
    """Keep no values of an attribute that is personal from now on, nor of what lies below it."""
    for environment in environments:
        retried(partial(_forget_values, database, keys.sightings(project, environment), path))


def _forget_values(database: Database, key: Key, path: Path) -> None:
    item = database.find(database.profiles, key)
    if item is None:
        return
    known = decode(item.body)
    values = {each: None if each[: len(path)] == path else seen for each, seen in known.values.items()}
    # written also where nothing changes: who read the catalogue before is then turned away, and reads it again
    database.put(_write(database, key, msgspec.structs.replace(known, values=values), item.seq))


def _write(database: Database, key: Key, sightings: Sightings, seq: int) -> Write:
    """The write of sightings over those numbered `seq`."""
    return Write(database.profiles, key, item_of(encode(sightings), seq + 1), expected=seq)
