"""The sightings of environments: recorded before profiles are stored, all of them, written only where there is news."""

import pytest

from shared.rules.catalogue import Attribute
from shared.rules.problems import Refused
from shared.store import catalogue, keys, profiles, sightings
from shared.store.database import Database
from shared.store.errors import Unavailable
from shared.store.profiles import Visitor, Visitors
from shared.visitors.sightings import MAX_VALUES

NOW = 1_750_000_000_000
ANNA, PLAN = Visitor("anna"), ("traits", "plan")


@pytest.fixture
def visitors(store):
    return Visitors(store.db, store.project, store.environment())


def seen(store, environment="production"):
    """The values of each path of an environment, as written; None where nothing can be told."""
    found = sightings.read(store.db, store.project, [environment])
    if not found:
        return None
    values = found[environment].values
    return {".".join(path[1:]): each and sorted(str(value) for _, value in each) for path, each in values.items()}


def seq(store):
    return store.db.find(store.db.profiles, keys.sightings(store.project, "production")).seq


def test_an_environment_begins_with_whole_sightings_of_nothing(store, visitors):
    found = sightings.read(store.db, store.project, ["production", "staging"])
    assert [*found] == ["production"]
    assert (found["production"].since, found["production"].is_whole, seen(store)) == (NOW, True, {})


def test_every_way_of_writing_profiles_is_seen(store, visitors):
    visitors.put(ANNA, {"plan": "pro"})
    visitors.patch(ANNA, {"plan": "team", "age": 7})
    visitors.put_many({ANNA: {"plan": "free"}, Visitor("ben", anonymous=True): {"tags": ["a", "b"]}})
    assert seen(store) == {"plan": ["free", "pro", "team"], "age": ["7"], "tags": ["a", "b"]}


def test_deleting_a_visitor_takes_nothing_away(store, visitors):
    visitors.put(ANNA, {"plan": "pro"})
    visitors.delete(ANNA)
    assert seen(store) == {"plan": ["pro"]}


def test_environments_do_not_share_sightings(store, visitors):
    Visitors(store.db, store.project, store.environment("staging")).put(ANNA, {"plan": "pro"})
    assert (seen(store), seen(store, "staging")) == ({}, {"plan": ["pro"]})


def test_only_news_is_written(store, visitors):
    visitors.put(ANNA, {"plan": "pro"})
    written = seq(store)
    visitors.put(Visitor("ben"), {"plan": "pro"})
    visitors.put_many({Visitor(f"{number}"): {"plan": "pro"} for number in range(30)})
    assert seq(store) == written
    visitors.put(ANNA, {"plan": "pro", "age": 1})
    assert seq(store) == written + 1


def test_a_process_that_remembers_nothing_reads_before_it_writes(store, visitors):
    visitors.put(ANNA, {"plan": "pro"})
    written = seq(store)
    anew = Database(store.db._client, store.db.definitions, store.db.images, store.db.profiles)
    Visitors(anew, store.project, "production").put(ANNA, {"plan": "pro"})
    assert seq(store) == written
    Visitors(anew, store.project, "production").put(ANNA, {"plan": "team"})
    visitors.put(ANNA, {"plan": "free"})
    assert seen(store) == {"plan": ["free", "pro", "team"]}


def test_an_environment_without_sightings_gets_none(store):
    """It is older than they are, so nobody knows what its profiles held."""
    Visitors(store.db, store.project, "production").put(ANNA, {"plan": "pro"})
    assert seen(store) is None


def test_a_profile_that_is_refused_was_not_seen(store, visitors):
    with pytest.raises(Refused):
        visitors.put(ANNA, {"plan": "x" * profiles.MAX_BYTES})
    assert seen(store) == {}


def test_a_profile_whose_sightings_cannot_be_recorded_is_not_stored(store, visitors, monkeypatch):
    def fail(*_):
        raise Unavailable("the store is not available")

    monkeypatch.setattr(sightings, "record", fail)
    with pytest.raises(Unavailable):
        visitors.put(ANNA, {"plan": "pro"})
    with pytest.raises(Unavailable):
        visitors.put_many({ANNA: {"plan": "pro"}})
    assert visitors.find(ANNA) is None


def test_past_the_most_values_nothing_is_written_any_more(store, visitors):
    visitors.put_many({Visitor(f"{number}"): {"n": number} for number in range(MAX_VALUES + 1)})
    written = seq(store)
    visitors.put(ANNA, {"n": -1})
    assert (seen(store), seq(store)) == ({"n": None}, written)


def test_of_what_is_personal_only_the_name_is_kept(store, visitors):
    catalogue.put(store.db, store.change(), ("traits", "name"), Attribute(personal=True))
    visitors.put(ANNA, {"name": "Anna", "plan": "pro"})
    assert seen(store) == {"name": None, "plan": ["pro"]}


def test_what_becomes_personal_is_forgotten_with_what_lies_in_it(store, visitors):
    visitors.put(ANNA, {"home": {"city": "Ulm"}, "homes": 1})
    sightings.forget_values(store.db, store.project, ["production", "staging"], ("traits", "home"))
    assert seen(store) == {"home": None, "home.city": None, "homes": ["1"]}


def test_who_did_not_yet_know_that_it_is_personal_is_turned_away(store, visitors, monkeypatch):
    """Between his look at the catalogue and his write the attribute becomes personal: he has to look again."""
    get = catalogue.get

    def get_then_change(database, project):
        before = get(database, project)
        if not before.attributes:
            monkeypatch.setattr(catalogue, "get", get)
            catalogue.put(database, store.change(), PLAN, Attribute(personal=True))
            sightings.forget_values(database, project, ["production"], PLAN)
        return before

    monkeypatch.setattr(catalogue, "get", get_then_change)
    visitors.put(ANNA, {"plan": "pro"})
    assert seen(store) == {"plan": None}
