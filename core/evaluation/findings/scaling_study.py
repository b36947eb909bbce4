"""What is known of a scaling study: its trainings, their differences, and the law of those that differ in size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.findings.scaling_law import RESAMPLES, Law, fit
from core.evaluation.findings.settings import ON_THE_WAY, Progress
from core.evaluation.statistics import Estimate, estimate_over_seeds

FITTED_FROM = 0.5
"""Marks before so many times the study's minutes are the start of learning, which follows no law yet."""


@dataclass(frozen=True)
class Anchor:
    """The shipped model: what it has read in its long training, and ``bits`` of the windows that every mark measured.
    """

    parameters: int
    tokens: int
    bits: list[float]


@dataclass(frozen=True)
class Study:
    """``first``: the trainings with the first ``seed`` by their settings' names. ``more``: those with the seeds after
    it, in order. ``sizes``, ``shares``: the names of the settings that differ in size and in the songs that are drawn;
    ``base``: what all are compared with. ``collections``: the collection of each held-out window. ``missing``: the
    settings that have not been trained. ``anchor``: a model that was trained for long."""

    minutes: float
    seed: int
    precision: str
    first: Mapping[str, Progress]
    more: Mapping[str, Sequence[Progress]]
    sizes: Sequence[str]
    shares: Sequence[str]
    base: str
    collections: Sequence[str]
    missing: Sequence[str] = ()
    anchor: Anchor | None = None


def difference(study: Study, name: str, minutes: float | None = None) -> Estimate | None:
    """How many more bits per note a setting needs than the base after so many minutes (the study's), with the first
    seed, paired by window; None while it has not come so far."""
    return paired([study.first[name]], [study.first[study.base]], minutes or study.minutes)


def at_equal_tokens(study: Study, name: str) -> float:
    """The same difference were the base measured after as many tokens: its own curve, a line over their logarithm
    between its last mark before the study's minutes and that one, says what they are worth."""
    base = study.first[study.base]
    now = base.at(study.minutes)
    before = base.marks[base.marks.index(now) - 1]
    slope = (base.bits_per_note(now) - base.bits_per_note(before)) / np.log(now.tokens / before.tokens)
    gap = difference(study, name)
    return gap.value - slope * float(np.log(study.first[name].at(study.minutes).tokens / now.tokens))


def paired(ones: Sequence[Progress], others: Sequence[Progress], minutes: float) -> Estimate | None:
    """The same for several seeds."""
    marks = [(one.at(minutes), other.at(minutes)) for one, other in zip(ones, others, strict=True)]
    if not all(first and second for first, second in marks):
        return None
    whole = all(len(mark.bits) == len(ones[0].notes) for pair in marks for mark in pair)
    some = slice(None) if whole else slice(None, None, ON_THE_WAY)
    gaps = [[a - b for a, b in zip(first.bits if whole else one.everywhere(first),
                                   second.bits if whole else other.everywhere(second), strict=True)]
            for one, other, (first, second) in zip(ones, others, marks)]
    return estimate_over_seeds(gaps, ones[0].notes[some], ones[0].songs[some])


def law_of(study: Study, picks: np.ndarray | None = None) -> Law:
    """The law of the trainings that differ in size; of ``picks`` among the windows that every mark measured."""
    notes = np.asarray(study.first[study.base].notes[::ON_THE_WAY], dtype=np.float64)
    chosen = slice(None) if picks is None else picks
    measured = [(study.first[name].parameters, mark.tokens, study.first[name].everywhere(mark))
                for name in study.sizes for mark in study.first[name].marks
                if mark.minutes >= FITTED_FROM * study.minutes]
    if study.anchor is not None:
        measured.append((study.anchor.parameters, study.anchor.tokens, study.anchor.bits))
    return fit(*zip(*((size / 1e6, tokens / 1e6, np.asarray(bits)[chosen].sum() / notes[chosen].sum())
                      for size, tokens, bits in measured)))


def predicted(study: Study, law: Law, name: str, minutes: float) -> float:
    """Bits per note of one of the sizes after so many minutes, if it goes on to read as fast as in the study."""
    progress = study.first[name]
    last = progress.marks[-1]
    return law.bits(progress.parameters / 1e6, last.tokens / last.minutes * minutes / 1e6)


def hours_to_anchor(study: Study, law: Law, name: str) -> float:
    """Hours of one core after which one of the sizes, from scratch, is as good as the shipped model."""
    progress = study.first[name]
    last = progress.marks[-1]
    bits = sum(study.anchor.bits) / sum(progress.notes[::ON_THE_WAY])
    return law.tokens_to(progress.parameters / 1e6, bits) * 1e6 / (last.tokens / last.minutes) / 60


def spread(study: Study, minutes: float) -> dict[str, tuple[float, float]]:
    """The middle 95 % of what is predicted for each size, held-out windows resampled."""
    count = len(study.first[study.base].notes[::ON_THE_WAY])
    rng = np.random.default_rng(0)
    found = {name: [] for name in study.sizes}
    for _ in range(RESAMPLES):
        law = law_of(study, rng.integers(count, size=count))
        for name in study.sizes:
            found[name].append(predicted(study, law, name, minutes))
    return {name: tuple(np.quantile(values, [0.025, 0.975])) for name, values in found.items()}
