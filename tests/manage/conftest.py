"""The management API on moto: every test has a project of its own on tables that its module shares."""

import itertools
import json
from urllib.parse import parse_qsl, urlsplit

import boto3
import pytest
from moto import mock_aws

from shared.manage import bulk
from shared.manage.app import App
from shared.store import api_keys, database, environments, signing, tables
from shared.store.changes import Change
from shared.store.verify import trusted_keys

START = 1_750_000_000
_numbers = itertools.count(1)


class Answer:
    def __init__(self, raw):
        self.status = raw["statusCode"]
        self.headers = {name.lower(): value for name, value in raw["headers"].items()}
        self.text = raw.get("body") or ""

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def codes(self):
        return {(problem["pointer"], problem["code"]) for problem in self.json["problems"]}


class Api:
    """Calls the API as a client would, through payload 2.0 events; every call is a second later than the last."""

    def __init__(self, db, signer):
        self.db, self.signer = db, signer
        self.project = f"shop{next(_numbers)}"
        self.now = START
        self.calls = 0
        for key in ("production", "staging"):
            environments.create(db, signer, self.change(), key, key.title())
        self.app = App(db, signer, self.project, clock=lambda: self.now)
        self.record, self.key = self.new_key()

    def change(self):
        return Change(self.project, "setup", START * 1000, f"setup-{next(_numbers)}")

    def new_key(self, *scopes, environments=("production", "staging")):
        new = api_keys.NewKey("test", publishable=False, environments=environments, scopes=scopes or api_keys.SCOPES)
        return api_keys.create(self.db, self.signer, self.change(), new)

    def event(self, call, body=None, headers=None, key=None):
        method, address = call.split(" ", 1)
        url = urlsplit(address)
        sent = {"content-type": "application/json", "authorization": f"Bearer {key or self.key}", **(headers or {})}
        event = {
            "version": "2.0",
            "rawPath": url.path,
            "rawQueryString": url.query,
            "headers": {name: value for name, value in sent.items() if value is not None},
            "requestContext": {"http": {"method": method, "path": url.path}, "requestId": "r", "stage": "$default"},
            "isBase64Encoded": False,
        }
        if url.query:
            event["queryStringParameters"] = dict(parse_qsl(url.query, keep_blank_values=True))
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
        return event

    def __call__(self, call, body=None, headers=None, key=None):
        self.now += 1
        self.calls += 1
        return Answer(self.app.answer(self.event(call, body, headers, key), f"request-{self.calls}"))

    def audience(self, key, rule=None, **fields):
        """Creates an audience, which must succeed."""
        rule = rule or {"attribute": "traits.plan", "op": "eq", "value": key}
        answer = self("POST /v1/audiences", {"key": key, "name": key.title(), "rule": rule, **fields})
        assert answer.status == 201, answer.text
        return answer

    def publish(self, environment="production", **fields):
        """Publishes, which must succeed."""
        answer = self(f"POST /v1/environments/{environment}/releases", fields)
        assert answer.status == 201, answer.text
        return answer


@pytest.fixture(scope="module")
def backend():
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        # moto's transactions copy whole tables, which fails while another thread writes
        patch.setattr(bulk, "_WRITERS", 1)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "local")
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            patch.setenv(name, "eu-central-1")
        names = tables.create(boto3.client("dynamodb"), f"manage{next(_numbers)}")
        kms = boto3.client("kms")
        key_id = signing.create_key(kms)
        trusted = trusted_keys(signing.public_key(kms, key_id))
        db = database.connect(names["DEFINITIONS_TABLE"], names["IMAGES_TABLE"], names["PROFILES_TABLE"])
        yield db, signing.connect(key_id, trusted)


@pytest.fixture
def api(backend):
    return Api(*backend)


@pytest.fixture(scope="module")
def still(backend):
    """One project for all tests of a module that change nothing."""
    return Api(*backend)
