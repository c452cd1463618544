"""manage, event in and response out, on moto: each sample event gives its documented answer, in this order."""

import importlib.util
import json
import sys
from pathlib import Path

import boto3
import pytest
from aws_lambda_powertools.event_handler import Response
from moto import mock_aws

from shared.api.problems import TYPES
from shared.store import api_keys, database, environments, signing, tables
from shared.store.changes import Change
from shared.store.errors import Unavailable
from shared.store.verify import trusted_keys

ROOT = Path(__file__).parents[2]
SAMPLE_KEY = "sk_samplekeyaaa_aaaaaaaaaaaaaaaaaaaaaaaaaa000000"
DOCUMENTED = {
    "create": (201, lambda body: body["version"] == 1 and body["status"] == "draft"),
    "problems": (422, lambda body: {p["pointer"] for p in body["problems"]} >= {"/key", "/nam", "/rule/all/0/op"}),
    "broken-json": (400, lambda body: body["type"] == "/problems/invalid-json"),
    "list": (200, lambda body: [item["key"] for item in body["items"]] == ["lapsed-buyers"]),
    "export": (422, lambda body: [p["pointer"] for p in body["problems"]] == ["/rule/all/1"]),
    "replace-stale": (412, lambda body: body["detail"] == "audience `lapsed-buyers` is at version 1"),
    "publish": (201, lambda body: body["changes"] == [{"key": "lapsed-buyers", "from": None, "to": 1}]),
    "visitors": (200, lambda body: body == {"stored": 2}),
    "put-list": (201, lambda body: body["count"] == 0),
    "list-entries": (200, lambda body: body == {"count": 2, "added": 2, "removed": 0}),
    "explain": (200, lambda body: body["holds"] and len(body["explanation"]["items"]) == 2),
    "import": (200, lambda body: [item["saved"]["status"] for item in body["items"]] == [201]),
    "templates": (200, lambda body: len(body["items"]) >= 12),
    "delete-live": (409, lambda body: body["problems"][0]["detail"] == "environment `production` serves it"),
    "no-key": (401, lambda body: body["type"] == "/problems/unauthorized"),
    "not-yet": (422, lambda body: body["type"] == "/problems/not-supported-yet"),
    "openapi": (200, lambda body: body["openapi"].startswith("3.1")),
}


@pytest.fixture(scope="module")
def manage():
    """The handler's module on tables with the environment `production`, and a key of every scope."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "local")
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            patch.setenv(name, "eu-central-1")
        names = tables.create(boto3.client("dynamodb"), "handler")
        kms = boto3.client("kms")
        key_id = signing.create_key(kms)
        public_key = signing.public_key(kms, key_id)
        variables = {"PROJECT": "shop", "SIGNING_KEY_ID": key_id, "SIGNING_PUBLIC_KEYS": public_key, **names}
        for name, value in variables.items():
            patch.setenv(name, value)
        db = database.connect(names["DEFINITIONS_TABLE"], names["IMAGES_TABLE"], names["PROFILES_TABLE"])
        signer = signing.connect(key_id, trusted_keys(public_key))
        environments.create(db, signer, Change("shop", "setup", 0, "1"), "production", "Production")
        new = api_keys.NewKey("all", publishable=False, environments=("production",), scopes=api_keys.SCOPES)
        _, key = api_keys.create(db, signer, Change("shop", "setup", 0, "2"), new)
        yield _load(), key


def _load():
    spec = importlib.util.spec_from_file_location(
        "functions.manage.handler", ROOT / "functions" / "manage" / "handler.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_each_sample_event_gives_its_documented_answer(manage):
    module, key = manage
    files = {path.name.split(".")[1]: path for path in (ROOT / "events").glob("manage.*.json")}
    assert files.keys() == DOCUMENTED.keys()
    for name, (status, is_documented) in DOCUMENTED.items():
        event = json.loads(files[name].read_text(encoding="utf-8").replace(SAMPLE_KEY, key))
        answer = module.handler(event, None)
        assert answer["statusCode"] == status, (name, answer)
        assert is_documented(json.loads(answer["body"])), (name, answer)
        is_problem = answer["headers"]["Content-Type"] == "application/problem+json"
        assert is_problem == (status >= 400)


def test_a_fault_is_answered_as_500_and_logged_without_values(manage, monkeypatch, caplog):
    module, key = manage
    event = json.loads((ROOT / "events" / "manage.list.json").read_text(encoding="utf-8").replace(SAMPLE_KEY, key))

    def broken(*_):
        raise ZeroDivisionError("a secret value")

    monkeypatch.setattr("shared.manage.audiences.describe", broken)
    answer = module.handler(event, None)
    body = json.loads(answer["body"])
    assert (answer["statusCode"], body["type"], body["request_id"]) == (500, "/problems/internal", "JKJaXmPLvHcESHA=")
    (logged,) = caplog.records
    assert (logged.fault, logged.request_id) == ("ZeroDivisionError", "JKJaXmPLvHcESHA=")
    assert logged.places[-1].startswith("test_a_fault_is_answered")
    assert not {text for text in ("secret", key) if text in str(vars(logged))}


def test_an_answer_that_breaks_its_own_model_is_a_fault_too(manage, monkeypatch):
    module, key = manage
    event = json.loads((ROOT / "events" / "manage.list.json").read_text(encoding="utf-8").replace(SAMPLE_KEY, key))
    monkeypatch.setattr("shared.manage.audiences.answered", lambda _: Response(200, "application/json", {"items": 3}))
    answer = module.handler(event, None)
    assert (answer["statusCode"], json.loads(answer["body"])["type"]) == (500, "/problems/internal")


def test_a_store_that_cannot_answer_is_503_with_retry_after(manage, monkeypatch):
    module, key = manage
    event = json.loads((ROOT / "events" / "manage.list.json").read_text(encoding="utf-8").replace(SAMPLE_KEY, key))

    def unavailable(*_):
        raise Unavailable("the store is not available")

    monkeypatch.setattr(module._app._database, "find", unavailable)
    answer = module.handler(event, None)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "1")


def test_every_problem_has_a_page(manage):
    module, _ = manage
    event = json.loads((ROOT / "events" / "manage.openapi.json").read_text(encoding="utf-8"))
    for slug, row in TYPES.items():
        answer = module.handler({**event, "rawPath": f"/problems/{slug}"}, None)
        assert answer["statusCode"] == 200
        assert row.title in answer["body"]
