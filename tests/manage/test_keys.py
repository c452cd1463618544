import base64
import re

import pytest

from shared.manage.app import ROUTERS
from shared.manage.operations import NOT_YET, OPERATIONS
from shared.store.api_keys import SCOPES

EVERY = [(method, path, scope) for path, methods in OPERATIONS.items() for method, scope in methods.items()]


def address(path):
    return path.format(
        key="a",
        number=1,
        path="traits.a",
        environment="staging",
        release="r0",
        key_id="x",
        id="i",
        slug="conflict",
        upload="u",
        format="jsonlogic",
    )


def test_the_table_of_scopes_and_the_routes_are_the_same():
    routes = {(method, re.sub(r"<(\w+)>", r"{\1}", path)) for router in ROUTERS for path, method, *_ in _routes(router)}
    assert routes == {(method, path) for method, path, _ in EVERY}


def _routes(router):
    return [
        (route[0], method)
        for route in router._routes
        for method in ([route[1]] if isinstance(route[1], str) else route[1])
    ]


@pytest.fixture(scope="module")
def keyed(still):
    """A key with each scope alone, and one with all the others."""
    alone = {scope: still.new_key(scope)[1] for scope in SCOPES}
    without = {scope: still.new_key(*(each for each in SCOPES if each != scope))[1] for scope in SCOPES}
    return alone, without


@pytest.mark.parametrize(("method", "path", "scope"), EVERY)
def test_every_operation_is_open_to_its_scope_only(still, keyed, method, path, scope):
    call = f"{method} {address(path)}"
    unknown = still(call, headers={"authorization": None})
    if scope is None:
        assert unknown.status == 200
        return
    assert unknown.status == 401
    alone, without = keyed
    refused = still(call, {}, key=without[scope])
    assert (refused.status, refused.json["detail"]) == (403, f"the key lacks the scope `{scope}`")
    assert still(call, {}, key=alone[scope]).status not in (401, 403)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_opens_nothing_that_is_not_listed_for_it(still, keyed, scope):
    alone, _ = keyed
    closed = [f"{method} {address(path)}" for method, path, wanted in EVERY if wanted not in (None, scope)]
    assert {still(call, {}, key=alone[scope]).status for call in closed} == {403}


def test_a_key_is_shown_once_and_works_until_it_is_revoked(api):
    made = api("POST /v1/keys", {"kind": "secret", "name": "tool", "environments": ["staging"], "scopes": ["read"]})
    assert made.status == 201
    key, key_id = made.json["key"], made.json["key_id"]
    assert key.startswith(f"sk_{key_id}_")
    shown = api(f"GET /v1/keys/{key_id}").json
    assert shown == {name: value for name, value in made.json.items() if name != "key"}
    assert key not in api("GET /v1/keys").text
    assert api("GET /v1/audiences", key=key).status == 200
    assert api(f"DELETE /v1/keys/{key_id}").status == 204
    gone = api("GET /v1/audiences", key=key)
    assert (gone.status, gone.headers["www-authenticate"]) == (401, "Bearer")
    assert api(f"GET /v1/keys/{key_id}").json["revoked_at"] is not None
    assert api("DELETE /v1/keys/nobody").status == 404
    assert api("GET /v1/keys/nobody").status == 404


def test_a_repeated_creation_does_not_show_the_key_again(api):
    body = {"kind": "publishable", "name": "web", "environments": ["production"], "origins": ["https://shop.example"]}
    first = api("POST /v1/keys", body, {"idempotency-key": "k"}).json
    again = api("POST /v1/keys", body, {"idempotency-key": "k"}).json
    assert again == {**first, "key": None}


def test_publishable_keys_cannot_manage(api):
    made = api("POST /v1/keys", {"kind": "publishable", "name": "web", "environments": ["production"]}).json
    assert made["scopes"] == ["evaluate", "collect"]
    assert api("GET /v1/audiences", key=made["key"]).status == 403


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"kind": "publik"}, ("/kind", "unknown-value")),
        ({"environments": ["nowhere"]}, ("/environments/0", "unknown-environment")),
        ({"environments": []}, ("/environments", "too-few")),
        ({"scopes": ["reed"]}, ("/scopes/0", "unknown-value")),
        ({"scopes": None}, ("/scopes", "wrong-count")),
        ({"kind": "publishable"}, ("/scopes", "not-allowed")),
        ({"origins": ["https://a.example/path"]}, ("/origins/0", "bad-format")),
        ({"origins": ["https://a.example"]}, ("/origins", "not-allowed")),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(still, fields, found):
    body = {"kind": "secret", "name": "x", "environments": ["production"], "scopes": ["read"], **fields}
    assert found in still("POST /v1/keys", body).codes


@pytest.mark.parametrize("how", ["bearer", "header", "basic"])
def test_a_key_comes_in_three_ways(still, how):
    basic = base64.b64encode(f"{still.key}:".encode()).decode()
    headers = {
        "bearer": {},
        "header": {"authorization": None, "x-api-key": still.key},
        "basic": {"authorization": f"Basic {basic}"},
    }
    assert still("GET /v1/audiences", headers=headers[how]).status == 200


@pytest.mark.parametrize(
    "key", ["", "sk_", "pk_aaaaaaaaaaaa_x", "sk_aaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaa000000", "é"]
)
def test_a_wrong_key_is_refused(still, key):
    assert still("GET /v1/audiences", headers={"authorization": f"Bearer {key}"}).status == 401


def test_another_projects_key_is_no_key(api, backend):
    other = type(api)(*backend)
    assert api("GET /v1/audiences", key=other.key).status == 401


def test_every_change_is_audited_newest_first(api):
    api.audience("a")
    api.publish()
    page = api("GET /v1/audit?limit=1").json
    assert page["items"][0] == {
        "at": "2025-06-15T15:06:42Z", "actor": api.record.key_id, "request_id": "request-2",
        "action": "release.publish", "subject": "production", "environment": "production",
        "before": "r0", "after": "r1",
    }  # fmt: skip
    older = api(f"GET /v1/audit?cursor={page['next_cursor']}").json["items"]
    assert older[0]["action"] == "audience.create"


@pytest.mark.parametrize("path", NOT_YET)
def test_later_work_is_refused_by_name(still, path):
    answer = still(f"POST {path.format(key='a', id='i', format='f')}", {})
    assert (answer.status, answer.json["type"]) == (422, "/problems/not-supported-yet")
