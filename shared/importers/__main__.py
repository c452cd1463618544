"""The report on a whole export: `python -m shared.importers FORMAT FILE [--dialect D] [--attribute NAME=PATH]...`.

Prints the report as JSON; with `--bulk` the body of `PUT /v1/audiences` instead, with all that could be imported. The
exit status is 1 where something was refused, 2 for a wrong call.
"""

import argparse
import sys
from typing import BinaryIO

import msgspec

from shared.importers.registry import MODULES, dialect_of, importer
from shared.importers.report import REFUSED, Report, report
from shared.importers.translation import Json
from shared.rules.problems import Refused

MAX_EXPORT_BYTES = 16 * 1024 * 1024
"""Of the file, and of the file of `--extra`."""


def main() -> int:
    """Translate as the command line asks; the exit status."""
    parser = _parser()
    asked = parser.parse_args()
    pairs = [text.partition("=") for text in asked.attribute]
    if not all(name and path for name, _, path in pairs):
        parser.error("an `--attribute` is written `name=path`, as in `country=geo.country`")
    export, extra = _decoded(parser, asked.file), _decoded(parser, asked.extra) if asked.extra else {}
    if not isinstance(extra, dict):
        parser.error("the file of `--extra` holds no object")
    if pairs:
        extra = {**extra, "attributes": {name: path for name, _, path in pairs}}
    try:
        source = importer(asked.format)
        found = report(source, dialect_of(source, asked.dialect), export, extra, {})
    except Refused as refused:
        parser.error("; ".join(f"{each.pointer}: {each.detail}" for each in refused.problems))
    text = msgspec.json.encode(_bulk(found) if asked.bulk else found)
    sys.stdout.write(msgspec.json.format(text, indent=2).decode() + "\n")
    sys.stderr.write(", ".join(f"{outcome} {count}" for outcome, count in found.counts.items()) + "\n")
    return int(found.counts[REFUSED] > 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.importers",
        description="Translate the audiences of another system's export.",
        epilog=f"formats: {', '.join(MODULES)}",
    )
    file = argparse.FileType("rb")
    parser.add_argument("format", metavar="FORMAT")
    parser.add_argument("file", metavar="FILE", type=file, help="the export; `-` reads standard input")
    parser.add_argument("--dialect", help="the source's own variant, where it has several")
    parser.add_argument(
        "--attribute", metavar="NAME=PATH", action="append", default=[], help="where a name stands here"
    )
    parser.add_argument("--extra", metavar="FILE", type=file, help="what else is needed, as a JSON object")
    parser.add_argument("--bulk", action="store_true", help="print the body of `PUT /v1/audiences` instead")
    return parser


def _decoded(parser: argparse.ArgumentParser, file: BinaryIO) -> Json:
    data = file.read(MAX_EXPORT_BYTES + 1)
    if len(data) > MAX_EXPORT_BYTES:
        parser.error(f"`{file.name}` has more than {MAX_EXPORT_BYTES} bytes")
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        parser.error(f"`{file.name}` is no JSON: {error}")


def _bulk(found: Report) -> dict[str, Json]:
    kept = [item for item in found.items if item.rule is not None]
    return {"items": [{"key": item.key, "name": item.name[:200], "rule": item.rule} for item in kept]}


if __name__ == "__main__":
    sys.exit(main())
