"""The lane under the notes: velocities as bars, or one controller as steps, drawn with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.pianoroll.lane_strokes import Point, Stroke, stroke_for
from app.pianoroll.painting import draw_rects
from app.pianoroll.viewport import Viewport
from app.theme import Theme, mixed
from app.translation import later, tr
from core.music.controllers import CONTROLLERS, Controller, Curve, curve_of
from core.music.song import EMPTY_NOTES, RawEvent

if TYPE_CHECKING:
    from app.pianoroll.roll import PianoRoll

VELOCITY = later("Velocity")
LANES: dict[str, Controller | None] = {VELOCITY: None, **{one.name: one for one in CONTROLLERS}}
"""What the lane can show; None is the velocity of the notes."""

LOWEST, HIGHEST, FIRST_HEIGHT = 40, 400, 96
"""The lane's height in pixels."""
MARGIN, GRIP = 6, 5
BAR_WIDTH = 4
NO_CURVE = Curve(np.empty(0, np.int64), np.empty(0, np.int64))


class Lane(QWidget):
    """``kind`` is a key of ``LANES``. What a stroke would do is shown until it is finished or cancelled."""

    heightDragged = Signal(int)

    def __init__(self, roll: PianoRoll, theme: Theme) -> None:
        super().__init__(roll)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.roll, self.theme = roll, theme
        self.view = Viewport()
        self.playhead = 0
        self.stroke: Stroke | None = None
        self._button = Qt.MouseButton.NoButton
        self._resizing: float | None = None
        self._height_before = 0
        self._notes = self._selected = EMPTY_NOTES
        self._curve = NO_CURVE
        self._curve_of: tuple[tuple[RawEvent, ...], str] = ((), "")
        self._pointer: Point | None = None
        self.set_kind(VELOCITY)
        self.setFixedHeight(FIRST_HEIGHT)

    def set_kind(self, kind: str) -> None:
        self.cancel()
        self.kind, self.controller = kind, LANES[kind]
        self.setAccessibleName(tr("Lane: {kind}", kind=tr(kind)))
        self.setToolTip(tr("Drag to draw the {kind}; with Shift a line", kind=tr(kind).lower())
                        + ("" if self.controller is None else tr("; the right button erases")))
        self.show_document()

    # -- what is shown -------------------------------------------------------------------------

    def show_document(self) -> None:
        """The current track as it is."""
        document = self.roll.document
        track = document.current_track
        self._notes, self._selected = (track.notes, document.selection.notes) if track else (EMPTY_NOTES, EMPTY_NOTES)
        if self.controller is not None:
            self._curve = self._stored_curve() if track else NO_CURVE
        self.update()

    def _stored_curve(self) -> Curve:
        """The controller's curve; it takes a while where there are many events, and is asked for often."""
        events = self.roll.document.current_track.events
        if self._curve_of[0] is not events or self._curve_of[1] != self.kind:
            self._stored = curve_of(self.roll.document.current_track, self.controller)
            self._curve_of = (events, self.kind)
        return self._stored

    def show_velocities(self, others: np.ndarray, held: np.ndarray) -> None:
        """Notes that stay as they are and notes that a stroke holds."""
        self._notes, self._selected = others, held
        self.update()

    def show_curve(self, curve: Curve) -> None:
        self._curve = curve
        self.update()

    @property
    def curve(self) -> Curve:
        """The controller's curve in the song."""
        return self._stored_curve()

    def set_playhead(self, tick: int) -> None:
        for at in (self.playhead, tick):
            self.update(QRect(int(self.view.x(at)) - 2, 0, 5, self.height()))
        self.playhead = tick

    # -- from values to pixels -------------------------------------------------------------------

    @property
    def low(self) -> int:
        return 0 if self.controller is None else self.controller.low

    @property
    def high(self) -> int:
        return 127 if self.controller is None else self.controller.high

    def y(self, value):
        """Pixels from the top to a value (a number or an array)."""
        room = self.height() - 2 * MARGIN
        return MARGIN + room * (self.high - value) / (self.high - self.low)

    def value(self, y: float) -> float:
        room = self.height() - 2 * MARGIN
        part = min(max((y - MARGIN) / max(1, room), 0.0), 1.0)
        return self.high - part * (self.high - self.low)

    # -- mouse ---------------------------------------------------------------------------------

    def _point(self, event) -> Point:
        at = event.position()
        return Point(max(0.0, self.view.tick(at.x())), self.value(at.y()), event.modifiers())

    def mousePressEvent(self, event) -> None:
        if self.stroke is not None or self.roll.document.current_track is None:
            return
        if event.position().y() < GRIP and event.button() == Qt.MouseButton.LeftButton:
            self._resizing, self._height_before = event.globalPosition().y() + self.height(), self.height()
            return
        self.roll.cancel_gesture()
        self.roll.canvas.setFocus()  # where Esc cancels
        self._button = event.button()
        self.stroke = stroke_for(self, self._point(event), event.button())

    def mouseMoveEvent(self, event) -> None:
        self._pointer = self._point(event)
        if self._resizing is not None:
            self.heightDragged.emit(round(self._resizing - event.globalPosition().y()))
        elif self.stroke is not None:
            self.roll.scroll_towards(event.position().x(), 0)
            self.stroke.moved(self._point(event))
        else:
            over = event.position().y() < GRIP
            self.setCursor(Qt.CursorShape.SizeVerCursor if over else Qt.CursorShape.CrossCursor)
            self.update()

    def mouseReleaseEvent(self, event) -> None:
        self._resizing = None
        if self.stroke is not None and event.button() == self._button:
            stroke, self.stroke = self.stroke, None
            stroke.finished()
            self.show_document()

    def leaveEvent(self, event) -> None:
        self._pointer = None
        self.update()

    def cancel(self) -> bool:
        """Roll back the stroke under way or a drag of the top edge; says whether there was one."""
        if self._resizing is not None:
            self._resizing = None
            self.heightDragged.emit(self._height_before)
            return True
        there, self.stroke = self.stroke is not None, None
        if there:
            self.show_document()
        return there

    # -- drawing -------------------------------------------------------------------------------

    def paintEvent(self, event) -> None:
        area = event.rect()
        painter = QPainter(self)
        painter.setClipRect(area)
        theme = self.theme
        painter.fillRect(area, QColor(theme.roll))
        for part in (0.25, 0.5, 0.75):
            y = round(self.y(self.low + (self.high - self.low) * part))
            painter.fillRect(QRectF(area.left(), y, area.width(), 1),
                             QColor(theme.roll_beat if part == 0.5 else theme.roll_step))
        self.roll.canvas.draw_lines(painter, area)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.controller is None:
            self._draw_velocities(painter, area)
        else:
            self._draw_curve(painter, area)
        painter.fillRect(QRectF(area.left(), 0, area.width(), 2), QColor(theme.roll_octave))
        painter.setPen(QPen(QColor(theme.playhead), 1.5))
        x = int(self.view.x(self.playhead))
        painter.drawLine(x, area.top(), x, area.bottom())
        self._draw_value(painter)

    def _colour(self) -> QColor:
        document, index = self.roll.document, self.roll.document.selection.current
        track = document.current_track
        return self.theme.track_colour(index, track.colour if track is not None else "")

    def _draw_velocities(self, painter: QPainter, area: QRect) -> None:
        colour, theme = self._colour(), self.theme
        some_selected = bool(len(self._selected))
        faded = mixed(colour, theme.roll, 0.5) if some_selected else colour
        for notes, shade in ((self._notes, faded), (self._selected, mixed(colour, theme.selected, 0.35))):
            first, last = np.searchsorted(notes["onset"], (self.view.tick(area.left() - BAR_WIDTH),
                                                           self.view.tick(area.right() + BAR_WIDTH)))
            seen = notes[first:last]
            columns = np.floor(self.view.x(seen["onset"].astype(np.float64))).astype(np.int64)
            heights = seen["velocity"].astype(np.float64)
            if len(seen) > 2 * area.width():  # more than can be told apart: of each column the loudest
                columns, which = np.unique(columns, return_inverse=True)
                loudest = np.zeros(len(columns))
                np.maximum.at(loudest, which, heights)
                heights = loudest
            tops = np.round(self.y(heights))
            bars = np.stack([columns, tops, np.full(len(columns), BAR_WIDTH - 1.0), self.y(0) - tops], axis=1)
            painter.setBrush(mixed(shade, theme.roll, 0.45))
            draw_rects(painter, bars)
            bars[:, 2], bars[:, 3] = BAR_WIDTH + 2, 3
            painter.setBrush(shade)
            draw_rects(painter, bars)

    def _draw_curve(self, painter: QPainter, area: QRect) -> None:
        """Steps, each filled to where nothing is: the bottom, or the middle of the bend."""
        curve, controller, view = self._curve, self.controller, self.view
        first = max(0, int(np.searchsorted(curve.ticks, view.tick(area.left()), side="right")) - 1)
        last = int(np.searchsorted(curve.ticks, view.tick(area.right() + 1), side="right"))
        ticks, values = curve.ticks[first:last], curve.values[first:last]
        if first == 0:  # what holds before the first step
            ticks, values = np.insert(ticks, 0, 0), np.insert(values, 0, controller.default)
        lefts = np.clip(np.floor(view.x(ticks.astype(np.float64))), area.left() - 1, area.right() + 1)
        kept = np.append(lefts[1:] != lefts[:-1], True)  # of several in one column the last
        lefts, values = lefts[kept], values[kept]
        rights = np.append(lefts[1:], area.right() + 1)
        tops, ground = np.round(self.y(values.astype(np.float64))), round(self.y(min(max(0, self.low), self.high)))
        steps = np.stack([lefts, np.minimum(tops, ground), rights - lefts, np.abs(ground - tops)], axis=1)
        painter.setBrush(mixed(self._colour(), self.theme.roll, 0.6))
        draw_rects(painter, steps)
        edges = np.stack([lefts, tops - 1, np.maximum(rights - lefts, 2), np.full(len(lefts), 2.0)], axis=1)
        painter.setBrush(self._colour())
        draw_rects(painter, edges)

    def _draw_value(self, painter: QPainter) -> None:
        """What the mouse would write, beside it."""
        if self._pointer is None:
            return
        text = f"{round(self._pointer.value)}"
        if self.controller is not None and self.controller.switch:
            text = "on" if self._pointer.value >= 64 else "off"
        x, y = self.view.x(self._pointer.tick), self.y(self._pointer.value)
        room = painter.fontMetrics().boundingRect(text).adjusted(-4, -2, 4, 2)
        box = QRectF(min(x + 12, self.width() - room.width() - 2), min(max(2, y - room.height() / 2),
                     self.height() - room.height() - 2), room.width(), room.height())
        painter.fillRect(box, QColor(self.theme.raised))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
