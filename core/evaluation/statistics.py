"""Figures with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000


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
