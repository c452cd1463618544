import pytest

from shared.rules.problems import Refused
from shared.store import keys, profiles
from shared.store.items import Write, record
from shared.store.profiles import Visitor, Visitors
from shared.visitors.profile import Profile, encode

ANNA, BEN = Visitor("anna"), Visitor("ben")


@pytest.fixture
def visitors(store):
    return Visitors(store.db, store.project, "production")


def seen(store, visitor, first, last):
    """A profile as collected events leave it."""
    body = encode(Profile(traits={"plan": "pro"}, first_seen=first, last_seen=last))
    key = keys.known_profile(store.project, "production", visitor.id)
    store.db.put(Write(store.db.profiles, key, record(body, 5)))


def test_nobody_is_known_at_first(visitors):
    assert visitors.find(ANNA) is None
    assert visitors.find_many([ANNA, BEN]) == {}


def test_traits_of_every_json_kind_come_back(visitors):
    traits = {"plan": "pro", "n": 1, "f": 1.5, "b": True, "list": [1, "x", None], "o": {"a.b": {"c": "Ä"}}}
    assert visitors.put(ANNA, traits).traits == traits
    assert visitors.find(ANNA).traits == traits


def test_put_replaces_all_traits_and_patch_some(visitors):
    visitors.put(ANNA, {"plan": "pro", "age": 30, "address": {"city": "Bonn", "zip": "53"}})
    assert visitors.patch(ANNA, {"age": None, "address": {"city": "Ulm"}, "new": None}).traits == {
        "plan": "pro",
        "address": {"city": "Ulm"},
    }
    assert visitors.put(ANNA, {"age": 31}).traits == {"age": 31}
    assert visitors.patch(BEN, {"plan": "free"}).traits == {"plan": "free"}


def test_traits_are_written_without_forgetting_when_somebody_was_seen(store, visitors):
    seen(store, ANNA, 100, 200)
    for profile in (visitors.patch(ANNA, {"x": 1}), visitors.put(ANNA, {"y": 1})):
        assert (profile.first_seen, profile.last_seen) == (100, 200)
    visitors.put_many({ANNA: {"z": 1}})
    assert visitors.find(ANNA) == Profile(traits={"z": 1}, first_seen=100, last_seen=200)


def test_known_and_anonymous_visitors_of_one_name_are_two(visitors):
    visitors.put(ANNA, {"a": 1})
    visitors.put(Visitor("anna", anonymous=True), {"a": 2})
    assert visitors.find(ANNA).traits == {"a": 1}
    assert visitors.find(Visitor("anna", anonymous=True)).traits == {"a": 2}


def test_environments_do_not_share_visitors(store, visitors):
    visitors.put(ANNA, {"a": 1})
    assert Visitors(store.db, store.project, "staging").find(ANNA) is None


def test_many_visitors_are_written_read_and_deleted(visitors):
    many = {Visitor(f"{n:03}"): {"n": n} for n in range(130)}
    visitors.put_many(many)
    visitors.put_many({Visitor("007"): {"n": "seven"}})
    found = visitors.find_many(many)
    assert len(found) == 130
    assert found[Visitor("129")].traits == {"n": 129}
    assert found[Visitor("007")].traits == {"n": "seven"}
    visitors.delete_many([*many, *many])
    assert visitors.find_many(many) == {}


def test_a_deleted_visitor_is_gone_and_deleting_again_does_nothing(visitors):
    visitors.put(ANNA, {"a": 1})
    visitors.delete(ANNA)
    visitors.delete(ANNA)
    assert visitors.find(ANNA) is None


def test_a_profile_too_large_is_refused_and_nothing_changes(visitors):
    visitors.put(ANNA, {"a": "x" * 60_000})
    with pytest.raises(Refused) as refused:
        visitors.patch(ANNA, {"b": "x" * 60_000})
    assert [problem.pointer for problem in refused.value.problems] == ["/traits"]
    with pytest.raises(Refused) as refused:
        visitors.put_many({ANNA: {"a": 1}, BEN: {"b": "x" * (profiles.MAX_BYTES + 1)}})
    assert [problem.pointer for problem in refused.value.problems] == ["/1/traits"]
    assert visitors.find(ANNA).traits == {"a": "x" * 60_000}
