"""Requests before routing: sizes, encodings and JSON are refused here, so that routers see clean input."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from shared.api.problems import Failure
from shared.rules.problems import Problem
from shared.visitors.id_lines import FORMATS

MAX_BODY_BYTES = 256 * 1024
MAX_JSON_DEPTH = 64
MAX_PATH_PART = 500  # characters; nothing that a path can name is longer, and DynamoDB's keys are bounded
_UNRESERVED = "-._~()'!*:@,;=+&$<> []{}|^"  # what the router's patterns take besides letters, digits and `%`

_takes_lines = re.compile(r"/v1/lists/[^/]+/uploads/[^/]+/parts").fullmatch
_NOT_UTF_8 = "surrogateescape"  # keeps bytes of lines that are no UTF-8, which are refused line by line

Event = dict[str, Any]
"""An event of API Gateway's payload format 2.0."""


class Lines(msgspec.Struct, frozen=True):
    """A body of lines, as its bytes."""

    data: bytes
    media_type: str


def canonical(event: Mapping[str, Any]) -> Event:
    """The event with its path percent-encoded one way and its body as checked text.

    API Gateway decodes paths, other gateways do not; encoding anew makes both look the same, so that a
    `#` in an id is no trouble. Raises `Failure` on a body too large, of another type or not UTF-8.
    """
    takes_lines = _takes_lines(event["rawPath"]) is not None
    body = _body_text(event, _NOT_UTF_8 if takes_lines else "strict")
    if body and not takes_lines:
        _refuse_media_type(event, ("application/json",))
    parts = [unquote(part) for part in event["rawPath"].split("/")]
    if any(len(part) > MAX_PATH_PART for part in parts):
        raise Failure("not-found", "there is nothing at this address")
    path = "/".join(quote(part, safe=_UNRESERVED) for part in parts)
    return {**event, "rawPath": path, "body": body, "isBase64Encoded": False}


def lines_of(event: Mapping[str, Any]) -> Lines:
    """The body of a canonical event whose address takes lines; raises `Failure` on one that is declared otherwise."""
    _refuse_media_type(event, tuple(FORMATS))
    return Lines(request_bytes(event["body"] or ""), _media_type(event))


def request_bytes(text: str) -> bytes:
    """The bytes that a canonical event's text stands for."""
    return text.encode(errors=_NOT_UTF_8)


def decode_object(text: str) -> dict[str, Any]:
    """A JSON object from a body; raises `Failure` on anything else, `invalid-json` where it cannot be decoded."""
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        reason = str(error).removeprefix("JSON is malformed: ")
        raise Failure("invalid-json", f"the body is no JSON: {reason[:1].lower()}{reason[1:]}") from error
    except RecursionError as error:
        raise _too_deep() from error
    _refuse_depth(value)
    if not isinstance(value, dict):
        raise Failure("invalid-request", "1 problem", [Problem("", "wrong-type", "the body is no object")])
    return value


def _body_text(event: Mapping[str, Any], errors: str) -> str | None:
    body: str | None = event.get("body")
    if not body:
        return None
    try:
        data = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
        if len(data) > MAX_BODY_BYTES:
            raise Failure("too-large", f"the body has {len(data):,} bytes, at most {MAX_BODY_BYTES:,} are taken")
        return data.decode(errors=errors)
    except (binascii.Error, UnicodeError) as error:
        raise Failure("invalid-json", "the body is not UTF-8") from error


def _media_type(event: Mapping[str, Any]) -> str:
    return str(event.get("headers", {}).get("content-type", "application/json")).split(";")[0].strip().lower()


def _refuse_media_type(event: Mapping[str, Any], taken: tuple[str, ...]) -> None:
    media_type = _media_type(event)
    if media_type not in taken:
        names = " or ".join(f"`{name}`" for name in taken)
        raise Failure("unsupported-media-type", f"the body is `{media_type}`, this call takes {names}")


def _refuse_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_JSON_DEPTH):
        level = [child for container in level for child in _children(container) if isinstance(child, dict | list)]
        if not level:
            return
    raise _too_deep()


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> Failure:
    return Failure("invalid-json", f"the body nests deeper than {MAX_JSON_DEPTH} levels")
