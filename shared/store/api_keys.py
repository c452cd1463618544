"""API keys: made, found, revoked; each change rewrites the signed key table of every environment concerned."""

import base64
import hmac
import secrets
from collections.abc import Iterable

import msgspec

from shared.rules.problems import Problem, Refused, did_you_mean, step
from shared.store import environments, key_tables, key_text, keys
from shared.store.changes import AuditEntry, Change, commit, entry, recorded
from shared.store.database import Database, retried
from shared.store.errors import NotFound
from shared.store.items import Write, record
from shared.store.records import KeyEntry
from shared.store.signing import Signer

FORMAT = 1
"""Raised when a reader of an older record would misread a newer one; fields are only ever added at the end."""

SCOPES = ("read", "write", "publish", "evaluate", "collect", "image", "privacy", "admin")
PUBLISHABLE_SCOPES = ("evaluate", "collect")
MAX_ENVIRONMENTS = 50  # one transaction of 100 items rewrites the table of each
MAX_KEYS = 1_000  # not revoked ones of a project: a table of them takes about 200 KB of an item's 400
MAX_ORIGINS = 20


class NewKey(msgspec.Struct, frozen=True):
    """What a caller asks of a new key; a publishable one has fixed scopes and exactly one environment."""

    name: str
    publishable: bool
    environments: tuple[str, ...]
    scopes: tuple[str, ...] = PUBLISHABLE_SCOPES
    origins: tuple[str, ...] = ()


class ApiKey(msgspec.Struct, frozen=True, array_like=True):
    """The record of a key; its text is not in it.

    hash: SHA-256 of the text; last_four: its last characters, to tell keys apart; times in Unix milliseconds.
    """

    format: int
    key_id: str
    name: str
    publishable: bool
    environments: tuple[str, ...]
    scopes: tuple[str, ...]
    origins: tuple[str, ...]
    hash: bytes
    last_four: str
    created_at: int
    created_by: str
    revoked_at: int | None = None

    @property
    def table_entry(self) -> KeyEntry:
        """What the hot reader needs of it."""
        return KeyEntry(self.key_id, self.hash, self.publishable, self.scopes, self.origins)


def create(database: Database, signer: Signer, change: Change, new: NewKey) -> tuple[ApiKey, str | None]:
    """A new key and its text, which is shown this once: a repeat under the same Idempotency-Key gives None for it.

    Raises `Refused` with pointers into the fields of `NewKey`.
    """
    _check(database, change.project, new)
    text = _new_text(publishable=new.publishable)
    key = ApiKey(
        format=FORMAT,
        key_id=key_text.key_id(text) or "",
        name=new.name,
        publishable=new.publishable,
        environments=tuple(sorted(set(new.environments))),
        scopes=tuple(scope for scope in SCOPES if scope in new.scopes),
        origins=tuple(dict.fromkeys(new.origins)),
        hash=key_text.digest(text),
        last_four=text[-4:],
        created_at=change.at_ms,
        created_by=change.actor,
    )
    stored = retried(lambda: _store(database, signer, change, key, 0, entry(change, "key.create", key.key_id)))
    return stored, text if stored.key_id == key.key_id else None


def revoke(database: Database, signer: Signer, change: Change, key_id: str) -> ApiKey:
    """Refuse a key from now on (evaluate: within 60 s). A revoked key stays so. Raises `NotFound`."""
    return retried(lambda: _revoke(database, signer, change, key_id))


def every(database: Database, project: str) -> list[ApiKey]:
    """All keys of a project by key id, revoked ones too."""
    items = database.every(database.definitions, keys.api_keys(project))
    return [msgspec.msgpack.decode(item.body, type=ApiKey) for item in items]


def find(database: Database, project: str, text: str) -> ApiKey | None:
    """The key that this text is, or None where there is none or it was revoked."""
    key_id = key_text.key_id(text)
    item = database.find(database.definitions, keys.api_key(project, key_id)) if key_id else None
    if item is None:
        return None
    key = msgspec.msgpack.decode(item.body, type=ApiKey)
    return key if hmac.compare_digest(key.hash, key_text.digest(text)) and key.revoked_at is None else None


