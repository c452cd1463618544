"""Publishing many audiences: the number of calls grows by pages and batches, not by audiences."""

import boto3
import msgspec
import pytest

from shared.store import audiences, keys, publish, releases
from shared.store.database import Database
from shared.store.items import Write, record
from shared.store.publish import Order

AUDIENCES = 1_000

pytestmark = pytest.mark.parametrize("backend", ["engine"], indirect=True, scope="module")


@pytest.fixture
def calls():
    return []


@pytest.fixture
def counted(store, calls):
    """The store's database on a client that notes the name of each call."""
    client = boto3.client("dynamodb")
    client.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    return Database(client, store.db.definitions, store.db.images, store.db.profiles)


@pytest.fixture
def shop(store):
    """A project with many audiences, each at version 2; saved one by one they would take longer than the test."""
    store.environment()
    store.db.put_many([write for number in range(AUDIENCES) for write in saved(store, f"audience{number:04}")])
    return store


def saved(store, key):
    content = msgspec.structs.asdict(store.content(key))
    versions = [
        audiences.AudienceVersion(format=audiences.FORMAT, version=number, created_at=0, created_by="tester", **content)
        for number in (1, 2)
    ]
    head = audiences.Audience(audiences.FORMAT, versions[-1], False, 0, 0, "tester")  # noqa: FBT003  # `archived`
    yield Write(store.db.definitions, keys.audience(store.project, key), record(msgspec.msgpack.encode(head), 1))
    for version in versions:
        place = keys.audience_version(store.project, key, version.version)
        yield Write(store.db.definitions, place, {"body": msgspec.msgpack.encode(version)})


def test_a_thousand_audiences_are_published_in_a_handful_of_calls(shop, counted, calls):
    outcome = publish.publish(counted, shop.signer, shop.change(), Order("production"))
    assert len(outcome.changes) == AUDIENCES
    assert calls.count("Query") <= 5
    assert len(calls) <= 10
    assert releases.current(shop.db, shop.project, "production").versions["audience0999"] == 2


def test_versions_that_are_not_the_latest_are_read_a_hundred_at_a_time(shop, counted, calls):
    order = Order("production", audiences={f"audience{number:04}": 1 for number in range(AUDIENCES)})
    publish.publish(counted, shop.signer, shop.change(), order)
    calls.clear()
    publish.publish(counted, shop.signer, shop.change(), Order("production", audiences={"audience0000": "latest"}))
    assert calls.count("BatchGetItem") == AUDIENCES // 100
    assert len(calls) <= AUDIENCES // 100 + 10
    current = releases.current(shop.db, shop.project, "production").versions
    assert (current["audience0000"], current["audience0001"]) == (2, 1)
