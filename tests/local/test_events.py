"""Requests as payload-2.0 events and answers back, field by field as API Gateway documents them."""

import base64

import pytest

from shared.local.events import Request, from_answer, to_event
from shared.local.routes import Route

ROUTE = Route("POST", "/v1/things/{id}", "manage")


def event_of(target="/v1/things/a", headers=(), body=b"", method="POST", parameters=None):
    return to_event(Request(method, target, tuple(headers), body, "192.0.2.1"), ROUTE, parameters or {})


def test_the_event_names_route_path_and_caller():
    event = event_of("/v1/things/a%20b?x=1", [("User-Agent", "curl"), ("Host", "127.0.0.1:8080")])
    assert event["version"] == "2.0"
    assert event["routeKey"] == event["requestContext"]["routeKey"] == "POST /v1/things/{id}"
    assert (event["rawPath"], event["rawQueryString"]) == ("/v1/things/a b", "x=1")
    http = event["requestContext"]["http"]
    assert (http["method"], http["path"], http["sourceIp"], http["userAgent"]) == (
        "POST",
        "/v1/things/a b",
        "192.0.2.1",
        "curl",
    )
    assert event["requestContext"]["domainName"] == "127.0.0.1:8080"


def test_repeated_headers_and_parameters_are_joined_by_commas():
    event = event_of("/x?tag=a&tag=b&empty=&sp=a+b%26", [("X-A", "1"), ("x-a", "2")])
    assert event["headers"] == {"x-a": "1,2"}
    assert event["queryStringParameters"] == {"tag": "a,b", "empty": "", "sp": "a b&"}


def test_cookies_stand_apart():
    event = event_of(headers=[("Cookie", "a=1; b=2"), ("Cookie", "c=3")])
    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


def test_what_is_absent_is_left_out():
    event = event_of()
    assert not {"body", "cookies", "queryStringParameters", "pathParameters"} & set(event)
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "text/plain", "application/problem+json"])
def test_text_stays_text(content_type):
    event = event_of(headers=[("Content-Type", content_type)], body='{"é": 1}'.encode())
    assert (event["body"], event["isBase64Encoded"]) == ('{"é": 1}', False)


@pytest.mark.parametrize(("content_type", "body"), [("application/octet-stream", b"{}"), ("application/json", b"\xff")])
def test_other_bytes_are_base64(content_type, body):
    event = event_of(headers=[("Content-Type", content_type)], body=body)
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == body


def test_an_answer_keeps_status_headers_and_cookies():
    answer = {
        "statusCode": 201,
        "headers": {"ETag": '"1"', "Content-Type": "application/json"},
        "cookies": ["a=1", "b=2"],
        "body": "{}",
    }
    response = from_answer(answer)
    assert (response.status, response.body) == (201, b"{}")
    assert response.headers == (
        ("ETag", '"1"'),
        ("Content-Type", "application/json"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )


def test_an_answer_in_base64_is_bytes():
    assert from_answer({"statusCode": 200, "body": "/w==", "isBase64Encoded": True}).body == b"\xff"


def test_204_and_304_have_no_body():
    assert from_answer({"statusCode": 304, "body": "x"}).body == b""


def test_an_answer_without_status_is_a_json_body():
    response = from_answer({"a": 1})
    assert (response.status, response.body) == (200, b'{"a": 1}')
