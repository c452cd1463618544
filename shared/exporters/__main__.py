"""Export a rule: `python -m shared.exporters FORMAT [FILE]`.

Reads one rule as JSON and writes it in the other system's form, or, with exit status 1, `{"problems": [...]}`.
"""

import argparse
import sys

import msgspec

from shared.exporters.registry import MODULES, exporter
from shared.rules.checker import check
from shared.rules.parser import sketch
from shared.rules.problems import Problem

MAX_BYTES = 262_144
"""Of a rule."""


def main() -> int:
    """Run the export as the command line asks; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m shared.exporters", description="Write a rule for another system.")
    parser.add_argument("format", metavar="FORMAT", choices=sorted(MODULES), help=", ".join(MODULES))
    parser.add_argument("file", metavar="FILE", nargs="?", type=argparse.FileType("rb"), default=sys.stdin.buffer)
    asked = parser.parse_args()
    text = asked.file.read(MAX_BYTES + 1)
    rule, problems = _exported(asked.format, text)
    found = {"problems": problems} if problems else rule
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    return 1 if problems else 0


def _exported(name: str, text: bytes) -> tuple[object, list[Problem]]:
    if len(text) > MAX_BYTES:
        return None, [Problem("", "too-long", f"a rule has at most {MAX_BYTES} bytes")]
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        return None, [Problem("", "bad-json", f"the rule is no JSON: {error}")]
    node, problems = sketch(value, "")
    problems += check(node, {}, {}, None, "")
    if problems:
        return None, problems
    found = exporter(name).export(node, {})
    return found.rule, list(found.problems)


if __name__ == "__main__":
    sys.exit(main())
