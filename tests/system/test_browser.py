"""The demo page, and CORS, in a real browser."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.local import cdnow
from shared.local.site import DEMO, EXAMPLE_URL
from tests.product import CHROMIUM

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
playwright = pytest.importorskip("playwright.sync_api")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ASK = """
async ([url, key]) => {
  const headers = {"Authorization": `Bearer ${key}`, "Content-Type": "application/json"};
  try {
    const response = await fetch(`${url}/v1/evaluate`, {method: "POST", headers, body: '{"traits": {"orders": 1}}'});
    return [response.status, (await response.json()).audiences];
  } catch (error) {
    return [0, String(error)];
  }
}
"""


class BlankPage(BaseHTTPRequestHandler):
    """Any address is an empty page."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.set_default_timeout(10_000)
    yield page
    page.close()


@pytest.fixture(scope="module")
def elsewhere():
    """The address of a web site on another port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BlankPage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def new_key(product, *origins):
    wanted = {"name": "test", "kind": "publishable", "environments": ["production"], "origins": list(origins)}
    status, created, _ = product.call("POST", "/v1/keys", wanted)
    assert status == 201
    return created["key"]


def test_the_demo_page_changes_with_the_audience(product, page):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{product.url}/demo")
    page.wait_for_function("document.querySelector('#release').textContent === 'r1'")
    seen = {}
    for visitor in ("", "00004", "00050", "00111", "00166"):
        page.select_option("#visitor", visitor)
        audiences = HEADLINES[visitor][1]
        page.wait_for_function(
            "(text) => document.querySelector('#audiences').innerText.trim() === text", arg=audiences
        )
        seen[visitor] = (page.inner_text("#headline"), page.inner_text("#audiences").strip())
    assert seen == HEADLINES
    page.select_option("#visitor", "00004")
    page.select_option("#source", label="from the summer mailing")
    page.wait_for_function("document.querySelector('#headline').innerText === 'Glad that you clicked'")
    assert errors == []


HEADLINES = {
    "": ("All the music you love", "strangers"),
    "00004": ("It has been a while", "lapsed-buyers"),
    "00050": ("How was the first one?", "one-time-buyers"),
    "00111": ("Your shelf is ready", "active-buyers best-customers big-baskets"),
    "00166": ("Where were we?", "active-buyers"),
}


def test_the_demo_page_shows_real_customers():
    page = DEMO.read_text()
    for customer in ("00004", "00050", "00111", "00166"):
        traits = {name: value for name, value in cdnow.visitors()[customer].items() if name != "order_months"}
        written = ", ".join(
            f'{name}: "{value}"' if isinstance(value, str) else f"{name}: {value}" for name, value in traits.items()
        )
        assert f'"{customer}": {{{written}}}' in page
    assert EXAMPLE_URL in page


def test_a_page_of_an_allowed_origin_may_ask(product, page, elsewhere):
    key = new_key(product, elsewhere)
    page.goto(elsewhere)
    for _ in range(40):  # evaluate looks for new keys every few seconds
        status, audiences = page.evaluate(ASK, [product.url, key])
        if status == 200:
            break
        page.wait_for_timeout(250)
    assert (status, audiences) == (200, ["one-time-buyers"])


def test_a_page_of_another_origin_may_not(product, page, elsewhere):
    page.goto(elsewhere)
    status, error = page.evaluate(ASK, [product.url, product.keys["publishable"]])
    assert status == 0
    assert "Failed to fetch" in error
