"""Audiences and their versions: every saved version is immutable, the head names the latest.

The head repeats the latest version whole, so that listing and publishing read one partition. Versions
outlive their audience: an old release may still name them, and a new audience of that key counts on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from shared.store import keys
from shared.store.database import Database
from shared.store.errors import NotFound
from shared.store.items import Item

FORMAT = 1
"""Raised when a reader of an older record would misread a newer one; fields are only ever added at the end."""

LiveVersions = Mapping[str, Mapping[str, int]]
"""What each environment serves: environment to audience key to version."""


class Content(msgspec.Struct, frozen=True):
    """What a caller saves of an audience, checked and compiled.

    rule_json: the canonical JSON of the rule. include, exclude: ids that override it. program: the compiled form of
    all three, a cache of them. references, lists: the keys of the audiences and of the id lists that the rule names.
    """

    key: str
    name: str
    description: str
    tags: tuple[str, ...]
    public: bool
    rule_json: bytes
    program: bytes
    references: tuple[str, ...]
    sentence: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


class AudienceVersion(msgspec.Struct, frozen=True, array_like=True):
    """One saved version of an audience; never changed once written.

    created_at: Unix milliseconds. created_by: the id of the API key that saved it. The rest as in `Content`.
    """

    format: int
    key: str
    version: int
    name: str
    description: str
    tags: tuple[str, ...]
    public: bool
    rule_json: bytes
    program: bytes
    references: tuple[str, ...]
    sentence: str
    created_at: int
    created_by: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


class Audience(msgspec.Struct, frozen=True, array_like=True):
    """The head of an audience: its latest version and what is part of no version.

    created_at and updated_at: Unix milliseconds of the first version and of the last change of any kind.
    """

    format: int
    latest: AudienceVersion
    archived: bool
    created_at: int
    updated_at: int
    updated_by: str


class Usage(msgspec.Struct, frozen=True):
    """One version that refers to an audience: the latest one, or one that an environment serves."""

    audience: str
    version: int
    environment: str | None = None

    @property
    def told(self) -> str:
        """The usage in words, for who may not take away what is used."""
        where = f" in environment `{self.environment}`" if self.environment else ""
        return f"audience `{self.audience}` version {self.version} refers to it{where}"


def find(database: Database, project: str, key: str) -> Audience | None:
    """The audience of this key, or None."""
    item = database.find(database.definitions, keys.audience(project, key))
    return decode(item) if item else None


def find_many(database: Database, project: str, wanted: Iterable[str]) -> dict[str, Audience]:
    """The audiences of these keys, by key; those that do not exist are left out. No key may come twice."""
    found = database.find_many(database.definitions, [keys.audience(project, key) for key in wanted])
    return {key: decode(item) for (_, key), item in found.items()}


def get(database: Database, project: str, key: str) -> Audience:
    """The audience of this key; raises `NotFound`."""
    return decode(head(database, project, key))


def every(
    database: Database, project: str, after: str | None = None, at_a_time: int | None = None
) -> Iterator[Audience]:
    """All audiences of a project in key order, archived ones too, beginning behind the key `after`.

    at_a_time: how many to read at once; None reads a megabyte.
    """
    while True:
        page = database.page(database.definitions, keys.audiences(project), after, at_a_time)
        yield from map(decode, page.items)
        if page.last is None:
            return
        after = page.last


def latest(database: Database, project: str) -> dict[str, AudienceVersion]:
    """The latest version of every audience that is not archived, by key."""
    return {audience.latest.key: audience.latest for audience in every(database, project) if not audience.archived}


def versions(database: Database, project: str, wanted: Mapping[str, int]) -> dict[str, AudienceVersion]:
    """These versions by audience key, of deleted audiences too; what was never saved is left out."""
    asked = [keys.audience_version(project, key, number) for key, number in wanted.items()]
    found = map(decode_version, database.find_many(database.definitions, asked).values())
    return {version.key: version for version in found}


def version(database: Database, project: str, key: str, number: int) -> AudienceVersion:
    """One version of an existing audience; raises `NotFound`."""
    head(database, project, key)
    found = versions(database, project, {key: number})
    if key not in found:
        raise NotFound(f"audience `{key}` has no version `{number}`")
    return found[key]


def history(
    database: Database, project: str, key: str, before: int | None, limit: int
) -> tuple[list[AudienceVersion], int | None]:
    """Versions of an existing audience below the number `before`, newest first, and the number to go on before."""
    head(database, project, key)
    after = keys.audience_version(project, key, before)[1] if before is not None else None
    partition = keys.audience_versions(project, key)
    page = database.page(database.definitions, partition, after, limit, newest=True)
    found = [decode_version(item) for item in page.items]
    return found, found[-1].version if page.last else None


def usages(database: Database, project: str, key: str, live: LiveVersions) -> list[Usage]:
    """Every latest or live version that refers to the audience `key`; archived ones only where they are live."""
    return _users(database, project, lambda version: key in version.references, live)


def list_usages(database: Database, project: str, key: str, live: LiveVersions) -> list[Usage]:
    """Every latest or live version whose rule names the id list `key`, as `usages`."""
    return _users(database, project, lambda version: key in version.lists, live)


def _users(
    database: Database, project: str, refers: Callable[[AudienceVersion], bool], live: LiveVersions
) -> list[Usage]:
    heads = {audience.latest.key: audience for audience in every(database, project)}
    found = [
        Usage(name, audience.latest.version)
        for name, audience in heads.items()
        if not audience.archived and refers(audience.latest)
    ]
    for environment, served in sorted(live.items()):
        known = {name: heads[name].latest for name in served if _serves_latest(heads, name, served[name])}
        older = {name: number for name, number in served.items() if name not in known}
        serving = known | versions(database, project, older)
        found += [Usage(name, v.version, environment) for name, v in sorted(serving.items()) if refers(v)]
    return found


def head(database: Database, project: str, key: str) -> Item:
    """The item that holds the head of an audience, for a conditional write; raises `NotFound`."""
    item = database.find(database.definitions, keys.audience(project, key))
    if item is None:
        raise NotFound(f"there is no audience `{key}`")
    return item


def decode(item: Item) -> Audience:
    """The head of an audience from its item."""
    return msgspec.msgpack.decode(item.body, type=Audience)


def decode_version(item: Item) -> AudienceVersion:
    """A version from its item."""
    return msgspec.msgpack.decode(item.body, type=AudienceVersion)


def _serves_latest(heads: Mapping[str, Audience], key: str, number: int) -> bool:
    return key in heads and heads[key].latest.version == number
