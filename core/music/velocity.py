"""Velocities drawn as a line or a curve. Pure: notes → notes."""

from __future__ import annotations

import numpy as np

from core.music.edits import with_velocity


def along_path(notes: np.ndarray, path: list[tuple[float, float]]) -> np.ndarray:
    """Velocities, int64 (n,): of the notes that start within the path of (tick, velocity) points, what the path says,
    straight between its points; of the others their own. Always 1 to 127."""
    ticks, heights = np.array(sorted(path), dtype=np.float64).T
    onset = notes["onset"]
    drawn = np.clip(np.round(np.interp(onset, ticks, heights)), 1, 127).astype(np.int64)
    inside = (onset >= ticks[0]) & (onset <= ticks[-1])
    return np.where(inside, drawn, notes["velocity"])


def ramped(notes: np.ndarray, start: float, first: float, end: float, last: float) -> np.ndarray:
    """The notes with velocities from ``first`` at tick ``start`` to ``last`` at ``end``; those outside stay."""
    return with_velocity(notes, along_path(notes, [(start, first), (end, last)]))
