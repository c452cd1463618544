"""Everything that a container serves: its environments, polled together, and whom their keys let in.

One read brings the pointers and key tables of all environments, at most every 5 seconds, before the request
that finds it due is answered: so the first one after a freeze answers from the newest. A failed read changes
nothing and is tried again after a back-off, by a container that has nothing to serve with the next request.
"""

import random
import time
from collections.abc import Iterable

import msgspec

from shared.api.problems import Failure, counted
from shared.rules.problems import Problem
from shared.runtime.backoff import Backoff, Clock, Jitter
from shared.runtime.environment import Environment, Loaded
from shared.runtime.faults import report
from shared.runtime.settings import Settings
from shared.runtime.store import Store
from shared.store import keys
from shared.store.key_text import digest
from shared.store.reader import Item, Reader, ReadFailed
from shared.store.records import KeyEntry, KeyTable

POLL_SECONDS = 5.0
POLL_JITTER = 0.2

RETRY_AFTER = {"retry-after": "1"}


class Access(msgspec.Struct, frozen=True):
    """What a key may do in one environment. scopes: `evaluate`, `image`, ...; origins: exact, of a publishable key."""

    environment: Environment
    publishable: bool
    scopes: frozenset[str]
    origins: frozenset[str]


class Serving:
    """The environments of one deployment. Raises Failure where it cannot answer rightly."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, jitter: Jitter) -> None:
        self._table = settings.images_table
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._environments = [
            Environment(settings.project, name, settings.trusted_keys, clock, jitter) for name in settings.environments
        ]
        self._backoff = Backoff(clock, jitter)
        self._polled_at: float | None = None
        self._ttl_seconds = POLL_SECONDS
        self._tables: list[KeyTable | None] = []
        self._accesses: dict[bytes, dict[str, Access]] = {}
        self.origins: frozenset[str] = frozenset()

    def access(self, key: str | None, environment: str | None) -> Access:
        """What `key` may do in the environment named, or in the only one it has."""
        self.refresh()
        if key is None:
            raise Failure("unauthorized", "a key is needed", headers={"www-authenticate": "Bearer"})
        accesses = self._accesses.get(digest(key))
        if accesses is None or (environment is not None and environment not in accesses):
            if self._is_whole:
                detail = "the key is not valid here"
                raise Failure("unauthorized", detail, headers={"www-authenticate": "Bearer"})
            raise Failure("unavailable", "the keys could not be read", headers=RETRY_AFTER)
        if environment is not None:
            return accesses[environment]
        if len(accesses) > 1:
            names = ", ".join(f"`{name}`" for name in sorted(accesses))
            hint = f"choose one by `?environment=`: {names}"
            problem = Problem("", "environment-needed", "the key has several environments", hint)
            raise Failure("invalid-request", counted([problem]), [problem])
        return next(iter(accesses.values()))

    def loaded(self, environment: Environment, min_seq: int | None = None) -> Loaded:
        """The image to answer from; refreshed first where it is older than release `min_seq`."""
        is_behind = min_seq is not None and (environment.pointer is None or environment.pointer.seq < min_seq)
        if is_behind and not self._store.is_down:
            self._poll([environment], consistent=True)
        if not environment.is_current:
            environment.load(self._store, self._table)
        loaded = environment.loaded
        if loaded is None or (min_seq is not None and loaded.pointer.seq < min_seq):
            detail = "no release can be served now" if loaded is None else f"release `r{min_seq}` is not here yet"
            raise Failure("unavailable", detail, headers=RETRY_AFTER)
        return loaded

    @property
    def is_ready(self) -> bool:
        """Whether some environment can answer, after trying."""
        self.refresh()
        for environment in self._environments:
            environment.load(self._store, self._table)
        return any(environment.loaded is not None for environment in self._environments)

    def allows(self, origin: str) -> bool:
        """Whether some publishable key is for pages of this origin; a preflight comes without a key."""
        self.refresh()
        if not any(self._tables):
            raise Failure("unavailable", "the keys could not be read", headers=RETRY_AFTER)
        return is_listed(origin, self.origins)

    def refresh(self) -> None:
        """Polls if it is due."""
        if self._is_due():
            self._poll(self._environments)

    @property
    def _is_whole(self) -> bool:
        """Whether the keys of every environment are known."""
        return all(environment.key_table is not None for environment in self._environments)

    def _is_due(self) -> bool:
        """Wall clock; never polled is due, and so is a clock that went back."""
        if self._polled_at is not None and 0 <= self._clock() - self._polled_at < self._ttl_seconds:
            return False
        return not self._backoff.is_closed or not any(self._tables)

    def _poll(self, environments: Iterable[Environment], *, consistent: bool = False) -> None:
        try:
            self._accept(environments, self._read(environments, consistent=consistent))
        except ReadFailed as error:
            self._backoff.fail()
            report("refresh-failed", reason=error.detail)
            return
        self._backoff.succeed()
        if not consistent:
            self._polled_at = self._clock()
            self._ttl_seconds = POLL_SECONDS * self._jitter(1 - POLL_JITTER, 1 + POLL_JITTER)

    def _read(self, environments: Iterable[Environment], *, consistent: bool) -> dict[keys.Key, Item]:
        wanted = [
            key(environment.project, environment.name)
            for environment in environments
            for key in (keys.pointer, keys.key_table)
        ]
        return self._store.get_many(self._table, wanted, consistent=consistent)

    def _accept(self, environments: Iterable[Environment], items: dict[keys.Key, Item]) -> None:
        for environment in environments:
            environment.accept_pointer(items.get(keys.pointer(environment.project, environment.name)))
            environment.accept_key_table(items.get(keys.key_table(environment.project, environment.name)))
        tables = [environment.key_table for environment in self._environments]
        if tables != self._tables:
            self._accesses = _accesses(self._environments)
            self.origins = frozenset(
                origin for found in self._accesses.values() for access in found.values() for origin in access.origins
            )
            self._tables = tables


def serving_of(settings: Settings, clock: Clock = time.time, jitter: Jitter = random.uniform) -> tuple[Serving, Store]:
    """What a container serves by its settings, and the store that it reads."""
    reader = Reader(settings.endpoint, settings.region, settings.credentials, clock)
    store = Store(reader, Backoff(clock, jitter))
    return Serving(settings, store, clock, jitter), store


def is_listed(origin: str, origins: frozenset[str]) -> bool:
    """Whether an `Origin` is one of `origins`; `*` is any."""
    return origin in origins or "*" in origins


def _accesses(environments: Iterable[Environment]) -> dict[bytes, dict[str, Access]]:
    """By the hash of a key's text, then by environment: what lets in is found by one look-up, never by a comparison."""
    found: dict[bytes, dict[str, Access]] = {}
    for environment in environments:
        for entry in environment.key_table.entries if environment.key_table else ():
            found.setdefault(entry.hash, {})[environment.name] = _access(environment, entry)
    return found


def _access(environment: Environment, entry: KeyEntry) -> Access:
    origins = frozenset(entry.origins) if entry.publishable else frozenset[str]()
    return Access(environment, entry.publishable, frozenset(entry.scopes), origins)
