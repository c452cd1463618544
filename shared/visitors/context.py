"""The context: what the headers of the visitor's own request say, put under what the document says itself.

Device, locale, cookies and headers are what the visitor's browser wrote, and as true as that. The address and the
place come from the connection and from the CDN, where one is believed.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from shared.rules.catalogue import Path
from shared.visitors import geo, headers
from shared.visitors.document import Document, members_of
from shared.visitors.geo import Cdn
from shared.visitors.headers import Headers

CDN_SECRET = "muster-cdn-secret"  # noqa: S105  # the name of the header, not what is in it
"""The header in which a CDN shows that a request came through it."""

UNREADABLE = frozenset(("authorization", "cookie", CDN_SECRET, "x-api-key"))
"""Headers that rules can never look at: they hold secrets."""

_Reader = Callable[[Headers], dict[str, object]]
"""What headers say, by name within one root."""


class Context(msgspec.Struct, frozen=True):
    """One request of a visitor. cookies: its `name=value` pairs; address: of the connection; cdn: whom to believe."""

    headers: Headers
    cookies: Iterable[str] = ()
    address: str | None = None
    cdn: Cdn | None = None


class Wants(msgspec.Struct, frozen=True):
    """What an image asks of the context, by name. anything: whether it asks at all; readers: of device and locale.

    vary: the headers of a visitor's own that an answer depends on.
    """

    anything: bool
    readers: tuple[tuple[str, frozenset[str], _Reader], ...]
    geo: bool
    address: bool
    cookies: frozenset[str]
    headers: frozenset[str]
    vary: tuple[str, ...]

    @property
    def network(self) -> bool:
        """Whether the answer depends on where the visitor's request comes from, which no header of its own tells."""
        return self.geo or self.address


def wants(paths: Iterable[Path]) -> Wants:
    """What an image that asks `paths` wants of the context; what reads it is loaded and warmed here."""
    names: dict[str, set[str]] = {}
    for path in paths:
        if len(path) > 2 and path[0] == "request":
            names.setdefault(path[1], set()).add(path[2])
        elif len(path) == 2:
            names.setdefault(path[0], set()).add(path[1])
    found = {root: frozenset(members) for root, members in names.items()}
    none = frozenset[str]()
    loaded = {root: load() for root, load in _READERS.items() if root in found}
    readers = tuple((root, found[root], read) for root, (read, _) in loaded.items())
    address = "ip" in found.get("request", none)
    cookies, readable = found.get("cookies", none), found.get("headers", none) - UNREADABLE
    anything = bool(readers or "geo" in found or address or cookies or readable)
    vary = [name for _, names_read in loaded.values() for name in names_read]
    vary += [*(["cookie"] if cookies else []), *sorted(readable)]
    return Wants(anything, readers, "geo" in found, address, cookies, readable, tuple(vary))


def forwarded(document: Document, cdn: Cdn | None) -> Context:
    """The context that a server hands on: its visitor's headers, as `request.headers` of the document."""
    sent = members_of(members_of(document, "request"), "headers")
    texts = {name.lower(): value for name, value in sent.items() if isinstance(value, str)}
    return Context(texts, texts.get("cookie", "").split(";"), cdn=cdn)


def fill(document: Document, wanted: Wants, context: Context, readable: frozenset[str]) -> None:
    """Adds what an image wants of the context; what the document holds stays, name by name, also where it is null.

    readable: the headers that rules may look at.
    """
    for root, names, read in wanted.readers:
        if not names <= members_of(document, root).keys():
            _under(document, root, read(context.headers))
    if wanted.geo and context.cdn is not None:
        _under(document, "geo", geo.of(context.headers, context.cdn))
    if wanted.address:
        _under(document, "request", _address(context))
    if wanted.cookies:
        _under_request(document, "cookies", headers.cookies(context.cookies, wanted.cookies))
    if wanted.headers:
        _under_request(document, "headers", headers.read(context.headers, wanted.headers & readable))


def _address(context: Context) -> dict[str, object]:
    """Behind a CDN the connection is the CDN's own."""
    address = context.address if context.cdn is None else geo.address_of(context.headers, context.cdn)
    return {} if address is None else {"ip": address}


def _under(document: Document, root: str, found: Mapping[str, object]) -> None:
    if found:
        document[root] = {**found, **members_of(document, root)}


def _under_request(document: Document, name: str, found: Mapping[str, object]) -> None:
    """The same one level deeper; names of headers know no case."""
    request = members_of(document, "request")
    own = members_of(request, name)
    if name == "headers":
        own = {header.lower(): value for header, value in own.items()}
    if found or own:
        document["request"] = {**request, name: {**found, **own}}


def _device() -> tuple[_Reader, tuple[str, ...]]:
    from shared.visitors import device  # noqa: PLC0415  # its tables cost 0.1 s: only images that ask for it pay

    device.warm()
    return device.of, device.HEADERS


def _locale() -> tuple[_Reader, tuple[str, ...]]:
    from shared.visitors import locale  # noqa: PLC0415  # as above, for a smaller price

    return locale.of, locale.HEADERS


_READERS: Mapping[str, Callable[[], tuple[_Reader, tuple[str, ...]]]] = {"device": _device, "locale": _locale}
