"""The stored profile: its bytes, two of them as one, and its place under the request."""

import msgspec
import pytest

from shared.visitors.profile import Profile, decode, encode, merge, overlay


def test_a_profile_survives_its_bytes():
    profile = Profile(traits={"plan": "pro", "é": [1, None, {"a": 1.5}]}, first_seen=1, last_seen=None)
    assert decode(encode(profile)) == profile


def test_a_profile_with_fields_of_later_work_is_still_read():
    assert decode(msgspec.msgpack.encode([1, {"plan": "pro"}, 1, 2, "later"])) == Profile(1, {"plan": "pro"}, 1, 2)


@pytest.mark.parametrize("data", [b"", b"\xc1", msgspec.msgpack.encode([2, {}]), msgspec.msgpack.encode({"a": 1})])
def test_what_is_no_profile_of_this_format_is_refused(data):
    with pytest.raises(msgspec.DecodeError):
        decode(data)


def test_the_known_visitors_traits_win_and_the_sightings_span_both():
    known = Profile(traits={"plan": "pro"}, first_seen=5, last_seen=7)
    anonymous = Profile(traits={"plan": "free", "colour": "red"}, first_seen=3, last_seen=None)
    assert merge(known, anonymous) == Profile(1, {"plan": "pro", "colour": "red"}, 3, 7)
    assert merge(Profile(), Profile()) == Profile()


def test_the_requests_traits_lie_over_the_stored_ones_key_by_key():
    stored = Profile(traits={"plan": "pro", "address": {"city": "Ulm"}, "age": 3}, first_seen=10)
    document = {"traits": {"address": {"zip": "89073"}, "age": None}, "visitor": {"id": "1"}}
    overlay(document, stored)
    assert document == {
        "traits": {"plan": "pro", "address": {"zip": "89073"}, "age": None},
        "visitor": {"id": "1", "is_new": False, "first_seen": 10, "last_seen": None},
    }
    assert stored.traits["age"] == 3


def test_a_visitor_of_whom_nothing_is_stored_is_new_unless_the_request_says_otherwise():
    document = {"visitor": {"id": "1"}}
    overlay(document, None)
    assert document == {"visitor": {"id": "1", "is_new": True}}
    document = {"visitor": {"is_new": False}}
    overlay(document, None)
    assert document == {"visitor": {"is_new": False}}
