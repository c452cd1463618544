"""evaluate and the headers of its callers: whose they are, which are believed, and what a browser cannot set."""

import base64
import importlib.util
import json
import sys
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from shared.runtime.settings import TrustedCdn
from shared.store.records import EnvironmentSettings
from shared.visitors.geo import CDNS
from tests import world as worlds

ROOT = Path(__file__).parents[2]
SK, PK = "sk_samplekeyaaa", "pk_samplekeyaaa_aaaaaaaaaaaaaaaaaaaaaaaaaa000000"  # the samples' key
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
    "Mobile/15E148 Safari/604.1"
)
BROWSER = {"user-agent": PHONE, "accept-language": "de-AT,de;q=0.9", "x-shop": "vienna", "x-role": "admin"}
CLOUDFLARE = {"cf-ipcountry": "AT", "cf-ipcity": "Wien", "cf-connecting-ip": "198.51.100.7"}
SECRET = {"muster-cdn-secret": "from the edge"}
TRUSTED_CDN = TrustedCdn(CDNS["cloudflare"], sha256(b"from the edge").digest())


def eq(path, value):
    return {"attribute": path, "op": "eq", "value": value}


RULES = {
    "phones": eq("device.type", "mobile"),
    "bots": eq("device.type", "bot"),
    "german": eq("locale.language", "de"),
    "austria": eq("geo.country", "AT"),
    "near-vienna": eq("geo.city", "Wien"),
    "by-connection": {"attribute": "request.ip", "op": "in_cidr", "value": "192.0.2.0/24"},
    "by-cdn": {"attribute": "request.ip", "op": "in_cidr", "value": "198.51.100.0/24"},
    "dark": eq("request.cookies.theme", "dark"),
    "shop": eq("request.headers.x-shop", "vienna"),
    "admins": eq("request.headers.x-role", "admin"),
    "from-mail": eq("utm.source", "mail"),
    "pro": eq("traits.plan", "pro"),
    "big-accounts": eq("groups.account.tier", "gold"),
}
SETTINGS = EnvironmentSettings(allowed_headers=("x-role", "x-shop"))


