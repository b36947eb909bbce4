"""A law of how bits per note fall with a model's size and what it has read, and what it says of longer trainings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

EXPONENTS = np.geomspace(0.08, 1.2, 24)
"""Tried for size and for tokens, each with each."""
RESAMPLES = 200


@dataclass(frozen=True)
class Law:
    """Bits per note = ``floor`` + ``of_size`` · N ** -``size_power`` + ``of_tokens`` · D ** -``tokens_power`` for N
    million parameters and D million tokens (Hoffmann et al. 2022). ``error``: the root mean square of what it misses,
    relative to the bits.
    """

    floor: float
    of_size: float
    size_power: float
    of_tokens: float
    tokens_power: float
    error: float

    def bits(self, size: float, tokens: float) -> float:
        return (self.floor + self.of_size * size ** -self.size_power + self.of_tokens * tokens ** -self.tokens_power)

    def tokens_to(self, size: float, bits: float) -> float:
        """Million tokens after which a model reaches so few bits; infinite for one that never does."""
        left = bits - self.floor - self.of_size * size ** -self.size_power
        if left <= 0:
            return float("inf")
        return (self.of_tokens / left) ** (1 / self.tokens_power)


def fit(sizes: Sequence[float], tokens: Sequence[float], bits: Sequence[float]) -> Law:
    """The law with the least squared error relative to the bits, no part of it below zero. ``sizes``, ``tokens``: in
    millions."""
    n, d, wanted = (np.asarray(values, dtype=np.float64) for values in (sizes, tokens, bits))
    best: Law | None = None
    for size_power in EXPONENTS:
        for tokens_power in EXPONENTS:
            columns = np.stack([np.ones(len(n)), n ** -size_power, d ** -tokens_power], axis=1)
            amounts = _not_below_zero(columns / wanted[:, None], np.ones(len(n)))
            error = float(np.sqrt(np.mean((columns @ amounts / wanted - 1) ** 2)))
            if best is None or error < best.error:
                best = Law(amounts[0], amounts[1], float(size_power), amounts[2], float(tokens_power), error)
    return best


def _not_below_zero(columns: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Least squares; a part that would be negative is left out and the rest fitted again."""
    used = np.ones(columns.shape[1], dtype=bool)
    while True:
        amounts = np.zeros(columns.shape[1])
        amounts[used] = np.linalg.lstsq(columns[:, used], wanted, rcond=None)[0]
        if (amounts >= 0).all():
            return amounts
        used &= amounts > 0
