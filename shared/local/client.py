"""Calls of the running product's own HTTP API."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60


class CallFailed(Exception):
    """A call that was not answered with 2xx. `status` is 0 where there was no answer."""

    def __init__(self, call: str, status: int, text: str) -> None:
        self.status = status
        super().__init__(f"`{call}` was answered {status}: {text}")


class Client:
    """One kept connection to a gateway, with a key."""

    def __init__(self, url: str, key: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_SECONDS)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        """The decoded answer, None where it has no body. Bytes are sent as they are. Raises CallFailed."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        try:
            self._connection.request(method, path, data, self._headers | (headers or {}))
            response = self._connection.getresponse()
            answer = response.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise CallFailed(f"{method} {path}", 0, str(error)) from error
        if not 200 <= response.status < 300:
            raise CallFailed(f"{method} {path}", response.status, answer.decode(errors="replace"))
        return json.loads(answer) if answer else None

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()
