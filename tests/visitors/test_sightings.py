"""Traits as sightings: what is kept of them, and that sightings only grow."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.catalogue import Attribute
from shared.rules.sightings import Sightings
from shared.visitors import sightings
from shared.visitors.sightings import covers, decode, encode, grown, held

NAMES = st.sampled_from(["plan", "a.b", "é", "x@y", "", "n" * 101])
SCALARS = st.none() | st.sampled_from([0, 1, 1.5, True, False, "1", "pro", "", "a@b", "x" * 65])
TRAITS = st.dictionaries(
    NAMES, st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=12)
)
NEW = Sightings(since=0)


def seen(*profiles, catalogue=()):
    """The values of sightings that grew by these profiles one by one, as written, so that True is not 1."""
    found = NEW
    for traits in profiles:
        found = grown(found, held([traits]), dict(catalogue))
    return {
        ".".join(path[1:]): None if values is None else {repr(value) for _, value in values}
        for path, values in found.values.items()
    }


def test_objects_are_descended_four_steps_and_lists_stand_for_their_elements():
    traits = {"plan": "pro", "tags": ["a", 1, True, ["b"], {"c": 1}], "home": {"city": "Ulm", "at": {"x": {"y": 1}}}}
    assert seen(traits, {"plan": "free", "gone": None, "none": []}) == {
        "plan": {"'pro'", "'free'"},
        "tags": {"'a'", "1", "True"},
        "none": set(),
        "home": set(),
        "home.city": {"'Ulm'"},
        "home.at": set(),
        "home.at.x": set(),
    }


@pytest.mark.parametrize("value", ["anna@example.org", "x" * 65, ["a", "b@c"], [*range(51)]])
def test_a_value_that_tells_visitors_apart_is_not_kept_nor_are_those_beside_it(value):
    assert seen({"a": 1}, {"a": value}, {"a": 2}) == {"a": None}


def test_the_51st_value_makes_them_many():
    profiles = [{"a": number} for number in range(51)]
    assert len(seen(*profiles[:50])["a"]) == 50
    assert seen(*profiles)["a"] is None


def test_names_that_no_rule_has_or_that_may_be_addresses_are_not_kept():
    assert seen({"": 1, "x@y": {"a": 1}, "é" * 47: 1, "é" * 46: 1}) == {"é" * 46: {"1"}}


def test_of_a_personal_attribute_and_what_lies_in_it_only_names_are_kept():
    catalogue = {("traits", "home"): Attribute(personal=True)}
    assert seen({"home": {"city": "Ulm"}, "a": 1}, catalogue=catalogue) == {"home": None, "home.city": None, "a": {"1"}}


def test_past_the_most_paths_they_are_not_whole_and_those_that_are_there_go_on():
    full = grown(NEW, held([{f"n{number}": 1 for number in range(sightings.MAX_PATHS)}]), {})
    assert full.is_whole
    over = grown(full, held([{"late": 1, "n0": 2}]), {})
    assert not over.is_whole
    assert over.values.keys() == full.values.keys()
    assert len(over.values_of(("traits", "n0"))) == 2
    assert over.values_of(("traits", "late")) is None
    assert covers(over, held([{"late": 3}]))
    assert not covers(over, held([{"n0": 3}]))


def test_values_that_do_not_fit_are_given_up_and_names_always_fit():
    names = [f"{number:03}" + "n" * 90 for number in range(sightings.MAX_PATHS)]
    found = grown(NEW, held([{name: [f"{n}" * 30 for n in range(9)] for name in names}]), {})
    assert set(found.values.values()) == {None}
    assert (len(found.values), found.is_whole) == (sightings.MAX_PATHS, True)
    assert len(encode(found)) <= sightings.MAX_BYTES


@given(st.lists(TRAITS, max_size=4), st.lists(TRAITS, max_size=4))
def test_what_was_added_is_covered_and_stays_so(first, second):
    before = grown(NEW, held(first), {})
    after = decode(encode(grown(before, held(second), {})))
    assert covers(before, held(first))
    assert covers(after, held(first + second))
    assert after == grown(NEW, held(first + second), {})


def test_a_later_format_is_refused():
    with pytest.raises(msgspec.ValidationError, match="format 2"):
        decode(msgspec.msgpack.encode([2, 0, True, {}]))
