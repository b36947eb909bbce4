"""Notes onto the grid, wholly or in part, and a little off it again. Pure: notes → notes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.music.grid import STRAIGHT, Grid
from core.music.song import freeze_notes
from core.music.timebase import Timebase


@dataclass(frozen=True)
class Quantise:
    """How to quantise. ``strength``: the part of the way to the grid, 0 to 1. ``swing``: as in ``Grid``.

    ``starts`` and ``ends`` say which of them go; where only starts go, a note keeps its length.
    """

    grid: Grid
    strength: float = 1.0
    swing: float = STRAIGHT
    starts: bool = True
    ends: bool = False


def quantised(notes: np.ndarray, how: Quantise, timebase: Timebase) -> np.ndarray:
    """The notes with their starts, ends or both moved towards the grid. None is lost and none gets shorter than a tick
    by it; a note's end goes to a point after its start."""
    grid = replace(how.grid, swing=how.swing)
    onset, end = notes["onset"], notes["onset"] + notes["duration"]
    moved = _towards(onset, grid.nearest(onset, timebase), how.strength) if how.starts else onset
    if how.ends:
        target = grid.nearest(end, timebase)
        step = np.array([int(grid.step_in(timebase, int(bar))) for bar in timebase.bar_at(moved)], dtype=np.int64)
        start = grid.nearest(moved, timebase) if how.starts else moved
        target = np.where(target <= start, start + step, target)
        ends = _towards(end, target, how.strength)
    else:
        ends = end + moved - onset
    result = notes.copy()
    result["onset"] = moved
    result["duration"] = np.maximum(ends - moved, np.minimum(notes["duration"], 1))
    return freeze_notes(result)


def _towards(ticks: np.ndarray, targets: np.ndarray, part: float) -> np.ndarray:
    return ticks + np.round((targets - ticks) * part).astype(np.int64)


def humanised(notes: np.ndarray, seed: int, ticks: float, velocity: float) -> np.ndarray:
    """The notes a little early or late, louder or softer, as a player would: by normal deviations of ``ticks`` and
    ``velocity``, never by more than twice that. The same seed gives the same notes."""
    random = np.random.default_rng(seed)
    late, loud = np.clip(random.standard_normal((2, len(notes))), -2, 2)
    result = notes.copy()
    result["onset"] = np.maximum(0, notes["onset"] + np.round(late * ticks).astype(np.int64))
    result["velocity"] = np.clip(notes["velocity"] + np.round(loud * velocity).astype(np.int64), 1, 127)
    return freeze_notes(result)
