"""The visitor document: known names, bounds, one normal form."""

import pytest

from shared.visitors import document as documents
from shared.visitors.document import instant_of, normalised, problems_of


def codes(document):
    return [(problem.pointer, problem.code) for problem in problems_of(document, "")]


def nested(levels):
    value = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def test_every_root_may_be_sent_and_be_null():
    for root in documents.ROOTS:
        assert codes({root: {}}) == []
        assert codes({root: None}) == []
        assert normalised({root: None}, is_plain=True) == {}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"page": []}, ("/page", "wrong-type")),
        ({"traits": "x"}, ("/traits", "wrong-type")),
        ({"geo": {"contry": "GB"}}, ("/geo/contry", "unknown-attribute")),
        ({"a/b~": {}}, ("/a~1b~0", "unknown-attribute")),
        ({"events": []}, ("/events", "not-supported-yet")),
        ({"lists": {"beta": True}}, ("/lists", "wrong-type")),
        ({"lists": ["beta", 3]}, ("/lists/1", "wrong-type")),
        ({"lists": ["beta"] * 501}, ("/lists", "too-many-values")),
        ({"page": {"query": [1]}}, ("/page/query", "wrong-type")),
        ({"request": {"cookies": "a=b"}}, ("/request/cookies", "wrong-type")),
        ({"request": {"time": "1998-07-01T00:00:00"}}, ("/request/time", "bad-instant")),
        ({"request": {"time": True}}, ("/request/time", "bad-instant")),
        ({"visitor": {"id": 1.5}}, ("/visitor/id", "wrong-type")),
        ({"visitor": {"id": False}}, ("/visitor/id", "wrong-type")),
        ({"visitor": {"id": "x" * 257}}, ("/visitor/id", "bad-length")),
        ({"visitor": {"anonymous_id": 5}}, ("/visitor/anonymous_id", "wrong-type")),
        ({"traits": {"n": 2**53}}, ("/traits/n", "bad-number")),
        ({"traits": {"n": [{"m": [-(2**53)]}]}}, ("/traits/n/0/m/0", "bad-number")),
        ({"traits": {"nul\0": 1}}, ("/traits", "bad-name")),
        ({"traits": nested(15)}, ("/traits" + "/a" * 15, "too-deep")),
    ],
)
def test_what_is_wrong_has_a_place_and_a_code(document, problem):
    if problem[1] == "too-deep":
        assert codes({"traits": nested(14)}) == []
        document = {"traits": nested(16)}
    assert codes(document) == [problem]


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53 - 1), 1.5, 1e300, True, None, "x", [1, "a", None], {}])
def test_every_json_value_may_stand_anywhere(value):
    assert codes({"traits": {"a": value}, "page": {"url": value}}) == []


def test_attributes_are_counted_but_not_those_of_objects_in_lists():
    items = [{"sku": number, "price": 1} for number in range(500)]
    assert codes({"traits": {"cart": items, **{f"t{number}": 1 for number in range(199)}}}) == []
    assert codes({"traits": {f"t{number}": {"a": 1} for number in range(101)}}) == [("", "too-many-attributes")]
    assert codes({f"root{number}": {} for number in range(201)}) == [("", "too-many-attributes")]
    assert codes({"traits": {"orders": [{}] * 1000}}) == []
    assert codes({"traits": {"orders": [{"lines": [{}] * 500}], "more": [[{}] * 500]}}) == [("", "too-many-elements")]


def test_only_the_first_unknown_names_get_a_hint():
    problems = problems_of({"page": {f"ur{number}": 1 for number in range(150)}}, "")
    assert len(problems) == 150
    assert sum(problem.hint is not None for problem in problems) <= 10


def test_strings_and_names_come_to_nfc_and_the_last_of_equal_names_wins():
    decomposed = "e\u0301"
    document = {"traits": {decomposed: 1, "é": [decomposed, {decomposed: decomposed}]}}
    assert normalised(document, is_plain=False) == {"traits": {"é": ["é", {"é": "é"}]}}


def test_an_integer_id_is_its_text():
    assert normalised({"visitor": {"id": 42}}, is_plain=True) == {"visitor": {"id": "42"}}


@pytest.mark.parametrize(
    ("time", "ms"),
    [
        ("1998-07-01T00:00:00Z", 899_251_200_000),
        ("1998-07-01", 899_251_200_000),
        (899_251_200, 899_251_200_000),
        (899_251_200_000, 899_251_200_000),
        (None, None),
    ],
)
def test_request_time_is_an_instant(time, ms):
    document = {"request": {"time": time}}
    assert codes(document) == []
    assert instant_of(document) == ms
    assert instant_of({}) is None
