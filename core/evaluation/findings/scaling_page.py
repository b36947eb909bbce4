"""The page of the scaling study, as Markdown, and its pictures."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.evaluation.findings.decoding import BARS, PROMPT, TAKES, TRACKS
from core.evaluation.findings.scaling_study import (
    FITTED_FROM,
    Study,
    at_equal_tokens,
    difference,
    hours_to_anchor,
    law_of,
    paired,
    predicted,
    spread,
)
from core.evaluation.findings.settings import MARKS, ON_THE_WAY
from core.evaluation.findings.trial import CONTEXT
from core.evaluation.plots import COLOURS
from core.evaluation.statistics import estimate_over_seeds
from core.evaluation.tables import NOTHING, table

HOURS = 12.0
"""Of processor time on one core, that are to be planned for."""
LEAST_WINDOWS = 3
"""Held-out windows of a collection that has a row of its own."""
LONGEST_WAIT = 6.0
"""Seconds that all takes of the usual request may take."""


def draw(study: Study, out: Path) -> None:
    """The page's pictures, beside it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.8), dpi=120, layout="constrained")
    axes = figure.subplots()
    for colour, name in zip(COLOURS, study.sizes):
        progress = study.first[name]
        axes.plot([mark.minutes for mark in progress.marks], [progress.bits_per_note(mark) for mark in progress.marks],
                  "o-", color=colour, label=name)
    axes.set_xscale("log")
    axes.set_xticks([study.minutes * mark for mark in MARKS], [f"{study.minutes * mark:.2g}" for mark in MARKS])
    axes.minorticks_off()
    axes.set_xlabel("minutes of processor time")
    axes.set_title("bits per note on held-out songs, all tasks")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(out / "scaling-sizes.png")

    gaps = {name: gap for name in study.first if name != study.base and (gap := difference(study, name))}
    names = sorted(gaps, key=lambda name: -gaps[name].value)
    figure = Figure(figsize=(7, 0.6 + 0.3 * len(names)), dpi=120, layout="constrained")
    axes = figure.subplots()
    values = [gaps[name].value for name in names]
    reach = [[gaps[name].value - gaps[name].low for name in names], [gaps[name].high - gaps[name].value
                                                                     for name in names]]
    axes.barh(names, values, xerr=reach, capsize=3, color=["#228833" if value < 0 else "#4477aa" for value in values])
    axes.axvline(0, color="#777777", linewidth=0.8)
    figure.suptitle(f"bits per note more than the {study.base}, after {study.minutes:g} min")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(out / "scaling-settings.png")


def _shares(study: Study) -> list[str]:
    """What other songs do to the held-out music of each collection."""
    base = study.first[study.base].at(study.minutes)
    shown = [name for name in study.shares if name in study.first and study.first[name].at(study.minutes)]
    if base is None or not shown:
        return []
    progress, owners = study.first[study.base], np.array(study.collections)
    notes, songs = np.array(progress.notes), np.array(progress.songs)
    gaps = {name: np.array(study.first[name].at(study.minutes).bits) - np.array(base.bits) for name in shown}
    bits = np.array(base.bits)
    rows, means = [], {name: [] for name in shown}
    names, counts = np.unique(owners, return_counts=True)
    for collection in names[np.argsort(-counts)]:
        inside = owners == collection
        if inside.sum() < LEAST_WINDOWS:
            continue
        for name in shown:
            means[name].append(gaps[name][inside].sum() / notes[inside].sum())
        found = [estimate_over_seeds([gaps[name][inside]], notes[inside], songs[inside]) for name in shown]
        rows.append([collection, inside.sum(), f"{notes[inside].sum():,}",
                     f"{bits[inside].sum() / notes[inside].sum():.2f}",
                     *(f"{'+' if one.value >= 0 else ''}{one}" for one in found)])
    rows.append(["mean of these collections", NOTHING, NOTHING, NOTHING,
                 *(f"{np.mean(means[name]):+.3f}" for name in shown)])
    return [
        "## Which songs are drawn\n",
        f"The same, by held-out collection: bits per note of the {study.base}, and how many more the others need. Most "
        "of what is held out are scores, so the figures over all windows say little of bands and games, and nothing "
        "of collections that hold out no song.\n",
        *table(["held out", "windows", "notes", "bits per note", *(f"more: {name}" for name in shown)], rows), ""]


def write_page(study: Study, songs: int, held_out: int, steps: Mapping[str, float], request: float) -> str:
    """The page as Markdown. ``steps``: seconds of a decoding step of some of the settings; ``request``: tokens of a
    take of the usual request."""
    return "\n".join([*_head(study, songs, held_out), *_sizes(study, steps, request), *_settings(study),
                      *_shares(study), *_seeds(study), *_follows(study), *_elsewhere()]) + "\n"


