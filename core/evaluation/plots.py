"""The report's pictures, by matplotlib, which only those who ask for pictures have installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.corpus.examples import TASKS
from core.evaluation.answers import COMPOSER
from core.evaluation.borrowing import LONGEST
from core.evaluation.faults import FAULTS
from core.evaluation.infill import NOTE_F1
from core.evaluation.report import Measured, bits
from core.evaluation.resemblance import ENTROPY, GROOVE
from core.evaluation.scores import Score, choose, mean
from core.evaluation.sections import methods_in
from core.evaluation.statistics import Estimate
from core.evaluation.windows import CONTINUE, PROTOCOLS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#777777")
"""Told apart by colour-blind eyes too (Tol)."""


def can_draw() -> bool:
    return find_spec("matplotlib") is not None


def draw_pictures(folder: Path, measured: Measured) -> dict[str, Path]:
    """A PNG for each suite that was run, in ``folder``, which is made when it is missing; by suite."""
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    drawn = {}
    for suite, draw in _DRAWINGS.items():
        if suite != "likelihood" and suite not in (measured.scores or {}):
            continue
        if suite == "likelihood" and not measured.likelihoods:
            continue
        figure = Figure(figsize=(8, 3.6), dpi=110, layout="constrained")
        draw(figure, measured)
        drawn[suite] = folder / f"{suite}.png"
        figure.savefig(drawn[suite])
    return drawn


def draw_groups(axes: Axes, groups: Sequence[str], series: Mapping[str, Sequence[Estimate | None]]) -> None:
    """A group of bars for each name, one bar with its interval for each series; None leaves a gap."""
    width = 0.8 / max(1, len(series))
    for number, (name, values) in enumerate(series.items()):
        told = [(place, one) for place, one in enumerate(values) if one is not None]
        spread = [[one.value - one.low for _, one in told], [one.high - one.value for _, one in told]]
        axes.bar([place + (number - (len(series) - 1) / 2) * width for place, _ in told],
                 [one.value for _, one in told], width, yerr=np.maximum(spread, 0.0) if told else None, capsize=2,
                 color=COLOURS[number % len(COLOURS)], label=name, error_kw={"linewidth": 0.8})
    axes.set_xticks(range(len(groups)), groups)
    axes.spines[["top", "right"]].set_visible(False)


def _likelihood(figure, measured: Measured) -> None:
    axes = figure.subplots()
    methods = list(dict.fromkeys(one.method for one in measured.likelihoods))
    draw_groups(axes, ["all tasks", *TASKS], {
        method: [bits(some) if some else None for some in (
            [one for one in measured.likelihoods if one.method == method and task in ("", one.task)]
            for task in ("", *TASKS))] for method in methods})
    axes.set_title("bits per note (lower is better)")
    axes.legend(fontsize=8)


def _of_figures(axes: Axes, scores: Sequence[Score], figure: str) -> None:
    some = choose(scores, figure=figure)
    draw_groups(axes, list(PROTOCOLS), {
        method: [mean(choose(some, method=method, protocol=name)) for name in PROTOCOLS]
        for method in methods_in(some)})
    axes.set_title(figure, fontsize=10)


def _infill(figure, measured: Measured) -> None:
    axes = figure.subplots()
    _of_figures(axes, measured.scores["infill"], NOTE_F1.name)
    axes.legend(fontsize=8)


def _music(figure, measured: Measured) -> None:
    left, right = figure.subplots(1, 2)
    _of_figures(left, measured.scores["music"], ENTROPY.name)
    _of_figures(right, measured.scores["music"], GROOVE.name)
    left.legend(fontsize=7)


def _faults(figure, measured: Measured) -> None:
    axes = figure.subplots()
    scores = measured.scores["faults"]
    names = [one.name for one in FAULTS if choose(scores, figure=one.name)]
    draw_groups(axes, names, {method: [mean(choose(scores, figure=name, method=method)) for name in names]
                              for method in methods_in(scores)})
    axes.set_title("shares; takes should differ and be in key")
    axes.tick_params(axis="x", labelsize=8)
    axes.legend(fontsize=7)


def _originality(figure, measured: Measured) -> None:
    axes = figure.subplots()
    for number, method in enumerate(methods_in(measured.scores["originality"])):
        lengths = np.sort([one.value for one in choose(measured.scores["originality"], figure=LONGEST.name,
                                                       method=method)])
        axes.step(lengths, np.arange(1, len(lengths) + 1) / len(lengths), where="post", label=method,
                  color="black" if method == COMPOSER else COLOURS[number % len(COLOURS)])
    axes.set_xlabel("longest match with the training music, notes")
    axes.set_ylabel("share of takes")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8)


def _two_sample(figure, measured: Measured) -> None:
    axes = figure.subplots()
    scores = measured.scores["two-sample"]
    names = [name for name in (*PROTOCOLS, CONTINUE) if choose(scores, protocol=name)]
    draw_groups(axes, names, {method: [mean(choose(scores, method=method, protocol=name)) for name in names]
                              for method in methods_in(scores)})
    axes.axhline(0.5, color="black", linewidth=0.8, linestyle=":")
    axes.set_ylim(0, 1)
    axes.set_title("told from the composer's bars (one half is chance)")
    axes.legend(fontsize=8)


_DRAWINGS = {"likelihood": _likelihood, "infill": _infill, "music": _music, "faults": _faults,
             "originality": _originality, "two-sample": _two_sample}
