import pytest

from shared.rules.catalogue import Attribute
from shared.rules.kinds import Type
from shared.rules.problems import Refused
from shared.store import catalogue
from shared.store.changes import audit_page
from shared.store.errors import NotFound, Stale

PLAN, DOTTED = ("traits", "plan"), ("traits", "a.b\\c")
NUMBER = Attribute(type=Type.NUMBER, description="Ärger", examples=(1, 2.5, "x", True), personal=True, trusted=True)


def put(store, path=PLAN, attribute=NUMBER, seen=None, change=None):
    return catalogue.put(store.db, change or store.change(), path, attribute, seen)


def test_a_catalogue_begins_empty_at_version_0(store):
    assert catalogue.get(store.db, store.project) == catalogue.StoredCatalogue(0, {})


def test_entries_come_back_as_they_were_put(store):
    assert put(store) == 1
    assert put(store, DOTTED, Attribute()) == 2
    assert catalogue.get(store.db, store.project) == catalogue.StoredCatalogue(2, {PLAN: NUMBER, DOTTED: Attribute()})


def test_an_entry_is_replaced_and_deleted(store):
    put(store)
    put(store, attribute=Attribute(type=Type.STRING))
    assert catalogue.get(store.db, store.project).attributes[PLAN].type is Type.STRING
    assert catalogue.delete(store.db, store.change(), PLAN) == 3
    assert catalogue.get(store.db, store.project).attributes == {}
    with pytest.raises(NotFound, match=r"`traits\.plan`"):
        catalogue.delete(store.db, store.change(), PLAN)


def test_a_change_of_a_version_that_is_gone_is_stale(store):
    put(store, seen=0)
    with pytest.raises(Stale) as stale:
        put(store, seen=0)
    assert stale.value.current == "1"
    with pytest.raises(Stale):
        catalogue.delete(store.db, store.change(), PLAN, 7)
    assert put(store, seen=1) == 2


def test_a_repeat_changes_nothing_more(store):
    assert put(store, change=store.change("once")) == 1
    put(store, attribute=Attribute())
    assert put(store, change=store.change("once")) == 1
    assert catalogue.get(store.db, store.project).attributes[PLAN] == Attribute()


def test_changes_are_audited(store):
    put(store)
    catalogue.delete(store.db, store.change(at_ms=1_750_000_000_001), PLAN)
    told = [(each.action, each.subject) for each in audit_page(store.db, store.project)[0]]
    assert told == [("attribute.delete", "traits.plan"), ("attribute.put", "traits.plan")]


def test_a_catalogue_has_limits(store, monkeypatch):
    monkeypatch.setattr(catalogue, "MAX_ATTRIBUTES", 1)
    put(store)
    with pytest.raises(Refused, match="at most 1 attributes"):
        put(store, DOTTED)
    put(store)
    monkeypatch.setattr(catalogue, "MAX_BYTES", 20)
    with pytest.raises(Refused, match="limit is 20"):
        put(store)
    assert catalogue.get(store.db, store.project).version == 2
