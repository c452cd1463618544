"""The conformance corpus: the lines of many worlds, asked, counted and packed.

`python -m tests.corpus` makes all of it, asks the machine and explain every line, and prints a report in JSON; `--out`
packs it, with the tables written by hand; `--pin` says that what was made is what shall be made from now on. The exit
status is 1 where somebody answers otherwise than a line says, where an operator's cases nearly all hold or nearly none,
where one never meets some kind of value, or where the bytes are not those pinned.
"""

import argparse
import gzip
import json
import sys
import tarfile
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from multiprocessing import Pool, cpu_count
from pathlib import Path
from time import perf_counter

from tests import readings
from tests.agreement import ROWS, kind, rows
from tests.corpus_lines import disagreements, leaves_of, lines, name_of, text

WORLDS = 170
ROOT = Path(__file__).parents[1]
TABLES = ROOT / "tests/conformance"
PINS = ROOT / "tests/corpus.json"


@dataclass
class Tally:
    """What a part of the corpus holds: `asked` and `held` count cases by operator or node, of the lines that ask
    nothing else, and by "everything else" for all other lines; `met` counts each of `ROWS` that a case of a line meets.
    """

    lines: int = 0
    cases: int = 0
    undecided: int = 0
    turning: int = 0
    asked: Counter = field(default_factory=Counter)
    held: Counter = field(default_factory=Counter)
    met: Counter = field(default_factory=Counter)
    disagreements: list = field(default_factory=list)

    def add(self, other):
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def count(self, line):
        cases, rule = line["cases"], line["rule"]
        is_leaf = not {"all", "any", "not", "audience"}.intersection(rule)
        name = name_of(rule) if is_leaf else "everything else"
        self.lines += 1
        self.cases += len(cases)
        self.undecided += sum("unread" in case and case["unread"]["holds"] is None for case in cases)
        self.turning += sum(case["valid_until"] is not None for case in cases)
        self.asked[name] += len(cases)
        self.held[name] += sum(case["holds"] for case in cases)
        wanted = {row for leaf in leaves_of(line) for row in rows(leaf)}
        for case in cases:
            document = readings.composed(case["visitor"])
            self.met.update((row, kind(document, path, line["types"])) for row, path in wanted)
        self.disagreements += [(line["id"], *each) for each in disagreements(line)]

    def shares(self):
        """Of each operator and node the share of cases that hold, where nothing else is asked."""
        return {name: round(self.held[name] / asked, 3) for name, asked in sorted(self.asked.items())}

    def one_sided(self):
        """The shares that are below 20 % or above 80 %."""
        return {name: share for name, share in self.shares().items() if not 0.2 <= share <= 0.8}

    def unmet(self):
        return [row for row in ROWS if not self.met[row]]


def made(seed):
    """(text, Tally) of one world's lines."""
    tally, found = Tally(), lines(seed)
    for line in found:
        tally.count(line)
    return "".join(map(text, found)).encode(), tally


def pack(folder, generated):
    """Writes the corpus and the tables to `conformance-<version>.tar.gz`; equal corpora give equal archives."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    name = f"conformance-{version}"
    files = {"generated.jsonl": generated} | {file.name: file.read_bytes() for file in sorted(TABLES.iterdir())}
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.tar.gz"
    with gzip.GzipFile(file, "wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for inside, data in files.items():
            member = tarfile.TarInfo(f"{name}/{inside}")
            member.size = len(data)
            archive.addfile(member, BytesIO(data))
    return file


def main():
    options = _options()
    started, total, parts = perf_counter(), Tally(), []
    with Pool(options.processes) as pool:
        for part, tally in pool.imap(made, range(WORLDS)):
            parts.append(part)
            total.add(tally)
    pins = {"all": sha256(b"".join(parts)).hexdigest(), "first": sha256(parts[0]).hexdigest()}
    if options.pin:
        PINS.write_text(json.dumps(pins, indent=2) + "\n")
    is_pinned = pins == json.loads(PINS.read_text())
    print(json.dumps(_report(total, pins, is_pinned) | {"seconds": round(perf_counter() - started, 1)}, indent=2))
    if options.out:
        file = pack(options.out, b"".join(parts))
        print(f"{file}: {file.stat().st_size // 1024} KB", file=sys.stderr)
    return 0 if is_pinned and not (total.disagreements or total.unmet() or total.one_sided()) else 1


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description="Make the conformance corpus.")
    parser.add_argument("--out", type=Path, help="the folder for the archive")
    parser.add_argument("--pin", action="store_true", help="write the hashes of what is made to tests/corpus.json")
    parser.add_argument("--processes", type=int, default=cpu_count())
    return parser.parse_args()


def _report(total, pins, is_pinned):
    shares = total.shares()
    lowest, highest = min(shares, key=shares.get), max(shares, key=shares.get)
    return {
        "lines": total.lines,
        "cases": total.cases,
        "turning_by_themselves": total.turning,
        "undecided": total.undecided,
        "disagreements": total.disagreements[:10],
        "operators_and_nodes": len(shares) - 1,
        "holds_share": {name: shares[name] for name in (lowest, highest)},
        "operator_kind_pairs": len(ROWS),
        "unmet": total.unmet(),
        "rarest": min((total.met[row], row) for row in ROWS),
        "sha256": pins,
        "is_pinned": is_pinned,
    }


if __name__ == "__main__":
    sys.exit(main())
