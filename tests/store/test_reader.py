"""The lean reader: whole, sound answers, or a named failure within the deadline."""

import socket
import time

import pytest

from shared.store.reader import DEADLINE_SECONDS, Reader, ReadFailed, Unreachable
from tests import world

KEY = ("P#default#E#production", "pointer")
SLACK_SECONDS = 0.25  # less than a second wait, on the shared machine of a test run


@pytest.fixture
def store():
    with world.loopback_store() as store:
        yield store


@pytest.fixture
def reader(store):
    reader = Reader(store.url, "eu-central-1", world.CREDENTIALS)
    store.readers.append(reader)
    return reader


def test_an_item_comes_with_bytes_text_and_numbers_as_text(store, reader):
    store.items["images"][KEY] = {"document": b"\x00\xff", "kid": "k", "seq": 7}
    pk, sk = KEY
    assert reader.get("images", KEY) == {"pk": pk, "sk": sk, "document": b"\x00\xff", "kid": "k", "seq": "7"}


def test_an_item_that_is_not_there_is_none(reader):
    assert reader.get("images", KEY) is None


def test_one_connection_serves_many_reads(store, reader):
    for _ in range(3):
        reader.get("images", KEY)
    assert len(store.calls) == 3
    assert store.connections == 1


def test_many_items_come_by_their_keys_and_absent_ones_are_left_out(store, reader):
    wanted = [(f"pk{number}", "chunk") for number in range(150)]
    for key in wanted[:120]:
        store.items["images"][key] = {"body": key[0].encode()}
    found = reader.get_many("images", wanted)
    assert {key: item["body"] for key, item in found.items()} == {key: key[0].encode() for key in wanted[:120]}
    assert len(store.calls) == 2


def test_unprocessed_keys_are_asked_again(store, reader):
    wanted = [(f"pk{number}", "chunk") for number in range(10)]
    for key in wanted:
        store.items["images"][key] = {"body": b"x"}
    store.most_items = 4
    assert set(reader.get_many("images", wanted)) == set(wanted)
    assert len(store.calls) == 3


def test_a_batch_of_which_nothing_is_processed_is_throttled(store, reader):
    store.most_items = 0
    with pytest.raises(ReadFailed, match="throttled"):
        reader.get_many("images", [KEY])


@pytest.mark.parametrize(
    ("mode", "detail"),
    [
        ("garbage", "malformed"),
        ("empty", "malformed"),
        ("wrong-shape", "malformed"),
        ("list", "malformed"),
        ("wrong-crc", "damaged"),
        ("throttled", "throttled"),
        ("denied", "AccessDeniedException"),
        ("broken", "status-500"),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_an_answer_that_is_not_sound_fails_at_once_and_is_not_repeated(store, reader, mode, detail, many):
    store.mode = mode
    with pytest.raises(ReadFailed) as failed:
        reader.get_many("images", [KEY]) if many else reader.get("images", KEY)
    assert failed.value.detail == detail
    assert not isinstance(failed.value, Unreachable)
    assert len(store.calls) == 1


@pytest.mark.parametrize("mode", ["hang", "reset", "not-http", "cut", "trickle"])
def test_a_transport_error_is_tried_once_more_within_the_deadline(store, reader, mode):
    store.items["images"][KEY] = {"body": b"x" * 500}
    store.mode = mode
    started = time.monotonic()
    with pytest.raises(Unreachable):
        reader.get("images", KEY)
    assert time.monotonic() - started < DEADLINE_SECONDS + SLACK_SECONDS
    assert len(store.calls) <= 2


def test_a_refused_connection_is_unreachable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        reader = Reader(f"http://127.0.0.1:{free.getsockname()[1]}", "eu-central-1", world.CREDENTIALS)
        with pytest.raises(Unreachable):
            reader.get("images", KEY)


def test_an_idle_connection_that_died_costs_one_retry(store, reader):
    store.items["images"][KEY] = {"body": b"x"}
    reader.get("images", KEY)
    store.drop_connections()
    assert reader.get("images", KEY)["body"] == b"x"


@pytest.mark.parametrize("mode", ["hang", "reset", "garbage", "throttled", "trickle"])
def test_the_read_after_a_failure_succeeds_once_the_store_does(store, reader, mode):
    store.items["images"][KEY] = {"body": b"x" * 500}
    store.mode = mode
    with pytest.raises(ReadFailed):
        reader.get("images", KEY)
    store.mode = "ok"
    assert reader.get("images", KEY)["body"] == b"x" * 500


@pytest.mark.parametrize(
    "item",
    [
        {"body": {"B": "not base64!"}},
        {"body": {"BOOL": True}},
        {"body": {}},
        {"body": {"L": []}},
        {"body": "text"},
    ],
)
def test_an_item_of_unknown_kinds_is_malformed(store, reader, item, monkeypatch):
    monkeypatch.setattr(store, "answer", lambda *_: {"Item": item})
    with pytest.raises(ReadFailed, match="malformed"):
        reader.get("images", KEY)
