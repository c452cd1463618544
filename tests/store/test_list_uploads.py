"""Uploads: ids as a stream of parts, taken up where they stopped, counted once."""

import pytest

from shared.store import generations, list_entries, list_uploads, lists
from shared.store.errors import Conflict, NotFound
from shared.store.list_uploads import Part
from shared.store.profiles import Visitor
from tests.store.test_lists import ANNA, BEN, ENVIRONMENT, count, create, has, put

TEXT = "text/plain"


def start(store, *, replaces=False, change=None):
    return list_uploads.start(store.db, change or store.change(), ENVIRONMENT, "beta", replaces=replaces).upload


def receive(store, upload, data, offset=0, **fields):
    part = Part(offset, data, fields.pop("media_type", TEXT), **fields)
    return list_uploads.receive(store.db, store.change(), ENVIRONMENT, "beta", upload.id, part).upload


def finish(store, upload, size=None):
    return list_uploads.finish(store.db, store.change(), ENVIRONMENT, "beta", upload.id, size)


def cancel(store, upload):
    return list_uploads.cancel(store.db, store.change(), ENVIRONMENT, "beta", upload.id)


def told(upload):
    return [(line.line, line.code) for line in upload.refused_lines]


def test_an_upload_adds_part_by_part_and_is_seen_at_once(store):
    create(store)
    put(store, {ANNA: True})
    upload = start(store)
    seen = receive(store, upload, b"anna\nben\n\n")
    assert (seen.received, seen.lines, seen.added, seen.repeated, seen.refused) == (10, 3, 1, 1, 0)
    assert (has(store, BEN), count(store)) == (True, 2)
    seen = receive(store, upload, b"carl\r\nben\n", 10)
    assert (seen.received, seen.lines, seen.added, seen.repeated) == (20, 5, 2, 2)
    ended = finish(store, upload, 20)
    assert (ended.count, ended.upload.state) == (3, "finished")


def test_a_replacement_is_seen_by_nobody_until_it_is_finished_and_whole_then(store):
    create(store)
    put(store, {ANNA: True})
    upload = start(store, replaces=True)
    assert receive(store, upload, b"ben\ncarl\nben\n").added == 2
    assert ([has(store, ANNA), has(store, BEN)], count(store)) == ([True, False], 1)
    assert finish(store, upload).count == 2
    assert ([has(store, ANNA), has(store, BEN)], count(store)) == ([False, True], 2)
    put(store, {BEN: False})
    assert count(store) == 1


def test_a_part_that_ends_within_a_line_is_taken_up_to_it(store):
    create(store)
    upload = start(store)
    data = "anna\nbën\ncarl".encode()
    assert receive(store, upload, data[:7]).received == 5
    assert receive(store, upload, data[5:], 5).received == 10
    assert receive(store, upload, data[10:] + b"\n", 10).received == 15
    assert has(store, Visitor("bën"))


def test_a_part_that_comes_again_is_passed_over(store):
    create(store)
    upload = start(store)
    first = receive(store, upload, b"anna\nben\n")
    again = receive(store, upload, b"anna\nben\ncarl\n")
    assert (again.received, again.added, again.repeated) == (14, 3, 0)
    assert receive(store, upload, b"anna\nben\n") == again
    assert first.received == 9


def test_a_part_that_leaves_a_gap_is_refused_and_says_where_to_go_on(store):
    create(store)
    upload = start(store)
    receive(store, upload, b"anna\n")
    with pytest.raises(Conflict, match="has received 5 bytes, the part begins at 6") as gap:
        receive(store, upload, b"ben\n", 6)
    assert gap.value.current == "5"


def test_bad_lines_are_counted_and_told_and_keep_nothing_back(store):
    create(store)
    upload = start(store)
    lines = [b"\xef\xbb\xbfanna", b"x" * 257, b"b\xffd", b"n\x00l", b"", "e\u0301".encode(), b"x" * 256]
    seen = receive(store, upload, b"\n".join(lines) + b"\n")
    assert told(seen) == [(2, "bad-length"), (3, "bad-line"), (4, "bad-line")]
    assert (seen.lines, seen.added, seen.refused) == (7, 3, 3)
    assert has(store, ANNA)
    assert has(store, Visitor("é"))


def test_only_the_first_bad_lines_are_told(store, monkeypatch):
    monkeypatch.setattr(list_uploads, "MAX_TOLD", 2)
    create(store)
    seen = receive(store, start(store), b"\x00\n" * 5)
    assert (seen.refused, told(seen)) == (5, [(1, "bad-line"), (2, "bad-line")])