def _head(study: Study, songs: int, held_out: int) -> list[str]:
    unfinished = [name for name, one in study.first.items() if not one.finished]
    return [
        "# Findings: size, shape and training\n",
        "Made from scratch by `python3 main.py findings scaling --corpus FOLDER --valid FOLDER "
        f"--minutes {study.minutes:g} --seed {study.seed}`.\n",
        f"- {songs:,} songs to train on, {held_out:,} held out, song-disjoint.",
        f"- Each training: {study.minutes:g} min of processor time on one core ({platform.machine()}), those that "
        f"differ in size, and two more, twice as long; from scratch, {study.precision}, not compiled, windows of every "
        f"task of {CONTEXT} tokens, 4 rows a batch, Muon. All take turns of two seconds on the same core.",
        "- The rates stay constant and the weights of the last ninth of the steps are averaged to measure, so that one "
        "training can be measured several times on its way as if its rate had come down each time. Measuring counts "
        "no time.",
        f"- Measured on {len(study.first[study.base].notes)} held-out windows, the same for all. ±: half of the 95 % "
        f"bootstrap interval over songs, paired by window. Seed {study.seed} alone unless said: **the interval says "
        "nothing of other seeds**, which move such figures by about as much.",
        "- These are minutes. What wins here need not win after hours; what costs tokens a second does so for ever.",
        *([f"- Not finished when this was written: {', '.join(unfinished)}."] if unfinished else []),
        *([f"- Not trained when this was written: {', '.join(study.missing)}."] if study.missing else []), ""]


def _sizes(study: Study, steps: Mapping[str, float], request: float) -> list[str]:
    law, target = law_of(study), 60 * HOURS
    ranges = spread(study, target)
    rows = []
    for name in study.sizes:
        progress = study.first[name]
        last = progress.marks[-1]
        low, high = ranges[name]
        rows.append([name, f"{progress.parameters / 1e6:.2f} M", f"{last.tokens / last.minutes / 60:,.0f}",
                     *(f"{progress.bits_per_note(mark):.3f}" if mark else NOTHING
                       for mark in (progress.at(study.minutes * times) for times in MARKS)),
                     f"{predicted(study, law, name, target):.2f} ({low:.2f} to {high:.2f})",
                     f"{1000 * steps[name]:.1f} ms", f"{request * steps[name]:.1f} s",
                     NOTHING if study.anchor is None else f"{hours_to_anchor(study, law, name):.1f} h"])
    quick = [name for name in study.sizes if request * steps[name] <= LONGEST_WAIT]
    best = min(quick or study.sizes, key=lambda name: predicted(study, law, name, target))
    others = ", ".join(f"{name} {1000 * steps[name]:.1f} ms" for name in steps if name not in study.sizes)
    return [
        "## Size\n",
        *table(["size", "parameters", "tokens/s", *(f"{study.minutes * times:.2g} min" for times in MARKS),
                f"predicted after {HOURS:g} h", "a step", "a request", "as good as the shipped model after"], rows),
        "\n![bits per note by size](scaling-sizes.png)\n",
        "Bits per note on the windows that were measured every time. *Predicted*: by the law fitted to these points "
        f"from {FITTED_FROM * study.minutes:.2g} min on{_anchored(study)}, "
        f"{law.floor:.2f} + {law.of_size:.2f} N^-{law.size_power:.2f} + {law.of_tokens:.2f} D^-{law.tokens_power:.2f} "
        f"for N million parameters and D million tokens (it misses them by {law.error:.1%} on average), for "
        f"{HOURS:g} hours of one core at the speed of the study; in brackets the middle 95 % when held-out windows are "
        "resampled. That is hundreds of times as long as what was measured here, so the figures are a guess, and "
        "their order little better. *A step*: writes a token of each of "
        f"{TAKES} takes after a shared prompt of {PROMPT:,} tokens, one thread, the model alone ({others}). *A "
        f"request*: {request:,.0f} such steps, what {BARS} bars of {TRACKS} tracks take on average, without what the "
        "sampler adds, by torch: the compiled step, where there is a compiler, takes a fraction of it; "
        f"it should stay under {LONGEST_WAIT:g} s.\n",
        f"Lowest predicted bits per note within that: **{best}**." + (
            " But the ranges overlap: these trainings cannot tell the sizes apart.\n"
            if max(low for low, _ in ranges.values()) < min(high for _, high in ranges.values()) else "\n")]


