"""The sweep: what is over goes, what counts stays, whatever happens meanwhile."""

import itertools

from shared.store import keys, lists, sweeping
from shared.store.profiles import Visitor, Visitors
from shared.store.sweeping import sweep
from tests.store.test_list_uploads import cancel, finish, receive, start
from tests.store.test_lists import ANNA, BEN, ENVIRONMENT, create, has, memberships, put


def run(store, pages=None):
    """One run of the sweep, of so many pages at most."""
    times = itertools.count(1)
    return sweep(store.db, store.project, lambda: pages is None or next(times) <= pages)


def items(store):
    """The memberships of this project, as they lie in the table."""
    found, after = {}, None
    while True:
        page = store.db.scan(store.db.profiles, keys.MEMBERSHIPS, after)
        found |= {item.key: item for item in page.items if keys.owner_of(item.key)[0] == store.project}
        after = page.last
        if after is None:
            return found


def test_the_ids_of_a_deleted_list_go_and_those_of_others_stay(store):
    create(store)
    create(store, "vip")
    put(store, {ANNA: True, BEN: True})
    put(store, {ANNA: True}, "vip")
    Visitors(store.db, store.project, ENVIRONMENT).put(BEN, {"plan": "pro"})
    lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {})
    assert run(store).swept >= 2
    assert memberships(store, ANNA) == ["vip"]
    assert len(items(store)) == 1
    assert Visitors(store.db, store.project, ENVIRONMENT).find(BEN).traits == {"plan": "pro"}
    assert run(store).swept == 0


def test_the_ids_that_a_replacement_left_behind_go(store):
    create(store)
    put(store, {ANNA: True})
    upload = start(store, replaces=True)
    receive(store, upload, b"ben\n")
    run(store)
    assert has(store, ANNA)
    finish(store, upload)
    run(store)
    assert (has(store, BEN), len(items(store))) == (True, 1)


def test_what_is_being_uploaded_stays_and_what_was_cancelled_goes(store):
    create(store)
    upload = start(store, replaces=True)
    receive(store, upload, b"ben\n")
    run(store)
    assert len(items(store)) == 1
    cancel(store, upload)
    run(store)
    assert items(store) == {}


def test_more_than_one_transaction_goes(store):
    create(store)
    put(store, {Visitor(f"v{number}", anonymous=number % 2 == 0): True for number in range(130)})
    lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {})
    run(store)
    assert items(store) == {}


def test_a_run_without_time_leaves_the_rest_to_the_next(store):
    create(store)
    put(store, {ANNA: True})
    lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {})
    assert run(store, pages=0) == sweeping.Swept(0, 0, whole=False)
    while not run(store, pages=1).whole:
        pass
    assert items(store) == {}


def test_what_somebody_else_is_writing_is_left_to_the_next_run(store, monkeypatch):
    create(store)
    create(store, "vip")
    put(store, {ANNA: True, BEN: True})
    lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {})
    commit = type(store.db).commit

    def overtaken(database, writes, token=None):
        monkeypatch.setattr(type(store.db), "commit", commit)
        put(store, {ANNA: True}, "vip")
        return commit(database, writes, token)

    monkeypatch.setattr(type(store.db), "commit", overtaken)
    run(store)
    assert memberships(store, ANNA) == ["vip"]
    assert len(items(store)) == 1
