"""Keys and lock of the folder that holds the local data."""

import stat

import pytest

from shared.local.events import Response
from shared.local.gateway import Gateway
from shared.local.keys import Keys, find_keys, keep_keys
from shared.local.lock import AlreadyRunning, locked

KEYS = Keys("pk_1", "sk_1")


@pytest.fixture
def product():
    with Gateway(0) as gateway, gateway.serving(lambda _: Response(product.status, (), b"{}")):
        product.url = gateway.url
        yield product


def test_keys_are_found_again_and_readable_by_their_owner_only(tmp_path, product):
    keep_keys(tmp_path, KEYS)
    product.status = 200
    assert find_keys(tmp_path, product.url) == KEYS
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_keys_of_lost_data_are_not_found(tmp_path, product):
    keep_keys(tmp_path, KEYS)
    product.status = 401
    assert find_keys(tmp_path, product.url) is None


def test_a_product_that_fails_is_not_taken_for_lost_data(tmp_path, product):
    keep_keys(tmp_path, KEYS)
    product.status = 503
    assert find_keys(tmp_path, product.url) == KEYS


@pytest.mark.parametrize("text", [None, "", "{", '{"publishable": 1}'])
def test_no_keys_or_half_of_them_are_not_found(tmp_path, product, text):
    if text is not None:
        (tmp_path / "keys.json").write_text(text)
    assert find_keys(tmp_path, product.url) is None


def test_one_product_a_folder(tmp_path):
    with locked(tmp_path), pytest.raises(AlreadyRunning, match="it runs already"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass
