"""Requests before routing: sizes, encodings and JSON are refused here, so that routers see clean input."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from shared.api.problems import Failure
from shared.rules.problems import Problem

MAX_BODY_BYTES = 256 * 1024
MAX_JSON_DEPTH = 64
MAX_PATH_PART = 500  # characters; nothing that a path can name is longer, and DynamoDB's keys are bounded
_UNRESERVED = "-._~()'!*:@,;=+&$<> []{}|^"  # what the router's patterns take besides letters, digits and `%`

Event = dict[str, Any]
"""An event of API Gateway's payload format 2.0."""


def canonical(event: Mapping[str, Any]) -> Event:
    """The event with its path percent-encoded one way and its body as checked text.

    API Gateway decodes paths, other gateways do not; encoding anew makes both look the same, so that a
    `#` in an id is no trouble. Raises `Failure` on a body too large, of another type or not UTF-8.
    """
    body = _body_text(event)
    _refuse_media_type(event, body)
    parts = [unquote(part) for part in event["rawPath"].split("/")]
    if any(len(part) > MAX_PATH_PART for part in parts):
        raise Failure("not-found", "there is nothing at this address")
    path = "/".join(quote(part, safe=_UNRESERVED) for part in parts)
    return {**event, "rawPath": path, "body": body, "isBase64Encoded": False}


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


def _body_text(event: Mapping[str, Any]) -> str | None:
    body: str | None = event.get("body")
    if not body:
        return None
    try:
        data = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
        if len(data) > MAX_BODY_BYTES:
            raise Failure("too-large", f"the body has {len(data):,} bytes, at most {MAX_BODY_BYTES:,} are taken")
        return data.decode()
    except (binascii.Error, UnicodeError) as error:
        raise Failure("invalid-json", "the body is not UTF-8") from error


def _refuse_media_type(event: Mapping[str, Any], body: str | None) -> None:
    media_type = str(event.get("headers", {}).get("content-type", "application/json")).split(";")[0].strip().lower()
    if body and media_type != "application/json":
        raise Failure("unsupported-media-type", f"the body is `{media_type}`, this API takes `application/json`")


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