def _anchored(study: Study) -> str:
    if study.anchor is None:
        return ""
    notes = sum(study.first[study.base].notes[::ON_THE_WAY])
    return (f" and to the shipped model, {study.anchor.parameters / 1e6:.2f} M, which has read "
            f"{study.anchor.tokens / 1e6:.1f} M tokens and needs {sum(study.anchor.bits) / notes:.3f}")


def _settings(study: Study) -> list[str]:
    base = study.first[study.base]
    rows = []
    for name, progress in study.first.items():
        if name in study.sizes and name != study.base:
            continue
        mark = progress.at(study.minutes)
        if mark is None:
            continue
        gaps = [difference(study, name, study.minutes * times) if name != study.base else None for times in MARKS]
        rows.append([name, f"{progress.parameters / 1e6:.2f} M", f"{sum(mark.bits) / sum(progress.notes):.3f}",
                     *(NOTHING if gap is None else f"{'+' if gap.value >= 0 else ''}{gap}" for gap in gaps),
                     f"{mark.tokens / base.at(study.minutes).tokens:.2f}",
                     NOTHING if name == study.base else f"{at_equal_tokens(study, name):+.3f}"])
    return [
        "## Shape and training\n",
        f"Each row changes one thing of the {study.base}. Bits per note after {study.minutes:g} min, how many more "
        "it needs after each time, how many times as many tokens it read, and about how many more bits it would need "
        f"than the {study.base} after as many tokens. After "
        f"{study.minutes:g} min and at the end three times as many windows are measured as before.\n",
        *table(["setting", "parameters", "bits per note", *(f"more after {study.minutes * times:.2g} min"
                                                           for times in MARKS), "tokens",
                "more at equal tokens"], rows),
        "\n![differences](scaling-settings.png)\n"]


def _seeds(study: Study) -> list[str]:
    if study.base not in study.more:
        return []
    others = [study.first[study.base], *study.more[study.base]]
    rows = []
    for name, more in study.more.items():
        ones = [study.first[name], *more]
        each = ", ".join(f"{sum(mark.bits) / sum(one.notes):.3f}" for one in ones
                         if (mark := one.at(study.minutes)))
        gap = NOTHING if name == study.base else paired(ones, others, study.minutes)
        rows.append([name, each, gap])
    return [
        "## With more seeds\n",
        f"Those that did best, with seeds {study.seed} to {study.seed + len(others) - 1}; ± when seeds and songs are "
        "both resampled. They were chosen for what the first seed gave, which flatters them.\n",
        *table(["setting", "bits per note by seed", "difference"], rows), ""]


def _follows(study: Study) -> list[str]:
    """What is to be made of it."""
    gaps = {name: gap for name in study.first if name not in (study.base, *study.sizes)
            and (gap := difference(study, name))}
    better = [name for name, gap in gaps.items() if gap.high < 0]
    worse = [name for name, gap in gaps.items() if gap.low > 0]
    law, target = law_of(study), 60 * HOURS
    guesses = [predicted(study, law, name, target) for name in study.sizes]
    base = study.first[study.base]
    read = base.marks[-1].tokens / base.marks[-1].minutes * target
    return [
        "## What follows\n",
        f"- Size: the predictions lie within {max(guesses) - min(guesses):.2f} bits of each other. In {HOURS:g} hours "
        f"of one core the {study.base} reads {read / 1e6:.0f} M tokens at this speed, {read / base.parameters:.0f} a "
        "parameter; by the rule of about 20 a parameter (Hoffmann et al. 2022) the best size for as much arithmetic is "
        f"{(read * base.parameters / 20) ** 0.5 / 1e6:.1f} M. Another size from scratch first has to come to where the "
        "shipped model is.",
        f"- Ahead of the {study.base} in this time, beyond what songs vary: {', '.join(better) or 'nothing'}. Behind "
        f"it: {', '.join(worse) or 'nothing'}. The others: no difference that these trainings could show.",
        "- Those that are ahead at equal tokens too learn more of a token; the others read faster, which in the "
        "first minutes counts for more than it will later.",
        "- Higher rates and whatever makes steps shorter win in the first minutes for that alone. None of this is a "
        "reason to begin a long training anew; the command may be run for longer where a machine has the hours.\n"]


def _elsewhere() -> list[str]:
    return [
        "## Measured elsewhere\n",
        "- Plain against merged tokens: [tokens.md](tokens.md).",
        "- Muon against AdamW, structured embeddings, rotary positions and QK-norm in a smaller model, three seeds: "
        "[model.md](model.md).",
        "- What songs cost by collection, and why: [curation.md](curation.md)."]
