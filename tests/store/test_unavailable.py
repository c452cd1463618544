"""Every operation of the database where DynamoDB fails: `Unavailable`, and never an empty answer instead."""

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from shared.store import database
from shared.store.database import Database, Rejected, retried
from shared.store.errors import Unavailable
from shared.store.items import Write, record

KEY = ("partition", "sort")
WRITE = Write("table", KEY, record(b"", 1))
DONE = (200, '{"ConsumedCapacity": []}')
OPERATIONS = {
    "find": lambda db: db.find("table", KEY),
    "find_many": lambda db: db.find_many("table", [KEY]),
    "page": lambda db: db.page("table", "partition"),
    "every": lambda db: list(db.every("table", "partition")),
    "commit": lambda db: db.commit([WRITE]),
    "put": lambda db: db.put(WRITE),
    "put_many": lambda db: db.put_many([WRITE]),
}


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setattr(database, "_LONGEST_PAUSE_SECONDS", 0.002)
    return boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


def answering(client, *answers):
    """The database on a client whose calls meet these, the last one from then on: an exception, or (status, body)."""
    left = list(answers)

    def answer(request, **_):
        next_one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(next_one, Exception):
            raise next_one
        status, body = next_one
        return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.0"}, Body(body))

    client.meta.events.register("before-send.dynamodb", answer)
    return Database(client, "table", "table", "table")


class Body:
    def __init__(self, text):
        self._text = text

    def stream(self):
        yield self._text.encode()


def fault(code, status=400):
    return status, f'{{"__type": "com.amazonaws.dynamodb.v20120810#{code}", "message": "no"}}'


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize(
    "answer",
    [
        EndpointConnectionError(endpoint_url="x"),
        ConnectTimeoutError(endpoint_url="x"),
        ReadTimeoutError(endpoint_url="x"),
        fault("ProvisionedThroughputExceededException"),
        fault("ThrottlingException"),
        fault("RequestLimitExceeded"),
        fault("InternalServerError", 500),
        (503, "<html>busy</html>"),
    ],
    ids=str,
)
def test_a_store_that_fails_is_unavailable(client, name, answer):
    with pytest.raises(Unavailable):
        OPERATIONS[name](answering(client, answer))


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_our_own_mistake_is_not_hidden(client, name):
    with pytest.raises(ClientError, match="ValidationException"):
        OPERATIONS[name](answering(client, fault("ValidationException")))


@pytest.mark.parametrize("body", ["", "{}", "<html>"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_answer_that_says_nothing_is_no_empty_answer(client, name, body):
    with pytest.raises(Unavailable):
        OPERATIONS[name](answering(client, (200, body)))


def cancelled(*codes):
    reasons = ", ".join(f'{{"Code": "{code}"}}' for code in codes)
    kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
    return 400, f'{{"__type": "{kind}", "message": "no", "CancellationReasons": [{reasons}]}}'


def test_a_transaction_that_meets_another_one_is_tried_again(client):
    answering(client, cancelled("None", "TransactionConflict"), cancelled("ThrottlingError"), DONE).commit(
        [WRITE, WRITE]
    )


def test_a_transaction_that_always_meets_another_one_is_given_up(client):
    with pytest.raises(Unavailable, match="being changed"):
        answering(client, cancelled("TransactionConflict")).commit([WRITE])


def test_a_failed_condition_counts_more_than_a_conflict(client):
    with pytest.raises(Rejected) as rejected:
        answering(client, cancelled("TransactionConflict", "ConditionalCheckFailed")).commit([WRITE, WRITE])
    assert rejected.value.failed == {1}


def test_a_transaction_that_is_wrong_in_itself_is_not_tried_again(client):
    with pytest.raises(ClientError):
        answering(client, cancelled("ItemCollectionSizeLimitExceeded"), DONE).commit([WRITE])


def test_writes_and_reads_that_dynamodb_leaves_over_are_sent_again(client):
    left_writes = '{"UnprocessedItems": {"table": [{"PutRequest": {"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}]}}'
    answering(client, (200, left_writes), (200, '{"UnprocessedItems": {}}')).put_many([WRITE])


def test_reads_that_dynamodb_leaves_over_are_asked_again(client):
    left = (
        '{"Responses": {}, "UnprocessedKeys": {"table": {"Keys": [{"pk": {"S": "partition"}, "sk": {"S": "sort"}}]}}}'
    )
    found = '{"Responses": {"table": [{"pk": {"S": "partition"}, "sk": {"S": "sort"}, "seq": {"N": "4"}}]}}'
    assert answering(client, (200, left), (200, found)).find_many("table", [KEY])[KEY].seq == 4


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("find_many", '{"Responses": {}, "UnprocessedKeys": {"table": {"Keys": [{"pk": {"S": "a"}}]}}}'),
        ("put_many", '{"UnprocessedItems": {"table": [{"DeleteRequest": {"Key": {"pk": {"S": "a"}}}}]}}'),
    ],
)
def test_what_is_left_over_for_ever_is_unavailable(client, name, body):
    with pytest.raises(Unavailable, match="un"):
        OPERATIONS[name](answering(client, (200, body)))


def test_an_attempt_that_is_always_rejected_is_given_up(monkeypatch):
    monkeypatch.setattr(database, "_LONGEST_PAUSE_SECONDS", 0.002)
    attempts = []

    def attempt():
        attempts.append(1)
        raise Rejected(frozenset({0}))

    with pytest.raises(Rejected):
        retried(attempt, 3)
    assert len(attempts) == 3
