"""The grids that can be chosen for drawing and dragging. Pure maths on ticks. No Qt."""

from __future__ import annotations

from fractions import Fraction

from core.music.grid import Grid
from core.music.timebase import Timebase

ZOOM, OFF = "As zoom", "Off"

GRIDS: dict[str, Grid] = {
    ZOOM: Grid(Fraction(1, 4)),
    "Bar": Grid(None),
    "Beat": Grid(Fraction(1), beats=True),
    **{f"1/{part}{kind}": Grid(Fraction(4, part) * factor)
       for part, kinds in ((2, (" dotted", "", " triplet")), (4, (" dotted", "", " triplet")),
                           (8, (" dotted", "", " triplet")), (16, (" dotted", "", " triplet")),
                           (32, ("", " triplet")), (64, ("",)))
       for kind, factor in ((" dotted", Fraction(3, 2)), ("", 1), (" triplet", Fraction(2, 3))) if kind in kinds},
    OFF: Grid(Fraction(0)),
}
"""``ZOOM`` stands for one of the others: ask ``resolved`` which."""

DEFAULT_GRID = "1/16"

ZOOM_STEPS = ("1/64", "1/32", "1/16", "1/8", "Beat", "Bar")
ZOOM_PIXELS = 14
"""A grid as the zoom has it is the finest whose steps are at least so wide."""


def resolved(grid: str, timebase: Timebase, scale: float) -> str:
    """The grid itself, or for ``ZOOM`` the one that suits ``scale`` pixels a tick."""
    if grid != ZOOM:
        return grid
    wide = (name for name in ZOOM_STEPS if step_ticks(name, timebase) * scale >= ZOOM_PIXELS)
    return next(wide, "Bar")


def step_ticks(grid: str, timebase: Timebase, tick: float = 0) -> int:
    """The grid's step in ticks, at least 1; ``tick`` matters where a bar or a beat is the step."""
    return int(GRIDS[grid].step_in(timebase, int(timebase.bar_at(int(max(0, tick))))))


def snapped(tick: float, grid: str, timebase: Timebase, down: bool = False) -> int:
    """The grid point nearest to ``tick`` (or at or before it, with ``down``), never before the song."""
    tick = max(0.0, tick)
    bar = int(timebase.bar_at(int(tick)))
    start, end = int(timebase.bar_start(bar)), int(timebase.bar_end(bar))
    step = GRIDS[grid].step_in(timebase, bar)
    steps = int((tick - start) / step + (0 if down else 0.5))
    return min(start + int(steps * step), end)
