"""evaluate, event in and response out, over a loopback store."""

import base64
import importlib.util
import json
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from shared.rules import image
from shared.rules.kinds import Type
from tests import world as worlds

ROOT = Path(__file__).parents[2]
SK = "sk_samplekeyaaa_aaaaaaaaaaaaaaaaaaaaaaaaaa000000"
PK = "pk_samplekeyaaa_aaaaaaaaaaaaaaaaaaaaaaaaaa000000"
SHOP = "https://shop.example"
ANONYMOUS = "3q2-7wECAwQFBgcICQoLDA"
RULES = {
    "pro": {"attribute": "traits.plan", "op": "eq", "value": "pro"},
    "not-pro": {"not": {"audience": "pro"}},
    "from-mail": {"attribute": "utm.source", "op": "eq", "value": "mail"},
    "big-spender": {"attribute": "traits.spend", "op": "gte", "value": 100},
    "lapsed": {"attribute": "traits.last_order_at", "op": "older_than", "value": "P90D"},
    "new": {"attribute": "visitor.is_new", "op": "eq", "value": True},
    "in-1998": {"attribute": "request.time", "op": "during", "value": ["1998-01-01", "1999-01-01"]},
}
TYPES = {"traits.spend": Type.NUMBER, "traits.last_order_at": Type.DATETIME}
PUBLIC = ("from-mail", "big-spender")


