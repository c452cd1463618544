import pytest

AT = "?environment=production"


def test_traits_are_replaced_changed_read_and_deleted(api):
    put = api(f"PUT /v1/visitors/00004{AT}", {"traits": {"plan": "free", "gone": None, "nested": {"a": 1}}})
    assert (put.status, put.json["traits"]) == (200, {"plan": "free", "nested": {"a": 1}})
    patched = api(f"PATCH /v1/visitors/00004{AT}", {"traits": {"plan": None, "orders": 2}})
    assert patched.json["traits"] == {"nested": {"a": 1}, "orders": 2}
    assert api(f"GET /v1/visitors/00004{AT}").json == patched.json
    assert api(f"DELETE /v1/visitors/00004{AT}").status == 204
    assert api(f"GET /v1/visitors/00004{AT}").status == 404
    assert api(f"DELETE /v1/visitors/00004{AT}").status == 204


@pytest.mark.parametrize(
    ("sent", "meant"), [("a%23b", "a#b"), ("jo%40x.example", "jo@x.example"), ("%C3%A9", "é"), ("a b", "a b")]
)
def test_ids_in_addresses_may_be_encoded_or_not(still, sent, meant):
    assert still(f"PUT /v1/visitors/{sent}{AT}", {"traits": {}}).json["id"] == meant
    read = still(f"POST /v1/visitors/read{AT}", {"items": [{"id": meant}]}).json
    assert [item["id"] for item in read["items"]] == [meant]


def test_anonymous_ids_are_a_name_space_of_their_own(api):
    api(f"PUT /v1/visitors/x{AT}&anonymous=true", {"traits": {"a": 1}})
    assert api(f"GET /v1/visitors/x{AT}").status == 404
    found = api(f"GET /v1/visitors/x{AT}&anonymous=true").json
    assert (found["id"], found["anonymous_id"]) == (None, "x")


def test_environments_hold_visitors_of_their_own(api):
    api(f"PUT /v1/visitors/x{AT}", {"traits": {}})
    assert api("GET /v1/visitors/x?environment=staging").status == 404
    assert api("GET /v1/visitors/x?environment=nowhere").status == 404
    missing = api("GET /v1/visitors/x")
    assert (missing.status, missing.json["problems"][0]["hint"]) == (422, "one of `production`, `staging`")
    _, key = api.new_key(environments=("production",))
    assert api("GET /v1/visitors/x", key=key).status == 200
    assert api("GET /v1/visitors/x?environment=staging", key=key).status == 404


def test_many_are_written_read_and_deleted_at_once(api):
    items = [{"id": f"v{i}", "traits": {"n": i}} for i in range(120)] + [{"anonymous_id": "v1", "traits": {"n": -1}}]
    assert api(f"PUT /v1/visitors{AT}", {"items": items}).json == {"stored": 121}
    asked = [{"id": "v119"}, {"id": "nobody"}, {"anonymous_id": "v1"}]
    found = api(f"POST /v1/visitors/read{AT}", {"items": asked}).json["items"]
    assert [item["traits"] for item in found] == [{"n": 119}, {"n": -1}]
    assert api(f"POST /v1/visitors/delete{AT}", {"items": asked}).status == 204
    assert api(f"POST /v1/visitors/read{AT}", {"items": asked}).json["items"] == []


def test_a_batch_with_problems_writes_nothing(api):
    items = [
        {"id": "ok", "traits": {"a": 1}},
        {"traits": {}},
        {"id": "x", "anonymous_id": "y", "traits": {}},
        {"id": "ok", "traits": {}},
    ]
    assert api(f"PUT /v1/visitors{AT}", {"items": items}).codes == {
        ("/items/1", "bad-value"), ("/items/2", "bad-value"),
        ("/items/0", "repeated-visitor"), ("/items/3", "repeated-visitor"),
    }  # fmt: skip
    bad = [{"id": "ok", "traits": {"a": 1}}, {"id": "big", "traits": {"n": 2**60}}, {"id": "t", "traits": 3}]
    assert api(f"PUT /v1/visitors{AT}", {"items": bad[:2]}).codes == {("/items/1/traits/n", "bad-number")}
    assert api(f"PUT /v1/visitors{AT}", {"items": bad}).codes == {("/items/2/traits", "wrong-type")}
    assert api(f"GET /v1/visitors/ok{AT}").status == 404


def test_a_profile_that_is_too_large_is_refused(api):
    big = {"traits": {f"t{i}": "x" * 1000 for i in range(150)}}
    assert api(f"PUT /v1/visitors/x{AT}", big).codes == {("/traits", "too-large")}
    assert api(f"PUT /v1/visitors{AT}", {"items": [{"id": "x", **big}]}).codes == {("/items/0/traits", "too-large")}
    many = {"traits": {f"t{i}": 1 for i in range(201)}}
    assert api(f"PUT /v1/visitors/x{AT}", many).status == 422