def test_csv_and_json_lines_say_their_ids(store):
    create(store)
    upload = start(store)
    csv = b'id,name\nanna,Anna\n"be,n",x\n"open\n,none\n'
    seen = receive(store, upload, csv, media_type="text/csv")
    assert (seen.added, told(seen)) == (2, [(4, "bad-line"), (5, "bad-length")])
    rows = b'"carl"\n{"id": "dora", "x": [1]}\n314\n{"id": 7}\n{"id": null}\n{"id": true}\n1.5\nnull\n{}\n[\n'
    seen = receive(store, upload, rows, seen.received, media_type="application/x-ndjson")
    assert (seen.added, seen.refused) == (6, 8)
    assert [has(store, Visitor(name)) for name in ("be,n", "dora", "314", "7")] == [True] * 4


def test_the_ids_of_a_part_may_be_anonymous_ones(store):
    create(store)
    receive(store, start(store), b"anna\n", anonymous=True)
    assert (has(store, ANNA), has(store, Visitor("anna", anonymous=True))) == (False, True)


def test_a_part_too_long_for_one_call_is_taken_in_several(store, monkeypatch):
    monkeypatch.setattr(list_uploads, "MAX_GROUPS", 2)
    monkeypatch.setattr(list_uploads, "GROUP", 3)
    create(store)
    upload = start(store)
    data = b"".join(b"v%d\n" % number for number in range(10))
    ends = []
    while not ends or ends[-1] < len(data):
        ends.append(receive(store, upload, data[ends[-1] if ends else 0 :], ends[-1] if ends else 0).received)
    assert (ends, count(store)) == ([18, 30], 10)


def test_one_upload_at_a_time(store):
    create(store)
    upload = start(store)
    with pytest.raises(Conflict, match="is open") as conflict:
        start(store, replaces=True)
    assert conflict.value.current == upload.id
    cancel(store, upload)
    other = start(store, replaces=True)
    with pytest.raises(NotFound):
        receive(store, upload, b"anna\n")
    assert other.id != upload.id


def test_a_cancelled_replacement_leaves_the_list_as_it_was(store):
    create(store)
    put(store, {ANNA: True})
    upload = start(store, replaces=True)
    receive(store, upload, b"ben\n")
    assert cancel(store, upload).upload.state == "cancelled"
    assert cancel(store, upload).upload.state == "cancelled"
    assert ([has(store, ANNA), has(store, BEN)], count(store)) == ([True, False], 1)
    assert generations.read(store.db, store.project, ENVIRONMENT).generations.staged == frozenset()
    with pytest.raises(Conflict, match="is cancelled"):
        receive(store, upload, b"carl\n", 4)
    with pytest.raises(Conflict, match="is cancelled"):
        finish(store, upload)


def test_an_upload_that_lacks_bytes_is_not_finished(store):
    create(store)
    upload = start(store)
    receive(store, upload, b"anna\nben")
    with pytest.raises(Conflict, match="received 5 bytes of 8"):
        finish(store, upload, 8)
    receive(store, upload, b"ben\n", 5)
    assert finish(store, upload, 9) == finish(store, upload, 9)


def test_a_deleted_list_takes_its_open_upload_along(store):
    create(store)
    upload = start(store, replaces=True)
    receive(store, upload, b"anna\n")
    lists.delete(store.db, store.change(), ENVIRONMENT, "beta", {})
    create(store)
    assert not has(store, ANNA)
    assert generations.read(store.db, store.project, ENVIRONMENT).generations.staged == frozenset()


def test_what_is_added_by_entry_during_a_replacement_goes_with_the_old_ids(store):
    create(store)
    upload = start(store, replaces=True)
    receive(store, upload, b"ben\n")
    put(store, {ANNA: True})
    assert (has(store, ANNA), count(store)) == (True, 1)
    finish(store, upload)
    assert ([has(store, ANNA), has(store, BEN)], count(store)) == ([False, True], 1)


def test_starting_and_finishing_repeat_under_their_key(store):
    create(store)
    change = store.change("s", b"start")
    upload = start(store, change=change)
    assert start(store, change=change) == upload
    receive(store, upload, b"anna\n")
    change = store.change("f", b"finish")
    ended = list_uploads.finish(store.db, change, ENVIRONMENT, "beta", upload.id, None)
    start(store)
    assert list_uploads.finish(store.db, change, ENVIRONMENT, "beta", upload.id, None) == ended
    assert list_entries.has(store.db, store.project, ENVIRONMENT, "beta", ANNA)
