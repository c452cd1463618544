"""Publishing while DynamoDB fails at every single call: nothing half done is seen, a repeat does it once."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from shared.rules import image
from shared.rules.machine import Machine
from shared.store import audience_changes, database, images, publish, releases, signing
from shared.store.errors import Unavailable
from shared.store.publish import Order

ENDPOINT = "http://engine"

pytestmark = pytest.mark.parametrize("backend", ["engine"], indirect=True, scope="module")


class Fault:
    """Fails the `number`-th DynamoDB call, before it is sent or after it was done (`lost`), as often as `times`."""

    def __init__(self, client, number, *, lost, times=1):
        self._client = client
        self._number = number
        self._lost = lost
        self._times = times
        self.calls = 0
        client.meta.events.register("before-send.dynamodb", self)

    def __call__(self, request, **_):
        self.calls += 1
        if not self._number <= self.calls < self._number + self._times:
            return
        if self._lost:
            self._client._endpoint.http_session.send(request)
            raise ReadTimeoutError(endpoint_url=ENDPOINT)
        raise ConnectTimeoutError(endpoint_url=ENDPOINT)


def client(attempts):
    return boto3.client("dynamodb", config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}))


def through(store, raw):
    return database.Database(raw, store.db.definitions, store.db.images, store.db.profiles)


def served(store):
    """What a reader sees: the release that the pointer names, and its whole image's answer."""
    pointer = releases.pointers(store.db, store.project, ["production"])["production"]
    data = images.read(store.db, store.project, pointer.image, pointer.chunks)
    return pointer.release, Machine(image.decode(data)).evaluate({"traits": {"plan": "pro"}}, 0)


@pytest.fixture
def shop(store, monkeypatch):
    monkeypatch.setattr(images, "CHUNK_BYTES", 40)
    store.environment()
    audience_changes.put(store.db, store.change(), store.content("pro"))
    return store


def calls_of_a_publish(shop):
    raw = client(1)
    counter = Fault(raw, 0, lost=False, times=0)
    publish.publish(through(shop, raw), shop.signer, shop.change("count"), Order("production"))
    return counter.calls


@pytest.mark.parametrize("lost", [False, True])
def test_a_publish_that_fails_at_any_call_is_all_or_nothing_and_a_repeat_completes_it(shop, lost):
    total = calls_of_a_publish(shop)
    assert total >= 6
    for number in range(1, total + 1):
        audience_changes.put(shop.db, shop.change(), shop.content("pro", plan_rule(number)))
        before = served(shop)
        key = f"{lost}{number}"
        raw = client(1)
        Fault(raw, number, lost=lost)
        with pytest.raises(Unavailable):
            publish.publish(through(shop, raw), shop.signer, shop.change(key), Order("production"))
        now = served(shop)
        assert now == before or lost
        outcome = publish.publish(shop.db, shop.signer, shop.change(key), Order("production"))
        assert outcome.release.seq == int(before[0][1:]) + 1
        assert served(shop) == (outcome.release.name, ["pro"])


def plan_rule(number):
    return {"attribute": "traits.plan", "op": "in", "value": ["pro", f"other{number}"]}


def test_a_lost_reply_is_repeated_with_the_same_token_and_commits_once(shop):
    total = calls_of_a_publish(shop)
    raw = client(2)
    Fault(raw, total, lost=True)
    outcome = publish.publish(through(shop, raw), shop.signer, shop.change("again"), Order("production"))
    assert outcome.release.name == served(shop)[0] == "r2"
    page, _ = releases.history(shop.db, shop.project, "production", None, 100)
    assert [release.name for release in page] == ["r2", "r1", "r0"]


def test_a_signing_key_that_readers_do_not_trust_changes_nothing(shop):
    kms = boto3.client("kms")
    stranger = signing.Signer(kms, signing.create_key(kms), shop.trusted)
    with pytest.raises(Unavailable, match="do not trust"):
        publish.publish(shop.db, stranger, shop.change(), Order("production"))
    assert served(shop)[0] == "r0"


def test_a_signing_key_that_is_gone_changes_nothing(shop):
    gone = signing.Signer(boto3.client("kms"), "00000000-0000-0000-0000-000000000000", shop.trusted)
    with pytest.raises(Unavailable, match="not available"):
        publish.publish(shop.db, gone, shop.change(), Order("production"))
    assert served(shop)[0] == "r0"