@pytest.fixture(scope="module")
def evaluate():
    file = ROOT / "functions/evaluate/handler.py"
    spec = importlib.util.spec_from_file_location("functions.evaluate.handler", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def data():
    return worlds.image_of(RULES, PUBLIC, TYPES)


@pytest.fixture
def world(data):
    with worlds.loopback_store() as store:
        world = worlds.World(store)
        world.publish(data, 41)
        world.allow(
            worlds.entry(SK),
            worlds.entry(PK, publishable=True, scopes=("evaluate", "collect"), origins=(SHOP,)),
            worlds.entry("sk_image", scopes=("image",)),
        )
        world.remember("00004", {"plan": "pro", "spend": 100.5, "last_order_at": "1997-12-12"})
        yield world


@pytest.fixture
def send(evaluate, world, monkeypatch):
    container = world.container()
    monkeypatch.setattr(evaluate, "container", lambda: container)

    def send(method, path, body=None, key=SK, **more):
        response = evaluate.handler(worlds.event(method, path, body=body, key=key, **more), None)
        assert isinstance(response["body"], str)
        return response

    return send


def ask(send, body, key=SK, **more):
    response = send("POST", "/v1/evaluate", body, key, **more)
    return response["statusCode"], json.loads(response["body"])


def audiences(send, body, key=SK):
    status, answer = ask(send, body, key)
    assert status == 200, answer
    return answer["audiences"]


def problems(answer):
    return {problem["pointer"]: problem["code"] for problem in answer["problems"]}


# --- answers ---


def test_an_answer_says_which_audiences_hold_of_which_release_and_when(send, world):
    world.clock.now = 1_700_000_003.5
    status, answer = ask(send, {"traits": {"plan": "pro", "spend": "250"}})
    assert status == 200
    assert answer == {
        "audiences": ["big-spender", "pro"],
        "release": "r41",
        "evaluated_at": "2023-11-14T22:13:23.500Z",
        "age_seconds": 0,
        "stale": False,
        "valid_until": None,
    }


def test_request_time_sets_now(send):
    body = {"traits": {"last_order_at": "1998-01-01"}, "request": {"time": "1998-07-01T00:00:00Z"}}
    status, answer = ask(send, body)
    assert (status, answer["evaluated_at"]) == (200, "1998-07-01T00:00:00Z")
    assert answer["audiences"] == ["in-1998", "lapsed", "not-pro"]
    body["request"]["time"] = "1998-02-01T00:00:00Z"
    assert audiences(send, body) == ["in-1998", "not-pro"]


def test_an_answer_says_until_when_it_holds(send):
    document = {"traits": {"last_order_at": "1998-06-01"}, "request": {"time": "1998-07-01T00:00:00Z"}}
    assert ask(send, document)[1]["valid_until"] == "1998-08-30T00:00:00Z"
    document["audiences"] = ["in-1998"]
    assert ask(send, document)[1]["valid_until"] == "1999-01-01T00:00:00Z"
    document["audiences"] = ["pro"]
    assert ask(send, document)[1]["valid_until"] is None


def test_a_query_may_be_kept_until_time_changes_it_but_not_where_something_is_stored(send, world):
    world.clock.now = 915_148_760.0  # 40 seconds before 1999
    assert query(send, "traits.plan=pro")["headers"]["cache-control"] == "private, max-age=40"
    world.clock.now = 1_700_000_000.0
    assert query(send, "traits.plan=pro")["headers"]["cache-control"] == "private, max-age=60"
    assert query(send, "visitor.id=00004")["headers"]["cache-control"] == "private, no-store"


def test_what_would_decide_is_named(send):
    answer = ask(send, {"traits": {"plan": "pro"}, "include": ["unknowns"], "audiences": ["big-spender", "pro"]})[1]
    assert (answer["unknowns"], answer["needs"]) == (["big-spender"], ["traits.spend"])


def test_the_campaign_comes_from_the_url_unless_given(send):
    page = {"url": "https://shop.example/sale?utm_source=mail"}
    assert "from-mail" in audiences(send, {"page": page})
    assert "from-mail" not in audiences(send, {"page": page, "utm": {"source": "ad"}})


def test_a_stored_profile_lies_under_the_requests_own_traits(send):
    visitor = {"id": "00004"}
    assert audiences(send, {"visitor": visitor}) == ["big-spender", "lapsed", "pro"]
    assert audiences(send, {"visitor": visitor, "traits": {"plan": "free"}}) == ["big-spender", "lapsed", "not-pro"]
    assert audiences(send, {"visitor": visitor, "traits": {"spend": None}}) == ["lapsed", "pro"]
    assert audiences(send, {"visitor": {"id": "unknown"}}) == ["new", "not-pro"]


def test_the_known_profile_wins_over_the_anonymous_one(send, world):
    world.remember(ANONYMOUS, {"plan": "free", "spend": 7}, anonymous=True)
    world.remember("00005", {"spend": 700})
    both = {"visitor": {"id": "00005", "anonymous_id": ANONYMOUS}}
    assert audiences(send, both) == ["big-spender", "not-pro"]
    assert audiences(send, {"visitor": {"anonymous_id": ANONYMOUS}}) == ["not-pro"]


def test_audiences_restricts_the_answer(send):
    body = {"traits": {"plan": "pro", "spend": 100}, "audiences": ["pro", "lapsed"]}
    assert audiences(send, body) == ["pro"]
    assert audiences(send, body | {"audiences": []}) == []


def test_unknowns_are_the_audiences_that_depend_on_missing_attributes(send):
    _, answer = ask(send, {"traits": {"plan": "pro"}, "include": ["unknowns"]})
    assert answer["audiences"] == ["pro"]
    assert answer["unknowns"] == ["big-spender", "from-mail", "lapsed", "new"]


def test_the_stages_are_timed(send):
    response = send("POST", "/v1/evaluate", {})
    stages = [stage.partition(";")[0] for stage in response["headers"]["server-timing"].split(", ")]
    assert stages == ["decode", "profile", "evaluate", "encode"]


def test_a_body_may_come_in_base64_and_as_plain_text(send):
    body = json.dumps({"traits": {"plan": "pro"}})
    for sent in (body, body.encode()):
        response = send("POST", "/v1/evaluate", sent, headers={"content-type": "text/plain;charset=UTF-8"})
        assert json.loads(response["body"])["audiences"] == ["pro"]


def test_no_profile_is_read_where_none_could_matter(send, world):
    audiences(send, {"visitor": {"id": "00004"}, "traits": {"plan": "pro"}})
    assert world.store.calls[-1] == ("BatchGetItem", worlds.PROFILES)
    world.publish(worlds.image_of({"uk": {"attribute": "geo.country", "op": "eq", "value": "GB"}}), 42)
    world.clock.now += 10
    world.store.calls.clear()
    assert audiences(send, {"visitor": {"id": "00004"}, "geo": {"country": "GB"}}) == ["uk"]
    assert {table for _, table in world.store.calls} == {worlds.IMAGES}


# --- GET ---


def query(send, text, key=SK, headers=None):
    return send("GET", "/v1/evaluate", key=key, query=text, headers=headers)


def test_a_query_asks_by_dotted_names(send):
    response = query(send, "traits.plan=pro&traits.spend=100&request.time=1998-07-01T00%3A00%3A00Z")
    assert response["statusCode"] == 200
    assert json.loads(response["body"]) == {
        "audiences": ["big-spender", "in-1998", "pro"],
        "release": "r41",
        "stale": False,
        "valid_until": "1999-01-01T00:00:00Z",
    }
    assert response["headers"]["muster-evaluated-at"] == "1998-07-01T00:00:00Z"
    assert response["headers"]["muster-age-seconds"] == "0"
    assert response["headers"]["cache-control"] == "private, no-store"
    assert response["headers"]["vary"] == "Origin, Authorization, X-API-Key"


def test_a_query_may_carry_the_whole_context(send):
    context = base64.urlsafe_b64encode(json.dumps({"traits": {"plan": "pro", "spend": 1}}).encode()).decode()
    response = query(send, f"context={context.rstrip('=')}&traits.spend=100&audiences=pro,big-spender")
    assert json.loads(response["body"])["audiences"] == ["big-spender", "pro"]


def test_a_tag_that_the_client_has_is_answered_304_and_changes_with_the_answer(send):
    first = query(send, "traits.plan=pro")
    tag = first["headers"]["etag"]
    again = query(send, "traits.plan=pro&traits.unasked=1", headers={"if-none-match": f'"other", W/{tag}'})
    assert (again["statusCode"], again["body"], again["headers"]["etag"]) == (304, "", tag)
    assert query(send, "traits.plan=free", headers={"if-none-match": tag})["statusCode"] == 200


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("plan=pro", 422, "unknown-parameter"),
        ("traits..plan=pro", 422, "bad-path"),
        ("traits=1&traits.plan=pro", 422, "unknown-parameter"),
        ("traits.plan=a&traits.plan.name=b", 422, "bad-path"),
        ("traits.plan=%ff", 400, None),
        ("context=%21", 400, None),
        ("context=" + base64.urlsafe_b64encode(b"[1]").decode(), 422, "wrong-type"),
        ("min_release=new", 422, "bad-release"),
        ("&".join(f"traits.t{number}=1" for number in range(201)), 422, "too-many-attributes"),
        ("&".join(f"traits.t{number}=1" for number in range(401)), 413, None),
        ("traits." + ".".join("abcdefghijklmnop") + "=1", 400, "too-deep"),
    ],
)
def test_a_query_that_cannot_be_taken(send, text, status, code):
    response = query(send, text)
    answer = json.loads(response["body"])
    assert response["statusCode"] == status
    assert code is None or code in problems(answer).values()


