"""The ruler above the roll: the loop, tempo and meter, markers, bars. A click locates, a drag selects bars."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from app.document import Selection
from app.pianoroll.grid_lines import bar_stride
from app.pianoroll.loop_lane import LANE, LoopLane
from app.pianoroll.ruler_marks import BARS, RulerMarks
from app.pianoroll.viewport import Viewport
from app.theme import Theme
from app.translation import tr
from core.music.song import Marker, Song

HEIGHT = BARS + 26
DRAG_PIXELS = 4


class Ruler(QWidget):
    located = Signal(int)
    """The tick that was clicked."""
    loopDragged = Signal(object, bool)
    """The loop, as (start tick, end tick) or None, and whether it is on, at every step of a drag."""
    loopClicked = Signal()
    """The loop was clicked."""
    markerDragged = Signal(Marker, int)
    """A marker, and the tick it was dragged to."""
    opened = Signal(object)
    """A ``Marker``, or a ``Change`` of tempo or meter, was double-clicked."""
    menuAsked = Signal(object, int, QPoint)
    """The right button: what is there (as above) or None, the tick, and the point on the screen."""

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Ruler with markers, tempo and meter: drag to select bars, "
                                  "click to move the playhead, drag at the top to loop"))
        self.setToolTip(tr("Drag to select bars; click to move the playhead; drag along the top edge to loop"))
        self.setMouseTracking(True)
        self.setFixedHeight(HEIGHT)
        self.selection, self.theme = selection, theme
        self.lane = LoopLane(self.loopDragged.emit, self.loopClicked.emit)
        self.marks = RulerMarks(self.lane, self.markerDragged.emit)
        self.view = Viewport()
        self.show_song(Song())
        self.playhead = 0
        self._pressed: float | None = None
        self._bars_before: tuple[int, int] | None = None
        self._dragging = False
        selection.barsChanged.connect(self.update)

    def show_song(self, song: Song) -> None:
        self.song, self.lane.timebase = song, song.timebase
        self.marks.show_song(song)
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
        if self.marks.press(event.position()):
            return
        self._pressed, self._dragging, self._bars_before = event.position().x(), False, self.selection.bars
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.selection.bars:
            first, last = self.selection.bars
            bar = self._bar_at(self._pressed)
            self.selection.select_bars(min(first, bar), max(last, bar))
            self._dragging = True  # from the end that stays
            self._pressed = self.view.x(float(self.song.timebase.bar_start(last if bar < first else first))) + 1

    def mouseMoveEvent(self, event) -> None:
        x = event.position().x()
        if self.lane.held:
            self.lane.move(x, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        if self.marks.held:
            self.marks.move(x, bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
            self.update()
        self.setCursor(self._cursor_at(event.position()))
        if self._pressed is None:
            return
        if self._dragging or abs(x - self._pressed) > DRAG_PIXELS:
            self._dragging = True
            self.selection.select_bars(self._bar_at(self._pressed), self._bar_at(x))

    def mouseReleaseEvent(self, event) -> None:
        if self.lane.held:
            self.lane.release()
            return
        if self.marks.held:
            clicked = self.marks.release()
            self.update()
            if clicked is not None:
                self.located.emit(clicked)
            return
        if self._pressed is not None and not self._dragging:
            self.located.emit(max(0, int(self.view.tick(self._pressed))))
        self._pressed = None
        self._dragging = False

    def mouseDoubleClickEvent(self, event) -> None:
        if event.position().y() < LANE or event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        if (thing := self.marks.at(event.position())) is not None:
            self.opened.emit(thing)
            return
        bar = self._bar_at(event.position().x())
        self.selection.select_bars(bar, bar)

    def contextMenuEvent(self, event) -> None:
        at = QPointF(event.pos())
        self.menuAsked.emit(self.marks.at(at), max(0, int(self.view.tick(at.x()))), event.globalPos())

    def _cursor_at(self, at: QPointF) -> Qt.CursorShape:
        if self.lane.held or (at.y() < LANE and self._pressed is None):
            return self.lane.cursor_at(at.x())
        if self.marks.dragging:
            return Qt.CursorShape.ClosedHandCursor
        over = self._pressed is None and self.marks.at(at) is not None
        return Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor

    def cancel(self) -> bool:
        """Roll back a press or drag under way; says whether there was one."""
        if self.lane.cancel():
            return True
        if self.marks.cancel():
            self.update()
            return True
        if self._pressed is None:
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
        self.marks.draw(painter, self.theme, self.width())
        painter.setPen(QColor(self.theme.line))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        self._draw_playhead(painter)

    def _draw_selection(self, painter: QPainter) -> None:
        if self.selection.bars is None:
            return
        first, last = self.selection.bars
        start, end = (float(tick) for tick in (self.song.timebase.bar_start(first), self.song.timebase.bar_end(last)))
        box = self._box(start, end, BARS, HEIGHT)
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
            painter.drawLine(int(x), BARS + 4, int(x), HEIGHT)
            painter.setPen(QColor(theme.on_accent if lit else theme.text))
            painter.drawText(QRectF(x + 5, BARS + 2, 60, 22), Qt.AlignmentFlag.AlignVCenter, str(bar + 1))
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
                painter.drawText(QRectF(x + 4, BARS + 4, 40, 20), Qt.AlignmentFlag.AlignVCenter, f"{bar + 1}.{number}")

    def _draw_playhead(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.playhead))
        x = int(self.view.x(self.playhead)) + 0.5
        painter.drawPolygon(
            QPolygonF([QPointF(x - 6, HEIGHT - 12), QPointF(x + 6, HEIGHT - 12), QPointF(x, HEIGHT - 1)])
        )
