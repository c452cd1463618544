"""The examples for the edges of CDNs under Node: the answer, the budget, the default, and what is kept how long.

Workers and Lambda@Edge run modules that Node runs as they are. Of Fastly Compute the modules `fastly:...`, its `fetch`
with `backend` and its event are stood in for by `edge/`, so that part of the example is not proven here.
"""

import json
import os
import shutil
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EDGE = ROOT / "tests" / "examples" / "edge"
CDNS = ("cloudflare", "lambda-edge", "fastly")
PATIENT_MS = 20_000  # a busy machine may take longer than a visitor would wait
BUDGET_MS = 100
MAILING = "/sale?utm_source=mail&utm_campaign=summer"
COOKIE = "visitor=f81d4fae-7dec-11d0-a765-00a0c91e6bf6"

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@pytest.fixture
def folder(tmp_path):
    """The examples as they are packed, with the settings that Lambda@Edge has in a file."""
    packed = shutil.copytree(ROOT / "examples" / "cdn", tmp_path / "packed")
    (packed / "settings.mjs").write_text(
        "export const url = process.env.MUSTER_URL, key = process.env.MUSTER_KEY;\n"
        "export const budget = Number(process.env.BUDGET_MS);\n"
    )
    return packed


def visited(folder, cdn, visits, *, url, key="sk_none", budget=PATIENT_MS):
    """What each of the visits is answered."""
    environment = {**os.environ, "MUSTER_URL": url, "MUSTER_KEY": key, "BUDGET_MS": str(budget)}
    done = subprocess.run(
        ["node", EDGE / "visit.mjs", folder, cdn],
        env=environment, input="".join(json.dumps(visit) + "\n" for visit in visits),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def address(product):
    return f"{product.url}/v1/evaluate?environment=production"


@pytest.mark.parametrize("cdn", CDNS)
def test_each_visitor_sees_the_page_of_their_audience(product, folder, cdn):
    visits = [{"path": MAILING}, {"path": "/sale"}]
    mailing, other = visited(folder, cdn, visits, url=address(product), key=product.keys["secret"])
    assert (mailing["path"], other["path"]) == ("/summer/sale", "/everybody/sale")


@pytest.mark.parametrize("cdn", CDNS)
def test_what_is_asked_twice_is_asked_once(product, folder, cdn):
    visits = [{"path": MAILING}, {"path": MAILING}, {"path": "/sale"}, {"path": "/sale"}]
    answers = visited(folder, cdn, visits, url=address(product), key=product.keys["secret"])
    assert [answer["calls"] for answer in answers] == [1, 1, 2, 2]


@pytest.mark.parametrize("cdn", ["cloudflare", "fastly"])
def test_the_country_that_the_cdn_sees_is_part_of_the_question(product, folder, cdn):
    visits = [{"path": "/sale", "country": "AT"}, {"path": "/sale", "country": "CH"}]
    answers = visited(folder, cdn, visits, url=address(product), key=product.keys["secret"])
    assert [answer["calls"] for answer in answers] == [1, 2]


@pytest.mark.parametrize("cdn", CDNS)
def test_an_answer_about_a_known_visitor_is_not_kept(product, folder, cdn):
    visits = [{"path": MAILING, "cookie": f"a=b; {COOKIE}"}] * 2
    answers = visited(folder, cdn, visits, url=address(product), key=product.keys["secret"])
    assert [answer["calls"] for answer in answers] == [1, 2]


@pytest.mark.parametrize("cdn", CDNS)
def test_no_page_may_be_kept_publicly(product, folder, cdn):
    visits = [{"path": MAILING}, {"path": "/sale", "cookie": COOKIE}]
    answers = visited(folder, cdn, visits, url=address(product), key=product.keys["secret"])
    assert [answer["caching"] for answer in answers] == ["private, no-store"] * 2


@pytest.mark.parametrize("cdn", CDNS)
def test_after_the_budget_everybody_s_page_is_shown(folder, cdn):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1/evaluate"
        [answer] = visited(folder, cdn, [{"path": MAILING}], url=url, budget=BUDGET_MS)
    assert answer["path"] == "/everybody/sale"
    assert BUDGET_MS - 5 <= answer["ms"] < 20 * BUDGET_MS


@pytest.mark.parametrize("cdn", CDNS)
def test_while_nothing_answers_everybody_s_page_is_shown(folder, cdn):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/v1/evaluate"
    answers = visited(folder, cdn, [{"path": MAILING}] * 2, url=url)
    assert [answer["path"] for answer in answers] == ["/everybody/sale"] * 2
    assert answers[-1]["calls"] == 2  # a default is not kept


@pytest.mark.parametrize("cdn", CDNS)
def test_a_key_that_is_refused_shows_everybody_s_page(product, folder, cdn):
    [answer] = visited(folder, cdn, [{"path": MAILING}], url=address(product))
    assert answer["path"] == "/everybody/sale"


def test_an_answer_is_kept_until_time_changes_it(product, folder):
    end = (datetime.now(UTC) + timedelta(seconds=20)).isoformat(timespec="seconds")
    rule = {"schedule": {"end": end}}
    status, _, _ = product.call("POST", "/v1/audiences", {"key": "flash-sale", "name": "Flash sale", "rule": rule})
    assert status == 201
    wanted = {"message": "flash sale", "audiences": {"flash-sale": "latest"}}
    _, released, _ = product.call("POST", "/v1/environments/production/releases", wanted)
    shared = (folder / "muster.mjs").read_text()
    asked = f'audiences: ["flash-sale"], min_release: "{released["release"]}"'
    shared = shared.replace('audiences: ["summer-mailing"]', asked).replace('"summer-mailing"', '"flash-sale"')
    (folder / "muster.mjs").write_text(shared)
    left_ms = int((datetime.fromisoformat(end) - datetime.now(UTC)).total_seconds() * 1000)
    visits = [{"path": "/sale"}, {"path": "/sale"}, {"path": "/sale", "wait": left_ms + 500}]
    answers = visited(folder, "cloudflare", visits, url=address(product), key=product.keys["secret"])
    assert [answer["path"] for answer in answers] == ["/summer/sale", "/summer/sale", "/everybody/sale"]
    assert [answer["calls"] for answer in answers] == [1, 1, 2]