def test_head_is_get_without_a_body(send):
    response = send("HEAD", "/v1/evaluate", query="traits.plan=pro")
    assert (response["statusCode"], response["body"]) == (200, "")
    assert response["headers"]["etag"] == query(send, "traits.plan=pro")["headers"]["etag"]


# --- batch ---


def test_a_batch_answers_each_visitor_in_order(send):
    body = {
        "visitors": [
            {"visitor": {"id": "00004"}, "request": {"time": "1998-07-01T00:00:00Z"}},
            {"pgae": {}},
            "nobody",
            {"traits": {"plan": "free"}},
        ],
        "audiences": ["pro", "not-pro", "in-1998"],
    }
    response = send("POST", "/v1/evaluate/batch", body)
    answer = json.loads(response["body"])
    assert response["statusCode"] == 200
    assert (answer["release"], answer["age_seconds"], answer["stale"]) == ("r41", 0, False)
    first, second, third, fourth = answer["results"]
    assert first == {
        "audiences": ["in-1998", "pro"],
        "evaluated_at": "1998-07-01T00:00:00Z",
        "valid_until": "1999-01-01T00:00:00Z",
    }
    assert (second["status"], problems(second)) == (422, {"/visitors/1/pgae": "unknown-attribute"})
    assert (third["status"], problems(third)) == (422, {"/visitors/2": "wrong-type"})
    assert fourth["audiences"] == ["not-pro"]


