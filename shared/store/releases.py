"""Releases: what an environment served from when on, the exact version of each audience, never changed.

The newest release of an environment is the one that its pointer names: one transaction writes both.
"""

import zlib
from collections.abc import Iterable, Mapping

import msgspec

from shared.rules.problems import Problem, Refused
from shared.store import keys
from shared.store.database import Database
from shared.store.errors import NotFound
from shared.store.items import Item, Write
from shared.store.records import POINTER_DOMAIN, POINTER_FORMAT, EnvironmentSettings, Pointer, decode_pointer, encode
from shared.store.signing import Signer, signed_attributes

FORMAT = 1
"""Raised when a reader of an older record would misread a newer one; fields are only ever added at the end."""

MAX_VERSIONS_BYTES = 350 * 1024  # an item may hold 400 KB; 10,000 keys of usual words pack to about 100 KB


class Release(msgspec.Struct, frozen=True, array_like=True):
    """One release of an environment.

    image: `sha256:<hex>`; length: its bytes; chunks: how many items hold it.
    published_at: Unix milliseconds; published_by: a key id.
    origin_environment and origin_release say where a promotion came from, origin_release alone what a
    rollback went back to. packed_versions: see `versions`.
    """

    format: int
    environment: str
    seq: int
    image: str
    length: int
    chunks: int
    message: str
    published_at: int
    published_by: str
    packed_versions: bytes
    origin_environment: str | None = None
    origin_release: str | None = None

    @property
    def name(self) -> str:
        """How people call it: `r42`."""
        return f"r{self.seq}"

    @property
    def versions(self) -> dict[str, int]:
        """The version of each audience that it serves, by audience key."""
        return msgspec.msgpack.decode(zlib.decompress(self.packed_versions), type=dict[str, int])


def pack_versions(versions: Mapping[str, int]) -> bytes:
    """`Release.packed_versions`; raises `Refused` where they do not fit one item."""
    packed = zlib.compress(msgspec.msgpack.encode(dict(sorted(versions.items()))), 9)
    if len(packed) > MAX_VERSIONS_BYTES:
        detail = f"the keys of {len(versions)} audiences take {len(packed)} bytes, the limit is {MAX_VERSIONS_BYTES}"
        raise Refused([Problem("", "release-too-large", detail, "use shorter audience keys")])
    return packed


def get(database: Database, project: str, environment: str, name: str) -> Release:
    """The release of this name (`r42`); raises `NotFound`."""
    number = name.removeprefix("r")
    if len(number) <= 10 and number.isascii() and number.isdigit() and name == f"r{int(number)}":
        item = database.find(database.definitions, keys.release(project, environment, int(number)))
        if item is not None:
            return _release(item)
    raise NotFound(f"environment `{environment}` has no release `{name}`")


def current(database: Database, project: str, environment: str) -> Release:
    """The release that an environment serves; raises `NotFound` where there is no such environment."""
    newest = database.page(database.definitions, keys.releases(project, environment), limit=1, newest=True)
    if not newest.items:
        raise NotFound(f"there is no environment `{environment}`")
    return _release(newest.items[0])


def history(
    database: Database, project: str, environment: str, before: int | None, limit: int
) -> tuple[list[Release], int | None]:
    """Releases below the number `before`, newest first, and the number to go on before (None: that was all)."""
    after = None if before is None else keys.release(project, environment, before)[1]
    page = database.page(database.definitions, keys.releases(project, environment), after, limit, newest=True)
    found = [_release(item) for item in page.items]
    return found, found[-1].seq if page.last is not None else None


def pointers(database: Database, project: str, environments: Iterable[str]) -> dict[str, Pointer]:
    """The pointer of each of these environments that exists."""
    wanted = {keys.pointer(project, environment): environment for environment in environments}
    found = database.find_many(database.images, list(wanted))
    return {wanted[key]: decode_pointer(item.binary("document")) for key, item in found.items()}


def live(database: Database, project: str, environments: Iterable[str]) -> dict[str, dict[str, int]]:
    """The versions that each of these environments serves, by environment and audience key."""
    served = pointers(database, project, environments)
    wanted = [keys.release(project, environment, pointer.seq) for environment, pointer in served.items()]
    found = map(_release, database.find_many(database.definitions, wanted).values())
    return {release.environment: release.versions for release in found}


def writes(
    database: Database, signer: Signer, project: str, release: Release, settings: EnvironmentSettings
) -> list[Write]:
    """What makes a release the current one: its record, and the signed pointer that follows the one before.

    Rejected as a whole where another release came first. The item's `seq` counts its writes, so it is
    the pointer's plus one.
    """
    pointer = Pointer(
        format=POINTER_FORMAT,
        project=project,
        environment=release.environment,
        seq=release.seq,
        release=release.name,
        image=release.image,
        length=release.length,
        chunks=release.chunks,
        published_at=release.published_at,
        settings=settings,
    )
    signed = signed_attributes(signer.sign(POINTER_DOMAIN, encode(pointer)), release.seq + 1)
    record = {"body": msgspec.msgpack.encode(release)}
    return [
        Write(database.definitions, keys.release(project, release.environment, release.seq), record, expected=0),
        Write(database.images, keys.pointer(project, release.environment), signed, expected=release.seq),
    ]


def _release(item: Item) -> Release:
    return msgspec.msgpack.decode(item.body, type=Release)
