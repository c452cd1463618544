"""DynamoDB as the store uses it: items of strings, integers and bytes, pages, conditional transactions."""

import secrets
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from shared.store.errors import Conflict, Unavailable
from shared.store.items import Item, Write, batch_entry, from_wire, transaction_entry, wire_key
from shared.store.keys import Key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Result = TypeVar("Result")

# A page of a query is up to 1 MB, so the read timeout is far above the hot reader's; API Gateway gives up at 30 s.
CLIENT_CONFIG = Config(
    connect_timeout=0.5, read_timeout=3, retries={"mode": "adaptive", "total_max_attempts": 4}, max_pool_connections=16
)
_BATCH_READ, _BATCH_WRITE = 100, 25
_COUNTED: Any = {"ReturnConsumedCapacity": "TOTAL"}  # for `_require`: some answers have nothing else in them
_ROUNDS = 8  # of one batch, or of one transaction that met another: up to 7 s with the pauses below
_LONGEST_PAUSE_SECONDS = 2.0
_UNAVAILABLE = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)


class Rejected(Conflict):
    """A condition did not hold: nothing was written. `failed` holds the indexes of the writes concerned."""

    def __init__(self, failed: frozenset[int]) -> None:
        self.failed = failed
        super().__init__("somebody else changed it first")


class Page(msgspec.Struct, frozen=True):
    """Some items of a partition in sort order, and the sort key to go on after (None: that was all)."""

    items: tuple[Item, ...]
    last: str | None


class Scanned(msgspec.Struct, frozen=True):
    """Some items of a table in no order that means anything, and the key to go on after (None: that was all)."""

    items: tuple[Item, ...]
    last: Key | None


class Database:
    """The three tables, by name, and the few operations that the store needs of them.

    Reads are strongly consistent. Every operation raises `Unavailable` where DynamoDB does not answer,
    every write `Refused` where an item is larger than DynamoDB takes.
    """

    def __init__(self, client: "DynamoDBClient", definitions: str, images: str, profiles: str) -> None:
        self._client = client
        self.definitions = definitions
        self.images = images
        self.profiles = profiles

    def find(self, table: str, key: Key) -> Item | None:
        """The item under a key, or None."""
        with _reachable():
            answer = self._client.get_item(TableName=table, Key=wire_key(key), ConsistentRead=True, **_COUNTED)
        _require(answer, "ConsumedCapacity")
        return from_wire(answer["Item"]) if "Item" in answer else None

    def find_many(self, table: str, keys: Sequence[Key]) -> dict[Key, Item]:
        """The items under these keys; keys without an item are left out. No key may come twice."""
        found: dict[Key, Item] = {}
        for start in range(0, len(keys), _BATCH_READ):
            asked: Any = {
                table: {"Keys": [wire_key(k) for k in keys[start : start + _BATCH_READ]], "ConsistentRead": True}
            }
            for _ in _rounds("the store left reads unanswered"):
                with _reachable():
                    answer = self._client.batch_get_item(RequestItems=asked)
                _require(answer, "Responses")
                items = map(from_wire, answer["Responses"].get(table, ()))
                found.update((item.key, item) for item in items)
                asked = answer.get("UnprocessedKeys")
                if not asked:
                    break
        return found

    def page(
        self, table: str, partition: str, after: str | None = None, limit: int | None = None, *, newest: bool = False
    ) -> Page:
        """Up to `limit` items (and 1 MB) of a partition after the sort key `after`; `newest` turns the order round."""
        query: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": partition}},
            "ConsistentRead": True,
            "ScanIndexForward": not newest,
        }
        if after is not None:
            query["ExclusiveStartKey"] = wire_key((partition, after))
        if limit is not None:
            query["Limit"] = limit
        with _reachable():
            answer = self._client.query(**query)
        _require(answer, "Items")
        last = answer.get("LastEvaluatedKey")
        return Page(tuple(from_wire(raw) for raw in answer["Items"]), last["sk"]["S"] if last else None)

    def scan(self, table: str, sort_key: str, after: Key | None = None) -> Scanned:
        """The items of a table with this sort key, out of the next megabyte of it behind `after`."""
        query: dict[str, Any] = {
            "TableName": table,
            "FilterExpression": "sk = :sk",
            "ExpressionAttributeValues": {":sk": {"S": sort_key}},
        }
        if after is not None:
            query["ExclusiveStartKey"] = wire_key(after)
        with _reachable():
            answer = self._client.scan(**query)
        _require(answer, "Items")
        last = answer.get("LastEvaluatedKey")
        return Scanned(tuple(map(from_wire, answer["Items"])), (last["pk"]["S"], last["sk"]["S"]) if last else None)

    def every(self, table: str, partition: str) -> Iterator[Item]:
        """All items of a partition in sort order, page by page."""
        after: str | None = None
        while True:
            page = self.page(table, partition, after)
            yield from page.items
            if page.last is None:
                return
            after = page.last

    def commit(self, writes: Sequence[Write], token: str | None = None) -> None:
        """Write all or nothing: one `TransactWriteItems` of up to 100 items, no item twice.

        token: makes a repeat of these same writes within ten minutes harmless. Raises `Rejected` where
        a condition does not hold. A transaction that meets another one on the same item waits and tries again.
        """
        items: Any = [transaction_entry(write) for write in writes]
        token = token or str(uuid.uuid4())
        for _ in _rounds("the items are being changed by others"):
            try:
                with _reachable():
                    answer = self._client.transact_write_items(
                        TransactItems=items, ClientRequestToken=token, **_COUNTED
                    )
            except self._client.exceptions.TransactionCanceledException as error:
                reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", ())]
                if "ConditionalCheckFailed" in reasons:
                    raise Rejected(
                        frozenset(i for i, code in enumerate(reasons) if code == "ConditionalCheckFailed")
                    ) from error
                if not _is_passing(reasons):
                    raise
            else:
                _require(answer, "ConsumedCapacity")
                return

    def put(self, write: Write) -> None:
        """Write one item outside any transaction; raises `Rejected` where its condition does not hold."""
        ((verb, target),) = transaction_entry(write).items()
        call = self._client.put_item if verb == "Put" else self._client.delete_item
        with _reachable():
            try:
                answer = call(**target, **_COUNTED)
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise Rejected(frozenset({0})) from error
        _require(answer, "ConsumedCapacity")

    def put_many(self, writes: Sequence[Write]) -> None:
        """Write items unconditionally, 25 at a time, no item twice; what DynamoDB leaves over is sent again."""
        for start in range(0, len(writes), _BATCH_WRITE):
            group = writes[start : start + _BATCH_WRITE]
            left: Any = {}
            for write in group:
                left.setdefault(write.table, []).append(batch_entry(write))
            for _ in _rounds("the store left writes undone"):
                with _reachable():
                    answer = self._client.batch_write_item(RequestItems=left)
                _require(answer, "UnprocessedItems")
                left = answer["UnprocessedItems"]
                if not left:
                    break