def _revoke(database: Database, signer: Signer, change: Change, key_id: str) -> ApiKey:
    item = database.find(database.definitions, keys.api_key(change.project, key_id))
    if item is None:
        raise NotFound(f"there is no key `{key_id}`")
    key = msgspec.msgpack.decode(item.body, type=ApiKey)
    if key.revoked_at is not None:
        return key
    revoked = msgspec.structs.replace(key, revoked_at=change.at_ms)
    return _store(database, signer, change, revoked, item.seq, entry(change, "key.revoke", key_id))


def _store(database: Database, signer: Signer, change: Change, key: ApiKey, seq: int, audit: AuditEntry) -> ApiKey:
    """Write the record and the tables, at the numbers that were read before the keys were."""
    repeated = recorded(database, change, ApiKey)
    if repeated:
        return repeated
    numbers = key_tables.next_numbers(database, change.project, key.environments)
    others = [other for other in every(database, change.project) if other.key_id != key.key_id]
    accepted = [each for each in (*others, key) if each.revoked_at is None]
    if len(accepted) > MAX_KEYS:
        raise Refused([Problem("", "too-many-keys", f"a project has at most {MAX_KEYS} keys", "revoke unused ones")])
    attributes = record(msgspec.msgpack.encode(key), seq + 1)
    write = Write(database.definitions, keys.api_key(change.project, key.key_id), attributes, expected=seq)
    tables = [
        key_tables.write(database, signer, change.project, environment, _entries(accepted, environment), number)
        for environment, number in sorted(numbers.items())
    ]
    commit(database, change, [write, *tables], [audit], key)
    return key


def _entries(accepted: Iterable[ApiKey], environment: str) -> tuple[KeyEntry, ...]:
    found = [key.table_entry for key in accepted if environment in key.environments]
    return tuple(sorted(found, key=lambda each: each.key_id))


def _new_text(*, publishable: bool) -> str:
    prefix = key_text.PUBLISHABLE if publishable else key_text.SECRET
    return key_text.compose(prefix, _random_text(8)[:12], _random_text(16))


def _random_text(count: int) -> str:
    """`count` random bytes in lower-case base32, without padding."""
    return base64.b32encode(secrets.token_bytes(count)).decode().lower().rstrip("=")


def _check(database: Database, project: str, new: NewKey) -> None:
    existing = {environment.key for environment in environments.every(database, project)}
    problems = [
        Problem(
            step("/environments", number),
            "unknown-environment",
            f"there is no environment `{environment}`",
            did_you_mean(environment, existing),
        )
        for number, environment in enumerate(new.environments)
        if environment not in existing
    ]
    problems += [
        Problem(step("/scopes", number), "unknown-scope", f"there is no scope `{scope}`", did_you_mean(scope, SCOPES))
        for number, scope in enumerate(new.scopes)
        if scope not in SCOPES
    ]
    problems += _check_kind(new)
    if problems:
        raise Refused(problems)


def _check_kind(new: NewKey) -> list[Problem]:
    """What depends on whether the key is publishable."""
    problems = []
    if not new.environments or len(new.environments) > (1 if new.publishable else MAX_ENVIRONMENTS):
        bound = "exactly one environment" if new.publishable else f"1 to {MAX_ENVIRONMENTS} environments"
        problems.append(Problem("/environments", "wrong-count", f"this kind of key names {bound}"))
    if new.publishable and set(new.scopes) != set(PUBLISHABLE_SCOPES):
        problems.append(
            Problem("/scopes", "not-allowed", "the scopes of a publishable key are fixed", "leave them out")
        )
    if not new.publishable and not new.scopes:
        problems.append(Problem("/scopes", "wrong-count", "a secret key names at least one scope"))
    if new.origins and not new.publishable:
        problems.append(Problem("/origins", "not-allowed", "only publishable keys have origins"))
    if len(new.origins) > MAX_ORIGINS:
        problems.append(Problem("/origins", "wrong-count", f"a key has at most {MAX_ORIGINS} origins"))
    return problems
