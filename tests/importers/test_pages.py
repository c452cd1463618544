"""What the pages of `docs/migrate/` show runs as it stands: the worked examples, with the commands that check them."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MIGRATE = ROOT / "docs" / "migrate"
FORMATS = sorted(page for page in MIGRATE.glob("*.md") if page.name != "README.md")
FENCE = re.compile(r"^```(sh|json source)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page, kind):
    return [text for found, text in FENCE.findall(page.read_text()) if found == kind]


def values(text):
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:].strip()


def write_lines(page, folder):
    """The page's worked examples as `lines.jsonl`; how many they are."""
    shown = [value for text in blocks(page, "json source") for value in values(text)]
    lines = [value for value in shown if {"rule", "visitor"} <= value.keys()]
    (folder / "lines.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return len(lines)


def run(command, folder):
    script = command.replace("python -m", f"{shlex.quote(sys.executable)} -m")
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=here, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("page", FORMATS, ids=lambda page: page.stem)
def test_the_worked_example_agrees_with_what_the_source_answered(page, tmp_path):
    count = write_lines(page, tmp_path)
    assert count > 0
    commands = [line for text in blocks(page, "sh") for line in text.splitlines()]
    assert commands[0] == f"python -m shared.importers.check {page.stem} lines.jsonl"
    done = [run(command, tmp_path) for command in commands]
    assert [each.stderr for each in done if "Traceback" in each.stderr] == []
    assert done[0].returncode == 0
    assert f"lines {count}, " in done[0].stderr
    assert "agree 0" not in done[0].stderr


def test_the_commands_of_the_first_page_run(tmp_path):
    page = MIGRATE / "README.md"
    write_lines(MIGRATE / "growthbook.md", tmp_path)
    [request] = [value for text in blocks(page, "json source") for value in values(text)]
    (tmp_path / "export.json").write_text(json.dumps(request["document"]))
    for command in blocks(page, "sh"):
        assert run(command, tmp_path).returncode == 0
    assert "counts" in json.loads((tmp_path / "report.json").read_text())
    assert (tmp_path / "answers.jsonl").read_text().count("\n") == (tmp_path / "lines.jsonl").read_text().count("\n")
