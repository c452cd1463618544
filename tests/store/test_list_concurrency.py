"""Lists with many writers at once, and with killed ones, on the local engine only: moto keeps no isolation."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from shared.store import database, generations, list_entries, list_uploads, lists
from shared.store.errors import Conflict, Unavailable
from shared.store.list_uploads import Part
from shared.store.profiles import Visitor
from tests.store.test_faults import Fault
from tests.store.test_lists import ANNA, ENVIRONMENT, count, create, has, put

WRITERS = 8
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.parametrize("backend", ["engine"], indirect=True, scope="module")


def together(work):
    """What each of the writers gives back, all started at once."""
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(work, range(WRITERS)))


def until_done(work):
    """A client that repeats what was answered with a conflict or not at all."""
    while True:
        try:
            return work()
        except (Conflict, Unavailable):
            time.sleep(random.random() / 20)


def test_writers_of_one_visitor_lose_no_membership(store):
    for writer in range(WRITERS):
        create(store, f"list{writer}")

    def work(writer):
        for wanted in (True, False, True):
            until_done(lambda: put(store, {ANNA: wanted}, f"list{writer}"))  # noqa: B023  # done before the next

    together(work)
    found = list_entries.lists_of(store.db, store.project, ENVIRONMENT, ANNA)
    assert found == [f"list{writer}" for writer in range(WRITERS)]
    assert [count(store, key) for key in found] == [1] * WRITERS


def test_writers_of_one_list_count_every_id_once(store):
    create(store)

    def work(writer):
        own = [Visitor(f"w{writer}-{number}") for number in range(3)]
        return [until_done(lambda: put(store, {v: True, ANNA: True})).added for v in own]  # noqa: B023  # as above

    added = [number for results in together(work) for number in results]
    assert count(store) == 3 * WRITERS + 1 == sum(added)


def test_lists_made_at_once_have_generations_of_their_own(store):
    together(lambda writer: until_done(lambda: create(store, f"list{writer}")))
    known = generations.read(store.db, store.project, ENVIRONMENT).generations
    assert sorted(known.current.values()) == [f"list{writer}" for writer in range(WRITERS)]
    assert known.next == WRITERS + 1


def test_one_stream_sent_by_many_at_once_is_taken_once(store, monkeypatch):
    monkeypatch.setattr(list_uploads, "GROUP", 5)
    create(store)
    upload = list_uploads.start(store.db, store.change(), ENVIRONMENT, "beta", replaces=True).upload
    data = b"".join(b"v%02d\n" % number for number in range(60))
    together(lambda _: until_done(lambda: receive(store.db, store, upload.id, data)))
    seen = lists.head(store.db, store.project, ENVIRONMENT, "beta").list.upload
    assert (seen.received, seen.lines, seen.added, seen.repeated) == (len(data), 60, 60, 0)


def receive(db, store, upload_id, data, offset=0):
    return list_uploads.receive(
        db, store.change(), ENVIRONMENT, "beta", upload_id, Part(offset, data, "text/plain")
    ).upload


def flaky(store, number, *, lost):
    """A database whose `number`-th call fails, before it is sent or after it was done."""
    raw = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1, "mode": "standard"}))
    fault = Fault(raw, number, lost=lost)
    return database.Database(raw, store.db.definitions, store.db.images, store.db.profiles), fault


@pytest.mark.parametrize("lost", [False, True])
def test_a_part_that_fails_at_any_call_is_taken_up_where_it_stopped_and_counted_once(store, monkeypatch, lost):
    monkeypatch.setattr(list_uploads, "GROUP", 4)
    create(store)
    data = b"".join(b"v%02d\n" % number for number in range(18)) + b"\x00\nv00\n"
    number = 1
    while True:
        upload = list_uploads.start(store.db, store.change(), ENVIRONMENT, "beta", replaces=True).upload
        db, fault = flaky(store, number, lost=lost)
        with suppress(Unavailable):
            receive(db, store, upload.id, data)
        seen = receive(store.db, store, upload.id, data)
        assert (seen.received, seen.added, seen.repeated, seen.refused) == (len(data), 18, 1, 1)
        ended = list_uploads.finish(store.db, store.change(), ENVIRONMENT, "beta", upload.id, len(data))
        assert ended.count == 18
        if fault.calls < number:
            break
        number += 1
    assert number > 8


CLIENT = """
import sys, time
from shared.store import database, list_uploads, lists
from shared.store.changes import Change
from shared.store.list_uploads import Part
definitions, images, profiles, project, upload = sys.argv[1:]
db = database.connect(definitions, images, profiles)
data = b"".join(b"customer-%06d\\n" % number for number in range(3000))
while True:
    change = Change(project, "client", 1_750_000_000_000, "request")
    offset = lists.head(db, project, "production", "beta").list.upload.received
    if offset == len(data):
        break
    part = Part(offset, data[offset : offset + 9000], "text/plain")
    list_uploads.receive(db, change, "production", "beta", upload, part)
list_uploads.finish(db, change, "production", "beta", upload, len(data))
"""


def test_an_upload_survives_the_kill_of_whoever_works_on_it(store):
    create(store)
    put(store, {ANNA: True})
    upload = list_uploads.start(store.db, store.change(), ENVIRONMENT, "beta", replaces=True).upload
    tables = [store.db.definitions, store.db.images, store.db.profiles]
    command = [sys.executable, "-c", CLIENT, *tables, store.project, upload.id]
    seen = []
    for _ in range(40):
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ)
        try:
            process.wait(0.9 + random.random())
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        finally:
            process.wait()
        found = lists.head(store.db, store.project, ENVIRONMENT, "beta").list
        seen.append(found.upload.received)
        assert has(store, ANNA) == (found.upload.state == "open")
        if process.returncode == 0:
            break
    assert process.returncode == 0, seen
    assert seen == sorted(seen)
    assert (found.count, found.upload.added, found.upload.repeated) == (3000, 3000, 0)
    some = {Visitor(f"customer-{number:06}") for number in (0, 1, 1499, 2999)}
    assert all(has(store, visitor) for visitor in some)
