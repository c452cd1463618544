"""Changing audiences: each change is one transaction with its audit entry and its idempotency record."""

import msgspec

from shared.store import audiences, keys
from shared.store.audiences import FORMAT, Audience, AudienceVersion, Content, LiveVersions, decode, decode_version
from shared.store.changes import Change, commit, entry, recorded
from shared.store.database import Database, Rejected
from shared.store.errors import Conflict, InUse, Stale
from shared.store.items import Item, Write

_AUTHORED = ("name", "description", "tags", "public", "rule_json", "include", "exclude")


class Put(msgspec.Struct, frozen=True):
    """An audience as it is now, and whether there was none of its key before."""

    audience: Audience
    is_new: bool


class _Deleted(msgspec.Struct, frozen=True):
    """The result of a deletion, which says nothing."""


def create(database: Database, change: Change, content: Content) -> Audience:
    """A new audience; raises `Conflict` where the key is taken."""
    repeated = recorded(database, change, Put)
    if repeated:
        return repeated.audience
    if audiences.find(database, change.project, content.key):
        raise Conflict(f"audience `{content.key}` exists already")
    try:
        return _save(database, change, content, None).audience
    except Rejected as error:
        raise Conflict(f"audience `{content.key}` exists already") from error


def replace(database: Database, change: Change, content: Content, seen: int) -> Audience:
    """The next version of an audience whose latest version the caller saw as number `seen`.

    Content equal to the latest makes no new version. Raises `NotFound`, `Stale`, and `Conflict` where archived.
    """
    repeated = recorded(database, change, Put)
    if repeated:
        return repeated.audience
    head = audiences.head(database, change.project, content.key)
    audience = decode(head)
    if audience.latest.version != seen:
        raise _stale(audience)
    _refuse_archived(audience)
    if _is_saved(content, audience.latest):
        return audience
    try:
        return _save(database, change, content, head).audience
    except Rejected as error:
        raise Stale(f"audience `{content.key}` was changed by somebody else") from error


def put(database: Database, change: Change, content: Content) -> Put:
    """Create or replace, whatever is there; equal content makes no new version. Raises `Conflict`."""
    repeated = recorded(database, change, Put)
    if repeated:
        return repeated
    head = database.find(database.definitions, keys.audience(change.project, content.key))
    if head:
        audience = decode(head)
        _refuse_archived(audience)
        if _is_saved(content, audience.latest):
            return Put(audience, is_new=False)
    try:
        return _save(database, change, content, head)
    except Rejected as error:
        raise Conflict(f"audience `{content.key}` was changed by somebody else") from error


def archive(database: Database, change: Change, key: str, live: LiveVersions) -> Audience:
    """Take an audience out of all later releases; what serves it goes on. Raises `NotFound`, `InUse`."""
    return _set_archived(database, change, key, archived=True, live=live)


def restore(database: Database, change: Change, key: str) -> Audience:
    """Undo `archive`. The caller checks that the rule still holds together. Raises `NotFound`."""
    return _set_archived(database, change, key, archived=False, live={})


def delete(database: Database, change: Change, key: str, live: LiveVersions) -> None:
    """Remove an audience; its versions stay for the releases that name them. Raises `NotFound`, `InUse`."""
    if recorded(database, change, _Deleted):
        return
    head = audiences.head(database, change.project, key)
    serving = [f"environment `{name}` serves it" for name, served in sorted(live.items()) if key in served]
    _refuse_used(database, change.project, key, live, serving)
    write = Write(database.definitions, keys.audience(change.project, key), None, expected=head.seq)
    number = str(decode(head).latest.version)
    try:
        commit(database, change, [write], [entry(change, "audience.delete", key, before=number)], _Deleted())
    except Rejected as error:
        raise Conflict(f"audience `{key}` was changed by somebody else") from error


def _save(database: Database, change: Change, content: Content, head: Item | None) -> Put:
    number = _next_number(database, change.project, content.key) if head is None else decode(head).latest.version + 1
    saved = AudienceVersion(
        format=FORMAT,
        version=number,
        created_at=change.at_ms,
        created_by=change.actor,
        **msgspec.structs.asdict(content),
    )
    since = decode(head).created_at if head else change.at_ms
    audience = Audience(
        format=FORMAT, latest=saved, archived=False, created_at=since, updated_at=change.at_ms, updated_by=change.actor
    )
    key = keys.audience_version(change.project, content.key, number)
    writes = [
        _head_write(database, change.project, audience, head),
        Write(database.definitions, key, {"body": msgspec.msgpack.encode(saved)}, expected=0),
    ]
    verb, before = ("audience.replace", str(number - 1)) if head else ("audience.create", None)
    audit = entry(change, verb, content.key, before=before, after=str(number))
    result = Put(audience, is_new=head is None)
    commit(database, change, writes, [audit], result)
    return result


def _set_archived(database: Database, change: Change, key: str, *, archived: bool, live: LiveVersions) -> Audience:
    repeated = recorded(database, change, Audience)
    if repeated:
        return repeated
    head = audiences.head(database, change.project, key)
    audience = decode(head)
    if audience.archived == archived:
        return audience
    if archived:
        _refuse_used(database, change.project, key, live, [])
    changed = msgspec.structs.replace(audience, archived=archived, updated_at=change.at_ms, updated_by=change.actor)
    verb = "audience.archive" if archived else "audience.restore"
    write = _head_write(database, change.project, changed, head)
    try:
        commit(database, change, [write], [entry(change, verb, key)], changed)
    except Rejected as error:
        raise Conflict(f"audience `{key}` was changed by somebody else") from error
    return changed


def _refuse_used(database: Database, project: str, key: str, live: LiveVersions, serving: list[str]) -> None:
    users = [usage.told for usage in audiences.usages(database, project, key, live) if usage.audience != key]
    if serving or users:
        raise InUse(f"audience `{key}` is in use", (*serving, *users))


def _refuse_archived(audience: Audience) -> None:
    if audience.archived:
        raise Conflict(f"audience `{audience.latest.key}` is archived, restore it first")


def _stale(audience: Audience) -> Stale:
    number = str(audience.latest.version)
    return Stale(f"audience `{audience.latest.key}` is at version {number}", number)


def _next_number(database: Database, project: str, key: str) -> int:
    page = database.page(database.definitions, keys.audience_versions(project, key), None, 1, newest=True)
    return decode_version(page.items[0]).version + 1 if page.items else 1


def _head_write(database: Database, project: str, audience: Audience, head: Item | None) -> Write:
    seq = head.seq if head else 0
    key = keys.audience(project, audience.latest.key)
    return Write(database.definitions, key, {"body": msgspec.msgpack.encode(audience), "seq": seq + 1}, expected=seq)


def _is_saved(content: Content, version: AudienceVersion) -> bool:
    # what is derived from the rule is left out: a better sentence makes no new version
    return all(getattr(version, name) == getattr(content, name) for name in _AUTHORED)
