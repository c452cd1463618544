"""The lean DynamoDB reader of the hot function: GetItem and BatchGetItem over http.client.

boto3 costs six times the CPU of it a read, and 280 ms of a cold start. It knows nothing but reading, with
one retry for transport errors only, and a deadline. Whatever is not a whole, sound answer raises; nothing
else is ever taken for "no item".
"""

import base64
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from urllib.parse import urlsplit

import msgspec

from shared.store.errors import Unavailable
from shared.store.keys import Key
from shared.store.sigv4 import Credentials, Signer

CONNECT_SECONDS = 0.1
READ_SECONDS = 0.12
DEADLINE_SECONDS = 0.25
BATCH_KEYS = 100
"""DynamoDB's own bound on one BatchGetItem."""

Item = Mapping[str, bytes | str]
"""An item's attributes: binary ones as bytes, strings and numbers as their text."""

_PIECE_BYTES = 1 << 16
_decode = msgspec.json.Decoder(dict[str, object]).decode


class ReadFailed(Unavailable):
    """The store did not give a whole, sound answer; `detail` is a code such as `throttled` or `malformed`."""


class Unreachable(ReadFailed):
    """No answer at all within the deadline, not even after the one retry."""


class Reader:
    """Reads items from DynamoDB at `endpoint` (`https://...` or `http://...`), one call at a time."""

    def __init__(
        self, endpoint: str, region: str, credentials: Credentials, clock: Callable[[], float] = time.time
    ) -> None:
        address = urlsplit(endpoint)
        self._connection_type = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._host = address.netloc
        self._signer = Signer(address.netloc, region, credentials)
        self._clock = clock
        self._idle: HTTPConnection | None = None  # kept alive between calls

    def get(self, table: str, key: Key, *, consistent: bool = False) -> Item | None:
        """The item under `key`, or None where the store says that there is none. Raises ReadFailed."""
        request = {"TableName": table, "Key": _key(key), "ConsistentRead": consistent}
        answer = self._call("GetItem", request, time.monotonic() + DEADLINE_SECONDS)
        item = answer.get("Item")
        if item is None and answer:
            raise ReadFailed("malformed")
        return None if item is None else _item(item)

    def get_many(self, table: str, keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Item]:
        """The items that exist under `keys`, which must be distinct. Raises ReadFailed unless every key is answered."""
        found: dict[Key, Item] = {}
        waiting = [_key(key) for key in keys]
        deadline = time.monotonic() + DEADLINE_SECONDS
        while waiting:
            asked, waiting = waiting[:BATCH_KEYS], waiting[BATCH_KEYS:]
            request = {"RequestItems": {table: {"Keys": asked, "ConsistentRead": consistent}}}
            try:
                answer = msgspec.convert(self._call("BatchGetItem", request, deadline), _Batch)
            except msgspec.ValidationError as error:
                raise ReadFailed("malformed") from error
            unread = answer.unprocessed[table].keys if table in answer.unprocessed else []
            if len(unread) == len(asked) or (unread and time.monotonic() > deadline):
                raise ReadFailed("throttled")
            waiting += unread
            for raw in answer.responses.get(table, ()):
                item = _item(raw)
                found[str(item.get("pk")), str(item.get("sk"))] = item
        return found

    def close(self) -> None:
        """Ends the connection that was kept; the next read makes a new one."""
        if self._idle is not None:
            self._idle.close()
            self._idle = None

    def _call(self, operation: str, request: Mapping[str, object], deadline: float) -> dict[str, object]:
        body = msgspec.json.encode(request)
        try:
            answer = self._send(operation, body, deadline)
        except (OSError, HTTPException):
            try:  # again, because most often an idle connection had died unseen
                answer = self._send(operation, body, deadline)
            except (OSError, HTTPException) as error:
                raise Unreachable(type(error).__name__) from error
        return _checked(*answer)

    def _send(self, operation: str, body: bytes, deadline: float) -> tuple[int, str | None, bytes]:
        """Status, CRC-32 header and body of the answer."""
        headers = self._signer.headers(f"DynamoDB_20120810.{operation}", body, self._clock())
        connection = self._connect(deadline)
        try:
            connection.sock.settimeout(_left(READ_SECONDS, deadline))
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            answer = response.status, response.headers.get("x-amz-crc32"), _whole(response, deadline)
        except (OSError, HTTPException):
            connection.close()
            raise
        if not response.will_close:
            self._idle = connection
        return answer

    def _connect(self, deadline: float) -> HTTPConnection:
        connection, self._idle = self._idle, None
        if connection is None:
            connection = self._connection_type(self._host, timeout=_left(CONNECT_SECONDS, deadline))
            connection.connect()
        return connection


class _Unprocessed(msgspec.Struct):
    keys: list[dict[str, dict[str, str]]] = msgspec.field(name="Keys")


class _Batch(msgspec.Struct):
    responses: dict[str, list[dict[str, object]]] = msgspec.field(name="Responses")
    unprocessed: dict[str, _Unprocessed] = msgspec.field(name="UnprocessedKeys", default_factory=dict)


def _key(key: Key) -> dict[str, dict[str, str]]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _left(seconds: float, deadline: float) -> float:
    """`seconds`, or what is left until the deadline; never 0, which would mean no waiting at all to a socket."""
    return max(min(seconds, deadline - time.monotonic()), 0.001)


def _whole(response: HTTPResponse, deadline: float) -> bytes:
    """The body, piece by piece, so that a trickle does not outlast the deadline."""
    pieces = []
    while piece := response.read1(_PIECE_BYTES):
        pieces.append(piece)
        if time.monotonic() > deadline:
            raise TimeoutError
    if response.length:
        raise IncompleteRead(b"".join(pieces), response.length)
    response.close()  # else the connection would refuse the next request
    return b"".join(pieces)


def _checked(status: int, crc32: str | None, body: bytes) -> dict[str, object]:
    if crc32 is not None and crc32 != str(zlib.crc32(body)):
        raise ReadFailed("damaged")
    try:
        answer = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReadFailed("malformed" if status == 200 else f"status-{status}") from error
    if status != 200:
        kind = str(answer.get("__type", "")).rpartition("#")[2]
        throttled = kind in ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
        raise ReadFailed("throttled" if throttled else kind or f"status-{status}")
    return answer


def _item(raw: object) -> Item:
    """Attributes of an item; only the kinds that are ever written to the tables read here are known."""
    try:
        typed = msgspec.convert(raw, dict[str, dict[str, str]])
        return {name: _value(*value.popitem()) for name, value in typed.items()}
    except (msgspec.ValidationError, KeyError, ValueError) as error:
        raise ReadFailed("malformed") from error


def _value(kind: str, text: str) -> bytes | str:
    return base64.b64decode(text, validate=True) if kind == "B" else {"S": text, "N": text}[kind]
