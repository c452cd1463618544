"""What an image asks of a visitor that the request may have left out: profile, URL's parts, context, time."""

from collections.abc import Iterable

import msgspec

from shared.rules.catalogue import Path
from shared.visitors import context, page
from shared.visitors.context import Wants
from shared.visitors.document import LISTS, Document, members_of

LISTS_PATH: Path = (LISTS,)
_FROM_URL = ({"host", "path", "query", "referrer_host"}, "utm")
_STORED_OF_VISITOR = frozenset(("is_new", "first_seen", "last_seen"))


class Needs(msgspec.Struct, frozen=True):
    """Computed once when an image is loaded.

    stored: the asked paths that a profile can hold; traits: their trait names; sightings: whether any of
    them is of `visitor`; url: something that follows from a URL is asked; time: `request.time` is asked;
    context: what is asked of the visitor's headers and address; lists: the stored lists are asked.
    """

    stored: tuple[Path, ...]
    traits: frozenset[str]
    sightings: bool
    url: bool
    time: bool
    context: Wants
    lists: bool

    def unread(self, document: Document) -> frozenset[Path]:
        """The stored paths that the request's own traits do not settle: unknown until the profile is read."""
        traits = members_of(document, "traits")
        visitor = members_of(document, "visitor")
        return frozenset(path for path in self.stored if path[1] not in (traits if path[0] == "traits" else visitor))

    def want_profile(self, document: Document) -> bool:
        """Whether a profile could change the answer for this document."""
        return self.sightings or not self.traits <= members_of(document, "traits").keys()

    def want_lists(self, document: Document) -> bool:
        """Whether stored memberships could change the answer for this document: not where it has its own."""
        return self.lists and LISTS not in document

    def fill(self, document: Document, now_ms: int) -> None:
        """Adds what follows from the document itself, and the time, as far as the image asks for it."""
        if self.url and "page" in document:
            page.fill(document)
        if self.time:
            document["request"] = {"time": now_ms, **members_of(document, "request")}


def needs(paths: Iterable[Path]) -> Needs:
    """The needs of an image that asks `paths`."""
    asked = tuple(paths)
    stored = tuple(path for path in asked if _is_stored(path))
    names, campaign = _FROM_URL
    return Needs(
        stored=stored,
        traits=frozenset(path[1] for path in stored if path[0] == "traits"),
        sightings=any(path[0] == "visitor" for path in stored),
        url=any(path[0] == campaign or (path[0] == "page" and path[1] in names) for path in asked if len(path) > 1),
        time=("request", "time") in asked,
        context=context.wants(asked),
        lists=LISTS_PATH in asked,
    )


def _is_stored(path: Path) -> bool:
    return len(path) > 1 and (path[0] == "traits" or (path[0] == "visitor" and path[1] in _STORED_OF_VISITOR))
