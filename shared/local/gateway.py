"""A small HTTP API gateway: HTTP/1.1 in, payload-2.0 events to the real handlers, answers out."""

import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from errno import EADDRINUSE
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from shared.local.events import Request, Response

Answer = Callable[[Request], Response]
HOST = "127.0.0.1"
MAX_HEADERS = 10_240  # API Gateway's own: request line and headers together
MAX_BODY = 10 * 1024 * 1024  # API Gateway's own
MAX_CHUNK_LINE = 1024
IDLE_SECONDS = 75


class CannotListen(Exception):
    """The port is taken, or not for this user; the message is one sentence for the user."""


class _Refused(Exception):
    """A request that is answered without asking any function; the connection ends with it."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status
        super().__init__(status.phrase)


class Gateway(ThreadingHTTPServer):
    """Listens from construction on, so that a port in use is known at once; answers while `serving`."""

    daemon_threads = True
    request_queue_size = 128

    answer: Answer

    def __init__(self, port: int) -> None:
        try:
            super().__init__((HOST, port), _Connection)
        except OSError as error:
            reason = "is in use; stop what listens there, or" if error.errno == EADDRINUSE else "cannot be opened;"
            raise CannotListen(f"port {port} {reason} choose another: make run PORT=9000") from error

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://{HOST}:{self.server_port}"

    @contextmanager
    def serving(self, answer: Answer) -> Iterator[None]:
        """Serves in the background; `answer` is called in one thread a connection."""
        self.answer = answer
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the base class's signature
        """A client that went away is no news; what a handler raised is shown, and answered as API Gateway does."""
        if isinstance(sys.exception(), ConnectionError | TimeoutError):
            return
        traceback.print_exc()
        body = b'{"message":"Internal Server Error"}'
        head = b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
        request.sendall(head + body)


class _Connection(BaseHTTPRequestHandler):
    """One connection, kept alive between requests."""

    server: Gateway
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.1"  # a request line that cannot be read is answered like any other
    server_version = "muster"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = 65_536  # head and body leave in one packet

    def _exchange(self) -> None:
        try:
            self._check_head()
            body = self._read_body()
        except _Refused as refused:
            self.close_connection = True
            self.send_error(refused.status)
            return
        headers = tuple((name, value) for name, value in self.headers.items())
        self._send(self.server.answer(Request(self.command, self.path, headers, body, self.client_address[0])))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _exchange  # noqa: N815  # the base class's names

    def _check_head(self) -> None:
        size = len(self.requestline) + sum(len(name) + len(value) + 4 for name, value in self.headers.items())
        if size > MAX_HEADERS:
            raise _Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not self.path.startswith("/"):
            raise _Refused(HTTPStatus.BAD_REQUEST)

    def _read_body(self) -> bytes:
        encoding = self.headers.get("Transfer-Encoding")
        lengths = self.headers.get_all("Content-Length", [])
        if encoding is None:
            return self._read_exactly(_length(lengths))
        if encoding.lower() != "chunked" or lengths:  # two framings at once are how requests are smuggled
            raise _Refused(HTTPStatus.BAD_REQUEST)
        return self._read_chunks()

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while size := self._read_chunk_size():
            body += self._read_exactly(size, already=len(body))
            if self.rfile.readline(MAX_CHUNK_LINE) != b"\r\n":
                raise _Refused(HTTPStatus.BAD_REQUEST)
        while self.rfile.readline(MAX_CHUNK_LINE) not in (b"\r\n", b"\n", b""):
            pass  # trailers
        return bytes(body)

    def _read_chunk_size(self) -> int:
        digits = self.rfile.readline(MAX_CHUNK_LINE).split(b";")[0].strip()
        if not digits or digits.strip(b"0123456789abcdefABCDEF"):
            raise _Refused(HTTPStatus.BAD_REQUEST)
        return int(digits, 16)

    def _read_exactly(self, size: int, already: int = 0) -> bytes:
        if size + already > MAX_BODY:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body = self.rfile.read(size)
        if len(body) < size:
            raise ConnectionError("the client left in the middle of a body")
        return body

    def handle_expect_100(self) -> bool:
        """Refuses a body that is too large before it is sent."""
        try:
            too_large = _length(self.headers.get_all("Content-Length", [])) > MAX_BODY
        except _Refused:
            too_large = False  # refused with its own status when it is read
        return too_large or super().handle_expect_100()

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        self.send_header("Date", self.date_time_string())
        for name, value in response.headers:
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        if response.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the gateway itself refuses, in API Gateway's words."""
        del message, explain  # they may quote the request
        body = f'{{"message":"{HTTPStatus(code).phrase}"}}'.encode()
        self.close_connection = True
        self._send(Response(code, (("Content-Type", "application/json"),), body))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """No line per request: handlers log what went wrong."""


def _length(values: list[str]) -> int:
    if not values:
        return 0
    if len(set(values)) > 1 or not values[0].isascii() or not values[0].isdigit():
        raise _Refused(HTTPStatus.BAD_REQUEST)
    return int(values[0])
