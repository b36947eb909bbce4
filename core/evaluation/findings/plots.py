"""Pictures of findings, by matplotlib; no display is needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.evaluation.statistics import Estimate


def draw_bars(path: Path, title: str, names: Sequence[str], values: Sequence[Estimate | float]) -> None:
    """A bar for each name, with its interval where the value has one, as a PNG at ``path``."""
    from matplotlib.figure import Figure

    heights = [value.value if isinstance(value, Estimate) else value for value in values]
    figure = Figure(figsize=(7, 3.5), dpi=120, layout="constrained")
    axes = figure.subplots()
    spread = None
    if all(isinstance(value, Estimate) for value in values):
        spread = [[value.value - value.low for value in values], [value.high - value.value for value in values]]
    bars = axes.bar(names, heights, yerr=spread, capsize=4, color="#4477aa")
    axes.bar_label(bars, fmt="%.2f", label_type="center", color="white")
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)
