"""Measurements as a page of Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from core.corpus.examples import TASKS
from core.evaluation.infill import METHODS, MODEL, PREVIOUS, InfillScore
from core.evaluation.likelihood import Likelihood
from core.evaluation.speed import BARS, TAKES, RequestTiming
from core.evaluation.statistics import Estimate, estimate
from core.evaluation.windows import PROTOCOLS


def write_report(about: Mapping[str, object], likelihoods: Sequence[Likelihood] | None,
                 scores: Sequence[InfillScore] | None, timings: Sequence[RequestTiming] | None = None) -> str:
    """The page. ``about``: what was measured and how, for its head. Suites that are None do not appear."""
    parts = ["# Evaluation\n", *(f"- {name}: {value}" for name, value in about.items()),
             "- ±: half of the 95 % bootstrap interval over songs\n"]
    if likelihoods is not None:
        parts += likelihood_section(likelihoods)
    if scores is not None:
        parts += infill_section(scores)
    if timings is not None:
        parts += speed_section(timings)
    return "\n".join(parts) + "\n"


def likelihood_section(found: Sequence[Likelihood]) -> list[str]:
    """Bits per note: collections down, tasks across."""
    rows = [("all", found)] + [(name or "(no folder)", [one for one in found if one.collection == name])
                               for name in sorted({one.collection for one in found})]
    return [
        "## Bits per note\n",
        "Lower is better. One window of each task from each song; the bits of all tokens of the cells asked for, "
        "divided by the notes in them.\n",
        *table(["collection", "songs", "notes", "all tasks", *TASKS],
               [[name, len({one.song for one in some}), sum(one.notes for one in some), _bits(some),
                 *(_bits([one for one in some if one.task == task]) for task in TASKS)] for name, some in rows]),
        ""]


def infill_section(scores: Sequence[InfillScore]) -> list[str]:
    """Note F1: methods down and protocols across, then the model against the baseline, then by collection."""
    counts = {name: len([one for one in scores if (one.protocol, one.method) == (name, MODEL)]) for name in PROTOCOLS}
    others = [method for method in METHODS if method != PREVIOUS]
    collections = sorted({one.collection for one in scores})
    return [
        "## Note F1 of infilling\n",
        "Higher is better; 1 when every note comes back with the same pitch, onset, bar and track, and no other. "
        "Songs are put on the model's grid first. The baselines may look at the whole song.\n",
        *table(["method", *(f"{name} ({count} windows)" for name, count in counts.items()), "all"],
               [[method, *(_mean(_f1(scores, method, name)) for name in PROTOCOLS), _mean(_f1(scores, method))]
                for method in METHODS]),
        f"\nDifference from the {PREVIOUS}, window by window:\n",
        *table(["method", *PROTOCOLS, "all", "better / same / worse"],
               [[method, *(_mean(_differences(scores, method, name)) for name in PROTOCOLS),
                 _mean(_differences(scores, method)), _tally(_differences(scores, method))] for method in others]),
        "\nBy collection, all protocols:\n",
        *table(["collection", "windows", *METHODS],
               [[name or "(no folder)", len([one for one in scores if (one.collection, one.method) == (name, MODEL)]),
                 *(_mean(_f1([one for one in scores if one.collection == name], method)) for method in METHODS)]
                for name in collections]),
        ""]


def speed_section(timings: Sequence[RequestTiming]) -> list[str]:
    """Seconds a request takes: the median and what 19 of 20 requests stay under."""
    seconds = {"first cell of a take": [one.first_cell for one in timings],
               "first whole bar of a take": [one.first_bar for one in timings],
               "all takes": [one.all_takes for one in timings]}
    notes = sum(one.notes for one in timings) / sum(one.all_takes for one in timings)
    return [
        "## Seconds a request takes\n",
        f"{len(timings)} requests for {BARS} bars of every sounding track in {TAKES} takes, to a warm model process. "
        f"{notes:.0f} notes a second.\n",
        *table(["", "median", "95 %"], [[name, *(f"{np.percentile(some, at):.2f}" for at in (50, 95))]
                                        for name, some in seconds.items()]),
        ""]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table, line by line: the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def _bits(found: Sequence[Likelihood]) -> Estimate | str:
    """Of all windows together, songs being what is resampled."""
    bits, notes = _by_song((one.song, one.bits) for one in found), _by_song((one.song, one.notes) for one in found)
    return estimate(list(bits.values()), list(notes.values())) if found else "–"


def _mean(by_song: Mapping[str, list[float]]) -> Estimate | str:
    return estimate([sum(values) for values in by_song.values()],
                    [len(values) for values in by_song.values()]) if by_song else "–"


def _by_song(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for song, value in pairs:
        sums[song] = sums.get(song, 0.0) + value
    return sums


def _f1(scores: Iterable[InfillScore], method: str, protocol: str | None = None) -> dict[str, list[float]]:
    """The scores of a method by song, in the order of the protocols."""
    found: dict[str, list[float]] = {}
    for one in scores:
        if one.method == method and protocol in (None, one.protocol):
            found.setdefault(one.song, []).append(one.f1)
    return found


def _differences(scores: Sequence[InfillScore], method: str, protocol: str | None = None) -> dict[str, list[float]]:
    baseline = _f1(scores, PREVIOUS, protocol)
    return {song: [ours - theirs for ours, theirs in zip(values, baseline[song])]
            for song, values in _f1(scores, method, protocol).items()}


def _tally(by_song: Mapping[str, list[float]]) -> str:
    values = [value for some in by_song.values() for value in some]
    return f"{sum(v > 0 for v in values)} / {sum(v == 0 for v in values)} / {sum(v < 0 for v in values)}"
