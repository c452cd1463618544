"""sweep, event in and answer out, on moto."""

import importlib.util
import json
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from shared.store import database, list_entries, lists, tables
from shared.store.changes import Change
from shared.store.profiles import Visitor

ROOT = Path(__file__).parents[2]
EVENT = json.loads((ROOT / "events/sweep.daily.json").read_text())


class Context:
    """Lambda's, with so much time left."""

    def __init__(self, left_ms):
        self._left_ms = left_ms

    def get_remaining_time_in_millis(self):
        return self._left_ms


@pytest.fixture
def sweep(monkeypatch):
    """The handler on tables with ids of a deleted list."""
    with mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "local")
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            monkeypatch.setenv(name, "eu-central-1")
        names = tables.create(boto3.client("dynamodb"), "sweep")
        for name, value in {"PROJECT": "shop", **names}.items():
            monkeypatch.setenv(name, value)
        db = database.connect(names["DEFINITIONS_TABLE"], names["IMAGES_TABLE"], names["PROFILES_TABLE"])
        change = Change("shop", "setup", 1_750_000_000_000, "1")
        lists.put(db, change, "production", "beta", "Beta", "")
        list_entries.put(db, change, "production", "beta", {Visitor("anna"): True, Visitor("ben"): True})
        lists.delete(db, Change("shop", "setup", 1_750_000_000_000, "2"), "production", "beta", {})
        spec = importlib.util.spec_from_file_location("sweep_handler", ROOT / "functions/sweep/handler.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def test_a_run_says_what_it_did(sweep):
    assert sweep.handler(EVENT, Context(900_000)) == {"seen": 2, "swept": 2, "whole": True}
    assert sweep.handler(EVENT, Context(900_000)) == {"seen": 0, "swept": 0, "whole": True}


def test_a_run_stops_before_its_time_is_over(sweep):
    assert sweep.handler(EVENT, Context(sweep.RESERVE_MS)) == {"seen": 0, "swept": 0, "whole": False}
