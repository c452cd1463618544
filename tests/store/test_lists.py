"""Id lists and their ids: made, asked, changed, deleted."""

import msgspec
import pytest

from shared.rules.problems import Refused
from shared.store import audience_changes, generations, keys, list_entries, lists
from shared.store.errors import InUse, NotFound, RepeatedKey
from shared.store.items import Write
from shared.store.profiles import Visitor
from shared.visitors.memberships import decode, lists_of

ANNA, BEN = Visitor("anna"), Visitor("ben")
ENVIRONMENT = "production"


def create(store, key="beta", environment=ENVIRONMENT):
    return lists.put(store.db, store.change(), environment, key, key.title(), "").list


def put(store, wanted, key="beta", change=None):
    return list_entries.put(store.db, change or store.change(), ENVIRONMENT, key, wanted)


def has(store, visitor, key="beta"):
    return list_entries.has(store.db, store.project, ENVIRONMENT, key, visitor)


def count(store, key="beta"):
    return lists.head(store.db, store.project, ENVIRONMENT, key).list.count


def memberships(store, visitor):
    """What a reader sees of a visitor: the item as evaluate reads it, with the generations that count."""
    item = store.db.find(store.db.profiles, list_entries.membership_key(store.project, ENVIRONMENT, visitor))
    known = generations.read(store.db, store.project, ENVIRONMENT).generations
    return lists_of(decode(item.body), known) if item else None


def listing(store, environment=ENVIRONMENT):
    return [found.key for found in lists.page(store.db, store.project, environment, None, 100)[0]]


def test_a_list_is_made_renamed_and_found(store):
    made = create(store)
    assert (made.name, made.count, made.upload) == ("Beta", 0, None)
    changed = lists.put(store.db, store.change(at_ms=made.created_at + 5), ENVIRONMENT, "beta", "Testers", "who test")
    assert not changed.is_new
    assert changed.list == msgspec.structs.replace(
        made, name="Testers", description="who test", updated_at=made.created_at + 5
    )
    assert lists.head(store.db, store.project, ENVIRONMENT, "beta").list == changed.list
    assert listing(store) == ["beta"]


def test_lists_come_in_pages_and_belong_to_their_environment(store):
    for key in ("c", "a", "b"):
        create(store, key)
    create(store, "other", "staging")
    first, after = lists.page(store.db, store.project, ENVIRONMENT, None, 2)
    rest, end = lists.page(store.db, store.project, ENVIRONMENT, after, 2)
    assert ([found.key for found in first], [found.key for found in rest], end) == (["a", "b"], ["c"], None)
    assert listing(store, "staging") == ["other"]
    assert generations.list_keys(store.db, store.project, [ENVIRONMENT, "staging", "none"]) == {"a", "b", "c", "other"}


def test_ids_come_and_go_and_the_count_follows(store):
    create(store)
    assert put(store, {ANNA: True, BEN: True}) == list_entries.Entries(2, 2, 0)
    assert put(store, {ANNA: True}) == list_entries.Entries(2, 0, 0)
    assert put(store, {ANNA: False, Visitor("carl"): True}) == list_entries.Entries(2, 1, 1)
    assert put(store, {ANNA: False}) == list_entries.Entries(2, 0, 0)
    assert [has(store, visitor) for visitor in (ANNA, BEN, Visitor("carl"))] == [False, True, True]
    assert count(store) == 2


def test_one_item_says_all_lists_of_a_visitor(store):
    for key in ("beta", "vip", "press"):
        create(store, key)
        put(store, {ANNA: True}, key)
    put(store, {BEN: True}, "vip")
    assert memberships(store, ANNA) == ["beta", "press", "vip"]
    put(store, {ANNA: False}, "press")
    assert (memberships(store, ANNA), memberships(store, BEN)) == (["beta", "vip"], ["vip"])


def test_an_item_that_says_nothing_any_more_is_gone(store):
    create(store)
    put(store, {ANNA: True})
    put(store, {ANNA: False})
    assert memberships(store, ANNA) is None


