"""A small picture of a take: one lane a track, in the track's colour, filling while the notes are written."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.assistant.drafts import Draft
from app.theme import ThemeKeeper, mixed
from app.translation import tr

LANE_HEIGHT = 30
LOWEST, TALLEST = 44, 120
SMALLEST_SPAN = 11
"""A lane shows at least an octave of semitones, so that one repeated note is a thin line and not a block."""


class TakePicture(QWidget):
    def __init__(self, draft: Draft, themes: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._themes = themes
        self._tracks = sorted({track for _, track in draft.request.cells})
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("The notes of the take"))
        themes.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, min(TALLEST, max(LOWEST, LANE_HEIGHT * len(self._tracks))))

    def paintEvent(self, event) -> None:
        theme, song = self._themes.theme, self._draft.request.song
        bars = sorted({bar for bar, _ in self._draft.request.cells})
        start, end = int(song.timebase.bar_start(bars[0])), int(song.timebase.bar_end(bars[-1]))
        scale = self.width() / (end - start)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.roll))
        lane_height = self.height() / len(self._tracks)
        self._paint_waiting(painter, start, scale, lane_height)
        painter.setPen(QColor(theme.roll_bar))
        for bar in range(bars[0] + 1, bars[-1] + 1):
            x = (int(song.timebase.bar_start(bar)) - start) * scale
            painter.drawLine(round(x), 0, round(x), self.height())
        painter.setPen(QColor(theme.roll_beat))
        for lane in range(1, len(self._tracks)):
            painter.drawLine(0, round(lane * lane_height), self.width(), round(lane * lane_height))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for lane, track in enumerate(self._tracks):
            self._paint_notes(painter, track, start, scale, lane * lane_height, lane_height)

    def _paint_waiting(self, painter: QPainter, start: int, scale: float, lane_height: float) -> None:
        """Cells that are still to be written are shaded."""
        if self._draft.take:
            return
        theme, timebase = self._themes.theme, self._draft.request.song.timebase
        shade = mixed(theme.roll, theme.accent, 0.16)
        for bar, track in self._draft.request.cells - set(self._draft.written):
            left = (int(timebase.bar_start(bar)) - start) * scale
            right = (int(timebase.bar_end(bar)) - start) * scale
            painter.fillRect(QRectF(left, self._tracks.index(track) * lane_height, right - left, lane_height), shade)

    def _paint_notes(self, painter: QPainter, track: int, start: int, scale: float, top: float, height: float) -> None:
        notes = self._draft.notes.get(track)
        if notes is None or not len(notes):
            return
        low, high = int(notes["pitch"].min()), int(notes["pitch"].max())
        spare = max(0, SMALLEST_SPAN - (high - low))
        low, high = low - spare // 2, high + spare - spare // 2
        inset = min(3.0, height / 8)
        row = (height - 2 * inset) / (high - low + 1)
        thickness = max(2.0, row - 0.5)
        painter.setBrush(self._themes.theme.track_colour(track, self._draft.request.song.tracks[track].colour))
        for onset, duration, pitch, _ in notes.tolist():
            y = top + inset + (high - pitch) * row + (row - thickness) / 2
            width = max(2.0, duration * scale - 1.0)
            painter.drawRoundedRect(QRectF((onset - start) * scale, y, width, thickness), 1.0, 1.0)
