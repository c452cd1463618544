"""A Lambda payload 2.0 event as a call, and an answer as the response that Lambda returns."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from shared.api.problems import Failure

Event = Mapping[str, Any]
"""The event of an HTTP API, payload format 2.0."""

Response = dict[str, Any]
"""`statusCode`, `headers`, `body`, and `isBase64Encoded` where the body is bytes."""


class Call(msgspec.Struct, frozen=True, gc=False):
    """One HTTP request: header names in lower case, the query as it was sent, the body as bytes.

    cookies: `name=value` pairs, which API Gateway takes out of the headers; source_ip: of the connection.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    query: str
    body: bytes
    request_id: str
    cookies: Sequence[str] = ()
    source_ip: str | None = None


def call_of(event: Event) -> Call:
    """The call in an event; raises Failure where its body is no text that could have been sent."""
    context = event["requestContext"]
    http = context["http"]
    body = event.get("body") or ""
    try:
        content = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Failure("invalid-json", "the body cannot be decoded") from error
    return Call(
        http["method"],
        event["rawPath"],
        event.get("headers") or {},
        event.get("rawQueryString") or "",
        content,
        context["requestId"],
        event.get("cookies") or (),
        http.get("sourceIp"),
    )


def respond(status: int, headers: dict[str, str], body: bytes = b"") -> Response:
    """A response with a text body."""
    return {"statusCode": status, "headers": headers, "body": body.decode()}


def respond_bytes(status: int, headers: dict[str, str], body: bytes) -> Response:
    """A response whose body is no text."""
    encoded = base64.b64encode(body).decode()
    return {"statusCode": status, "headers": headers, "body": encoded, "isBase64Encoded": True}