def test_a_batch_reads_all_profiles_at_once(send, world):
    for number in range(60):
        world.remember(f"v{number}", {"plan": "pro" if number % 2 else "free"})
    visitors = [{"visitor": {"id": f"v{number}"}} for number in range(60)]
    audiences(send, {})
    world.store.calls.clear()
    response = send("POST", "/v1/evaluate/batch", {"visitors": visitors, "audiences": ["pro"]})
    assert [result["audiences"] for result in json.loads(response["body"])["results"]] == [[], ["pro"]] * 30
    assert world.store.calls == [("BatchGetItem", worlds.PROFILES)]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/visitors"),
        ({"visitors": []}, "/visitors"),
        ({"visitors": [{}] * 101}, "/visitors"),
        ({"visitors": {}}, "/visitors"),
        ({"visitors": [{}], "traits": {}}, "/traits"),
        ({"visitors": [{}], "audiences": ["nobody"]}, "/audiences/0"),
    ],
)
def test_a_batch_that_cannot_be_taken_whole(send, body, pointer):
    response = send("POST", "/v1/evaluate/batch", body)
    assert response["statusCode"] == 422
    assert pointer in problems(json.loads(response["body"]))


# --- keys ---


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {SK}"},
        {"authorization": f"bearer  {SK} "},
        {"authorization": "Basic " + base64.b64encode(f"{SK}:".encode()).decode()},
        {"x-api-key": SK},
    ],
)
def test_a_key_may_come_in_three_ways(send, headers):
    assert send("POST", "/v1/evaluate", {}, key=None, headers=headers)["statusCode"] == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer sk_wrong"}, {"authorization": "Basic !"}, {"authorization": SK}, {"x-api-key": ""}],
)
def test_without_a_valid_key_nothing_is_answered(send, headers):
    response = send("POST", "/v1/evaluate", {"pgae": 1}, key=None, headers=headers)
    answer = json.loads(response["body"])
    assert (response["statusCode"], answer["type"]) == (401, "/problems/unauthorized")
    assert response["headers"]["www-authenticate"] == "Bearer"
    assert response["headers"]["content-type"] == "application/problem+json"


def test_a_scope_that_the_key_lacks_is_forbidden(send):
    assert ask(send, {}, key="sk_image")[0] == 403


def test_a_revoked_key_is_refused_within_a_minute(send, world):
    assert ask(send, {})[0] == 200
    world.allow(seq=1)
    world.clock.now += 60
    assert ask(send, {})[0] == 401


