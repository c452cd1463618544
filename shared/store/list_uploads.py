"""Uploads: ids by the million, as a stream of parts into a list.

Every transaction writes some ids together with how far the stream was taken, so a kill at any point loses nothing and
counts nothing twice: whoever goes on from `received` goes on where it stopped. An upload that replaces writes a
generation of its own, and its end makes that the one that counts.
"""

import secrets
from collections.abc import Sequence

import msgspec

from shared.store import generations, list_entries
from shared.store.changes import Change, commit, entry, recorded
from shared.store.database import Database, retried
from shared.store.errors import Conflict, NotFound
from shared.store.items import Write
from shared.store.list_entries import GROUP
from shared.store.lists import Head, IdList, RefusedLine, Upload, UploadState, head, head_write, touched
from shared.store.profiles import Visitor
from shared.visitors.id_lines import lines

MAX_GROUPS = 100
"""Transactions of one part, of some 50 ms each; what is left of it then is for the next call."""

MAX_GROUP_LINES = 5_000
MAX_TOLD = 100
"""Refused lines that an upload names; all are counted."""


class Part(msgspec.Struct, frozen=True):
    """Some of a stream. offset: how many bytes of it come before. anonymous: whether its ids are anonymous ids."""

    offset: int
    data: bytes
    media_type: str
    anonymous: bool = False


class _Group(msgspec.Struct):
    """The lines of one transaction."""

    wanted: dict[Visitor, bool]
    size: int = 0
    lines: int = 0
    ids: int = 0
    refused: int = 0
    refused_lines: list[RefusedLine] = []


def start(database: Database, change: Change, environment: str, key: str, *, replaces: bool) -> IdList:
    """Begin an upload. Raises `NotFound`, and `Conflict` where another one is open."""
    upload_id = secrets.token_hex(8)

    def attempt() -> IdList:
        repeated = recorded(database, change, IdList)
        if repeated:
            return repeated
        found = head(database, change.project, environment, key)
        if found.list.upload is not None and found.list.upload.state == "open":
            detail = f"upload `{found.list.upload.id}` of list `{key}` is open, finish or cancel it first"
            raise Conflict(detail, found.list.upload.id)
        generation: int = found.list.generation
        writes: list[Write] = []
        if replaces:
            stored = generations.read(database, change.project, environment)
            changed, generation = generations.staged(stored.generations)
            writes = generations.writes(database, change.project, environment, changed, stored)
        upload = Upload(upload_id, replaces, generation, change.at_ms, change.at_ms)
        return _commit(database, change, environment, found, upload, writes)

    return retried(attempt)


def receive(database: Database, change: Change, environment: str, key: str, upload_id: str, part: Part) -> IdList:
    """Take the whole lines of a part, up to `MAX_GROUPS` transactions of them; how far it came is in `received`.

    What was taken before is passed over. Raises `NotFound`, and `Conflict` where bytes before the part are missing.
    """
    receiving = _Receiving(database, change, environment, key, upload_id, part)
    for _ in range(MAX_GROUPS):
        if not retried(receiving.step):
            break
    return receiving.list


def finish(database: Database, change: Change, environment: str, key: str, upload_id: str, size: int | None) -> IdList:
    """End an upload; one that replaces becomes the list. size: the bytes of the whole stream, where the caller knows.

    Raises `NotFound`, and `Conflict` where it was cancelled or has received less or more than `size`.
    """

    def attempt() -> IdList:
        repeated = recorded(database, change, IdList)
        if repeated:
            return repeated
        found = head(database, change.project, environment, key)
        upload = _named(found.list, upload_id)
        if upload.state == "finished":
            return found.list
        upload = _open(found.list, upload_id)
        if size not in (None, upload.received):
            raise Conflict(f"upload `{upload_id}` has received {upload.received} bytes of {size}", str(upload.received))
        return _end(database, change, environment, found, upload, "finished")

    return retried(attempt)


def cancel(database: Database, change: Change, environment: str, key: str, upload_id: str) -> IdList:
    """Give an upload up: one that replaces leaves the list as it is, one that adds leaves in it what was taken.

    Raises `NotFound`, and `Conflict` where it is finished.
    """

    def attempt() -> IdList:
        repeated = recorded(database, change, IdList)
        if repeated:
            return repeated
        found = head(database, change.project, environment, key)
        if _named(found.list, upload_id).state == "cancelled":
            return found.list
        return _end(database, change, environment, found, _open(found.list, upload_id), "cancelled")

    return retried(attempt)


