"""The grid that drawing and dragging keep to. Pure maths on ticks. No Qt."""

from __future__ import annotations

from fractions import Fraction

from core.music.timebase import Timebase

GRIDS: dict[str, Fraction | None] = {
    "Bar": None,
    "1/2": Fraction(2),
    "1/4": Fraction(1),
    "1/8": Fraction(1, 2),
    "1/8 triplet": Fraction(1, 3),
    "1/16": Fraction(1, 4),
    "1/16 triplet": Fraction(1, 6),
    "1/32": Fraction(1, 8),
    "Off": Fraction(0),
}
"""Each grid's step in quarter notes; None is a whole bar and 0 is every tick."""

DEFAULT_GRID = "1/16"


def _step(grid: str, timebase: Timebase, bar: int) -> Fraction:
    """The grid's exact step in ticks: a triplet need not be a whole number of them."""
    step = GRIDS[grid]
    if step is None:
        return Fraction(int(timebase.bar_end(bar) - timebase.bar_start(bar)))
    return max(Fraction(1), step * timebase.ticks_per_beat)


def step_ticks(grid: str, timebase: Timebase, tick: float = 0) -> int:
    """The grid's step in ticks, at least 1; ``tick`` matters where a bar is the step."""
    return int(_step(grid, timebase, int(timebase.bar_at(int(max(0, tick))))))


def snapped(tick: float, grid: str, timebase: Timebase, down: bool = False) -> int:
    """The grid point nearest to ``tick`` (or at or before it, with ``down``), never before the song.

    Steps are counted from each bar's start, so that the grid meets every bar line.
    """
    tick = max(0.0, tick)
    bar = int(timebase.bar_at(int(tick)))
    start, end = int(timebase.bar_start(bar)), int(timebase.bar_end(bar))
    step = _step(grid, timebase, bar)
    steps = int((tick - start) / step + (0 if down else 0.5))
    return min(start + int(steps * step), end)
