"""What the hot function loads: its cold start is paid by a visitor."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = (
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "cryptography",
    "pydantic",
    "re2",  # an image with patterns loads it
    "shared.local",
    "shared.manage",
    "shared.rules.checker",
    "shared.rules.compiler",
    "shared.rules.explain",
    "shared.rules.linker",
    "shared.rules.operators",
    "shared.rules.optimizer",
    "shared.rules.parser",
    "shared.rules.sentence",
    "shared.store.database",
    "shared.visitors.device",
    "ua_parser",  # an image that asks for devices loads it
    "ua_parser_rs",
)
MOST_MODULES = 165
"""Beyond what the interpreter itself loads; 145 on 3.11, a hundred of them the standard library's and msgspec's."""

LOAD = """
import importlib.util, json, sys
before = set(sys.modules)
spec = importlib.util.spec_from_file_location("handler", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.fixture(scope="module")
def loaded():
    handler = ROOT / "functions/evaluate/handler.py"
    command = [sys.executable, "-c", LOAD, str(handler)]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout)


def test_the_hot_function_loads_nothing_heavy(loaded):
    assert [name for name in loaded if any(f"{name}.".startswith(f"{heavy}.") for heavy in FORBIDDEN)] == []


def test_the_hot_function_loads_few_modules(loaded):
    assert len(loaded) <= MOST_MODULES, sorted(loaded)
