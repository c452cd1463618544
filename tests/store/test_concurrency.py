"""Many writers at once, on the local engine only: moto keeps no isolation."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.rules import image
from shared.rules.machine import Machine
from shared.store import (
    api_keys,
    audience_changes,
    catalogue,
    environments,
    images,
    keys,
    publish,
    records,
    releases,
    sightings,
)
from shared.store.api_keys import NewKey
from shared.store.errors import Conflict, RepeatedKey, Unavailable
from shared.store.profiles import Visitor, Visitors
from shared.store.publish import Order

WRITERS = 8

pytestmark = pytest.mark.parametrize("backend", ["engine"], indirect=True, scope="module")


def together(work):
    """What each of the writers gives back, all started at once."""
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(work, range(WRITERS)))


def publish_until_done(store, order, change=None):
    conflicts = 0
    while True:
        try:
            return publish.publish(store.db, store.signer, change or store.change(), order), conflicts
        except (Conflict, Unavailable):
            conflicts += 1


def test_writers_that_publish_at_once_lose_no_update(store):
    store.environment()
    for writer in range(WRITERS):
        for plan in ("first", "second", "third"):
            rule = {"attribute": "traits.plan", "op": "eq", "value": f"{plan}{writer}"}
            audience_changes.put(store.db, store.change(), store.content(f"audience{writer}", rule))

    def work(writer):
        orders = [Order("production", audiences={f"audience{writer}": number}) for number in (1, 2, 3)]
        return [publish_until_done(store, order) for order in orders]

    done = [each for results in together(work) for each in results]
    seqs = [outcome.release.seq for outcome, _ in done]
    assert sorted(seqs) == list(range(1, 3 * WRITERS + 1))
    for outcome, _ in done:
        assert len(outcome.changes) == 1
    current = releases.current(store.db, store.project, "production")
    assert current.versions == {f"audience{writer}": 3 for writer in range(WRITERS)}
    machine = Machine(image.decode(images.read(store.db, store.project, current.image, current.chunks)))
    assert machine.evaluate({"traits": {"plan": "third5"}}, 0) == ["audience5"]
    assert releases.pointers(store.db, store.project, ["production"])["production"].seq == current.seq


def test_one_of_two_that_publish_from_the_same_release_gets_a_conflict_that_names_the_other(store, monkeypatch):
    store.environment()
    write = images.write

    def overtaken(*arguments):
        monkeypatch.setattr(images, "write", write)
        publish.publish(store.db, store.signer, store.change(), Order("production", message="faster"))
        return write(*arguments)

    monkeypatch.setattr(images, "write", overtaken)
    with pytest.raises(Conflict) as conflict:
        publish.publish(store.db, store.signer, store.change(), Order("production", message="slower"))
    assert conflict.value.current == "r1"
    assert releases.current(store.db, store.project, "production").message == "faster"


def test_one_idempotency_key_makes_one_release_whoever_comes_first(store):
    store.environment()

    def work(_):
        try:
            return publish.publish(store.db, store.signer, store.change("once"), Order("production")).release.name
        except (RepeatedKey, Conflict, Unavailable):
            return None

    assert {name for name in together(work) if name} == {"r1"}
    assert releases.current(store.db, store.project, "production").name == "r1"


def test_keys_made_at_once_are_all_in_the_table(store):
    store.environment()
    new = NewKey("server", publishable=False, environments=("production",), scopes=("read",))
    made = together(lambda _: api_keys.create(store.db, store.signer, store.change(), new)[0].key_id)
    item = store.db.find(store.db.images, keys.key_table(store.project, "production"))
    table = records.decode_key_table(item.binary("document"))
    assert {entry.key_id for entry in table.entries} == set(made)
    assert table.seq == WRITERS


def test_environments_and_catalogue_entries_made_at_once_are_all_there(store):
    together(lambda n: environments.create(store.db, store.signer, store.change(), f"env{n}", ""))
    together(lambda n: catalogue.put(store.db, store.change(), ("traits", f"t{n}"), catalogue.Attribute()))
    assert len(environments.every(store.db, store.project)) == WRITERS
    assert len(catalogue.get(store.db, store.project).attributes) == WRITERS


def test_traits_patched_at_once_are_all_kept(store):
    visitors = Visitors(store.db, store.project, "production")
    together(lambda n: visitors.patch(Visitor("anna"), {f"trait{n}": n}))
    assert visitors.find(Visitor("anna")).traits == {f"trait{n}": n for n in range(WRITERS)}


def test_what_is_seen_at_once_is_all_recorded(store):
    visitors = Visitors(store.db, store.project, store.environment())
    together(lambda n: visitors.put(Visitor(f"{n}"), {"n": n, f"trait{n}": 1}))
    values = sightings.read(store.db, store.project, ["production"])["production"].values
    assert {value for _, value in values["traits", "n"]} == {*range(WRITERS)}
    assert {("traits", f"trait{n}") for n in range(WRITERS)} <= values.keys()