def test_a_key_of_another_environment_reveals_nothing(evaluate, data, monkeypatch):
    with worlds.loopback_store() as store:
        world = worlds.World(store, ("production", "staging"))
        for name in world.environments:
            world.publish(data, 41 if name == "production" else 7, environment=name)
        world.allow(worlds.entry("sk_both"), worlds.entry("sk_production"))
        world.allow(worlds.entry("sk_both"), environment="staging")
        container = world.container()
        monkeypatch.setattr(evaluate, "container", lambda: container)

        def release(key, text):
            event = worlds.event("POST", "/v1/evaluate", body={}, key=key, query=text)
            response = evaluate.handler(event, None)
            return response["statusCode"], json.loads(response["body"])

        assert release("sk_both", "environment=staging")[1]["release"] == "r7"
        assert release("sk_production", "")[1]["release"] == "r41"
        assert release("sk_production", "environment=production")[1]["release"] == "r41"
        status, answer = release("sk_both", "")
        assert (status, answer["problems"][0]["code"]) == (422, "environment-needed")
        assert "`production`, `staging`" in answer["problems"][0]["hint"]
        refused = [release("sk_production", "environment=staging"), release("sk_production", "environment=none")]
        assert refused == [release("sk_nobody", "")] * 2
        assert refused[0][0] == 401


# --- browsers ---


def test_a_browser_learns_of_public_audiences_only(send):
    body = {"traits": {"plan": "pro", "spend": 100}}
    assert audiences(send, body, PK) == ["big-spender"]
    assert audiences(send, body | {"audiences": ["big-spender", "from-mail"]}, PK) == ["big-spender"]


def test_a_browser_cannot_tell_a_private_audience_from_none(send):
    answers = [ask(send, {"audiences": [name]}, PK) for name in ("pro", "prx")]
    assert [status for status, _ in answers] == [422, 422]
    assert answers[0][1] == json.loads(json.dumps(answers[1][1]).replace("prx", "pro"))


def test_a_browser_may_not_ask_for_unknowns_or_a_release(send):
    status, answer = ask(send, {"include": ["unknowns"], "min_release": "r50"}, PK)
    assert status == 422
    assert problems(answer) == {"/include/0": "secret-key-only", "/min_release": "secret-key-only"}


def test_a_browser_reads_the_profile_of_its_anonymous_id_and_no_other(send, world):
    world.remember(ANONYMOUS, {"spend": 500}, anonymous=True)
    assert audiences(send, {"visitor": {"id": "00004"}}, PK) == []
    assert audiences(send, {"visitor": {"id": "00004", "anonymous_id": ANONYMOUS}}, PK) == ["big-spender"]


@pytest.mark.parametrize("weak", ["1", "visitor-1234567890", "0123456789abcdef01234567"])
def test_a_browsers_anonymous_id_must_be_hard_to_guess(send, weak):
    status, answer = ask(send, {"visitor": {"anonymous_id": weak}}, PK)
    assert (status, problems(answer)) == (422, {"/visitor/anonymous_id": "weak-anonymous-id"})
    assert ask(send, {"visitor": {"anonymous_id": weak}})[0] == 200


def test_a_listed_origin_may_read_answers_and_errors_and_another_may_not(send):
    for body, status in (({}, 200), ({"pgae": 1}, 422)):
        listed = send("POST", "/v1/evaluate", body, PK, headers={"origin": SHOP})
        other = send("POST", "/v1/evaluate", body, PK, headers={"origin": "https://evil.example"})
        assert (listed["statusCode"], other["statusCode"]) == (status, status)
        assert listed["headers"]["access-control-allow-origin"] == SHOP
        assert "access-control-allow-origin" not in other["headers"]
        assert listed["headers"]["vary"] == other["headers"]["vary"] == "Origin"


def test_a_secret_key_is_of_no_use_on_a_page(send):
    response = send("POST", "/v1/evaluate", {}, SK, headers={"origin": SHOP})
    assert "access-control-allow-origin" not in response["headers"]


def test_a_preflight_is_answered_by_origin(send):
    listed = send("OPTIONS", "/v1/evaluate", key=None, headers={"origin": SHOP})
    assert listed["statusCode"] == 204
    assert listed["headers"]["access-control-allow-origin"] == SHOP
    assert listed["headers"]["access-control-allow-methods"] == "POST, GET, OPTIONS"
    assert listed["headers"]["access-control-max-age"] == "600"
    other = send("OPTIONS", "/v1/evaluate", key=None, headers={"origin": "https://evil.example"})
    assert other["statusCode"] == 204
    assert "access-control-allow-origin" not in other["headers"]
    assert "access-control-allow-methods" not in other["headers"]


