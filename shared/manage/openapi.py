"""Keeps `docs/openapi.json`: `python -m shared.manage.openapi` writes it, `--check` compares."""

import sys
from pathlib import Path

from shared.manage.app import resolver
from shared.manage.openapi_document import openapi_json

PATH = Path(__file__).parents[2] / "docs" / "openapi.json"


def main(arguments: list[str]) -> int:
    """0 where the file is, or now is, what the code says."""
    text = openapi_json(resolver())
    if arguments == ["--check"]:
        if PATH.exists() and PATH.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write("docs/openapi.json is out of date: run `python -m shared.manage.openapi`\n")
        return 1
    PATH.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
