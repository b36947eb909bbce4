"""The grid that drawing, dragging and quantising keep to: straight, triplet and dotted steps, and swing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from core.music.timebase import Timebase

STRAIGHT, LATEST = 0.5, 0.75
"""Where in a pair of steps the second one falls: in the middle, and as late as it makes sense."""


@dataclass(frozen=True)
class Grid:
    """Points ``step`` quarter notes apart, counted from each bar's start so that they meet every bar line.

    ``step``: None is a whole bar, 0 every tick. ``beats``: the step is the note that the meter counts.
    ``swing``: every second point falls at this part of its pair of steps (0.5: straight, 0.667: as in triplets).
    """

    step: Fraction | None
    swing: float = STRAIGHT
    beats: bool = False

    def step_in(self, timebase: Timebase, bar: int) -> Fraction:
        """The exact step in ticks, at least 1: a triplet need not be a whole number of them."""
        if self.beats:
            return Fraction(timebase.meter_of(bar).beat_ticks(timebase.ticks_per_beat))
        if self.step is None:
            return Fraction(max(1, int(timebase.bar_end(bar) - timebase.bar_start(bar))))
        return max(Fraction(1), self.step * timebase.ticks_per_beat)

    def nearest(self, ticks, timebase: Timebase) -> np.ndarray:
        """The grid point nearest to each tick (an array, int64 back); a bar's end is the next one's start."""
        ticks = np.maximum(np.asarray(ticks, dtype=np.float64), 0.0)
        bars = timebase.bar_at(ticks.astype(np.int64))
        points = np.empty(ticks.shape, dtype=np.int64)
        for step, where in self._by_step(timebase, bars):
            start, end = timebase.bar_start(bars[where]), timebase.bar_end(bars[where])
            points[where] = np.minimum(start + self._point(ticks[where] - start, step), end)
        return points

    def _by_step(self, timebase: Timebase, bars: np.ndarray):
        """(step, mask) for the steps there are: one unless they depend on the bar."""
        if self.step is not None and not self.beats:
            yield self.step_in(timebase, 0), np.ones(bars.shape, dtype=bool)
            return
        kinds, which = np.unique(bars, return_inverse=True)
        steps = [self.step_in(timebase, int(bar)) for bar in kinds]
        for step in set(steps):
            yield step, np.array([each == step for each in steps])[which.reshape(bars.shape)]

    def _point(self, within: np.ndarray, step: Fraction) -> np.ndarray:
        """The nearest point to so many ticks into a bar, in ticks into that bar."""
        if self.swing == STRAIGHT:
            count = np.floor(within * step.denominator / step.numerator + 0.5).astype(np.int64)
            return count * step.numerator // step.denominator
        pair = np.floor(within / float(2 * step)).astype(np.int64) * 2 * step.numerator
        first = pair // step.denominator
        second = np.round(pair / step.denominator + float(2 * step) * self.swing).astype(np.int64)
        third = (pair + 2 * step.numerator) // step.denominator
        choices = np.stack([first, second, third])
        return np.take_along_axis(choices, np.abs(choices - within).argmin(axis=0)[None], axis=0)[0]
