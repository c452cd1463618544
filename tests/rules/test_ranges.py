import pytest

from shared.rules import ranges, versions

LOWEST = ((0, 0, ""),)


def key(text):
    return versions.key(text)


def up_to(text):
    """The key just above every version of this precedence."""
    return (*key(text), 0)


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("1.2.3", [("1.2.3", up_to("1.2.3"))]),
        ("=v1.2.3", [("1.2.3", up_to("1.2.3"))]),
        ("<1.2.3", [(None, key("1.2.3"))]),
        ("<= 1.2.3", [(None, up_to("1.2.3"))]),
        (">=1.2.3-beta", [("1.2.3-beta", None)]),
        ("1.2", [("1.2.0", key("1.3.0-0"))]),
        ("1.x", [("1.0.0", key("2.0.0-0"))]),
        ("1.X.*", [("1.0.0", key("2.0.0-0"))]),
        (">1", [("2.0.0", None)]),
        (">1.2", [("1.3.0", None)]),
        ("<=1.2", [(None, key("1.3.0-0"))]),
        ("<1.2", [(None, key("1.2.0-0"))]),
        (">=1.2", [("1.2.0", None)]),
        ("~1", [("1.0.0", key("2.0.0-0"))]),
        ("~1.2", [("1.2.0", key("1.3.0-0"))]),
        ("~1.2.3-rc.1", [("1.2.3-rc.1", key("1.3.0-0"))]),
        ("^1.2", [("1.2.0", key("2.0.0-0"))]),
        ("^1.2.3", [("1.2.3", key("2.0.0-0"))]),
        ("^0.2.3", [("0.2.3", key("0.3.0-0"))]),
        ("^0.0.3", [("0.0.3", key("0.0.4-0"))]),
        ("^0.0", [("0.0.0", key("0.1.0-0"))]),
        ("^0.x", [("0.0.0", key("1.0.0-0"))]),
        ("1.2 - 2.3.4", [("1.2.0", up_to("2.3.4"))]),
        ("1.2.3 - 2.3", [("1.2.3", key("2.4.0-0"))]),
        ("1 - 2", [("1.0.0", key("3.0.0-0"))]),
        (">=1.2.3 <2", [("1.2.3", key("2.0.0-0"))]),
        ("^1.2 || ~2.1 || 3.x", [("1.2.0", key("2.0.0-0")), ("2.1.0", key("2.2.0-0")), ("3.0.0", key("4.0.0-0"))]),
        ("3.x || 1.x", [("1.0.0", key("2.0.0-0")), ("3.0.0", key("4.0.0-0"))]),
        ("^1.2 || 1.5 - 3", [("1.2.0", key("4.0.0-0"))]),
        ("<2.0.0 || >=2.0.0", [(None, None)]),
        ("*", [(None, None)]),
        ("x || 1", [(None, None)]),
        (">2 <1", []),
    ],
)
def test_a_range_is_intervals_of_keys(text, intervals):
    assert ranges.parse(text) == tuple((low and key(low), high) for low, high in intervals)


@pytest.mark.parametrize(
    "text",
    ["", " ", "^1 ||", "|| 1", "latest", "1.2.3.4", "^^1", "1.x-beta", "1.2.3-01", "01.2", "1..2", ">=", "1,2", "-1"],
)
def test_what_is_no_range_is_told_apart(text):
    assert ranges.parse(text) is None


def test_no_prerelease_of_the_upper_bound_lies_in_a_range():
    [(low, high)] = ranges.parse("^1.2")
    assert low <= key("1.9.0-alpha") < high
    assert not key("2.0.0-alpha") < high
    assert not low <= key("1.2.0-alpha")


def test_nothing_is_beyond_every_version():
    assert all(high == (0, 0, 0, 0, LOWEST) for _, high in ranges.parse(">*"))
    assert ranges.parse("1 " * 400) is None
