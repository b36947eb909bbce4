"""Figures with their uncertainty, and whether two methods differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

RESAMPLES = 2000
FLIPS = 10_000
EXACT_SONGS = 13
"""With so many songs or fewer every way to flip the signs is tried."""


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % bootstrap interval, from ``count`` songs."""

    value: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        """With half the interval's width; a single song tells nothing of the spread."""
        if self.count == 1:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} ± {(self.high - self.low) / 2:.3f}"


def estimate(amounts: Sequence[float], sizes: Sequence[float] | None = None, seed: int = 0) -> Estimate:
    """Σ amounts / Σ sizes with its percentile interval, songs resampled; without sizes the mean of the amounts.

    One amount (and size, above 0) a song, at least one. For a paired comparison give the differences.
    """
    top = np.asarray(amounts, dtype=np.float64)
    bottom = np.ones(len(top)) if sizes is None else np.asarray(sizes, dtype=np.float64)
    picks = np.random.default_rng(seed).integers(len(top), size=(RESAMPLES, len(top)))
    low, high = np.quantile(top[picks].sum(axis=1) / bottom[picks].sum(axis=1), [0.025, 0.975])
    return Estimate(float(top.sum() / bottom.sum()), float(low), float(high), len(top))


def estimate_of(statistic: Callable[[np.ndarray], float], by_song: Sequence[Sequence[float]], seed: int = 0
                ) -> Estimate:
    """``statistic`` of all values together, say their median, with its percentile interval, songs resampled."""
    values = [np.asarray(some, dtype=np.float64) for some in by_song]
    rng = np.random.default_rng(seed)
    found = [statistic(np.concatenate([values[i] for i in rng.integers(len(values), size=len(values))]))
             for _ in range(RESAMPLES)]
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(float(statistic(np.concatenate(values))), float(low), float(high), len(values))


def sign_flip_test(differences: Sequence[float], seed: int = 0) -> float:
    """The chance of a sum at least as far from 0 if no method were better: the paired permutation test (Fisher 1935).

    One difference a song: those of its windows together. Exact up to ``EXACT_SONGS`` songs, else from random flips.
    Two-sided, 0 to 1. Songs are taken as independent, windows of one song are not.
    """
    values = np.asarray(differences, dtype=np.float64)
    observed = abs(values.sum())
    tolerance = 1e-9 * max(1.0, float(np.abs(values).sum()))
    if len(values) <= EXACT_SONGS:
        signs = np.array(list(product((1.0, -1.0), repeat=len(values)))).reshape(-1, len(values))
        return float((np.abs(signs @ values) >= observed - tolerance).mean())
    signs = np.random.default_rng(seed).choice((1.0, -1.0), size=(FLIPS, len(values)))
    return float((1 + (np.abs(signs @ values) >= observed - tolerance).sum()) / (1 + FLIPS))


def estimate_over_seeds(amounts: Sequence[Sequence[float]], sizes: Sequence[float], groups: Sequence[int],
                        seed: int = 0) -> Estimate:
    """Σ amounts / Σ sizes over several trainings, with its interval when both trainings and songs are resampled.

    ``amounts``: a row for each training's seed, a column for each window, in the order of ``sizes`` and ``groups``,
    the song of each window: windows of one song are not independent. For a paired comparison give the differences
    of trainings with the same seed. Of so few seeds the interval is a rough one.
    """
    songs, owner = np.unique(np.asarray(groups), return_inverse=True)
    top = np.zeros((len(amounts), len(songs)))
    for row, values in zip(top, amounts, strict=True):
        np.add.at(row, owner, np.asarray(values, dtype=np.float64))
    bottom = np.bincount(owner, weights=np.asarray(sizes, dtype=np.float64))
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(RESAMPLES):
        runs, some = rng.integers(len(top), size=len(top)), rng.integers(len(songs), size=len(songs))
        found.append(top[runs][:, some].mean(axis=0).sum() / bottom[some].sum())
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(float(top.mean(axis=0).sum() / bottom.sum()), float(low), float(high), len(songs))
