"""The commands that the documents show run as they stand, in their order, and are answered as shown."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.product import MISSING, running

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(bash|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONCEPTS = sorted((ROOT / "docs" / "concepts").glob("*.md"))
PLACES = {"http://127.0.0.1:8080": "url", "sk_...": "secret", "pk_...": "publishable"}

pytestmark = [
    pytest.mark.xdist_group("documents"),
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
]


@pytest.fixture
def product(tmp_path):
    """A product as the reader has it: the sample project, and nothing else done."""
    with running(tmp_path) as product:
        yield product


def shown(page):
    """The page's commands, each with the answers that are shown behind it."""
    blocks = FENCE.findall(page.read_text())
    for (kind, text), (next_kind, answers) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "bash":
            yield text, list(values(answers)) if next_kind == "json" else []


def values(text):
    """The JSON values of a text, one behind the other."""
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:].strip()


def difference(shown, answered, pointer=""):
    """The first place where an answer is not as shown; members that are not shown do not count."""
    if shown == "...":
        return None
    if isinstance(shown, dict) and isinstance(answered, dict):
        steps = [(name, value, answered.get(name, "(missing)")) for name, value in shown.items()]
    elif isinstance(shown, list) and isinstance(answered, list) and len(shown) == len(answered):
        steps = [(number, *pair) for number, pair in enumerate(zip(shown, answered, strict=True))]
    else:
        return None if shown == answered else f"{pointer}: {shown!r} is shown, {answered!r} answered"
    return next(filter(None, (difference(one, other, f"{pointer}/{name}") for name, one, other in steps)), None)


def run(commands, product):
    """What each of the commands prints, all run by one shell."""
    script = "".join(f"{command}\nprintf '\\0'\n" for command in commands)
    for text, name in PLACES.items():
        script = script.replace(text, {"url": product.url, **product.keys}[name])
    done = subprocess.run(["bash", "-eu"], input=script, capture_output=True, text=True, timeout=120, check=False)
    printed = done.stdout.split("\0")
    assert (done.returncode, len(printed)) == (0, len(commands) + 1), f"{printed[-1]}\n{done.stderr}"
    return printed[:-1]


@pytest.fixture(scope="module")
def shared_product(tmp_path_factory):
    """A product for all pages whose commands do not depend on what others did."""
    with running(tmp_path_factory.mktemp("concepts")) as product:
        yield product


def check(page, product):
    steps = list(shown(page))
    printed = run([command for command, _ in steps], product)
    for (command, expected), text in zip(steps, printed, strict=True):
        answers = list(values(text)) if expected else []
        assert difference(expected, answers) is None, f"after\n{command}\n{difference(expected, answers)}"
    return steps


@pytest.mark.parametrize("name", ["README.md", "docs/tour.md", "docs/templates.md"])
def test_what_is_shown_is_answered(product, name):
    assert len(check(ROOT / name, product)) >= 3


@pytest.mark.parametrize("page", CONCEPTS, ids=lambda page: page.stem)
def test_what_a_concept_shows_is_answered(shared_product, page):
    assert any(expected for _, expected in check(page, shared_product))


def test_the_calls_of_the_visitor_document_are_answered(shared_product):
    calls = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs/visitor-document.md").read_text(), re.MULTILINE | re.DOTALL)
    kinds = {"$SECRET_KEY": "sk_...", "$PUBLISHABLE_KEY": "pk_..."}
    for call in calls:
        command = call.replace("localhost:8080", "http://127.0.0.1:8080")
        for variable, text in kinds.items():
            command = command.replace(variable, text)
        [answer] = [json.loads(printed) for printed in run([command], shared_product)]
        assert "problems" not in answer, f"after\n{call}\n{answer}"
    assert len(calls) >= 2


def test_no_page_shows_commands_that_nobody_runs():
    checked = {ROOT / name for name in ("README.md", "docs/tour.md", "docs/templates.md")} | set(CONCEPTS)
    shells = {page for page in (ROOT / "docs").rglob("*.md") if "```bash" in page.read_text()}
    assert shells <= checked
