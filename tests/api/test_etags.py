"""Entity tags."""

import pytest

from shared.api.etags import etag_of, is_match

TAG = etag_of(b"content")


def test_equal_content_has_an_equal_tag_and_other_content_another():
    assert etag_of(b"content") == TAG != etag_of(b"other")
    assert TAG[0] == TAG[-1] == '"'


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        (None, False),
        ("", False),
        (TAG, True),
        (f"W/{TAG}", True),
        (f'"a", {TAG} , "b"', True),
        ("*", True),
        ('"a"', False),
        (TAG.strip('"'), False),
    ],
)
def test_a_client_names_what_it_has(header, matches):
    assert is_match(header, TAG) is matches