def connect(definitions: str, images: str, profiles: str) -> Database:
    """The database of these table names, by boto3's own settings (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials)."""
    return Database(boto3.client("dynamodb", config=CLIENT_CONFIG), definitions, images, profiles)


def retried(attempt: Callable[[], Result], times: int = _ROUNDS) -> Result:
    """`attempt`, made again with growing pauses while somebody else changes first; the last `Rejected` is raised."""
    for number in range(times - 1):
        try:
            return attempt()
        except Rejected:
            _pause(number)
    return attempt()


def _rounds(given_up: str) -> Iterator[int]:
    for number in range(_ROUNDS):
        if number:
            _pause(number)
        yield number
    raise Unavailable(given_up)


def _pause(number: int) -> None:
    """Full jitter: up to 50 ms, then twice as long each time."""
    longest_ms = min(50 * 2**number, int(_LONGEST_PAUSE_SECONDS * 1000))
    time.sleep(secrets.randbelow(longest_ms) / 1000)


@contextmanager
def _reachable() -> Iterator[None]:
    """Turns what botocore raises where the service is down, slow or throttling into `Unavailable`."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if error.response.get("Error", {}).get("Code") in _UNAVAILABLE or status >= 500:
            raise Unavailable("the store is not available") from error
        raise
    except BotoCoreError as error:
        raise Unavailable("the store is not available") from error


def _require(answer: Mapping[str, Any], member: str) -> None:
    """Raises `Unavailable` where an answer lacks what every real one has.

    botocore makes an empty success of a 200 whose body it cannot read; that must not pass for "no item" or "done".
    """
    if member not in answer:
        raise Unavailable("the store gave no whole answer")


def _is_passing(reasons: Sequence[str | None]) -> bool:
    return not {code for code in reasons if code not in (None, "None")} - {
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
    }
