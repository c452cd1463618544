"""The migration check: `python -m shared.importers.check FORMAT [--dialect D] [FILE]`.

Reads JSON Lines `{"rule": ..., "visitor": ..., "extra": ..., "expected": ...}`, the last two optional, and answers each
with one line, in order: `{"holds": true}`, `{"holds": false}` or `{"refused": [problems]}`; where `expected` is given,
`expected` and `agrees` stand beside. The summary goes to stderr; the exit status is 1 where an answer differs from what
was expected, 2 for a wrong call.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from io import BufferedIOBase
from typing import BinaryIO

import msgspec

from shared.importers.checking import Checker
from shared.importers.registry import MODULES, dialect_of, importer
from shared.importers.translation import Json
from shared.rules.instants import to_text
from shared.rules.limits import MAX_JSON_DEPTH
from shared.rules.problems import Problem, Refused, step

MAX_LINE_BYTES = 1_048_576
"""Of one line, its end included."""

Answer = dict[str, Json]


class Summary:
    """What was answered, counted."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(("lines", "holds", "refused", "agree", "differ"), 0)

    def add(self, answer: Answer) -> None:
        """Count one answer in."""
        agrees = answer.get("agrees")
        found = {"lines": True, "holds": answer.get("holds"), "refused": "refused" in answer}
        found |= {"agree": agrees is True, "differ": agrees is False}
        for name, is_so in found.items():
            self._counts[name] += bool(is_so)

    @property
    def differs(self) -> bool:
        """Whether some answer was not the expected one."""
        return self._counts["differ"] > 0

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in self._counts.items())


def answers(lines: Iterator[bytes | None], checker: Checker, now: Callable[[], str]) -> Iterator[Answer]:
    """One answer for each line; None stands for a line that is too long. `now` gives the time where a line does not."""
    for line in lines:
        try:
            yield _answer(_fields(line), checker, now)
        except Refused as refused:
            yield {"refused": refused.problems}


def lines_of(stream: BinaryIO | BufferedIOBase) -> Iterator[bytes | None]:
    """The lines of a stream, blank ones left out, None for one of more than `MAX_LINE_BYTES`; holds one at a time."""
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
            yield None
        elif line.strip():
            yield line


def _answer(fields: Mapping[str, Json], checker: Checker, now: Callable[[], str]) -> Answer:
    extra = fields.get("extra") or {}
    expected = {"expected": fields["expected"]} if "expected" in fields else {}
    try:
        holds = checker.holds(fields["rule"], fields["visitor"], extra if "now" in extra else {**extra, "now": now()})
    except Refused as refused:
        return {"refused": refused.problems, **expected}
    return {"holds": holds, **expected} | ({"agrees": holds is fields["expected"]} if expected else {})


def _fields(line: bytes | None) -> Mapping[str, Json]:
    """The fields of a line; raises `Refused` with everything that is wrong with its form."""
    if line is None:
        raise Refused([Problem("", "too-long", f"a line has at most {MAX_LINE_BYTES} bytes")])
    try:
        fields = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused([Problem("", "invalid-json", f"the line is no JSON: {error}")]) from error
    if not isinstance(fields, dict):
        raise Refused([Problem("", "wrong-type", "an object with `rule` and `visitor` is expected")])
    problems = [
        Problem("", "missing-field", f"a line needs `{name}`") for name in ("rule", "visitor") if name not in fields
    ]
    if not isinstance(fields.get("extra"), dict | None):
        problems.append(Problem("/extra", "wrong-type", "an object is expected"))
    if not isinstance(fields.get("expected", True), bool):
        problems.append(Problem("/expected", "wrong-type", "true or false is expected"))
    if line.count(b"{") + line.count(b"[") > MAX_JSON_DEPTH:  # fewer brackets cannot nest deeper
        detail = f"it nests deeper than {MAX_JSON_DEPTH} levels"
        problems += (Problem(step("", name), "too-deep", detail) for name, each in fields.items() if _is_deep(each))
    if problems:
        raise Refused(problems)
    return fields


def _is_deep(value: Json) -> bool:
    level = [value]
    for _ in range(MAX_JSON_DEPTH):
        groups = [each for each in level if isinstance(each, dict | list)]
        level = [item for each in groups for item in (each.values() if isinstance(each, dict) else each)]
    return any(isinstance(each, dict | list) for each in level)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.importers.check",
        description="Answer rules of another system about its visitors, as the rules imported here do.",
        epilog=f"formats: {', '.join(MODULES)}",
    )
    parser.add_argument("format", metavar="FORMAT")
    parser.add_argument("file", metavar="FILE", nargs="?", type=argparse.FileType("rb"), default=sys.stdin.buffer)
    parser.add_argument("--dialect", help="the source's own variant, where it has several")
    return parser


def _wall_clock() -> str:
    return to_text(int(datetime.now(UTC).timestamp() * 1000))


def main() -> int:
    """Run the check as the command line asks; the exit status."""
    parser = _parser()
    asked = parser.parse_args()
    try:
        source = importer(asked.format)
        checker = Checker(source, dialect_of(source, asked.dialect))
    except Refused as refused:
        parser.error("; ".join(problem.detail for problem in refused.problems))
    summary = Summary()
    for answer in answers(lines_of(asked.file), checker, _wall_clock):
        summary.add(answer)
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()  # whoever asks line by line gets each answer at once
    sys.stderr.write(f"{summary}\n")
    return int(summary.differs)


if __name__ == "__main__":
    sys.exit(main())
