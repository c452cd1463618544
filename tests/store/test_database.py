import pytest
from botocore.exceptions import ClientError

from shared.rules.problems import Refused
from shared.store.database import Rejected
from shared.store.items import Write, record


@pytest.fixture
def db(store):
    return store.db


@pytest.fixture
def partition(store):
    return store.project


def row(db, partition, sort="a", seq=1, expected=None, body=b"x", **more):
    return Write(db.definitions, (partition, sort), {**record(body, seq), **more}, expected)


def test_an_item_comes_back_as_it_was_written(db, partition):
    write = Write(db.definitions, (partition, "a"), {"body": b"\0\xff", "seq": 2**53, "kid": "Ä"}, expected=0)
    db.put(write)
    item = db.find(db.definitions, (partition, "a"))
    assert (item.key, item.body, item.seq, item.text("kid")) == ((partition, "a"), b"\0\xff", 2**53, "Ä")


def test_an_item_that_is_not_there_is_none(db, partition):
    assert db.find(db.definitions, (partition, "a")) is None


def test_an_attribute_of_another_type_is_an_error(db, partition):
    db.put(row(db, partition))
    item = db.find(db.definitions, (partition, "a"))
    with pytest.raises(TypeError, match="int belongs"):
        item.number("body")
    with pytest.raises(TypeError, match="str belongs"):
        item.text("absent")


def test_an_item_expected_absent_is_written_once(db, partition):
    db.put(row(db, partition, expected=0))
    with pytest.raises(Rejected):
        db.put(row(db, partition, expected=0, body=b"second"))
    assert db.find(db.definitions, (partition, "a")).body == b"x"


def test_an_item_is_changed_only_at_the_seq_that_was_expected(db, partition):
    db.put(row(db, partition, seq=1))
    db.put(row(db, partition, seq=2, expected=1))
    for expected in (1, 3):
        with pytest.raises(Rejected):
            db.put(row(db, partition, seq=9, expected=expected))
    assert db.find(db.definitions, (partition, "a")).seq == 2


def test_a_missing_item_has_no_seq_that_fits(db, partition):
    with pytest.raises(Rejected):
        db.put(row(db, partition, expected=1))


def test_an_expired_item_counts_as_absent_where_asked(db, partition):
    db.put(Write(db.definitions, (partition, "a"), {"expires_at": 100}, expected=0))
    with pytest.raises(Rejected):
        db.put(Write(db.definitions, (partition, "a"), {"expires_at": 300}, expected=0, expired_at=99))
    db.put(Write(db.definitions, (partition, "a"), {"expires_at": 300}, expected=0, expired_at=100))


def test_deletion_obeys_the_condition(db, partition):
    db.put(row(db, partition, seq=2))
    with pytest.raises(Rejected):
        db.put(Write(db.definitions, (partition, "a"), None, expected=1))
    db.put(Write(db.definitions, (partition, "a"), None, expected=2))
    assert db.find(db.definitions, (partition, "a")) is None


def test_a_transaction_writes_all_or_nothing_and_names_what_failed(db, partition):
    db.put(row(db, partition, "b"))
    with pytest.raises(Rejected) as refused:
        db.commit([row(db, partition, "a", expected=0), row(db, partition, "b", expected=0)])
    assert refused.value.failed == {1}
    assert db.find(db.definitions, (partition, "a")) is None


def test_a_transaction_reaches_over_tables_and_deletes_too(db, partition):
    db.put(row(db, partition, "old"))
    writes = [
        row(db, partition, "new", expected=0),
        Write(db.images, (partition, "pointer"), record(b"p", 1), expected=0),
        Write(db.definitions, (partition, "old"), None, expected=1),
    ]
    db.commit(writes)
    assert [item.key[1] for item in db.every(db.definitions, partition)] == ["new"]
    assert db.find(db.images, (partition, "pointer")).body == b"p"


def test_a_transaction_holds_a_hundred_items(db, partition):
    db.commit([row(db, partition, f"{n:03}", expected=0) for n in range(100)])
    assert len(list(db.every(db.definitions, partition))) == 100


def test_pages_go_on_where_the_last_one_ended(db, partition):
    db.put_many([row(db, partition, f"{n:02}") for n in range(7)])
    first = db.page(db.definitions, partition, limit=3)
    second = db.page(db.definitions, partition, first.last, limit=3)
    third = db.page(db.definitions, partition, second.last, limit=3)
    found = [item.key[1] for page in (first, second, third) for item in page.items]
    assert found == ["00", "01", "02", "03", "04", "05", "06"]
    assert third.last is None


def test_pages_turn_round(db, partition):
    db.put_many([row(db, partition, f"{n:02}") for n in range(3)])
    newest = db.page(db.definitions, partition, limit=2, newest=True)
    assert [item.key[1] for item in newest.items] == ["02", "01"]
    assert [item.key[1] for item in db.page(db.definitions, partition, newest.last, newest=True).items] == ["00"]


def test_a_partition_larger_than_a_page_comes_whole(db, partition):
    db.put_many([row(db, partition, f"{n:02}", body=b"x" * 300_000) for n in range(9)])
    assert len(db.page(db.definitions, partition).items) < 9
    assert len(list(db.every(db.definitions, partition))) == 9


def test_many_items_are_read_and_written_past_the_size_of_a_batch(db, partition):
    db.put_many([row(db, partition, f"{n:03}") for n in range(130)])
    wanted = [(partition, f"{n:03}") for n in range(0, 260, 2)]
    assert set(db.find_many(db.definitions, wanted)) == {(partition, f"{n:03}") for n in range(0, 130, 2)}
    db.put_many([Write(db.definitions, (partition, f"{n:03}"), None) for n in range(130)])
    assert list(db.every(db.definitions, partition)) == []


@pytest.mark.parametrize("size", [409_500, 409_580])
@pytest.mark.parametrize("backend", ["engine"], indirect=True, scope="module")
def test_an_item_ends_at_400_kilobytes(db, partition, size):
    write = row(db, partition, body=b"x" * size)
    if size > 409_500:
        for store in (db.put, lambda write: db.commit([write]), lambda write: db.put_many([write])):
            with pytest.raises(Refused, match="limit is 409600"):
                store(write)
    else:
        db.put(write)


@pytest.mark.parametrize("backend", ["engine"], indirect=True, scope="module")
def test_a_token_makes_the_same_transaction_happen_once(db, partition):
    writes = [row(db, partition, expected=0)]
    db.commit(writes, token="t" * 20)
    db.commit(writes, token="t" * 20)
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        db.commit([row(db, partition, "other", expected=0)], token="t" * 20)
