import pytest


def test_attributes_are_described_listed_and_removed(api):
    entry = {"type": "number", "description": "d", "examples": [1, 2.5, "x", True], "personal": True, "trusted": True}
    answer = api("PUT /v1/attributes/traits.age", entry)
    assert answer.json == {**entry, "path": "traits.age", "built_in": False}
    assert api("GET /v1/attributes/traits.age").json == answer.json
    listed = {item["path"]: item for item in api("GET /v1/attributes").json["items"]}
    assert listed["traits.age"] == answer.json
    assert (listed["geo.lat"]["type"], listed["geo.lat"]["built_in"]) == ("number", True)
    assert api("DELETE /v1/attributes/traits.age").status == 204
    assert api("GET /v1/attributes/traits.age").status == 404
    assert api("DELETE /v1/attributes/traits.age").status == 404
    assert api("GET /v1/attributes/geo.lat").status == 200


def test_a_dot_inside_a_name_is_escaped_in_the_address_too(api):
    assert api(r"PUT /v1/attributes/traits.a\.b", {}).json["path"] == r"traits.a\.b"
    assert api("GET /v1/attributes/traits.a%5C.b").status == 200
    assert api("GET /v1/attributes/traits.a.b").status == 404


def test_the_type_of_a_built_in_attribute_is_fixed(api):
    assert api("PUT /v1/attributes/geo.lat", {"type": "string"}).codes == {("/type", "bad-value")}
    assert api("PUT /v1/attributes/geo.lat", {"description": "d"}).json["type"] == "number"


@pytest.mark.parametrize("path", ["age", "geo.lattitude", "traits", "traits..a", "lists.a", "a%5Cb"])
def test_what_no_rule_could_name_is_refused(still, path):
    assert still(f"PUT /v1/attributes/{path}", {}).status == 422


def test_bad_entries_are_refused(still):
    answer = still("PUT /v1/attributes/traits.a", {"type": "text", "examples": [None], "trusted": "yes"})
    assert {pointer.split("/")[1] for pointer, _ in answer.codes} == {"type", "examples", "trusted"}


def test_the_operator_table_comes_with_the_schema_of_rules(still):
    table = still("GET /v1/operators").json
    operators = {item["name"]: item for item in table["items"]}
    assert operators["neq"]["negates"] == "eq"
    assert operators["gt"]["types"] == ["number"]
    assert table["rule_schema"]["$ref"] == "#/$defs/Rule"
