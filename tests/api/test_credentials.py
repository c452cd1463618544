"""Where a request carries its key."""

import base64

import pytest

from shared.api.credentials import api_key


def basic(text):
    return "Basic " + base64.b64encode(text).decode()


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        ({"authorization": "Bearer k"}, "k"),
        ({"authorization": "BEARER k"}, "k"),
        ({"authorization": "Bearer"}, None),
        ({"authorization": "Bearer "}, None),
        ({"authorization": basic(b"k:")}, "k"),
        ({"authorization": basic(b"k:password")}, "k"),
        ({"authorization": basic(b"k")}, "k"),
        ({"authorization": basic(b":k")}, None),
        ({"authorization": basic(b"\xff")}, None),
        ({"authorization": "Basic k"}, None),
        ({"authorization": "Digest k"}, None),
        ({"x-api-key": "k"}, "k"),
        ({"x-api-key": ""}, None),
        ({"x-api-key": "k\udcff"}, None),
        ({"authorization": "Bearer ключ"}, None),
        ({"authorization": "Bearer k", "x-api-key": "other"}, "k"),
    ],
)
def test_the_key_of_a_request(headers, key):
    assert api_key(headers) == key