class _Receiving:
    """A part on its way in, transaction by transaction."""

    def __init__(
        self, database: Database, change: Change, environment: str, key: str, upload_id: str, part: Part
    ) -> None:
        self._database = database
        self._change = change
        self._environment = environment
        self._upload_id = upload_id
        self._part = part
        self._key = key
        self._known = generations.read(database, change.project, environment).generations
        self._head: Head | None = None

    @property
    def list(self) -> IdList:
        """The list as it was last written."""
        return self._read().list

    def step(self) -> bool:
        """Write the next lines, and say whether there were any; raises `Rejected` where somebody else came first."""
        found = self._read()
        self._head = None  # read anew, unless this one is written
        upload = _open(found.list, self._upload_id)
        group = _group(upload, self._part)
        if group.size:
            found = self._write(found, upload, group)
        self._head = found
        return group.size > 0

    def _write(self, found: Head, upload: Upload, group: _Group) -> Head:
        change = self._change
        edit = list_entries.edit(
            self._database, change, self._environment, upload.generation, group.wanted, self._known
        )
        upload = msgspec.structs.replace(
            upload,
            updated_at=change.at_ms,
            received=upload.received + group.size,
            lines=upload.lines + group.lines,
            added=upload.added + edit.added,
            repeated=upload.repeated + group.ids - edit.added,
            refused=upload.refused + group.refused,
            refused_lines=(*upload.refused_lines, *group.refused_lines)[:MAX_TOLD],
        )
        count = found.list.count + (0 if upload.replaces else edit.added)
        changed = touched(found.list, change, count=count, upload=upload)
        self._database.commit(
            [*edit.writes, head_write(self._database, change.project, self._environment, changed, found.seq)]
        )
        return Head(changed, found.seq + 1)

    def _read(self) -> Head:
        if self._head is None:
            self._head = head(self._database, self._change.project, self._environment, self._key)
        return self._head


def _group(upload: Upload, part: Part) -> _Group:
    """The next lines of a part that one transaction can hold."""
    behind = upload.received - part.offset
    if behind < 0:
        detail = f"upload `{upload.id}` has received {upload.received} bytes, the part begins at {part.offset}"
        raise Conflict(detail, str(upload.received))
    group = _Group({})
    for line in lines(part.data[behind:], part.media_type, is_start=upload.received == 0):
        visitor = Visitor(line.id, part.anonymous) if line.id is not None else None
        if group.lines == MAX_GROUP_LINES or (len(group.wanted) == GROUP and visitor not in (None, *group.wanted)):
            break
        group.size += line.size
        group.lines += 1
        if visitor is not None:
            group.ids += 1
            group.wanted[visitor] = True
        elif line.refused is not None:
            group.refused += 1
            group.refused_lines.append(RefusedLine(upload.lines + group.lines, line.refused))
    return group


def _end(
    database: Database, change: Change, environment: str, found: Head, upload: Upload, state: UploadState
) -> IdList:
    """Finish or cancel an open upload."""
    ended = msgspec.structs.replace(upload, state=state, updated_at=change.at_ms)
    if not upload.replaces:
        return _commit(database, change, environment, found, ended)
    stored = generations.read(database, change.project, environment)
    if state == "cancelled":
        changed = generations.without(stored.generations, [upload.generation])
        becoming = found.list
    else:
        changed = generations.counting(stored.generations, upload.generation, found.list.key)
        becoming = msgspec.structs.replace(found.list, generation=upload.generation, count=upload.added)
    writes = generations.writes(database, change.project, environment, changed, stored)
    return _commit(database, change, environment, Head(becoming, found.seq), ended, writes)


def _commit(
    database: Database, change: Change, environment: str, found: Head, upload: Upload, writes: Sequence[Write] = ()
) -> IdList:
    """The list with its upload in another state, and the audit entry that says so."""
    changed = touched(found.list, change, upload=upload)
    action = {"open": "start", "finished": "finish", "cancelled": "cancel"}[upload.state]
    audit = entry(change, f"list.upload-{action}", changed.key, after=str(changed.count), environment=environment)
    write = head_write(database, change.project, environment, changed, found.seq)
    commit(database, change, [write, *writes], [audit], changed)
    return changed


def _open(found: IdList, upload_id: str) -> Upload:
    upload = _named(found, upload_id)
    if upload.state != "open":
        raise Conflict(f"upload `{upload_id}` of list `{found.key}` is {upload.state}", upload.state)
    return upload


def _named(found: IdList, upload_id: str) -> Upload:
    if found.upload is None or found.upload.id != upload_id:
        raise NotFound(f"list `{found.key}` has no upload `{upload_id}`")
    return found.upload
