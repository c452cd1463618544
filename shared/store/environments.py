"""The environments of a project: one item, so that their number is bounded atomically."""

import msgspec

from shared.rules import image
from shared.rules.linker import link
from shared.rules.problems import Problem, Refused
from shared.store import images, key_tables, keys, releases, sightings
from shared.store.changes import Change, commit, entry, recorded
from shared.store.database import Database, retried
from shared.store.errors import Conflict, NotFound
from shared.store.items import Item, Write, record
from shared.store.records import EnvironmentSettings
from shared.store.signing import Signer

MAX_ENVIRONMENTS = 100
FORMAT = 1
"""Raised when a reader of an older record would misread a newer one; fields are only ever added at the end."""


class Environment(msgspec.Struct, frozen=True, array_like=True):
    """One environment. created_at: Unix milliseconds; created_by: a key id; settings: those of its next release."""

    key: str
    name: str
    created_at: int
    created_by: str
    settings: EnvironmentSettings = EnvironmentSettings()


class _Environments(msgspec.Struct, frozen=True, array_like=True):
    format: int
    environments: tuple[Environment, ...]


def every(database: Database, project: str) -> tuple[Environment, ...]:
    """All environments of a project, sorted by key."""
    return _decoded(_item(database, project))


def get(database: Database, project: str, key: str) -> Environment:
    """The environment of this key; raises `NotFound`."""
    for environment in every(database, project):
        if environment.key == key:
            return environment
    raise NotFound(f"there is no environment `{key}`")


def create(database: Database, signer: Signer, change: Change, key: str, name: str) -> Environment:
    """A new environment, with a signed empty release `r0`, a signed empty key table, and no sightings yet.

    Raises `Conflict` where the key is taken, `Refused` where the project has as many as it may.
    """
    empty = image.encode(link({}, {}, ()))
    release = releases.Release(
        format=releases.FORMAT,
        environment=key,
        seq=0,
        image=images.write(database, change.project, empty),
        length=len(empty),
        chunks=images.chunk_count(len(empty)),
        message="",
        published_at=change.at_ms,
        published_by=change.actor,
        packed_versions=releases.pack_versions({}),
    )
    begun = [
        *releases.writes(database, signer, change.project, release, EnvironmentSettings()),
        key_tables.write(database, signer, change.project, key, (), 0),
        sightings.begin(database, change.project, key, change.at_ms),
    ]
    created = Environment(key, name, change.at_ms, change.actor)
    return retried(lambda: _create(database, change, created, begun))


def set_up(database: Database, change: Change, key: str, settings: EnvironmentSettings) -> Environment:
    """The environment with these settings, which its next release brings to its readers.

    Raises `NotFound` where there is no such environment.
    """
    return retried(lambda: _set_up(database, change, key, settings))


def _set_up(database: Database, change: Change, key: str, settings: EnvironmentSettings) -> Environment:
    repeated = recorded(database, change, Environment)
    if repeated:
        return repeated
    item = _item(database, change.project)
    existing = {environment.key: environment for environment in _decoded(item)}
    if item is None or key not in existing:
        raise NotFound(f"there is no environment `{key}`")
    changed = msgspec.structs.replace(existing[key], settings=settings)
    write = _write(database, change, item.seq, [*(existing | {key: changed}).values()])
    commit(database, change, [write], [entry(change, "environment.set-up", key, environment=key)], changed)
    return changed


def _create(database: Database, change: Change, created: Environment, begun: list[Write]) -> Environment:
    repeated = recorded(database, change, Environment)
    if repeated:
        return repeated
    item = _item(database, change.project)
    existing = _decoded(item)
    if created.key in {environment.key for environment in existing}:
        raise Conflict(f"environment `{created.key}` exists already")
    if len(existing) >= MAX_ENVIRONMENTS:
        raise Refused([Problem("", "too-many-environments", f"a project has at most {MAX_ENVIRONMENTS} environments")])
    write = _write(database, change, item.seq if item else 0, [*existing, created])
    audit = entry(change, "environment.create", created.key, environment=created.key)
    commit(database, change, [write, *begun], [audit], created)
    return created


def _write(database: Database, change: Change, seq: int, environments: list[Environment]) -> Write:
    """The write of all environments after the one numbered `seq`."""
    together = _Environments(FORMAT, tuple(sorted(environments, key=lambda environment: environment.key)))
    attributes = record(msgspec.msgpack.encode(together), seq + 1)
    return Write(database.definitions, keys.environments(change.project), attributes, expected=seq)


def _item(database: Database, project: str) -> Item | None:
    return database.find(database.definitions, keys.environments(project))


def _decoded(item: Item | None) -> tuple[Environment, ...]:
    return msgspec.msgpack.decode(item.body, type=_Environments).environments if item else ()