# --- wrong input ---


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        (b'{"traits":"\xff"}', 400),
        ('{"traits":{"a":NaN}}', 400),
        ('{"traits":{"a":1e999}}', 400),
        ('{"traits":{"a":"\\ud800 "}}', 400),
        ('{"traits":' + "[" * 20_000 + "]" * 20_000 + "}", 400),
        ('{"traits":' + '{"a":' * 17 + "1" + "}" * 17 + "}", 400),
        ("[]", 422),
        ('"x"', 422),
        ('{"traits":[]}', 422),
        ('{"traits":"' + "x" * 70_000 + '"}', 413),
    ],
)
def test_a_body_that_cannot_be_taken(send, body, status):
    response = send("POST", "/v1/evaluate", body)
    answer = json.loads(response["body"])
    assert (response["statusCode"], answer["status"], answer["request_id"]) == (status, status, "request-1")
    assert response["headers"]["content-type"] == "application/problem+json"


def test_all_problems_come_at_once(send):
    body = {
        "pgae": {},
        "device": {"brwser": "Firefox"},
        "visitor": {"id": True, "anonymous_id": ""},
        "traits": {"big": 2**53, "list": [1, {"n": -(2**60)}]},
        "page": {"query": "a=b"},
        "request": {"time": "yesterday"},
        "events": [],
        "visitor_token": "x",
        "include": ["reasons", "unknwns"],
        "audiences": ["pro", "nobody"],
        "min_release": 3,
    }
    status, answer = ask(send, body)
    assert status == 422
    assert answer["detail"] == f"{len(answer['problems'])} problems"
    assert problems(answer) == {
        "/pgae": "unknown-attribute",
        "/device/brwser": "unknown-attribute",
        "/visitor/id": "wrong-type",
        "/visitor/anonymous_id": "bad-length",
        "/traits/big": "bad-number",
        "/traits/list/1/n": "bad-number",
        "/page/query": "wrong-type",
        "/request/time": "bad-instant",
        "/events": "not-supported-yet",
        "/visitor_token": "not-supported-yet",
        "/include/0": "not-supported-yet",
        "/include/1": "unknown-include",
        "/audiences/1": "unknown-audience",
        "/min_release": "bad-release",
    }
    hints = {problem["pointer"]: problem.get("hint") for problem in answer["problems"]}
    assert hints["/pgae"] == "did you mean `page`?"
    assert hints["/device/brwser"] == "did you mean `browser`?"


def test_what_is_later_work_is_refused_by_name(send):
    status, answer = ask(send, {"events": [], "include": ["computed"]})
    assert (status, answer["type"]) == (422, "/problems/not-supported-yet")


def test_another_media_type_is_refused(send):
    response = send("POST", "/v1/evaluate", "a=b", headers={"content-type": "application/x-www-form-urlencoded"})
    assert response["statusCode"] == 415


def test_an_unknown_address_and_a_wrong_method(send):
    assert send("GET", "/v1/evaluat")["statusCode"] == 404
    response = send("DELETE", "/v1/evaluate")
    assert (response["statusCode"], response["headers"]["allow"]) == (405, "POST, GET, OPTIONS")


def test_names_are_opaque(send):
    body = json.dumps({"traits": {"__proto__": {"plan": "pro"}, "__class__": 1, "": 2, "a.b": 3}})
    assert send("POST", "/v1/evaluate", body)["statusCode"] == 200


def test_a_fault_of_ours_is_a_problem_and_a_log_line_without_values(send, evaluate, monkeypatch, capsys):
    monkeypatch.setattr(evaluate.requests, "evaluation", lambda _: 1 / 0)
    response = send("POST", "/v1/evaluate", {"traits": {"email": "canary@example.com"}})
    assert (response["statusCode"], json.loads(response["body"])["type"]) == (500, "/problems/internal")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["kind"], line["request_id"]) == ("internal-error", "ZeroDivisionError", "request-1")


