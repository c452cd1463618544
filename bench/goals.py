"""What the engine set out to reach, as ratios within one run, and whether it did."""

from collections.abc import Callable
from typing import Any

Results = dict[str, Any]

# (what is asked, the bound, whether the bound is a minimum, the figure of a run)
GOALS: tuple[tuple[str, float, bool, Callable[[Results], float | None]], ...] = (
    ("times faster than naive at 100, warm", 16, True, lambda r: _ratio(r, 100, "naive")),
    ("times faster than naive at 1,000, warm", 65, True, lambda r: _ratio(r, 1000, "naive")),
    ("times faster than naive at 10,000, warm", 120, True, lambda r: _ratio(r, 10_000, "naive")),
    ("times faster than code generation at 10, warm", 1, True, lambda r: _ratio(r, 10, "codegen")),
    ("times faster than datalogic at 1,000, warm", 40, True, lambda r: _ratio(r, 1000, "datalogic")),
    ("times faster than datalogic at 10,000, warm", 90, True, lambda r: _ratio(r, 10_000, "datalogic")),
    ("fresh to warm at 1,000", 2, False, lambda r: _fresh(r, 1000)),
    ("fresh to warm at 10,000", 2, False, lambda r: _fresh(r, 10_000)),
    ("time at 1,000 to ten times that at 100", 1, False, lambda r: _growth(r, 100, 1000)),
    ("time at 10,000 to ten times that at 1,000", 1, False, lambda r: _growth(r, 1000, 10_000)),
    ("load at 1,000 without patterns, ms", 10, False, lambda r: _load(r, 1000)),
    ("load at 10,000 without patterns, ms", 60, False, lambda r: _load(r, 10_000)),
    ("image at 1,000, KB", 40, False, lambda r: _image(r, 1000)),
    ("image at 10,000, KB", 350, False, lambda r: _image(r, 10_000)),
    ("link and encode at 10,000, s", 2, False, lambda r: _of(r, 10_000, "link_seconds")),
    ("wide: times faster than naive at 1,000, warm", 40, True, lambda r: _ratio(_wide(r), 1000, "naive")),
    ("wide: times faster than naive at 10,000, warm", 60, True, lambda r: _ratio(_wide(r), 10_000, "naive")),
)


def reached(results: Results) -> list[dict[str, Any]]:
    """Each goal with its figure, and whether it was reached; None where the run did not measure it."""
    rows = []
    for goal, bound, is_minimum, figure_of in GOALS:
        figure = figure_of(results)
        held = None if figure is None else figure >= bound if is_minimum else figure <= bound
        rows.append({"goal": goal, "bound": f"{'≥' if is_minimum else '≤'} {bound}", "figure": figure, "reached": held})
    return rows


def _wide(results: Results) -> Results:
    return {"sizes": results.get("wide", {})}


def _size(results: Results, size: int) -> dict[str, Any]:
    return results["sizes"].get(str(size), {})


def _of(results: Results, size: int, name: str) -> float | None:
    return _size(results, size).get("engines", {}).get("muster", {}).get(name)


def _ratio(results: Results, size: int, other: str) -> float | None:
    return _size(results, size).get("faster", {}).get("warm", {}).get(other)


def _fresh(results: Results, size: int) -> float | None:
    return _size(results, size).get("fresh_to_warm")


def _growth(results: Results, small: int, large: int) -> float | None:
    before, after = _of(results, small, "warm_p50"), _of(results, large, "warm_p50")
    return None if before is None or after is None else after / before / (large / small)


def _load(results: Results, size: int) -> float | None:
    load, patterns = _of(results, size, "load_ms"), _of(results, size, "patterns_ms")
    return None if load is None or patterns is None else load - patterns


def _image(results: Results, size: int) -> float | None:
    stored = _of(results, size, "stored_bytes")
    return None if stored is None else stored / 1024
