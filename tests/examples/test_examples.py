"""Every example runs as it stands against the running product and prints what it promises."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
IN_STORE = ["big-baskets", "gone", "lapsed-buyers", "repeat-buyers", "win-back"]  # customer 00314


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(product, *command):
    environment = {**os.environ, "MUSTER_URL": product.url, "MUSTER_KEY": product.keys["secret"]}
    done = subprocess.run(
        command, env=environment, cwd=EXAMPLES.parent, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs("curl")
def test_evaluate_by_curl(product):
    assert set(IN_STORE) <= set(json.loads(run(product, EXAMPLES / "evaluate.sh"))["audiences"])


@needs("curl")
def test_publish_by_curl(product):
    saved, release = map(json.loads, run(product, EXAMPLES / "publish.sh").splitlines())
    assert saved["items"][0]["status"] in (200, 201)
    assert re.fullmatch(r"r\d+", release["release"])


def test_evaluate_by_python(product):
    lines = dict(line.split(": ", 1) for line in run(product, sys.executable, EXAMPLES / "evaluate.py").splitlines())
    assert {*IN_STORE, "summer-mailing"} <= set(lines["00314"].split(", "))
    assert "one-time-buyers" in lines["00050"]


def test_publish_by_python(product):
    printed = run(product, sys.executable, EXAMPLES / "publish.py")
    assert "in words: " in printed
    assert "july-voucher" in printed.splitlines()[-1]


@needs("node")
def test_evaluate_by_javascript(product):
    assert set(IN_STORE) <= set(run(product, "node", EXAMPLES / "evaluate.mjs").strip().split(", "))


@needs("node")
def test_publish_by_javascript(product):
    assert re.fullmatch(r"live in r\d+; 00314: .*july-voucher.*\n", run(product, "node", EXAMPLES / "publish.mjs"))


def requests_of(text, **values):
    """The requests of a `.http` file: (title, method, address, headers, body), variables put in."""
    parts = re.split(r"^###(.*)$", text, flags=re.MULTILINE)
    variables = dict(re.findall(r"^@(\w+)\s*=\s*(.*)$", parts[0], flags=re.MULTILINE)) | values
    for title, part in zip(parts[1::2], parts[2::2], strict=True):
        filled = re.sub(r"\{\{(\w+)\}\}", lambda name: variables[name[1]], part.strip())
        head, _, body = filled.partition("\n\n")
        line, *headers = head.splitlines()
        method, address = line.split(" ", 1)
        yield title.strip(), method, address, dict(header.split(": ", 1) for header in headers), body


def test_the_http_file_runs_from_top_to_bottom(product):
    answers = {}
    text = (EXAMPLES / "muster.http").read_text()
    for title, method, address, headers, body in requests_of(text, muster=product.url, key=product.keys["secret"]):
        request = urllib.request.Request(address, body.encode() or None, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answers[title] = json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                pytest.fail(f"{title}: {error.read().decode()}")
    assert set(IN_STORE) <= set(answers["Which audiences is customer 00314 in?"]["audiences"])
    assert answers["Why is the customer in one of them?"]["holds"] is True
    assert answers["Is a rule right, and what does it say in words?"]["valid"] is True
    assert len(answers) == 8


def test_every_example_is_listed_and_every_listed_one_exists():
    listed = set(re.findall(r"\]\((\w+\.\w+)\)", (EXAMPLES / "README.md").read_text()))
    assert listed == {file.name for file in EXAMPLES.iterdir() if file.is_file() and file.name != "README.md"}