@pytest.fixture(scope="module")
def evaluate():
    spec = importlib.util.spec_from_file_location("functions.evaluate.handler", ROOT / "functions/evaluate/handler.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def world():
    with worlds.loopback_store() as store:
        world = worlds.World(store)
        world.publish(worlds.image_of(RULES, RULES), 1, settings=SETTINGS)
        world.allow(worlds.entry(SK), worlds.entry(PK, publishable=True, scopes=("evaluate",)))
        yield world


@pytest.fixture
def ask(evaluate, world, monkeypatch):
    """(status, answer) of a call from a phone's browser, or with the headers given."""
    containers = {}

    def ask(key, body=None, headers=BROWSER, *, call="POST /v1/evaluate", cdn=False, cookies=()):
        if cdn not in containers:
            world.settings = msgspec.structs.replace(world.settings, trusted_cdn=TRUSTED_CDN if cdn else None)
            containers[cdn] = world.container()
        monkeypatch.setattr(evaluate, "container", lambda: containers[cdn])
        method, _, address = call.partition(" ")
        path, _, query = address.partition("?")
        sent = None if method == "GET" else body or {}
        event = worlds.event(method, path, body=sent, key=key, query=query, headers=headers)
        response = evaluate.handler(event | {"cookies": list(cookies)}, None)
        return response["statusCode"], json.loads(response["body"])

    return ask


def audiences(answered):
    status, answer = answered
    assert status == 200, answer
    return answer["audiences"]


def problems(answered):
    status, answer = answered
    assert status == 422, answer
    return {(problem["pointer"], problem["code"]) for problem in answer["problems"]}


FROM_BROWSER = ["admins", "by-connection", "german", "phones", "shop"]


def test_a_browsers_own_headers_are_its_visitors(ask):
    assert audiences(ask(PK)) == FROM_BROWSER
    assert audiences(ask(PK, call="GET /v1/evaluate")) == FROM_BROWSER
    assert audiences(ask(PK, cookies=["theme=dark", "a=b"])) == sorted([*FROM_BROWSER, "dark"])
    assert audiences(ask(PK, headers={"cookie": "a=b; theme=dark"})) == ["by-connection", "dark"]


def test_a_servers_own_headers_are_nobodys(ask):
    assert audiences(ask(SK, headers={**BROWSER, **CLOUDFLARE, **SECRET}, cdn=True, cookies=["theme=dark"])) == []


def test_a_server_hands_its_visitors_headers_on(ask):
    request = {"ip": "198.51.100.9", "headers": {"User-Agent": PHONE, "Accept-Language": "de", "Cookie": "theme=dark"}}
    server = {"user-agent": "python-requests/2.32"}
    assert audiences(ask(SK, {"request": request}, server)) == ["by-cdn", "dark", "german", "phones"]
    text = base64.urlsafe_b64encode(json.dumps({"request": request}).encode()).decode()
    assert audiences(ask(SK, None, server, call=f"GET /v1/evaluate?context={text}")) == [
        "by-cdn",
        "dark",
        "german",
        "phones",
    ]


def test_in_a_batch_every_visitor_has_headers_of_its_own(ask):
    visitors = [{}, {"request": {"headers": {"user-agent": PHONE}}}, {"request": {"headers": {"user-agent": "curl/8"}}}]
    for key, expected in ((SK, [[], ["phones"], ["bots"]]), (PK, [[], [], []])):
        status, answer = ask(key, {"visitors": visitors}, call="POST /v1/evaluate/batch")
        assert status == 200
        assert [result["audiences"] for result in answer["results"]] == expected


def test_the_callers_own_value_wins_name_by_name(ask):
    body = {"device": {"type": "tv"}, "locale": {"language": None}, "request": {"headers": {"x-shop": "graz"}}}
    assert audiences(ask(PK, body)) == ["admins", "by-connection"]


def test_without_a_trusted_cdn_no_place_is_read_from_headers(ask):
    assert audiences(ask(PK, headers=CLOUDFLARE | SECRET)) == ["by-connection"]


def test_a_trusted_cdn_is_believed_where_it_shows_its_secret(ask):
    assert audiences(ask(PK, headers=CLOUDFLARE | SECRET, cdn=True)) == ["austria", "by-cdn", "near-vienna"]
    for secret in ({}, {"muster-cdn-secret": ""}, {"muster-cdn-secret": "guess"}, {"muster-cdn-secret": "\ud800"}):
        assert audiences(ask(PK, headers=CLOUDFLARE | secret, cdn=True)) == ["by-connection"]


def test_a_server_is_believed_what_it_hands_on_of_the_trusted_cdn(ask):
    body = {"request": {"headers": CLOUDFLARE}}
    assert audiences(ask(SK, body, {}, cdn=True)) == ["austria", "by-cdn", "near-vienna"]
    assert audiences(ask(SK, body, {})) == []


def test_headers_that_the_environment_does_not_allow_are_not_read(ask, world):
    world.publish(worlds.image_of(RULES, RULES), 2)
    assert audiences(ask(PK)) == ["by-connection", "german", "phones"]


def test_groups_come_with_the_request(ask):
    groups = {"account": {"id": "acme", "tier": "gold"}}
    assert audiences(ask(SK, {"groups": groups}, {})) == ["big-accounts"]
    assert audiences(ask(SK, {"groups": {"department": groups["account"]}}, {})) == []


def test_traits_of_a_request_are_used_and_not_stored(ask, world):
    world.remember("1", {"plan": "pro"})
    visitor = {"visitor": {"id": "1"}}
    stored = dict(world.store.items[worlds.PROFILES])
    assert audiences(ask(SK, visitor, {})) == ["pro"]
    assert audiences(ask(SK, visitor | {"traits": {"plan": "free"}}, {})) == []
    assert audiences(ask(SK, visitor | {"traits": {"plan": None}}, {})) == []
    assert audiences(ask(SK, visitor, {})) == ["pro"]
    assert world.store.items[worlds.PROFILES] == stored
    assert {operation for operation, _ in world.store.calls} == {"GetItem", "BatchGetItem"}


TRUSTED = (
    "traits.plan",
    "groups.account.tier",
    "geo.country",
    "request.ip",
    "request.headers.x-role",
    "request.cookies.theme",
    "utm.source",
    "device.type",
)
CLAIMS = {
    "traits": {"plan": "pro"},
    "groups": {"account": {"tier": "gold"}},
    "geo": {"country": "AT"},
    "request": {"ip": "198.51.100.1", "headers": {"X-Role": "admin"}, "cookies": {"theme": "dark"}},
    "utm": {"source": "mail"},
    "device": {"type": "mobile"},
}
CLAIMED = ["admins", "austria", "big-accounts", "by-cdn", "dark", "from-mail", "phones", "pro"]


def test_a_browser_cannot_set_what_is_trusted_and_a_server_can(ask, world):
    assert audiences(ask(PK, CLAIMS, {})) == CLAIMED
    world.publish(worlds.image_of(RULES, RULES, trusted=TRUSTED), 2, settings=SETTINGS)
    world.clock.now += 10
    assert audiences(ask(SK, CLAIMS, {})) == CLAIMED
    expected = {
        "/traits/plan",
        "/groups/account",
        "/geo/country",
        "/request/ip",
        "/request/headers/x-role",
        "/request/cookies/theme",
        "/utm/source",
        "/device/type",
    }
    body = CLAIMS | {"audiences": ["nobody"]}
    assert problems(ask(PK, body, {})) == {(pointer, "trusted-attribute") for pointer in expected} | {
        ("/audiences/0", "unknown-audience")
    }
    status, answer = ask(PK, {"visitors": [CLAIMS, {}]}, call="POST /v1/evaluate/batch")
    assert {problem["pointer"] for problem in answer["results"][0]["problems"]} == {
        f"/visitors/0{pointer}" for pointer in expected
    }
    assert (status, answer["results"][1]["audiences"]) == (200, [])


def test_a_trusted_attribute_is_not_read_off_what_a_browser_writes(ask, world):
    page = {"page": {"url": "https://shop.example/?utm_source=mail"}}
    headers = {**BROWSER, **CLOUDFLARE, **SECRET}
    asked = {"headers": headers, "cdn": True, "cookies": ["theme=dark"]}
    untrusted = ["admins", "austria", "by-cdn", "dark", "from-mail", "german", "near-vienna", "phones", "shop"]
    assert audiences(ask(PK, page, **asked)) == untrusted
    world.publish(worlds.image_of(RULES, RULES, trusted=TRUSTED), 2, settings=SETTINGS)
    world.clock.now += 10
    assert audiences(ask(PK, page, **asked)) == ["austria", "by-cdn", "german", "near-vienna", "shop"]


def test_a_stored_trusted_trait_counts_for_a_browser_that_cannot_send_it(ask, world):
    world.publish(worlds.image_of(RULES, RULES, trusted=TRUSTED), 2, settings=SETTINGS)
    anonymous = "3q2-7wECAwQFBgcICQoLDA"
    world.remember(anonymous, {"plan": "pro"}, anonymous=True)
    visitor = {"visitor": {"anonymous_id": anonymous}}
    assert audiences(ask(PK, visitor, {})) == ["by-connection", "pro"]
    assert problems(ask(PK, visitor | {"traits": {"plan": None}}, {})) == {("/traits/plan", "trusted-attribute")}


@pytest.mark.parametrize(
    ("rule", "vary", "is_kept"),
    [
        (eq("traits.plan", "pro"), "Origin, Authorization, X-API-Key", True),
        (eq("locale.language", "de"), "Origin, Authorization, X-API-Key, accept-language", True),
        (eq("request.cookies.theme", "dark"), "Origin, Authorization, X-API-Key, cookie", True),
        (eq("request.headers.x-shop", "vienna"), "Origin, Authorization, X-API-Key, x-shop", True),
        (eq("geo.country", "AT"), "Origin, Authorization, X-API-Key", False),
        (eq("request.ip", "192.0.2.1"), "Origin, Authorization, X-API-Key", False),
    ],
)
def test_a_browser_keeps_an_answer_only_for_the_same_headers_and_network(
    evaluate, world, monkeypatch, rule, vary, is_kept
):
    world.publish(worlds.image_of({"a": rule}, ["a"]), 2, settings=SETTINGS)
    container = world.container()
    monkeypatch.setattr(evaluate, "container", lambda: container)
    headers = evaluate.handler(worlds.event("GET", "/v1/evaluate", key=PK), None)["headers"]
    assert (headers["vary"], headers["cache-control"] != "private, no-store") == (vary, is_kept)


def test_the_sample_event_tells_device_language_place_cookie_and_header(evaluate, world, monkeypatch):
    world.settings = msgspec.structs.replace(world.settings, trusted_cdn=TRUSTED_CDN)
    container = world.container()
    monkeypatch.setattr(evaluate, "container", lambda: container)
    response = evaluate.handler(json.loads((ROOT / "events/evaluate.headers.json").read_text()), None)
    expected = ["austria", "by-cdn", "dark", "from-mail", "german", "near-vienna", "phones", "shop"]
    assert json.loads(response["body"])["audiences"] == expected
