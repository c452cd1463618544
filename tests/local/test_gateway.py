"""The gateway on a real socket: framing, limits and keep-alive, before any function is asked."""

import json
import socket
from http.client import HTTPConnection

import pytest

from shared.local.events import Request, Response
from shared.local.gateway import MAX_BODY, MAX_HEADERS, CannotListen, Gateway


def echo(request: Request) -> Response:
    if request.target == "/raise":
        raise ValueError("on purpose")
    seen = {
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "size": len(request.body),
        "body": request.body[:100].decode("latin-1"),
    }
    return Response(
        200,
        (("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        json.dumps(seen).encode(),
    )


@pytest.fixture(scope="module")
def gateway():
    with Gateway(0) as server, server.serving(echo):
        yield server


@pytest.fixture
def connection(gateway):
    client = HTTPConnection("127.0.0.1", gateway.server_port, timeout=10)
    yield client
    client.close()


def ask(connection, method, target, body=None, headers=None):
    connection.request(method, target, body, headers or {})
    response = connection.getresponse()
    return response, response.read()


def raw(gateway, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", gateway.server_port), timeout=10) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        received = b""
        while part := client.recv(65_536):
            received += part
        return received


def test_one_connection_answers_many_requests(connection):
    for number in range(3):
        response, body = ask(connection, "POST", f"/x?n={number}", b"hello")
        assert response.status == 200
        assert json.loads(body)["target"] == f"/x?n={number}"
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_a_body_in_chunks_arrives_whole(connection):
    response, body = ask(connection, "POST", "/x", iter([b"hello ", b"world"]))
    assert json.loads(body)["body"] == "hello world"
    response, body = ask(connection, "POST", "/y", b"next")
    assert (response.status, json.loads(body)["body"]) == (200, "next")


def test_head_has_no_body(connection):
    response, body = ask(connection, "HEAD", "/x")
    assert (response.status, body) == (200, b"")
    assert ask(connection, "GET", "/x")[0].status == 200


def test_too_many_header_bytes_are_431(connection):
    response, _ = ask(connection, "GET", "/x", headers={"X-Long": "a" * MAX_HEADERS})
    assert response.status == 431


def test_too_large_a_body_is_413_before_it_is_read(gateway):
    answer = raw(gateway, b"POST /x HTTP/1.1\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n" % (MAX_BODY + 1))
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "head",
    [
        b"POST /x HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /x HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_no_request_is_400_and_ends_the_connection(gateway, head):
    answer = raw(gateway, head)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in answer
    assert answer.endswith(b'{"message":"Bad Request"}')


def test_an_unknown_method_is_answered_too(gateway):
    assert raw(gateway, b"BREW /x HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 501 ")


def test_a_handler_that_raises_is_500_as_at_api_gateway(connection, gateway, capfd):
    response, body = ask(connection, "GET", "/raise")
    assert (response.status, json.loads(body)) == (500, {"message": "Internal Server Error"})
    assert "on purpose" in capfd.readouterr().err
    assert "on purpose" not in body.decode()


def test_a_port_in_use_is_one_sentence(gateway):
    with pytest.raises(CannotListen, match=f"port {gateway.server_port} is in use"):
        Gateway(gateway.server_port)


def test_it_listens_on_this_machine_only(gateway):
    assert gateway.server_address[0] == "127.0.0.1"
