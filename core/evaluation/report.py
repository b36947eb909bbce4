"""Measurements as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.corpus.examples import TASKS
from core.evaluation.adherence import adherence_section
from core.evaluation.answers import METHODS, MODEL
from core.evaluation.hinted import NOTHING_SAID, SAID
from core.evaluation.likelihood import Likelihood
from core.evaluation.scores import Score, format_p
from core.evaluation.sections import (
    faults_section,
    infill_section,
    music_section,
    originality_section,
    two_sample_section,
)
from core.evaluation.speed import BARS, TAKES, TRACKS, RequestTiming
from core.evaluation.statistics import Estimate, estimate, sign_flip_test
from core.evaluation.tables import table

__all__ = ["Measured", "table", "write_report"]


@dataclass(frozen=True)
class Measured:
    """What the suites found. One that was not run is None. ``scores``: by suite (infill, music, faults,
    originality, two-sample, controls). ``hinted``: of the suite likelihood, what is made of more that is said of cells.
    ``training_notes``: in the index of originality."""

    likelihoods: Sequence[Likelihood] | None = None
    scores: Mapping[str, Sequence[Score]] | None = None
    timings: Sequence[RequestTiming] | None = None
    training_notes: int = 0
    hinted: Sequence[Likelihood] | None = None


def write_report(about: Mapping[str, object], measured: Measured, pictures: Mapping[str, str] | None = None) -> str:
    """The page. ``about``: what was measured and how, for its head. ``pictures``: links by suite."""
    scores = measured.scores or {}
    sections = {
        "likelihood": likelihood_section(measured.likelihoods) if measured.likelihoods is not None else None,
        "hinted": hints_section(measured.hinted) if measured.hinted else None,
        "infill": infill_section(scores["infill"]) if "infill" in scores else None,
        "music": music_section(scores["music"]) if "music" in scores else None,
        "faults": faults_section(scores["faults"]) if "faults" in scores else None,
        "originality": originality_section(scores["originality"], measured.training_notes)
        if "originality" in scores else None,
        "two-sample": two_sample_section(scores["two-sample"]) if "two-sample" in scores else None,
        "controls": adherence_section(scores["controls"]) if "controls" in scores else None,
        "speed": speed_section(measured.timings) if measured.timings is not None else None}
    parts = ["# Evaluation\n", *(f"- {name}: {value}" for name, value in about.items()),
             "- ±: half of the 95 % bootstrap interval over songs",
             "- p: of a paired sign-flip permutation test over songs, two-sided, not corrected for their number\n"]
    for name, lines in sections.items():
        parts += lines or []
        if lines and name in (pictures or {}):
            parts += [f"![{name}]({pictures[name]})", ""]
    return "\n".join(parts) + "\n"


def likelihood_section(found: Sequence[Likelihood]) -> list[str]:
    """Bits per note: collections down, tasks across; then the model against what else was measured."""
    own = [one for one in found if one.method == MODEL]
    rows = [("all", own)] + [(name or "(no folder)", [one for one in own if one.collection == name])
                             for name in sorted({one.collection for one in own})]
    seeds = sorted({one.seed for one in own})
    lines = [
        "## Bits per note\n",
        "Lower is better. Windows of each task from each song; the bits of all tokens of the cells asked for, divided "
        "by the notes in them.\n",
        *table(["collection", "songs", "notes", "all tasks", *TASKS],
               [[name, len({one.song for one in some}), sum(one.notes for one in some), _shown(some),
                 *(_shown([one for one in some if one.task == task]) for task in TASKS)] for name, some in rows])]
    if len(seeds) > 1:
        lines.append(f"\nBy seed ({', '.join(map(str, seeds))}), {MODEL}: " + ", ".join(
            f"{bits([one for one in own if one.seed == seed]).value:.3f}" for seed in seeds) + ".")
    others = [name for name in METHODS if name != MODEL and any(one.method == name for one in found)]
    if others:
        lines += ["\nBeside baselines, on the same cells:\n",
                  *table(["method", "all tasks", *TASKS, f"{MODEL} less this"],
                         [[name, *(_shown([one for one in found if one.method == name and task in ("", one.task)])
                                   for task in ("", *TASKS)),
                           "–" if name == MODEL else _difference(found, MODEL, name)] for name in (MODEL, *others)])]
    return [*lines, ""]


def hints_section(found: Sequence[Likelihood]) -> list[str]:
    """Bits per note of the same cells by what is said of them."""
    parts = {said: [one for one in found if one.method == said] for said in SAID}
    windows, notes = len(parts[NOTHING_SAID]), sum(one.notes for one in parts[NOTHING_SAID])
    return [
        "## Bits per note when more is said of the cells\n",
        f"Lower is better. {windows} windows, {notes} notes; the answer is whole each time, what is kept included.\n",
        *table(["said of the cells", "bits per note", f"less {NOTHING_SAID}"],
               [[said, _shown(some), "–" if said == NOTHING_SAID else _difference(found, said, NOTHING_SAID)]
                for said, some in parts.items()]),
        ""]


def speed_section(timings: Sequence[RequestTiming]) -> list[str]:
    """Seconds a request takes: the median and what 19 of 20 requests stay under."""
    seconds = {"first cell of a take": [one.first_cell for one in timings],
               "first whole bar of a take": [one.first_bar for one in timings],
               "all takes": [one.all_takes for one in timings],
               "first whole bar, the processor's": [one.processor_first_bar for one in timings],
               "all takes, the processor's": [one.processor for one in timings]}
    notes = sum(one.notes for one in timings) / sum(one.all_takes for one in timings)
    return [
        "## Seconds a request takes\n",
        f"{len(timings)} requests for {BARS} bars of a song of {TRACKS} tracks in {TAKES} takes, to a warm model "
        f"process. {notes:.0f} notes a second. The processor's seconds: what the process used, whatever else ran.\n",
        *table(["", "median", "95 %"], [[name, *(f"{np.percentile(some, at):.2f}" for at in (50, 95))]
                                        for name, some in seconds.items()]),
        ""]


def bits(found: Sequence[Likelihood]) -> Estimate:
    """Bits per note of all windows together, songs being what is resampled; at least one window."""
    of_song, notes = (_by_song((one.song, getattr(one, name)) for one in found) for name in ("bits", "notes"))
    return estimate(list(of_song.values()), list(notes.values()))


def _shown(found: Sequence[Likelihood]) -> str:
    return str(bits(found)) if found else "–"


def _difference(found: Sequence[Likelihood], method: str, other: str) -> str:
    """Bits per note that ``method`` needs more than ``other``, with the test over songs."""
    ours, theirs = (_by_song((one.song, one.bits) for one in found if one.method == name) for name in (method, other))
    notes = _by_song((one.song, one.notes) for one in found if one.method == method)
    differences = [ours[song] - theirs[song] for song in ours]
    return f"{estimate(differences, list(notes.values()))} ({format_p(sign_flip_test(differences))})"


def _by_song(pairs: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for song, value in pairs:
        sums[song] = sums.get(song, 0.0) + value
    return sums
