"""Starting, stopping and starting again, as a user does it."""

import json
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from tests.product import AS_OF, MISSING, Product, running, spawn

pytestmark = pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
WIN_BACK = {"visitor": {"id": "00314"}, "request": AS_OF}
EVALUATE = "/v1/evaluate?environment=production"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a loaded product, stopped."""
    folder = tmp_path_factory.mktemp("run")
    with running(folder) as product:
        product.call("PUT", "/v1/visitors/me?environment=production", {"traits": {"orders": 1}})
    return folder


def children_of(process):
    """The engines that a product started, by their working folder and command line."""
    found = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return [int(pid) for pid in found]


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z"
    except FileNotFoundError:
        return True


def test_a_second_start_takes_seconds_and_finds_everything(folder):
    share = max(1, os.getloadavg()[0] / os.cpu_count())  # of a processor: other tests run beside this one
    began = time.monotonic()
    with running(folder) as product:
        assert time.monotonic() - began < 5 * share
        assert "loading" not in product.printed
        assert "win-back" in product.call("POST", EVALUATE, WIN_BACK)[1]["audiences"]
        _, mine, _ = product.call("GET", "/v1/visitors/me?environment=production")
        assert mine["traits"] == {"orders": 1}


def test_the_calls_that_it_prints_work_as_they_stand(folder):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with running(folder) as product:
        lines = [line for line in product.printed.splitlines() if line.startswith("curl")]
        assert len(lines) == 3
        answers = [json.loads(subprocess.check_output(shlex.split(line))) for line in lines]
        assert "win-back" in answers[0]["audiences"]
        assert answers[1]["audiences"] == ["strangers", "summer-mailing"]
        assert answers[2]["holds"] is True
        for path in re.findall(r"http\S+/(?:demo|docs)", product.printed):
            assert subprocess.check_output(["curl", "-s", path]).lstrip().lower().startswith(b"<!doctype html>")


def test_keys_are_kept_for_their_owner_only(folder):
    assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_ends_everything_that_was_started(folder, number):
    process = spawn(folder)
    Product(process, folder)
    engines = children_of(process)
    assert engines
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert all(map(is_gone, engines))


def test_data_is_loaded_anew_where_the_engine_lost_it(tmp_path, folder):
    shutil.copytree(folder, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "state")
    with running(tmp_path / "copy") as product:
        assert "loading the sample project" in product.printed
        assert "win-back" in product.call("POST", EVALUATE, WIN_BACK)[1]["audiences"]


def test_a_port_in_use_and_a_folder_in_use_are_one_sentence_each(folder, tmp_path):
    with running(folder) as product:
        port = product.url.rsplit(":", 1)[1]
        for place, words in [(tmp_path, f"port {port} is in use"), (folder, "it runs already")]:
            process = spawn(place, port)
            printed, _ = process.communicate(timeout=30)
            assert process.returncode == 1
            assert printed.startswith("muster: ")
            assert words in printed
            assert len(printed.splitlines()) == 1


def test_a_stop_while_it_starts_leaves_nothing_behind(tmp_path):
    process = spawn(tmp_path)
    for line in process.stdout:
        if "preparing" in line:
            break
    engines = children_of(process)
    os.kill(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert engines
    assert all(map(is_gone, engines))
