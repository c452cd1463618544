"""Requests to payload-2.0 events of an HTTP API, and handlers' answers back, as API Gateway does both."""

import base64
import json
import time
import uuid
from collections.abc import Iterable
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from shared.local.routes import Route

Headers = Iterable[tuple[str, str]]
_TEXT = ("text/", "application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded")
_BODYLESS = (204, 304)


class Request(msgspec.Struct, frozen=True):
    """One HTTP request: `target` is the path with its query as sent, `headers` in their order, repeats included."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str


class Response(msgspec.Struct, frozen=True):
    """One HTTP answer, its headers without Content-Length."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def to_event(request: Request, route: Route, parameters: dict[str, str]) -> dict[str, Any]:
    """The event that the route's function is called with."""
    parts = urlsplit(request.target)
    headers, cookies = _headers(request.headers)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": unquote(parts.path),
        "rawQueryString": parts.query,
        "headers": headers,
        "requestContext": _context(request, route, unquote(parts.path), headers),
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if parts.query:
        event["queryStringParameters"] = _joined(parse_qsl(parts.query, keep_blank_values=True))
    if parameters:
        event["pathParameters"] = parameters
    if request.body:
        event |= _body(request.body, headers.get("content-type", ""))
    return event


def from_answer(answer: Any) -> Response:
    """The HTTP response of what a handler returned; an answer without `statusCode` is a JSON body with status 200."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(200, (("Content-Type", "application/json"),), json.dumps(answer).encode())
    status = int(answer["statusCode"])
    headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
    headers += [("Set-Cookie", cookie) for cookie in answer.get("cookies") or ()]
    text = answer.get("body") or ""
    body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
    if status in _BODYLESS:
        return Response(status, tuple(headers), b"")
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "text/plain; charset=utf-8"))
    return Response(status, tuple(headers), body)


def _headers(headers: Headers) -> tuple[dict[str, str], list[str]]:
    """Header names in lower case, repeats joined by commas, cookies apart."""
    cookies = [part.strip() for name, value in headers if name.lower() == "cookie" for part in value.split(";")]
    others = [(name.lower(), value) for name, value in headers if name.lower() != "cookie"]
    return _joined(others), [cookie for cookie in cookies if cookie]


def _joined(pairs: Headers) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    """Text as text, anything else (and text that is no UTF-8) as base64."""
    if content_type.lower().startswith(_TEXT) or "+json" in content_type.lower():
        try:
            return {"body": body.decode()}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def _context(request: Request, route: Route, path: str, headers: dict[str, str]) -> dict[str, Any]:
    now = time.time()
    domain = headers.get("host", "127.0.0.1")
    return {
        "accountId": "000000000000",
        "apiId": "local",
        "domainName": domain,
        "domainPrefix": domain.split(".")[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": route.key,
        "stage": "$default",
        "time": formatdate(now, usegmt=True),
        "timeEpoch": int(now * 1000),
    }
