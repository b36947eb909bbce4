"""The strip at the top of the ruler that holds the loop: drag to draw it, its ends to change it, itself to move it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.pianoroll.viewport import Viewport
from app.theme import Theme, mixed
from core.music.timebase import Timebase

LANE = 14
"""Height in pixels."""
GRIP, DRAG_PIXELS = 6, 4

Span = tuple[int, int]
"""Start and end tick."""


class LoopLane:
    """``span`` is the loop, heard only while ``on``. ``changed`` gets both at each step of a drag, which sets it on."""

    def __init__(self, changed: Callable[[Span | None, bool], None], toggled: Callable[[], None]) -> None:
        self._changed, self._toggled = changed, toggled
        self.view, self.timebase = Viewport(), Timebase(1)
        self.span: Span | None = None
        self.on = False
        self._part: str | None = None
        self._pressed = 0.0
        self._before: Span | None = None
        self._was_on = False
        self._dragging = False

    # -- mouse ---------------------------------------------------------------------------------

    def part_at(self, x: float) -> str:
        """What a press here takes hold of: the loop's "start", "end" or "middle", or "nothing"."""
        if self.span is None:
            return "nothing"
        left, right = (self.view.x(float(tick)) for tick in self.span)
        grip = min(GRIP, (right - left) / 3)
        if abs(x - left) <= grip or left - GRIP <= x <= left:
            return "start"
        if abs(x - right) <= grip or right <= x <= right + GRIP:
            return "end"
        return "middle" if left < x < right else "nothing"

    def cursor_at(self, x: float) -> Qt.CursorShape:
        part = self._part or self.part_at(x)
        if part == "middle":
            return Qt.CursorShape.OpenHandCursor if self._part is None else Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.SizeHorCursor if part in ("start", "end") else Qt.CursorShape.ArrowCursor

    @property
    def held(self) -> bool:
        return self._part is not None

    def press(self, x: float) -> None:
        self._part, self._pressed, self._dragging = self.part_at(x), x, False
        self._before, self._was_on = self.span, self.on

    def move(self, x: float, fine: bool) -> None:
        """Drag to ``x``. The loop keeps to bars, or to beats if ``fine``."""
        if not self._dragging and abs(x - self._pressed) <= DRAG_PIXELS:
            return
        self._dragging = True
        span = self._dragged(x, fine)
        if span != self.span:
            self._changed(span, True)

    def release(self) -> None:
        """A click on the loop without a drag switches it on or off."""
        if not self._dragging and self._part == "middle":
            self._toggled()
        self._part, self._dragging = None, False

    def cancel(self) -> bool:
        """Roll back a press or drag under way; says whether there was one."""
        held, dragging = self.held, self._dragging
        self._part, self._dragging = None, False
        if dragging:
            self._changed(self._before, self._was_on)
        return held

    def _dragged(self, x: float, fine: bool) -> Span:
        if self._part == "nothing" or self._before is None:
            left, right = sorted((self._pressed, x))
            return self._line(left, fine), self._line(right, fine, back=False)
        start, end = self._before
        if self._part == "start":
            return min(self.nearest(x, fine), self._line(self.view.x(float(end)) - 1, fine)), end
        if self._part == "end":
            return start, max(self.nearest(x, fine), self._line(self.view.x(float(start)) + 1, fine, back=False))
        moved = self.nearest(self.view.x(float(start)) + x - self._pressed, fine)
        return moved, moved + end - start

    def _line(self, x: float, fine: bool, back: bool = True) -> int:
        """The bar line (or beat) before a pixel, or after it."""
        tick = max(0, int(self.view.tick(x)))
        bar = int(self.timebase.bar_at(tick))
        start, end = int(self.timebase.bar_start(bar)), int(self.timebase.bar_end(bar))
        if not fine:
            return start if back else end
        beat = self.timebase.meter_of(bar).beat_ticks(self.timebase.ticks_per_beat)
        before = start + (tick - start) // beat * beat
        return before if back else min(before + beat, end)

    def nearest(self, x: float, fine: bool) -> int:
        """The bar line (or beat) nearest to a pixel."""
        tick = self.view.tick(x)
        return min(self._line(x, fine), self._line(x, fine, back=False), key=lambda line: abs(line - tick))

    # -- drawing -------------------------------------------------------------------------------

    def draw(self, painter: QPainter, theme: Theme, width: int) -> None:
        painter.fillRect(QRectF(0, 0, width, LANE), mixed(theme.panel, theme.window, 0.7))
        if self.span is None:
            return
        left, right = (round(self.view.x(float(tick))) for tick in self.span)
        colour = QColor(theme.warning) if self.on else mixed(theme.muted, theme.panel, 0.45)
        painter.fillRect(QRectF(left, 2, right - left, LANE - 4), colour)
        for at in (left, right - 3):
            painter.fillRect(QRectF(at, 0, 3, LANE), colour)