def test_nothing_is_logged_for_a_request_that_went_well_or_wrong(send, capsys):
    ask(send, {"visitor": {"id": "canary@example.com"}})
    ask(send, {"pgae": "canary"})
    ask(send, {}, key="sk_canary")
    assert capsys.readouterr() == ("", "")


# --- the image ---


def test_the_image_is_served_with_its_hash_as_tag(send, data):
    response = send("GET", "/v1/image")
    assert base64.b64decode(response["body"]) == data
    assert response["isBase64Encoded"] is True
    tag = response["headers"]["etag"]
    assert tag == f'"{image.content_hash(data)}"'
    assert response["headers"]["muster-release"] == "r41"
    assert send("GET", "/v1/image", headers={"if-none-match": tag})["statusCode"] == 304


def test_an_image_is_served_by_its_hash_whatever_is_live(send, world, data):
    older = worlds.image_of({"a": {"attribute": "traits.a", "op": "exists"}})
    world.publish(older, 40)
    world.publish(data, 41)
    for content in (data, older):
        name = image.content_hash(content)
        for path in (f"/v1/images/{name}", "/v1/images/" + quote(name, safe="")):
            response = send("GET", path)
            assert base64.b64decode(response["body"]) == content
            assert response["headers"]["cache-control"] == "private, max-age=31536000, immutable"
    assert send("GET", "/v1/images/sha256:" + "0" * 64)["statusCode"] == 404
    assert send("GET", "/v1/images/")["statusCode"] == 404


def test_a_browser_gets_no_image_yet(send):
    response = send("GET", "/v1/image", key=PK)
    assert (response["statusCode"], json.loads(response["body"])["type"]) == (422, "/problems/not-supported-yet")


def test_health_and_ready_need_no_key(send):
    assert send("GET", "/v1/health", key=None)["statusCode"] == 200
    assert send("GET", "/v1/ready", key=None)["statusCode"] == 200


# --- releases ---


def test_min_release_refreshes_first(send, world):
    assert ask(send, {})[1]["release"] == "r41"
    world.publish(worlds.image_of({"a": {"attribute": "traits.a", "op": "exists"}}), 42)
    assert ask(send, {})[1]["release"] == "r41"
    assert ask(send, {"min_release": "r42"})[1]["release"] == "r42"
    response = send("POST", "/v1/evaluate", {"min_release": "r43"})
    assert (response["statusCode"], response["headers"]["retry-after"]) == (503, "1")


# --- sample events ---

EVENTS = {
    "post": (200, {"audiences": ["big-spender", "from-mail", "in-1998", "lapsed", "pro"]}),
    "browser": (200, {"audiences": ["from-mail"]}),
    "query": (200, {"audiences": ["from-mail", "in-1998", "pro"]}),
    "headers": (200, {"audiences": ["from-mail"]}),  # what the headers say is tested beside it
    "batch": (200, {"release": "r41"}),
    "image": (200, None),
    "preflight": (204, None),
    "no-key": (401, {"type": "/problems/unauthorized"}),
    "problems": (422, {"detail": "4 problems"}),
    "ready": (200, {"status": "ready"}),
}


def test_every_sample_event_is_listed_here():
    assert {file.name.split(".")[1] for file in (ROOT / "events").glob("evaluate.*.json")} == set(EVENTS)


@pytest.mark.usefixtures("send")
@pytest.mark.parametrize("name", EVENTS)
def test_a_sample_event_gets_its_documented_answer(evaluate, name):
    status, expected = EVENTS[name]
    response = evaluate.handler(json.loads((ROOT / f"events/evaluate.{name}.json").read_text()), None)
    assert response["statusCode"] == status
    if expected is not None:
        assert expected.items() <= json.loads(response["body"]).items()
