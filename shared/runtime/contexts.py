"""Whose headers are read: the visitor's own, which are the call's where a browser asks, and never a server's."""

import hmac
from hashlib import sha256

from shared.api.calls import Call
from shared.runtime.environment import Loaded
from shared.runtime.serving import Access
from shared.runtime.settings import TrustedCdn
from shared.visitors import context
from shared.visitors.context import CDN_SECRET, Context
from shared.visitors.document import Document
from shared.visitors.geo import Cdn
from shared.visitors.headers import Headers


def complete(
    access: Access, loaded: Loaded, trusted: TrustedCdn | None, document: Document, call: Call | None = None
) -> None:
    """Fills in what the image asks of the visitor's headers.

    With a publishable key the visitor's browser made the `call`; None in a batch, whose visitors are others. With a
    secret key a server made it, and the visitor's headers are those that it hands on in the document.
    """
    wanted = loaded.needs.context
    if not wanted.anything:
        return
    if not access.publishable:
        found = context.forwarded(document, trusted.cdn if trusted is not None else None)
        readable = frozenset[str]()  # beyond what it sends, which rules may look at anyway
    elif call is not None:
        found = Context(call.headers, _cookies(call), call.source_ip, _vouching(trusted, call.headers))
        readable = frozenset(loaded.pointer.settings.allowed_headers)
    else:
        return
    context.fill(document, wanted, found, readable)


def _cookies(call: Call) -> list[str]:
    return [*call.cookies, *call.headers.get("cookie", "").split(";")]


def _vouching(trusted: TrustedCdn | None, headers: Headers) -> Cdn | None:
    """The CDN that a call came through, where that is the trusted one and it shows its secret."""
    secret = headers.get(CDN_SECRET)
    if trusted is None or not secret:
        return None
    shown = sha256(secret.encode(errors="replace")).digest()
    return trusted.cdn if hmac.compare_digest(shown, trusted.secret_hash) else None
