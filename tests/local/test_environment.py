"""Making the environments on a machine that lacks something: one clear sentence each."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "environment"


def program(folder, name, text):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/bash\n{text}\n")
    file.chmod(0o755)


def run(folder, *arguments, **variables):
    done = subprocess.run(
        ["/bin/bash", SCRIPT, *arguments],
        env={"PATH": str(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_python_too_old_is_one_sentence(tmp_path):
    program(tmp_path, "python3", '[ "$1" = --version ] && echo Python 3.8.18 || exit 1')
    status, said = run(tmp_path, "create", tmp_path / "venv")
    assert status == 1
    assert said.startswith("muster: needs Python 3.11, 3.12 or 3.13, found Python 3.8.18; install one")
    assert len(said.splitlines()) == 1


def test_no_python_at_all_is_one_sentence(tmp_path):
    status, said = run(tmp_path, "create", tmp_path / "venv")
    assert (status, len(said.splitlines())) == (1, 1)
    assert "found no Python at all" in said


def test_a_shim_that_leads_nowhere_is_passed_over(tmp_path):
    program(tmp_path, "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    program(
        tmp_path, "python3.12", '[ "$1" = -m ] && echo "$@" >made; [ "$1" = --version ] && echo Python 3.12.1; exit 0'
    )
    done = subprocess.run(
        ["/bin/bash", SCRIPT, "create", "venv"],
        env={"PATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "with Python 3.12.1" in done.stdout
    assert (tmp_path / "made").read_text() == "-m venv venv\n"


@pytest.mark.parametrize(
    ("pip_says", "sentence"),
    [
        ("Failed to establish a new connection: Network is unreachable", "no connection to the package index"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "cannot install the tools; details:"),
    ],
)
def test_a_failed_installation_is_one_sentence(tmp_path, pip_says, sentence):
    program(tmp_path, "venv/bin/python", f"echo '{pip_says}' >&2; exit 1")
    status, said = run("/usr/bin:/bin", "install", tmp_path / "venv", "the tools", "requirements.txt")
    assert (status, len(said.splitlines())) == (1, 1)
    assert sentence in said
    assert pip_says in (tmp_path / "venv" / "pip.log").read_text()
