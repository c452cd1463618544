"""One running product for all examples."""

import pytest

from tests.product import MISSING, running


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    if MISSING:
        pytest.skip(MISSING)
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product
