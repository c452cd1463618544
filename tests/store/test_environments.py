import pytest

from shared.rules import image
from shared.rules.machine import Machine
from shared.rules.problems import Refused
from shared.store import environments, images, keys, publish, records, releases
from shared.store.changes import audit_page
from shared.store.errors import Conflict, NotFound
from shared.store.verify import verify


def create(store, key, change=None):
    return environments.create(store.db, store.signer, change or store.change(), key, key.title())


def test_a_project_begins_without_environments(store):
    assert environments.every(store.db, store.project) == ()
    with pytest.raises(NotFound, match="`production`"):
        environments.get(store.db, store.project, "production")


def test_environments_are_listed_by_key(store):
    create(store, "staging")
    created = create(store, "production")
    assert [each.key for each in environments.every(store.db, store.project)] == ["production", "staging"]
    assert environments.get(store.db, store.project, "production") == created


def test_a_new_environment_serves_a_signed_empty_release(store):
    create(store, "production")
    item = store.db.find(store.db.images, keys.pointer(store.project, "production"))
    document = item.binary("document")
    assert verify(records.POINTER_DOMAIN, document, item.binary("signature"), item.text("kid"), store.trusted)
    pointer = records.decode_pointer(document)
    assert (pointer.seq, pointer.release, pointer.environment, pointer.project) == (
        0,
        "r0",
        "production",
        store.project,
    )
    data = images.read(store.db, store.project, pointer.image, pointer.chunks)
    assert len(data) == pointer.length
    assert Machine(image.decode(data)).evaluate({"traits": {"plan": "pro"}}, 0) == []
    assert releases.current(store.db, store.project, "production").versions == {}


def test_a_new_environment_has_a_signed_key_table_that_accepts_nobody(store):
    create(store, "production")
    item = store.db.find(store.db.images, keys.key_table(store.project, "production"))
    document = item.binary("document")
    assert verify(records.KEY_TABLE_DOMAIN, document, item.binary("signature"), item.text("kid"), store.trusted)
    table = records.decode_key_table(document)
    assert (table.seq, table.entries, table.project, table.environment) == (0, (), store.project, "production")


def test_an_environment_is_created_once(store):
    create(store, "production")
    with pytest.raises(Conflict, match="exists already"):
        create(store, "production")
    assert len(audit_page(store.db, store.project)[0]) == 1


def test_a_repeat_creates_no_second_environment(store):
    first = create(store, "production", store.change("once"))
    assert create(store, "production", store.change("once")) == first


def test_a_project_has_at_most_a_hundred_environments(store, monkeypatch):
    monkeypatch.setattr(environments, "MAX_ENVIRONMENTS", 2)
    create(store, "a")
    create(store, "b")
    with pytest.raises(Refused, match="at most 2 environments"):
        create(store, "c")
    assert store.db.find(store.db.images, keys.pointer(store.project, "c")) is None


def test_settings_reach_the_readers_with_the_next_release(store):
    create(store, "production")
    wanted = records.EnvironmentSettings(allowed_headers=("x-shop",))
    changed = environments.set_up(store.db, store.change(), "production", wanted)
    assert changed == environments.get(store.db, store.project, "production")
    assert pointer(store).settings == records.EnvironmentSettings()
    publish.publish(store.db, store.signer, store.change(), publish.Order("production"))
    assert pointer(store).settings == wanted
    publish.roll_back(store.db, store.signer, store.change(), "production", "r0")
    assert pointer(store).settings == wanted
    assert audit_page(store.db, store.project)[0][2].action == "environment.set-up"


def test_a_repeat_sets_nothing_up_twice(store):
    create(store, "production")
    wanted = records.EnvironmentSettings(allowed_headers=("x-shop",))
    first = environments.set_up(store.db, store.change("once"), "production", wanted)
    environments.set_up(store.db, store.change(), "production", records.EnvironmentSettings())
    assert environments.set_up(store.db, store.change("once"), "production", wanted) == first
    assert environments.get(store.db, store.project, "production").settings == records.EnvironmentSettings()


def test_an_environment_that_is_not_there_cannot_be_set_up(store):
    with pytest.raises(NotFound, match="`production`"):
        environments.set_up(store.db, store.change(), "production", records.EnvironmentSettings())


def pointer(store):
    item = store.db.find(store.db.images, keys.pointer(store.project, "production"))
    return records.decode_pointer(item.binary("document"))
