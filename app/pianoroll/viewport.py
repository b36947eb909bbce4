"""Which part of the song the roll shows: pure maths between ticks and x, pitches and y. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

PITCHES = 128
SLACK = 0.5
"""How far past its end the song can be scrolled, in widths of the window."""


@lru_cache(maxsize=16)
def _rows_above(shown: tuple[int, ...]) -> np.ndarray:
    """For the pitches -1 to 128, shifted by one, how many shown ones are higher, int64 (130,)."""
    there = np.zeros(130, dtype=np.int64)
    there[np.array(shown) + 1] = 1
    return there[::-1].cumsum()[::-1] - there


@dataclass(frozen=True)
class Viewport:
    """A window of ``width`` × ``height`` pixels onto the song.

    ``left``: the tick at x = 0. ``top``: pixels of the keyboard above y = 0 (pitch 127 is the topmost row).
    ``scale``: pixels a tick. ``row``: pixels a row. ``end``: the tick at which the song ends. ``shown``: the pitches
    that have a row, ascending; empty: all have.
    """

    width: int = 800
    height: int = 400
    left: float = 0.0
    top: float = 0.0
    scale: float = 0.1
    row: float = 14.0
    end: int = 1920
    shortest_scale: float = 1e-4
    longest_scale: float = 4.0
    shown: tuple[int, ...] = ()

    def x(self, tick):
        """Pixels from the left edge to ``tick`` (a number or an array)."""
        return (tick - self.left) * self.scale

    def tick(self, x):
        """The tick at ``x``, a float: snapping is the caller's."""
        return self.left + x / self.scale

    def y(self, pitch):
        """Pixels from the top edge to the upper side of the pitch's row (a number or an array). A pitch without a row
        lies on the line between those of its neighbours."""
        return self.row_of(pitch) * self.row - self.top

    def row_of(self, pitch):
        """How many rows lie above the pitch (a number or an array)."""
        if not self.shown:
            return PITCHES - 1 - pitch
        return _rows_above(self.shown)[np.asarray(pitch) + 1]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.shown) or PITCHES

    def has_row(self, pitch: np.ndarray) -> np.ndarray:
        """Which of the pitches have a row, bool."""
        return np.isin(pitch, self.shown) if self.shown else np.ones(len(pitch), dtype=bool)

    def pitch(self, y: float) -> int:
        """The pitch whose row holds ``y``, kept within the keyboard."""
        row = int(min(self.rows - 1, max(0, (y + self.top) // self.row)))
        return self.shown[-1 - row] if self.shown else PITCHES - 1 - row

    def folded(self, shown: tuple[int, ...]) -> Viewport:
        """With rows for these pitches alone, the pitch in the middle kept there as far as it goes."""
        middle = self.pitch(self.height / 2)
        return replace(self, shown=shown).with_pitches(middle, middle) if shown != self.shown else self

    @property
    def right(self) -> float:
        """The tick at the right edge."""
        return self.tick(self.width)

    @property
    def furthest_left(self) -> float:
        """The largest ``left`` that scrolling reaches."""
        return max(0.0, self.end - self.width * (1 - SLACK) / self.scale)

    @property
    def furthest_top(self) -> float:
        return max(0.0, self.rows * self.row - self.height)

    def kept(self) -> Viewport:
        """The viewport brought back to where there is something to see."""
        return replace(self, left=min(max(0.0, self.left), self.furthest_left),
                       top=min(max(0.0, self.top), self.furthest_top))

    def resized(self, width: int, height: int) -> Viewport:
        return replace(self, width=max(1, width), height=max(1, height)).kept()

    def scrolled(self, dx: float = 0.0, dy: float = 0.0) -> Viewport:
        """Moved by pixels: right and down are positive."""
        return replace(self, left=self.left + dx / self.scale, top=self.top + dy).kept()

    def zoomed(self, factor: float, x: float) -> Viewport:
        """Time ``factor`` times as wide; the tick under ``x`` stays under ``x`` unless an end of the song is met."""
        scale = min(max(self.scale * factor, self.shortest_scale), self.longest_scale)
        return replace(self, scale=scale, left=self.tick(x) - x / scale).kept()

    def zoomed_rows(self, factor: float, y: float) -> Viewport:
        """Rows ``factor`` times as high; the pitch under ``y`` stays there unless an end of the keyboard is met."""
        row = min(max(self.row * factor, 4.0), 40.0)
        return replace(self, row=row, top=(y + self.top) * row / self.row - y).kept()

    def showing(self, start: float, end: float) -> Viewport:
        """Time scaled and moved so that ticks ``start`` to ``end`` fill nine tenths of the width."""
        scale = self.width * 0.9 / max(1.0, end - start)
        scale = min(max(scale, self.shortest_scale), self.longest_scale)
        return replace(self, scale=scale, left=start - self.width * 0.05 / scale).kept()

    def with_pitches(self, low: int, high: int) -> Viewport:
        """Scrolled up or down so that the middle of ``low``..``high`` is in the middle of the window."""
        middle = (self.row_of(low) + self.row_of(high) + 1) / 2 * self.row
        return replace(self, top=middle - self.height / 2).kept()

    def revealing(self, start: float, end: float, low: int, high: int) -> Viewport:
        """The same if the box is in sight already, else scrolled, never zoomed, until its start is."""
        view = self
        if end < view.left or start > view.right or (start < view.left and end <= view.right):
            view = replace(view, left=start - view.width * 0.15 / view.scale).kept()
        if view.y(high) < 0 or view.y(low) + view.row > view.height:
            view = view.with_pitches(low, high)
        return view
