"""Many callers at once, on the local engine: moto gets conditions under concurrency wrong."""

from concurrent.futures import ThreadPoolExecutor

import boto3
import msgspec
import pytest

from shared.local import engine
from shared.manage import authoring
from shared.rules.parser import parse
from shared.store import audience_changes, audiences, database, signing, tables
from shared.store.errors import Conflict, Stale
from shared.store.verify import trusted_keys
from tests import local_engine
from tests.manage.conftest import Api

RULE = {"attribute": "traits.n", "op": "eq", "value": 1}


@pytest.fixture(scope="module")
def backend(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        running = local_engine.started(tmp_path_factory.mktemp("engine"))
        for name, value in {**engine.CREDENTIALS, "AWS_ENDPOINT_URL": running.url}.items():
            patch.setenv(name, value)
        names = tables.create(boto3.client("dynamodb"), "manage")
        kms = boto3.client("kms")
        key_id = signing.create_key(kms)
        trusted = trusted_keys(signing.public_key(kms, key_id))
        db = database.connect(names["DEFINITIONS_TABLE"], names["IMAGES_TABLE"], names["PROFILES_TABLE"])
        yield db, signing.connect(key_id, trusted)
        running.stop()


@pytest.fixture
def api(backend):
    return Api(*backend)


def test_500_audiences_in_one_call(api):
    items = [{"key": f"a{i}", "name": "A", "rule": {"audience": f"a{i - 1}"} if i % 4 else RULE} for i in range(500)]
    answer = api("PUT /v1/audiences", {"items": items})
    assert {each["status"] for each in answer.json["items"]} == {201}
    assert len(audiences.latest(api.db, api.project)) == 500
    assert len(api.publish().json["changes"]) == 500


def test_of_eight_writers_at_one_version_exactly_one_wins(api):
    api.audience("vip", RULE)
    node, _ = parse(RULE)
    original = authoring.content("vip", "Vip", "", [], node, public=False)
    seen = 1
    for _ in range(3):

        def write(number, seen=seen):
            content = msgspec.structs.replace(original, name=f"by {number} at {seen}")
            try:
                return audience_changes.replace(api.db, api.change(), content, seen).latest.version
            except (Stale, Conflict):
                return None

        with ThreadPoolExecutor(8) as pool:
            won = [version for version in pool.map(write, range(8)) if version is not None]
        assert won == [seen + 1]
        seen += 1
    assert [v.version for v in audiences.history(api.db, api.project, "vip", None, 10)[0]] == [4, 3, 2, 1]
