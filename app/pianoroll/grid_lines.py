"""Where the lines of grid, beats and bars stand: pure maths on ticks. No Qt."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from app.pianoroll import snap
from core.music.timebase import Timebase

NARROWEST_LINES = 7
NARROWEST_STEPS = 10
"""Beat and bar lines, and steps of the grid, that are closer together than this many pixels are left out."""

STEP, BEAT, BAR = "step", "beat", "bar"

Lines = list[tuple[str, np.ndarray]]
"""(STEP, BEAT or BAR; the ticks of such lines), fine to coarse."""


class GridLines:
    """Remembers the last answer: all that lies along time asks for the same lines."""

    def __init__(self) -> None:
        self._asked: tuple = ()
        self._lines: Lines = []

    def between(self, timebase: Timebase, grid: str, scale: float, start: float, end: float) -> Lines:
        """The lines from the bar of tick ``start`` to that of ``end`` at ``scale`` pixels a tick; what would crowd is
        left out."""
        asked = (grid, scale, start, end, timebase)
        if len(self._asked) != len(asked) or self._asked[-1] is not timebase or self._asked[:-1] != asked[:-1]:
            self._asked, self._lines = asked, lines_between(*asked)
        return self._lines


def lines_between(grid: str, scale: float, start: float, end: float, timebase: Timebase) -> Lines:
    grid = snap.resolved(grid, timebase, scale)
    first, last = (int(timebase.bar_at(max(0, int(tick)))) for tick in (start, end))
    bars = np.arange(first, last + 2)
    starts = timebase.bar_start(bars)
    bar_pixels = float(np.diff(starts).min()) * scale
    lines: Lines = []
    if bar_pixels > NARROWEST_LINES * 4:
        steps, beats = [], []
        known: dict[tuple, tuple[np.ndarray, np.ndarray]] = {}
        for bar, (tick, after) in enumerate(pairwise(starts.tolist()), start=first):
            key = (timebase.meter_of(bar), after - tick)
            if key not in known:
                known[key] = _within_bar(grid, scale, timebase, bar, after - tick)
            for ticks, found in zip(known[key], (steps, beats)):
                found.append(tick + ticks)
        lines = [(kind, np.concatenate(ticks)) for kind, ticks in ((STEP, steps), (BEAT, beats))]
    return [*lines, (BAR, timebase.bar_start(bars[bars % bar_stride(bar_pixels) == 0]))]


def _within_bar(grid: str, scale: float, timebase: Timebase, bar: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """The steps and the beats of one bar, in ticks from its start; none of those that would crowd."""
    none = np.empty(0, dtype=np.int64)
    beat = timebase.meter_of(bar).beat_ticks(timebase.ticks_per_beat)
    step = snap.GRIDS[grid].step_in(timebase, bar)
    shows_steps = step * scale >= NARROWEST_STEPS and step < beat
    steps = np.arange(int(length / step) + 1) * step.numerator // step.denominator if shows_steps else none
    return steps[steps < length], np.arange(0, length, beat) if beat * scale >= NARROWEST_LINES else none


def bar_stride(bar_pixels: float, room: float = NARROWEST_LINES) -> int:
    """Every how many bars there is room for a line or a number: 1, 2, 4, 8, ..."""
    stride = 1
    while bar_pixels * stride < room:
        stride *= 2
    return stride
