import pytest

from shared.store import images, keys
from shared.store.errors import Conflict
from shared.store.items import Write

IMAGE = bytes(range(256)) * 5


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(images, "CHUNK_BYTES", 500)


def test_an_image_is_split_and_put_together(store, small_chunks):
    name = images.write(store.db, store.project, IMAGE)
    assert images.chunk_count(len(IMAGE)) == 3
    assert images.read(store.db, store.project, name, 3) == IMAGE


def test_writing_the_same_image_again_is_harmless(store, small_chunks):
    assert images.write(store.db, store.project, IMAGE) == images.write(store.db, store.project, IMAGE)


def test_a_write_that_stopped_half_way_is_completed_by_the_next(store, small_chunks):
    name = images.content_hash(IMAGE)
    store.db.put(Write(store.db.images, keys.chunk(store.project, name, 1), {"body": IMAGE[500:1000]}))
    images.write(store.db, store.project, IMAGE)
    assert images.read(store.db, store.project, name, 3) == IMAGE


def test_a_missing_damaged_or_swapped_chunk_is_told(store, small_chunks):
    name = images.write(store.db, store.project, IMAGE)
    for body in (None, {"body": b"x"}, {"body": IMAGE[:500]}):
        store.db.put(Write(store.db.images, keys.chunk(store.project, name, 1), body))
        with pytest.raises(Conflict, match="no longer whole"):
            images.read(store.db, store.project, name, 3)


def test_an_image_of_the_largest_size_has_chunks_that_fit_an_item(store):
    chunk = b"x" * images.CHUNK_BYTES
    name = images.write(store.db, store.project, chunk + b"y")
    assert images.read(store.db, store.project, name, 2) == chunk + b"y"
