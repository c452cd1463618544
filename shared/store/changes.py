"""One write as its caller asked for it: audited, and harmless when repeated.

Every change of definitions is one transaction: the things themselves, an audit entry, and, where the
caller sent an Idempotency-Key, the record of the result. So a kill at any point leaves all or nothing,
and a repeat finds the result of the first.
"""

import hashlib
import zlib
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from shared.store import keys
from shared.store.database import Database, Rejected
from shared.store.errors import RepeatedKey
from shared.store.items import Attribute, Write

REPEATS_KNOWN_SECONDS = 86_400
"""How long the result of a write is kept under its Idempotency-Key."""

Result = TypeVar("Result", bound=msgspec.Struct)


class Change(msgspec.Struct, frozen=True):
    """Who changes, when, and under which Idempotency-Key.

    actor: the key id of the caller's API key; at_ms: Unix milliseconds; request: the bytes that make a
    repeat the same request (method, path and body), compared by their hash.
    """

    project: str
    actor: str
    at_ms: int
    request_id: str
    idempotency_key: str | None = None
    request: bytes = b""


class AuditEntry(msgspec.Struct, frozen=True, array_like=True):
    """What was changed. before, after: what tells the two states apart, a version or a release."""

    at_ms: int
    actor: str
    request_id: str
    action: str
    subject: str
    before: str | None = None
    after: str | None = None
    environment: str | None = None


class _Recorded(msgspec.Struct, frozen=True, array_like=True):
    request: bytes
    result: bytes


def recorded(database: Database, change: Change, result: type[Result]) -> Result | None:
    """The result of the first request with this Idempotency-Key, or None where there was none.

    Raises `RepeatedKey` where that was another request.
    """
    if change.idempotency_key is None:
        return None
    item = database.find(database.definitions, _idempotency(change))
    if item is None or item.number("expires_at") <= change.at_ms // 1000:
        return None
    first = msgspec.msgpack.decode(item.body, type=_Recorded)
    if first.request != _digest(change):
        raise RepeatedKey("the idempotency key was used for another request")
    return msgspec.msgpack.decode(zlib.decompress(first.result), type=result)


def commit(
    database: Database,
    change: Change,
    writes: Sequence[Write],
    audit: Sequence[AuditEntry],
    result: msgspec.Struct,
) -> None:
    """Write all of it or nothing: the writes, their audit entries, and the result under the Idempotency-Key.

    Raises `Rejected` (indexes into `writes`) where somebody else was first, `RepeatedKey` where the
    same Idempotency-Key was.
    """
    entries = [_audit_write(database, change, number, entry) for number, entry in enumerate(audit)]
    once = [_idempotency_write(database, change, result)] if change.idempotency_key is not None else []
    try:
        database.commit([*writes, *entries, *once])
    except Rejected as error:
        if once and len(writes) + len(entries) in error.failed:
            raise RepeatedKey("a request with this idempotency key is under way") from error
        raise


def entry(
    change: Change,
    action: str,
    subject: str,
    *,
    before: str | None = None,
    after: str | None = None,
    environment: str | None = None,
) -> AuditEntry:
    """The audit entry of a change: `action` is `<thing>.<verb>`, as in `audience.archive`."""
    return AuditEntry(change.at_ms, change.actor, change.request_id, action, subject, before, after, environment)


def audit_page(
    database: Database, project: str, after: str | None = None, limit: int = 100
) -> tuple[list[AuditEntry], str | None]:
    """Audit entries, newest first, and the cursor to go on after (None: that was all)."""
    page = database.page(database.definitions, keys.audit(project), after, limit, newest=True)
    return [msgspec.msgpack.decode(item.body, type=AuditEntry) for item in page.items], page.last


def _audit_write(database: Database, change: Change, number: int, audited: AuditEntry) -> Write:
    key = keys.audit_entry(change.project, change.at_ms, change.request_id, number)
    return Write(database.definitions, key, {"body": msgspec.msgpack.encode(audited)}, expected=0)


def _idempotency_write(database: Database, change: Change, result: msgspec.Struct) -> Write:
    body = msgspec.msgpack.encode(_Recorded(_digest(change), zlib.compress(msgspec.msgpack.encode(result))))
    now = change.at_ms // 1000
    attributes: dict[str, Attribute] = {"body": body, "expires_at": now + REPEATS_KNOWN_SECONDS}
    return Write(database.definitions, _idempotency(change), attributes, expected=0, expired_at=now)


def _idempotency(change: Change) -> keys.Key:
    return keys.idempotency(change.project, change.actor, change.idempotency_key or "")


def _digest(change: Change) -> bytes:
    return hashlib.sha256(change.request).digest()
