import base64
import json

import pytest


def post(api, body, **headers):
    return api("POST /v1/audiences/validate", body, headers)


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "nonsense",
        '{"rule": NaN}',
        '{"rule": 1e999}',
        '{"rule": "\\ud800"}',
        "[" * 65 + "]" * 65,
        "[" * 5000,
        "\ufeff{}",
    ],
)
def test_what_cannot_be_decoded_is_400(still, body):
    answer = post(still, body)
    assert (answer.status, answer.json["type"]) == (400, "/problems/invalid-json")


def test_64_levels_can_be_decoded(still):
    assert post(still, '{"rule":' + "[" * 63 + "]" * 63 + "}").status == 200


@pytest.mark.parametrize("content", [b'{"rule": "\xff"}', b"\xff\xfe"])
def test_a_body_that_is_not_utf_8_is_400(still, content):
    event = still.event("POST /v1/audiences/validate", "x")
    event |= {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}
    assert still.app.answer(event, "r")["statusCode"] == 400
    assert still.app.answer(event | {"body": "%"}, "r")["statusCode"] == 400
    assert still.app.answer(event | {"body": "\ud800", "isBase64Encoded": False}, "r")["statusCode"] == 400


def test_a_base64_body_is_read(still):
    event = still.event("POST /v1/audiences/validate")
    body = base64.b64encode(json.dumps({"rule": {}}).encode()).decode()
    assert still.app.answer(event | {"body": body, "isBase64Encoded": True}, "r")["statusCode"] == 200


@pytest.mark.parametrize("body", ["[]", "3", '"x"', "null", "[{}]"])
def test_a_body_that_is_no_object_is_422(still, body):
    assert post(still, body).status == 422


def test_a_body_of_more_than_256_kb_is_413(still):
    fits = '{"rule": "' + "x" * (256 * 1024 - 12) + '"}'
    assert post(still, fits).status == 200
    assert post(still, fits + " ").status == 413


def test_a_body_of_another_type_is_415(still):
    assert post(still, "rule=x", **{"content-type": "application/x-www-form-urlencoded"}).status == 415
    assert post(still, '{"rule": {}}', **{"content-type": "application/json; charset=utf-8"}).status == 200
    assert post(still, '{"rule": {}}', **{"content-type": None}).status == 200


def test_unknown_addresses_and_methods_are_problems(still):
    assert still("GET /v1/nothing").status == 404
    assert still("GET /v1/audiences/").status == 404
    answer = still("PATCH /v1/audiences/a")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, PUT, DELETE")
    assert {"/problems/method-not-allowed", "method not allowed"} <= set(answer.json.values())


@pytest.mark.parametrize("key", ["", "x" * 129])
def test_an_idempotency_key_has_1_to_128_characters(still, key):
    assert still("GET /v1/audiences", headers={"idempotency-key": key}).status == 422


def test_every_answer_is_kept_by_no_cache(still):
    for answer in (still("GET /v1/audiences"), still("GET /v1/nothing")):
        assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")


def test_the_body_must_be_there(still):
    answer = still("POST /v1/audiences/validate")
    assert answer.codes == {("", "missing-body")}


LONG = "x" * 3000


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        (f"GET /v1/audiences/{LONG}", None, 404),
        (f"GET /v1/environments/{LONG}", None, 404),
        (f"DELETE /v1/keys/{'x' * 500}", None, 404),
        (f"GET /v1/environments/production/releases/r{'9' * 400}", None, 404),
        (f"GET /v1/audiences/a/versions/{'9' * 400}", None, 422),
        ("GET /v1/audiences/a/versions/0", None, 422),
        (f"GET /v1/audiences?cursor={base64.urlsafe_b64encode(LONG.encode()).decode()}", None, 422),
        ("GET /v1/audiences?cursor=", None, 422),
        ("GET /v1/audit?cursor=%ff", None, 422),
        (f"GET /v1/visitors/{LONG}?environment=production", None, 404),
        (f"GET /v1/visitors/x?environment={LONG}", None, 404),
        ("POST /v1/audiences/validate", {"rule": {"audience": LONG}}, 200),
        ("PUT /v1/audiences", {"items": [{"key": LONG, "name": "x", "rule": {"audience": LONG}}]}, 200),
        ("PUT /v1/audiences", {"items": [{"key": "", "name": "x", "rule": {"audience": ""}}]}, 200),
        ("POST /v1/environments/production/releases", {"audiences": {LONG: 1, "": None}}, 422),
        ("POST /v1/environments/production/rollback", {"release": LONG}, 422),
    ],
)
def test_what_no_key_of_the_store_could_be_is_refused_like_anything_unknown(still, call, body, status):
    assert still(call, body).status == status
