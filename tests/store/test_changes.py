import msgspec
import pytest

from shared.store.changes import REPEATS_KNOWN_SECONDS, audit_page, commit, entry, recorded
from shared.store.database import Rejected
from shared.store.errors import RepeatedKey
from shared.store.items import Write, record

NOW = 1_750_000_000_000


class Answer(msgspec.Struct):
    number: int


def save(store, change, number, sort="thing", expected=0):
    write = Write(store.db.definitions, (store.project, sort), record(b"", number), expected)
    audit = entry(change, "thing.save", sort, after=str(number))
    commit(store.db, change, [write], [audit], Answer(number))


def audited(store):
    return [each.after for each in audit_page(store.db, store.project)[0]]


def test_a_change_without_a_key_is_no_repeat_of_any(store):
    save(store, store.change(), 1)
    assert recorded(store.db, store.change(), Answer) is None


def test_a_repeat_finds_the_first_result(store):
    save(store, store.change("once", b"PUT /a"), 1)
    assert recorded(store.db, store.change("once", b"PUT /a"), Answer) == Answer(1)


def test_an_idempotency_key_used_for_another_request_is_refused(store):
    save(store, store.change("once", b"PUT /a"), 1)
    with pytest.raises(RepeatedKey, match="another request"):
        recorded(store.db, store.change("once", b"PUT /b"), Answer)


def test_two_requests_with_one_idempotency_key_change_only_once(store):
    save(store, store.change("once"), 1, "first")
    with pytest.raises(RepeatedKey, match="under way"):
        save(store, store.change("once"), 2, "second")
    assert store.db.find(store.db.definitions, (store.project, "second")) is None
    assert audited(store) == ["1"]


def test_idempotency_keys_belong_to_their_caller(store):
    save(store, store.change("once"), 1)
    other = msgspec.structs.replace(store.change("once"), actor="somebody else")
    assert recorded(store.db, other, Answer) is None


def test_a_repeat_is_known_for_a_day(store):
    save(store, store.change("once"), 1, "first")
    later = NOW + REPEATS_KNOWN_SECONDS * 1000
    assert recorded(store.db, store.change("once", at_ms=later - 1000), Answer) == Answer(1)
    assert recorded(store.db, store.change("once", at_ms=later), Answer) is None
    save(store, store.change("once", at_ms=later), 2, "second")


def test_what_is_rejected_leaves_neither_audit_entry_nor_result(store):
    save(store, store.change(), 1)
    change = store.change("once")
    with pytest.raises(Rejected) as refused:
        save(store, change, 2)
    assert refused.value.failed == {0}
    assert audited(store) == ["1"]
    assert recorded(store.db, change, Answer) is None


def test_audit_entries_come_newest_first_page_by_page(store):
    for number in range(5):
        save(store, store.change(at_ms=NOW + number), number, f"thing{number}")
    first, cursor = audit_page(store.db, store.project, limit=3)
    second, end = audit_page(store.db, store.project, cursor, limit=3)
    assert [each.after for each in (*first, *second)] == ["4", "3", "2", "1", "0"]
    assert end is None
    assert (first[0].action, first[0].subject, first[0].actor, first[0].at_ms) == (
        "thing.save",
        "thing4",
        "tester",
        NOW + 4,
    )
