"""Publish: the audiences' versions become one image, and one transaction makes it what an environment serves.

Chunks are written first, under the hash of their content, seen by nobody. Then the release record, its
audit entry and the signed pointer change together, on condition that the pointer is still the one that
this release was made from. Whoever comes second gets a conflict; nothing is ever merged.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from shared.rules import cost, image, program
from shared.rules.catalogue import Catalogue, declared
from shared.rules.compiler import compile_rule
from shared.rules.linker import link
from shared.rules.machine import Machine
from shared.rules.overrides import overridden
from shared.rules.parser import parse
from shared.rules.problems import Problem, Refused, did_you_mean, step
from shared.store import audiences, catalogue, environments, generations, images, releases
from shared.store.audiences import AudienceVersion
from shared.store.changes import AuditEntry, Change, commit, entry, recorded
from shared.store.database import Database, Rejected
from shared.store.errors import Conflict
from shared.store.releases import Release
from shared.store.signing import Signer

Wanted = int | Literal["latest"] | None
"""What an order asks of one audience: this version, the latest, or none at all."""


class Order(msgspec.Struct, frozen=True):
    """What to publish.

    audiences: only these change, all others stay as they are live. Without it everything goes to its
    latest version, and what was archived or deleted goes. source: another environment, whose release is
    taken over whole; not together with audiences. With dry_run nothing is written.
    """

    environment: str
    message: str = ""
    audiences: Mapping[str, Wanted] | None = None
    source: str | None = None
    dry_run: bool = False


class VersionChange(msgspec.Struct, frozen=True):
    """How a release changes one audience; None is not served."""

    key: str
    before: int | None
    after: int | None


class Outcome(msgspec.Struct, frozen=True):
    """A release, and what it changes to the one before it; with a dry run it would be so."""

    release: Release
    changes: tuple[VersionChange, ...]


class _Committed(msgspec.Struct, frozen=True):
    """The result kept under an Idempotency-Key; the rest is in the release records."""

    seq: int


def publish(database: Database, signer: Signer, change: Change, order: Order) -> Outcome:
    """Make a release by an order.

    Raises `NotFound` (environment), `Refused` (pointers into the order), `Conflict` where another release came first.
    """
    repeated = recorded(database, change, _Committed)
    if repeated:
        return _outcome(database, change.project, order.environment, repeated.seq)
    if order.source is not None and order.audiences is not None:
        raise Refused([Problem("/audiences", "not-together", "`audiences` and `from` exclude each other")])
    current = releases.current(database, change.project, order.environment)
    latest = audiences.latest(database, change.project)
    origin = releases.current(database, change.project, order.source) if order.source else None
    wanted = origin.versions if origin else _wanted(order, current, latest)
    attributes = catalogue.get(database, change.project).attributes
    versions = _load(database, change.project, wanted, latest)
    _refuse_unknown_lists(database, change.project, order.environment, versions)
    data = _build(versions, attributes, change.at_ms)
    release = _following(
        change,
        current,
        image=image.content_hash(data),
        length=len(data),
        chunks=images.chunk_count(len(data)),
        message=order.message,
        packed_versions=releases.pack_versions(wanted),
        origin_environment=order.source,
        origin_release=origin.name if origin else None,
    )
    if not order.dry_run:
        images.write(database, change.project, data)
        _commit(database, signer, change, release, "release.promote" if origin else "release.publish")
    return Outcome(release, _changes(current.versions, wanted))


def roll_back(database: Database, signer: Signer, change: Change, environment: str, name: str) -> Outcome:
    """A new release with the image and the versions of an earlier one.

    Raises `NotFound`, and `Conflict` where the old image is gone or unreadable, or another release came first.
    """
    repeated = recorded(database, change, _Committed)
    if repeated:
        return _outcome(database, change.project, environment, repeated.seq)
    current = releases.current(database, change.project, environment)
    target = releases.get(database, change.project, environment, name)
    data = images.read(database, change.project, target.image, target.chunks)
    try:
        image.decode(data)
    except image.ImageRefused as error:
        raise Conflict(f"the image of release `{name}` can no longer be read: {error.reason}", current.name) from error
    release = _following(
        change,
        current,
        image=target.image,
        length=target.length,
        chunks=target.chunks,
        message=f"roll back to {name}",
        packed_versions=target.packed_versions,
        origin_release=name,
    )
    _commit(database, signer, change, release, "release.roll-back")
    return Outcome(release, _changes(current.versions, target.versions))


def _wanted(order: Order, current: Release, latest: Mapping[str, AudienceVersion]) -> dict[str, int]:
    """The version of each audience that the order asks for."""
    newest = {key: version.version for key, version in latest.items()}
    if order.audiences is None:
        return newest
    problems = [
        Problem(
            step("/audiences", key),
            "unknown-audience",
            f"there is no audience `{key}` that could be published",
            did_you_mean(key, latest),
        )
        for key, wanted in order.audiences.items()
        if wanted is not None and key not in latest
    ]
    if problems:
        raise Refused(problems)
    asked = {key: newest[key] if wanted == "latest" else wanted for key, wanted in order.audiences.items()}
    merged = current.versions | asked
    return {key: version for key, version in merged.items() if version is not None}


def _load(
    database: Database, project: str, wanted: Mapping[str, int], latest: Mapping[str, AudienceVersion]
) -> dict[str, AudienceVersion]:
    """The wanted versions by key; most are the latest ones, which are at hand."""
    found = {key: latest[key] for key, number in wanted.items() if key in latest and latest[key].version == number}
    older = {key: number for key, number in wanted.items() if key not in found}
    found |= audiences.versions(database, project, older)
    problems = [
        Problem(step("/audiences", key), "unknown-version", f"audience `{key}` has no version {number}")
        for key, number in wanted.items()
        if key not in found
    ]
    if problems:
        raise Refused(problems)
    return found


def _refuse_unknown_lists(
    database: Database, project: str, environment: str, versions: Mapping[str, AudienceVersion]
) -> None:
    """Raises `Refused` where rules name lists that the environment does not have; lists belong to environments."""
    asking = {key: version.lists for key, version in versions.items() if version.lists}
    known = generations.list_keys(database, project, [environment]) if asking else frozenset()
    problems = [
        Problem(
            step("/audiences", key),
            "unknown-list",
            f"audience `{key}` asks for list `{name}`, which environment `{environment}` does not have",
            did_you_mean(name, known) or "create the list in this environment first",
        )
        for key, names in asking.items()
        for name in names
        if name not in known
    ]
    if problems:
        raise Refused(problems)


def _build(versions: Mapping[str, AudienceVersion], attributes: Catalogue, now_ms: int) -> bytes:
    """The image of these versions, read back and asked once as every reader will; raises `Refused`."""
    programs = {key: program_of(version) for key, version in versions.items()}
    types = {path: declared(path, attributes) for each in programs.values() for path in each.paths}
    public = [key for key, version in versions.items() if version.public]
    trusted = [path for path, entry in attributes.items() if entry.trusted]
    linked = link(programs, types, public, trusted)
    _refuse_too_costly(cost.cost(linked).total, programs)
    data = image.encode(linked)
    if len(data) > image.MAX_BYTES:
        detail = f"the image takes {len(data)} bytes, the limit is {image.MAX_BYTES}"
        raise Refused([Problem("", "image-too-large", detail)])
    try:
        Machine(image.decode(data)).evaluate({}, now_ms)
    except image.ImageRefused as error:
        raise Refused([Problem("", error.reason, f"readers would refuse the image: {error.detail}")]) from error
    return data


def _refuse_too_costly(microseconds: float, programs: Mapping[str, program.Program]) -> None:
    """Raises `Refused` where one evaluation could take longer than an environment may cost."""
    if microseconds <= cost.CAP:
        return
    key, alone = cost.costliest(programs)
    detail = f"an evaluation could take {microseconds / 1000:.1f} ms, the limit is {cost.CAP / 1000:.0f} ms"
    hint = f"`{key}` alone could take {alone / 1000:.1f} ms: ask for less there first"
    raise Refused([Problem(step("/audiences", key), "too-costly", detail, hint)])


def program_of(version: AudienceVersion) -> program.Program:
    """The program kept with a version, or a new one where that is of another format; raises `Refused`."""
    try:
        compiled = program.decode(version.program)
    except msgspec.DecodeError:
        compiled = None
    if compiled is not None and compiled.format == program.FORMAT:
        return compiled
    node, problems = parse(msgspec.json.decode(version.rule_json))
    if node is None or problems:
        raise Refused(problems)
    return compile_rule(overridden(node, version.include, version.exclude))


def _following(change: Change, current: Release, **fields: object) -> Release:
    """The release that comes after `current`."""
    return msgspec.structs.replace(
        current,
        format=releases.FORMAT,
        seq=current.seq + 1,
        published_at=change.at_ms,
        published_by=change.actor,
        **{"origin_environment": None, "origin_release": None} | fields,
    )


def _commit(database: Database, signer: Signer, change: Change, release: Release, action: str) -> None:
    settings = environments.get(database, change.project, release.environment).settings
    writes = releases.writes(database, signer, change.project, release, settings)
    try:
        commit(database, change, writes, [_audit(change, release, action)], _Committed(release.seq))
    except Rejected as error:
        now = releases.current(database, change.project, release.environment).name
        raise Conflict(f"environment `{release.environment}` is at release `{now}` by now", now) from error


def _audit(change: Change, release: Release, action: str) -> AuditEntry:
    before = f"r{release.seq - 1}"
    return entry(
        change, action, release.environment, before=before, after=release.name, environment=release.environment
    )


def _outcome(database: Database, project: str, environment: str, seq: int) -> Outcome:
    """The outcome of a release that was made before."""
    release = releases.get(database, project, environment, f"r{seq}")
    before = releases.get(database, project, environment, f"r{seq - 1}")
    return Outcome(release, _changes(before.versions, release.versions))


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[VersionChange, ...]:
    keys = sorted(before.keys() | after.keys())
    return tuple(
        VersionChange(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    )
