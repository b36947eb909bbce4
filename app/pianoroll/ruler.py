"""The ruler above the roll: the loop, tempo and meter changes, bars and beats. A click locates, a drag selects bars."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from app.document import Selection
from app.pianoroll.canvas import bar_stride
from app.pianoroll.loop_lane import LANE, LoopLane
from app.pianoroll.viewport import Viewport
from app.theme import Theme
from core.music.song import Song

HEIGHT = LANE + 46
DRAG_PIXELS = 4
WIDEST_WORD = 200
"""A tempo that begins this many pixels to the left can still be read in part."""


class Ruler(QWidget):
    located = Signal(int)
    """The tick that was clicked."""
    loopDragged = Signal(object, bool)
    """The loop, as (start tick, end tick) or None, and whether it is on, at every step of a drag."""
    loopClicked = Signal()
    """The loop was clicked."""

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Ruler: drag to select bars, click to move the playhead, drag at the top to loop")
        self.setToolTip("Drag to select bars; click to move the playhead; drag along the top edge to loop")
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT)
        self.selection, self.theme = selection, theme
        self.lane = LoopLane(self.loopDragged.emit, self.loopClicked.emit)
        self.view = Viewport()
        self.show_song(Song())
        self.playhead = 0
        self._pressed: float | None = None
        self._bars_before: tuple[int, int] | None = None
        self._dragging = False
        selection.barsChanged.connect(self.update)

    def show_song(self, song: Song) -> None:
        self.song, self.lane.timebase = song, song.timebase
        self._change_ticks, self._change_words = _changes(song)
        self.update()

    def show_loop(self, span: tuple[int, int] | None, on: bool) -> None:
        self.lane.span, self.lane.on = span, on
        self.update()

    @property
    def view(self) -> Viewport:
        return self.lane.view

    @view.setter
    def view(self, view: Viewport) -> None:
        self.lane.view = view

    # -- mouse ---------------------------------------------------------------------------------

    def _bar_at(self, x: float) -> int:
        return int(self.song.timebase.bar_at(max(0, int(self.view.tick(x)))))

    def mousePressEvent(self, event) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.position().y() < LANE:
            self.lane.press(event.position().x())
            return
        self._pressed, self._dragging, self._bars_before = event.position().x(), False, self.selection.bars
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.selection.bars:
            first, last = self.selection.bars
            bar = self._bar_at(self._pressed)
            self.selection.select_bars(min(first, bar), max(last, bar))
            self._pressed = None

    def mouseMoveEvent(self, event) -> None:
        x = event.position().x()
        if self.lane.held:
            self.lane.move(x, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        over_lane = self.lane.held or (event.position().y() < LANE and self._pressed is None)
        self.setCursor(self.lane.cursor_at(x) if over_lane else Qt.CursorShape.ArrowCursor)
        if self._pressed is None:
            return
        if self._dragging or abs(x - self._pressed) > DRAG_PIXELS:
            self._dragging = True
            self.selection.select_bars(self._bar_at(self._pressed), self._bar_at(x))

    def mouseReleaseEvent(self, event) -> None:
        if self.lane.held:
            self.lane.release()
            return
        if self._pressed is not None and not self._dragging:
            self.located.emit(max(0, int(self.view.tick(self._pressed))))
        self._pressed = None
        self._dragging = False

    def mouseDoubleClickEvent(self, event) -> None:
        if event.position().y() < LANE:
            return
        bar = self._bar_at(event.position().x())
        self.selection.select_bars(bar, bar)

    def cancel(self) -> bool:
        """Roll back a drag under way; says whether there was one."""
        if self.lane.cancel():
            return True
        if not self._dragging:
            return False
        self._pressed, self._dragging = None, False
        if self._bars_before is None:
            self.selection.clear_bars()
        else:
            self.selection.select_bars(*self._bars_before)
        return True

    # -- drawing -------------------------------------------------------------------------------

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        self.lane.draw(painter, self.theme, self.width())
        self._draw_selection(painter)
        self._draw_bars(painter)
        self._draw_changes(painter)
        painter.setPen(QColor(self.theme.line))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        self._draw_playhead(painter)

    def _draw_selection(self, painter: QPainter) -> None:
        if self.selection.bars is None:
            return
        first, last = self.selection.bars
        box = self._box(float(self.song.timebase.bar_start(first)), float(self.song.timebase.bar_end(last)), LANE + 20,
                        HEIGHT)
        painter.fillRect(box, QColor(self.theme.accent))

    def _box(self, start: float, end: float, top: int, bottom: int) -> QRectF:
        left, right = round(self.view.x(start)), round(self.view.x(end))
        return QRectF(left, top, right - left, bottom - top)

    def _draw_bars(self, painter: QPainter) -> None:
        view, timebase, theme = self.view, self.song.timebase, self.theme
        first, last = self._bar_at(0), self._bar_at(self.width()) + 1
        bars = np.arange(first, last + 1)
        starts = view.x(timebase.bar_start(bars).astype(float))
        pixels = float(np.diff(starts).min()) if len(starts) > 1 else self.width()
        stride = bar_stride(pixels, 44)
        marked = self.selection.bars or (1, 0)
        for bar, x in zip(bars, starts, strict=True):
            if bar % stride:
                continue
            lit = marked[0] <= bar <= marked[1]
            painter.setPen(QColor(theme.on_accent if lit else theme.roll_bar))
            painter.drawLine(int(x), LANE + 24, int(x), HEIGHT)
            painter.setPen(QColor(theme.on_accent if lit else theme.text))
            painter.drawText(QRectF(x + 5, LANE + 22, 60, 22), Qt.AlignmentFlag.AlignVCenter, str(bar + 1))
            if stride == 1:
                self._draw_beats(painter, int(bar), lit)

    def _draw_beats(self, painter: QPainter, bar: int, lit: bool) -> None:
        timebase, theme = self.song.timebase, self.theme
        beat = timebase.meter_of(bar).beat_ticks(timebase.ticks_per_beat)
        if beat * self.view.scale < 10:
            return
        named = beat * self.view.scale >= 60
        start, end = int(timebase.bar_start(bar)), int(timebase.bar_end(bar))
        for number, tick in enumerate(range(start + beat, end, beat), start=2):
            x = int(self.view.x(tick))
            painter.setPen(QColor(theme.on_accent if lit else theme.roll_bar))
            painter.drawLine(x, HEIGHT - 7, x, HEIGHT)
            if named:
                painter.setPen(QColor(theme.on_accent if lit else theme.muted))
                painter.drawText(QRectF(x + 4, LANE + 24, 40, 20), Qt.AlignmentFlag.AlignVCenter, f"{bar + 1}.{number}")

    def _draw_changes(self, painter: QPainter) -> None:
        """Tempo and meter where they change, in the strip above the bars; what would overlap is left out."""
        painter.setPen(QColor(self.theme.muted))
        free_from = -1e9
        first = bisect_left(self._change_ticks, self.view.tick(-WIDEST_WORD))
        for index in range(first, bisect_right(self._change_ticks, self.view.right)):
            x, word = self.view.x(self._change_ticks[index]), self._change_words[index]
            if x < free_from:
                continue
            painter.drawText(QRectF(x + 5, LANE + 1, 300, 18), Qt.AlignmentFlag.AlignVCenter, word)
            free_from = x + painter.fontMetrics().horizontalAdvance(word) + 14

    def _draw_playhead(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.playhead))
        x = int(self.view.x(self.playhead)) + 0.5
        painter.drawPolygon(
            QPolygonF([QPointF(x - 6, HEIGHT - 12), QPointF(x + 6, HEIGHT - 12), QPointF(x, HEIGHT - 1)])
        )


def _changes(song: Song) -> tuple[list[int], list[str]]:
    """The ticks at which tempo or meter change, ascending, and what is to be read there."""
    marks = [(meter.tick, 0, f"{meter.numerator}/{meter.denominator}") for meter in song.meters]
    marks += [(tempo.tick, 1, f"♩ = {tempo.beats_per_minute:.4g}") for tempo in song.tempos]
    words: dict[int, str] = {}
    for tick, _, word in sorted(marks):
        words[tick] = f"{words[tick]}   {word}" if tick in words else word
    return list(words), list(words.values())
