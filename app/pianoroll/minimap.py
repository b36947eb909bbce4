"""The whole song in a strip below the roll: where the window stands in it. A click or a drag goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from app.pianoroll.painting import draw_layers
from app.pianoroll.viewport import PITCHES, Viewport
from app.theme import Theme
from app.translation import tr

if TYPE_CHECKING:
    from app.pianoroll.roll import PianoRoll

HEIGHT, MARGIN = 34, 3
NARROWEST_FRAME = 6
REDRAW_AFTER = 150
"""Milliseconds without another edit after which the picture of the song is drawn anew."""


class Minimap(QWidget):
    def __init__(self, roll: PianoRoll, theme: Theme) -> None:
        super().__init__(roll)
        self.setAccessibleName(tr("The whole song"))
        self.setToolTip(tr("The whole song; click or drag to go there"))
        self.setFixedHeight(HEIGHT)
        self.roll, self._theme = roll, theme
        self.view = Viewport()
        self.playhead = 0
        self._picture: QPixmap | None = None
        self._grip: float | None = None
        self._stale = QTimer(self, singleShot=True, interval=REDRAW_AFTER)
        self._stale.timeout.connect(self._forget)

    @property
    def theme(self) -> Theme:
        return self._theme

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._theme = theme
        self._forget()

    def song_changed(self) -> None:
        """The picture may wait: it must not make an edit slow."""
        self._stale.start()

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def set_playhead(self, tick: int) -> None:
        if self._x(tick) != self._x(self.playhead):
            self.update()
        self.playhead = tick

    # -- from ticks to pixels --------------------------------------------------------------------

    @property
    def _end(self) -> float:
        """The tick at the right edge."""
        return max(self.view.end, 1)

    def _x(self, tick: float) -> int:
        return int(tick * self.width() / self._end)

    def frame(self) -> QRectF:
        """What the window shows, in pixels."""
        left, right = (tick * self.width() / self._end for tick in (self.view.left, self.view.right))
        return QRectF(left, 0.5, max(NARROWEST_FRAME, min(right, self.width() - 1) - left), self.height() - 1.5)

    # -- mouse ---------------------------------------------------------------------------------

    def mousePressEvent(self, event) -> None:
        """The frame is taken hold of where it is pressed; elsewhere its middle jumps there first."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x, frame = event.position().x(), self.frame()
        self._grip = x - frame.left() if frame.left() <= x <= frame.right() else frame.width() / 2
        self._go(x)

    def mouseMoveEvent(self, event) -> None:
        if self._grip is not None:
            self._go(event.position().x())

    def mouseReleaseEvent(self, event) -> None:
        self._grip = None

    def _go(self, x: float) -> None:
        self.roll.scroll_to((x - self._grip) * self._end / max(1, self.width()))

    # -- drawing -------------------------------------------------------------------------------

    def resizeEvent(self, event) -> None:
        self._forget()

    def paintEvent(self, event) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        frame = self.frame()
        shade = QColor(self.theme.window)
        shade.setAlpha(150)
        painter.fillRect(QRectF(0, 0, frame.left(), self.height()), shade)
        painter.fillRect(QRectF(frame.right(), 0, self.width() - frame.right(), self.height()), shade)
        painter.setPen(QPen(QColor(self.theme.accent), 1))
        painter.drawRect(frame)
        painter.fillRect(QRectF(self._x(self.playhead), 0, 1.5, self.height()), QColor(self.theme.playhead))

    def _drawn(self) -> QPixmap:
        """All notes, the current track's on top, over the pitches in use."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self.theme.roll))
        used = np.unique(np.concatenate([np.zeros(0, dtype=np.uint8), *(
            track.notes["pitch"] for track in self.roll.document.song.tracks)]))
        if len(used):
            low, high = int(used[0]), int(used[-1])
            row = (self.height() - 2 * MARGIN) / max(high - low + 1, 12)
            view = Viewport(self.width(), self.height(), 0.0, (PITCHES - 1 - high) * row - MARGIN,
                            self.width() / self._end, row, int(self._end))
            painter = QPainter(picture)
            draw_layers(painter, view, self.roll.canvas.song_layers(), 0, self.width())
            painter.end()
        return picture
