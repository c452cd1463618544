"""The store's contract runs twice: against moto, and against the local engine that `make run` starts."""

import itertools
from contextlib import ExitStack

import boto3
import msgspec
import pytest
from moto import mock_aws

from shared.local import engine
from shared.rules.compiler import compile_rule
from shared.rules.parser import parse, to_json
from shared.rules.program import encode
from shared.store import database, environments, signing, tables
from shared.store.audiences import Content
from shared.store.changes import Change
from shared.store.verify import trusted_keys
from tests import local_engine

NOW = 1_750_000_000_000
_numbers = itertools.count(1)
_EXPLICIT = {"region_name": engine.REGION, "aws_access_key_id": "local", "aws_secret_access_key": "local"}


class Store:
    """The tables of one test: a project of its own on tables that the module shares."""

    def __init__(self, backend: str, db: database.Database, signer: signing.Signer, trusted: dict[str, int]) -> None:
        self.backend = backend
        self.db = db
        self.signer = signer
        self.trusted = trusted
        self.project = f"shop{next(_numbers)}"

    def change(self, key: str | None = None, request: bytes = b"", at_ms: int = NOW) -> Change:
        return Change(self.project, "tester", at_ms, f"request-{next(_numbers)}", key, request)

    def environment(self, key: str = "production") -> str:
        environments.create(self.db, self.signer, self.change(), key, key.title())
        return key

    def content(self, key: str, rule: object = None, **fields: object) -> Content:
        node, problems = parse(rule or {"attribute": "traits.plan", "op": "eq", "value": key})
        assert node is not None, problems
        program = compile_rule(node)
        plain = Content(
            key=key,
            name=key.title(),
            description="",
            tags=(),
            public=False,
            rule_json=msgspec.json.encode(to_json(node)),
            program=encode(program),
            references=program.references,
            sentence="",
        )
        return msgspec.structs.replace(plain, **fields)


@pytest.fixture(scope="session")
def engine_url(tmp_path_factory):
    """The endpoint of a local engine of the session's own."""
    running = local_engine.started(tmp_path_factory.mktemp("engine"))
    yield running.url
    running.stop()


@pytest.fixture(scope="session")
def engine_key(engine_url):
    """A signing key on the engine, made once: making one takes longer than most tests."""
    return signing.create_key(boto3.client("kms", endpoint_url=engine_url, **_EXPLICIT))


@pytest.fixture(scope="module", params=["moto", "engine"])
def backend(request):
    """Each backend in turn: its name, tables on it, and a signing key."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in engine.CREDENTIALS.items():
            patch.setenv(name, value)
        if request.param == "engine":
            patch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("engine_url"))
        else:
            stack.enter_context(mock_aws())
        names = tables.create(boto3.client("dynamodb"), f"m{next(_numbers)}")
        kms = boto3.client("kms")
        key_id = request.getfixturevalue("engine_key") if request.param == "engine" else signing.create_key(kms)
        trusted = trusted_keys(signing.public_key(kms, key_id))
        db = database.connect(names["DEFINITIONS_TABLE"], names["IMAGES_TABLE"], names["PROFILES_TABLE"])
        yield request.param, db, signing.connect(key_id, trusted), trusted


@pytest.fixture
def store(backend):
    """A new project on the backend."""
    return Store(*backend)
