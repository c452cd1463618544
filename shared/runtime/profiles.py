"""What is stored of visitors, as evaluate reads it: all that a request needs in one read, and honest where it fails."""

from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import msgspec

from shared.runtime.faults import report
from shared.runtime.serving import Access
from shared.runtime.store import Store
from shared.store import keys
from shared.store.keys import Key
from shared.store.reader import Item, ReadFailed
from shared.visitors import memberships
from shared.visitors.document import Document, members_of
from shared.visitors.memberships import Generations
from shared.visitors.needs import Needs
from shared.visitors.profile import Profile, decode, merge


class Unread(msgspec.Struct, frozen=True):
    """What is stored could not be read: not known, which is not the same as nothing."""


class NotAsked(msgspec.Struct, frozen=True):
    """It could not matter: the image asks nothing of it, or the request names no visitor or brings its own."""


UNREAD = Unread()
NOT_ASKED = NotAsked()


class Reading(msgspec.Struct, frozen=True):
    """What is stored of a visitor: the profile, None where there is none, and the keys of the lists, or why neither."""

    profile: Profile | Unread | NotAsked | None = NOT_ASKED
    lists: list[str] | Unread | NotAsked = NOT_ASKED


class _Wanted(msgspec.Struct, frozen=True):
    """The keys of what a document's visitor may have stored. lists: None names no visitor, so it is in none."""

    profile: tuple[Key, ...]
    lists: Key | NotAsked | None


Items = Mapping[Key, Item]


class Profiles:
    """Reads profiles and memberships of visitors."""

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table
        self._generations = (b"", Generations())  # as read last, and decoded

    def read(self, access: Access, needs: Needs, documents: Sequence[Document]) -> list[Reading]:
        """The reading for each document, in order; a visitor with an id and an anonymous id has both profiles as one.

        A secret key reads by `visitor.id` and by anonymous id, memberships by the first of them; for a publishable one
        the id is context only.
        """
        wanted = [_wanted(access, needs, document) for document in documents]
        distinct = {key for each in wanted for key in each.profile}
        lists = [each.lists for each in wanted if isinstance(each.lists, tuple)]
        generations = _generations_key(access, lists[0]) if lists else None
        if generations is not None:
            distinct |= {*lists, generations}
        items = self._items(distinct, consistent=generations is not None) if distinct else {}
        return [Reading(_profile(each.profile, items), self._lists(each.lists, generations, items)) for each in wanted]

    def _items(self, wanted: Iterable[Key], *, consistent: bool) -> Items | None:
        """Consistent where memberships are among them: a new generation must not be seen before all of its ids."""
        if self._store.is_down:
            return None
        try:
            return self._store.get_many(self._table, wanted, consistent=consistent)
        except ReadFailed as error:
            report("profiles-not-read", reason=error.detail)
            return None

    def _lists(
        self, key: Key | NotAsked | None, generations: Key | None, items: Items | None
    ) -> list[str] | Unread | NotAsked:
        if isinstance(key, NotAsked):
            return key
        if key is None or generations is None:
            return []
        if items is None:
            return UNREAD
        held, counting = items.get(key), items.get(generations)
        if held is None or counting is None:  # there is no such record before the first list
            return []
        try:
            return memberships.lists_of(memberships.decode(_body(held)), self._decoded(_body(counting)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            report("memberships-damaged")
            return UNREAD

    def _decoded(self, body: bytes) -> Generations:
        """Most often it is the record that was read last."""
        if body != self._generations[0]:
            self._generations = body, memberships.decode_generations(body)
        return self._generations[1]


def _wanted(access: Access, needs: Needs, document: Document) -> _Wanted:
    """The known visitor's keys come first."""
    want_profile, want_lists = needs.want_profile(document), needs.want_lists(document)
    if not (want_profile or want_lists):
        return _Wanted((), NOT_ASKED)
    visitor = members_of(document, "visitor")
    project, environment = access.environment.project, access.environment.name
    profiles: list[Key] = []
    lists: list[Key] = []
    for name, profile_key, lists_key in _IDENTITIES:
        text = visitor.get(name)
        if isinstance(text, str) and not (name == "id" and access.publishable):
            profiles.append(profile_key(project, environment, text))
            lists.append(lists_key(project, environment, text))
    return _Wanted(tuple(profiles) if want_profile else (), next(iter(lists), None) if want_lists else NOT_ASKED)


_IDENTITIES = (
    ("id", keys.known_profile, keys.known_memberships),
    ("anonymous_id", keys.anonymous_profile, keys.anonymous_memberships),
)


def _generations_key(access: Access, lists: Key) -> Key:
    """One of the copies, so that visitors spread over them."""
    copy = crc32(lists[0].encode()) % keys.GENERATION_COPIES
    return keys.generations(access.environment.project, access.environment.name, copy)


def _profile(wanted: tuple[Key, ...], items: Items | None) -> Profile | Unread | NotAsked | None:
    if not wanted:
        return NOT_ASKED
    if items is None:
        return UNREAD
    profile: Profile | None = None
    for key in wanted:
        item = items.get(key)
        if item is None:
            continue
        try:
            found = decode(_body(item))
        except (msgspec.DecodeError, UnicodeDecodeError):
            report("profile-damaged")
            return UNREAD
        profile = found if profile is None else merge(profile, found)
    return profile


def _body(item: Item) -> bytes:
    body = item.get("body")
    return body if isinstance(body, bytes) else b""