def test_known_and_anonymous_ids_of_one_text_are_two(store):
    create(store)
    put(store, {Visitor("anna", anonymous=True): True})
    assert (has(store, ANNA), has(store, Visitor("anna", anonymous=True))) == (False, True)


def test_more_ids_than_one_transaction_holds(store):
    create(store)
    many = {Visitor(f"v{number:03}"): True for number in range(250)}
    assert put(store, many) == list_entries.Entries(250, 250, 0)
    assert put(store, dict.fromkeys(many, False) | {ANNA: True}) == list_entries.Entries(1, 1, 250)


def test_a_repeat_under_the_same_key_is_answered_as_the_first_was(store):
    change = store.change("k1", b"PUT list")
    first = lists.put(store.db, change, ENVIRONMENT, "beta", "Beta", "")
    assert lists.put(store.db, change, ENVIRONMENT, "beta", "Beta", "") == first
    change = store.change("k2", b"ids")
    first = put(store, {ANNA: True}, change=change)
    put(store, {ANNA: False})
    assert put(store, {ANNA: True}, change=change) == first
    assert not has(store, ANNA)
    with pytest.raises(RepeatedKey):
        put(store, {BEN: True}, change=store.change("k2", b"others"))


def test_a_deleted_list_holds_nobody_and_neither_does_a_new_one_of_its_key(store):
    create(store)
    create(store, "vip")
    put(store, {ANNA: True})
    put(store, {ANNA: True}, "vip")
    lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {})
    assert memberships(store, ANNA) == ["vip"]
    with pytest.raises(NotFound):
        put(store, {ANNA: True})
    create(store)
    assert (has(store, ANNA), count(store)) == (False, 0)


def test_what_is_over_leaves_an_item_when_it_is_written_next(store):
    for key in ("beta", "vip"):
        create(store, key)
        put(store, {ANNA: True}, key)
    lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {})
    create(store, "press")
    put(store, {ANNA: True}, "press")
    item = store.db.find(store.db.profiles, list_entries.membership_key(store.project, ENVIRONMENT, ANNA))
    assert len(decode(item.body).generations) == 2


def test_every_copy_of_the_generations_is_the_same(store):
    create(store)
    create(store, "vip")
    wanted = [keys.generations(store.project, ENVIRONMENT, copy) for copy in range(keys.GENERATION_COPIES)]
    found = store.db.find_many(store.db.profiles, wanted)
    assert len(found) == keys.GENERATION_COPIES
    assert len({item.body for item in found.values()}) == 1


def test_a_list_in_use_stays_and_its_users_are_named(store):
    create(store)
    audience_changes.put(store.db, store.change(), store.content("testers", lists=("beta",)))
    with pytest.raises(InUse) as used:
        lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {"testers": 1})
    assert used.value.users == (
        "audience `testers` version 1 refers to it",
        "audience `testers` version 1 refers to it in environment `production`",
    )
    other = {"attribute": "traits.plan", "op": "exists"}
    audience_changes.put(store.db, store.change(), store.content("testers", other))
    with pytest.raises(InUse) as used:
        lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {"testers": 1})
    assert len(used.value.users) == 1
    lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {"testers": 2})
    assert listing(store) == []


def test_an_environment_has_so_many_lists_and_no_more(store, monkeypatch):
    monkeypatch.setattr(lists, "MAX_LISTS", 2)
    create(store, "a")
    create(store, "b")
    with pytest.raises(Refused) as refused:
        create(store, "c")
    assert [problem.code for problem in refused.value.problems] == ["too-many-lists"]
    create(store, "a", "staging")


def test_a_new_item_is_never_taken_for_one_that_is_gone(store):
    """Whoever read the item before it was deleted and made anew must not overwrite it."""
    create(store)
    put(store, {ANNA: True})
    key = list_entries.membership_key(store.project, ENVIRONMENT, ANNA)
    before = store.db.find(store.db.profiles, key)
    put(store, {ANNA: False})
    list_entries.put(store.db, store.change(at_ms=before.seq + 1), ENVIRONMENT, "beta", {ANNA: True})
    with pytest.raises(Exception, match="somebody else"):
        store.db.put(Write(store.db.profiles, key, {"body": b"", "seq": before.seq + 1}, expected=before.seq))
