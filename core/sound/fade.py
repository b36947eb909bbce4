"""What was sounding passes over into what replaces it, so that a jump does not click."""

from __future__ import annotations

import numpy as np

from core.sound.synth import BLOCK

FADE = 4 * BLOCK
"""Samples over which it passes over: 6 ms at 44,100 Hz."""

SILENCE = 1e-5


class Fade:
    """One fade at a time, over as many blocks as it takes."""

    def __init__(self) -> None:
        self._old = np.empty((0, 2), np.float32)
        self._done = 0

    def start(self, samples: np.ndarray) -> None:
        """Let ``samples``, which would have come next, fade out under what is given to ``over``. Silence just ends."""
        samples = samples[:FADE]
        audible = len(samples) and np.abs(samples).max() > SILENCE
        self._old, self._done = samples if audible else samples[:0], 0

    def over(self, out: np.ndarray) -> None:
        """Mix the rest of the fade into the next samples, in place."""
        if self._done < len(self._old):
            old = self._old[self._done:self._done + len(out)]
            share = np.linspace(1, 0, len(self._old), dtype=np.float32)[self._done:self._done + len(out), None]
            out[:len(old)] += share * (old - out[:len(old)])
            self._done += len(old)
