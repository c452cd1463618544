"""Stored profiles as evaluate reads them: all that a request needs in one read, and honest where it fails."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from shared.runtime.faults import report
from shared.runtime.serving import Access
from shared.runtime.store import Store
from shared.store import keys
from shared.store.keys import Key
from shared.store.reader import Item, ReadFailed
from shared.visitors.document import Document, members_of
from shared.visitors.needs import Needs
from shared.visitors.profile import Profile, decode, merge


class Unread(msgspec.Struct, frozen=True):
    """What a profile holds that could not be read: not known, which is not the same as nothing."""


class NotAsked(msgspec.Struct, frozen=True):
    """No profile could matter: the image asks nothing that one holds, or the request names no visitor."""


Reading = Profile | None | Unread | NotAsked
"""A profile, None where nothing is stored, or why there is neither."""

UNREAD = Unread()
NOT_ASKED = NotAsked()


class Profiles:
    """Reads the profiles of visitors."""

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    def read(self, access: Access, needs: Needs, documents: Sequence[Document]) -> list[Reading]:
        """The reading for each document, in order; a visitor with an id and an anonymous id has both as one.

        A secret key reads by `visitor.id` and by anonymous id; for a publishable one the id is context only.
        """
        wanted = [_keys(access, document) if needs.want_profile(document) else () for document in documents]
        distinct = {key for found in wanted for key in found}
        if not distinct:
            return [NOT_ASKED] * len(documents)
        items = self._items(distinct)
        if items is None:
            return [UNREAD if found else NOT_ASKED for found in wanted]
        return [_reading(found, items) for found in wanted]

    def _items(self, wanted: Iterable[Key]) -> Mapping[Key, Item] | None:
        if self._store.is_down:
            return None
        try:
            return self._store.get_many(self._table, wanted)
        except ReadFailed as error:
            report("profiles-not-read", reason=error.detail)
            return None


def _keys(access: Access, document: Document) -> tuple[Key, ...]:
    """The keys of a document's visitor, the known one first."""
    visitor = members_of(document, "visitor")
    project, environment = access.environment.project, access.environment.name
    found = []
    for name, key_of in (("id", keys.known_profile), ("anonymous_id", keys.anonymous_profile)):
        text = visitor.get(name)
        if isinstance(text, str) and not (name == "id" and access.publishable):
            found.append(key_of(project, environment, text))
    return tuple(found)


def _reading(wanted: tuple[Key, ...], items: Mapping[Key, Item]) -> Reading:
    if not wanted:
        return NOT_ASKED
    profile: Profile | None = None
    for key in wanted:
        item = items.get(key)
        if item is None:
            continue
        body = item.get("body")
        try:
            found = decode(body if isinstance(body, bytes) else b"")
        except (msgspec.DecodeError, UnicodeDecodeError):
            report("profile-damaged")
            return UNREAD
        profile = found if profile is None else merge(profile, found)
    return profile
