"""The local engine as a child process: it keeps its data, and nothing that happens to its starter leaves it behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from shared.local import engine

ROOT = Path(__file__).parents[2]
TABLE = "things"

pytestmark = pytest.mark.skipif(not engine.PYTHON.exists(), reason="the local engine is not installed: run `make test`")


def dynamodb(url):
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=engine.REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def write(url):
    client = dynamodb(url)
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName=TABLE, Item={"pk": {"S": "a"}, "body": {"B": b"\x00\xff"}})


def read(url):
    return dynamodb(url).get_item(TableName=TABLE, Key={"pk": {"S": "a"}}).get("Item")


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"


def wait_until_gone(pid):
    deadline = time.monotonic() + 15
    while is_running(pid):
        assert time.monotonic() < deadline, "the engine was left behind"
        time.sleep(0.05)


def test_data_is_kept_over_a_stop(tmp_path):
    first = engine.start(tmp_path)
    write(first.url)
    first.stop()
    first.stop()  # harmless
    second = engine.start(tmp_path)
    assert read(second.url)["body"]["B"] == b"\x00\xff"
    second.stop()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_an_engine_ends_cleanly_when_its_starter_is_killed(tmp_path):
    code = f"""
from pathlib import Path
from shared.local import engine
running = engine.start(Path({str(tmp_path)!r}))
print(running.url, running._process.pid, flush=True)
input()
"""
    starter = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    url, pid = starter.stdout.readline().split()
    write(url)
    starter.send_signal(signal.SIGKILL)
    starter.communicate()
    wait_until_gone(int(pid))
    again = engine.start(tmp_path)
    assert read(again.url)["pk"] == {"S": "a"}
    again.stop()


def test_it_listens_on_this_machine_only_and_reaches_no_account(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the developer's own")
    environment = engine._environment(tmp_path, 1, persistent=True)
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert not [name for name in environment if name.startswith("AWS_")]


def test_a_missing_engine_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "PYTHON", tmp_path / "engine" / "bin" / "python")
    with pytest.raises(engine.EngineFailed, match="the local engine is not installed"):
        engine.start(tmp_path)


def test_an_engine_that_ends_at_once_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "PYTHON", Path("/bin/false"))
    with pytest.raises(engine.EngineFailed, match="ended at once; see"):
        engine.start(tmp_path)
