import pytest

from shared.manage.differences import differences

A, B, C = ({"attribute": f"traits.{name}", "op": "exists"} for name in "abc")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (A, A, []),
        ({"x": 1}, {"x": 1.0}, [("/x", "changed", 1, 1.0)]),
        ({"x": 1}, {"x": True}, [("/x", "changed", 1, True)]),
        ({"a/b": 1}, {}, [("/a~1b", "removed", 1, None)]),
        ({}, {"x": None}, [("/x", "added", None, None)]),
        ({"all": [A, B]}, {"all": [B]}, [("/all/0", "removed", A, None)]),
        ({"all": [A, B]}, {"all": [A, C, B]}, [("/all/1", "added", None, C)]),
        ({"all": [A, B]}, {"all": [A, C]}, [("/all/1/attribute", "changed", "traits.b", "traits.c")]),
        ({"all": [A]}, {"any": [A]}, [("/all", "removed", [A], None), ("/any", "added", None, [A])]),
        ([1, 2, 3], [3], [("/0", "removed", 1, None), ("/1", "removed", 2, None)]),
        (1, [1], [("", "changed", 1, [1])]),
    ],
)
def test_differences_name_the_deepest_place(before, after, expected):
    assert [tuple(place) for place in differences(before, after)] == expected
