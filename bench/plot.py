"""The results as a picture: time for one visitor by number of audiences, and the ratio to the naive interpreter."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "muster"  # equal figures give equal bytes
mpl.rcParams["svg.fonttype"] = "none"  # text stays text
import matplotlib.pyplot as plt  # noqa: E402  # after the choice of what it draws with

COLOURS = {
    "muster": "#c8102e",
    "codegen": "#1f5fa8",
    "datalogic": "#e08a00",
    "naive": "#222222",
    "cel": "#2e8b57",
    "growthbook": "#7b5ea7",
    "jsonlogic": "#8c6d4f",
    "flagsmith": "#5f8f9f",
}


def draw(results: dict[str, Any], path: Path) -> None:
    """Write the picture; the format is that of the path's suffix."""
    figure, (times, ratios) = plt.subplots(1, 2, figsize=(12, 5.6), layout="constrained")
    sizes = [int(size) for size in results["sizes"]]
    for name, colour in COLOURS.items():
        if all(name in measured["engines"] for measured in results["sizes"].values()):
            _lines(times, ratios, results, name, colour)
    _axis(times, sizes, "µs for one visitor, all audiences (p50)")
    _axis(ratios, sizes, "time, naive interpreter = 1")
    times.plot([], [], color="grey", label="warm: values seen before")
    times.plot([], [], color="grey", linestyle=":", label="fresh: six values never seen")
    figure.legend(fontsize=9, loc="outside lower center", ncols=5, frameon=False)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)


def _lines(times: Any, ratios: Any, results: dict[str, Any], name: str, colour: str) -> None:
    sizes = [int(size) for size in results["sizes"]]
    engines = [measured["engines"] for measured in results["sizes"].values()]
    width = 2.6 if name == "muster" else 1.3
    for state, style in (("warm", "-"), ("fresh", ":")):
        micros = [each[name][f"{state}_p50"] for each in engines]
        label = name if state == "warm" else None
        times.plot(sizes, micros, style, color=colour, linewidth=width, marker="o", markersize=3, label=label)
        relative = [m / each["naive"][f"{state}_p50"] for m, each in zip(micros, engines, strict=True)]
        ratios.plot(sizes, relative, style, color=colour, linewidth=width, marker="o", markersize=3)


def _axis(axes: Any, sizes: list[int], title: str) -> None:
    axes.set(xscale="log", yscale="log", xlabel="audiences", title=title, xticks=sizes)
    axes.set_xticklabels([f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)
