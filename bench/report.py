"""The results as tables: for the terminal, and as RESULTS.md."""

from typing import Any

from bench.beside import CALLS
from bench.goals import reached
from bench.stages import STAGES

ENGINE_COLUMNS = (
    ("warm p50", lambda e: _figure(e["warm_p50"])),
    ("p99", lambda e: _figure(e["warm_p99"])),
    ("fresh p50", lambda e: _figure(e["fresh_p50"])),
    ("p99", lambda e: _figure(e["fresh_p99"])),
    ("visitors", lambda e: f"{e['warm_visitors']} + {e['fresh_visitors']}"),
    ("load ms", lambda e: _figure(e["load_ms"])),
    ("stored KB", lambda e: _figure(e["stored_bytes"] / 1024)),
    ("memory MB", lambda e: _figure(e["rss_kb"] / 1024)),
    ("after use", lambda e: _figure(e["rss_warm_kb"] / 1024)),
)


WIDE = (
    "A quarter of its conditions are `under`, `in_cidr`, `within_km`, `within_box`, `anniversary_within`, `element`, "
    "rollouts, schedules and lists; address, place and id are new with nearly every visitor. None of the packages can "
    "say all of these, so they are left out."
)
BESIDE = (
    "What an answer costs beside its audiences, µs: until when it holds (`valid_until`), and which audiences would be "
    "undecided, and by what, if no trait could be read (`undecided`)."
)


def markdown(results: dict[str, Any]) -> str:
    """All tables of a run."""
    parts = [*_preamble(results["run"])]
    for size, measured in results["sizes"].items():
        parts += [f"## {int(size):,} audiences", engines_table(measured), _remarks(measured)]
    if results["wide"]:
        parts += ["## The workload `wide`", WIDE]
    for size, measured in results["wide"].items():
        parts += [f"### {int(size):,} audiences of `wide`", engines_table(measured), _remarks(measured)]
    for kind, sizes in (("recorded", results["sizes"]), ("wide", results["wide"])):
        if sizes:
            parts += [f"## Where Muster's time goes, µs: `{kind}`", _stages_table(sizes), BESIDE, beside_table(sizes)]
    parts += ["## Goals", goals_table(results)]
    return "\n\n".join(parts) + "\n"


def _preamble(run: dict[str, Any]) -> tuple[str, ...]:
    setting = (
        f"`{run['command']}` on {run['date']}: {run['machine']}, Python {run['python']}, {run['rounds']} interleaved "
        "rounds, processor time, garbage collector off while timing. Every answer of every engine was compared with "
        "the naive interpreter's."
    )
    columns = (
        "µs for one visitor and all audiences, to the list of keys. *warm*: every value seen before; *fresh*: e-mail, "
        "path, spend, cart value and two dates never seen. p99 is left out below 100 calls. *visitors*: how many a "
        "round, warm + fresh (slow engines get fewer). *load* (median of five) and *memory* (what the resident set "
        "grew by with the first load, and after use): from the stored bytes, in a process of its own. "
        "[README.md](README.md) says what each engine is given."
    )
    picture = "![Time for one visitor by number of audiences, and relative to the naive interpreter](results.svg)"
    return "# Results of the bench", setting, columns, picture


def engines_table(measured: dict[str, Any]) -> str:
    """One row an engine: times, and how many times faster Muster is."""
    faster = measured["faster"]["warm"]
    rows = [
        [name, *(show(figures) for _, show in ENGINE_COLUMNS), _times(faster.get(name))]
        for name, figures in measured["engines"].items()
    ]
    return _table(["engine", *(title for title, _ in ENGINE_COLUMNS), "Muster is faster"], rows)


def _remarks(measured: dict[str, Any]) -> str:
    muster = measured["engines"].get("muster")
    shares = f"An audience holds for {measured['members']:.1%} of the visitors on average."
    if muster is None:
        return shares
    return (
        f"{shares} Muster: fresh takes {measured['fresh_to_warm']:.2f} times warm; of the load "
        f"{_figure(muster['patterns_ms'])} ms are the compilation of patterns; the first load in the process took "
        f"{_figure(muster['first_load_ms'])} ms; parse and compile {_figure(muster['compile_seconds'])} s, "
        f"link and encode {_figure(muster['link_seconds'])} s."
    )


def _stages_table(sizes: dict[str, Any]) -> str:
    rows = [
        [f"{int(size):,} {state}", *(_figure(stages[stage]) for stage in STAGES), _figure(sum(stages.values()))]
        for size, measured in sizes.items()
        for state, stages in measured.get("stages", {}).items()
    ]
    return _table(["audiences", *STAGES, "sum"], rows)


def beside_table(sizes: dict[str, Any]) -> str:
    """One row a size and state: what an answer costs beside its audiences."""
    rows = [
        [f"{int(size):,} {state}", *(_figure(calls[call]) for call in CALLS)]
        for size, measured in sizes.items()
        for state, calls in measured.get("beside", {}).items()
    ]
    return _table(["audiences", *CALLS], rows)


def goals_table(results: dict[str, Any]) -> str:
    """One row a goal."""
    words = {True: "reached", False: "**not reached**", None: "not measured"}
    rows = [[g["goal"], g["bound"], _figure(g["figure"]), words[g["reached"]]] for g in reached(results)]
    return _table(["goal", "bound", "this run", ""], rows)


def _table(titles: list[str], rows: list[list[str]]) -> str:
    widths = [max(len(row[at]) for row in [titles, *rows]) for at in range(len(titles))]

    def line(cells: list[str]) -> str:
        padded = [
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join([line(titles), line(rule), *map(line, rows)])


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.1f} times"


def _figure(value: float | None) -> str:
    """Three digits, thousands with a comma."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
