"""The strip above the notes that names the chords they make. A click goes there."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from app.pianoroll.viewport import Viewport
from app.theme import Theme
from app.translation import tr
from core.music.chords import Chord, chords_of
from core.music.song import Song
from core.music.theory import PITCH_CLASSES, Spelling

HEIGHT = 20
CHUNK = 32
"""Bars whose chords are found at a time, when they come in sight."""
NARROWEST_BAR = 16
"""Bars that are narrower than this many pixels have no room for names."""


class ChordStrip(QWidget):
    located = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Chords"))
        self.setToolTip(tr("The chords that the notes make"))
        self.setFixedHeight(HEIGHT)
        self.theme = theme
        self.view = Viewport()
        self.song = Song()
        self.spelling: Spelling = PITCH_CLASSES
        self._found: dict[int, list[Chord]] = {}
        self._found_in: tuple = ()

    def show_song(self, song: Song) -> None:
        """What was found holds as long as the pitched notes and the bars are the same."""
        made_of = (song.timebase, *(track.notes for track in song.tracks if not track.is_drum))
        same = len(made_of) == len(self._found_in) and made_of[0] == self._found_in[0] and all(
            new is old for new, old in zip(made_of[1:], self._found_in[1:]))
        if not same:
            self._found, self._found_in = {}, made_of
        self.song = song
        self.update()

    def chords_between(self, first: int, last: int) -> list[Chord]:
        """The chords of bars ``first`` to before ``last``, and of some before and after."""
        found: list[Chord] = []
        for chunk in range(first // CHUNK, (last - 1) // CHUNK + 1):
            if chunk not in self._found:
                self._found[chunk] = chords_of(self.song, chunk * CHUNK, (chunk + 1) * CHUNK)
            for chord in self._found[chunk]:
                if found and found[-1].end == chord.start and found[-1].name == chord.name:
                    found[-1] = Chord(found[-1].start, chord.end, chord.root, chord.quality, chord.bass)
                else:
                    found.append(chord)
        return found

    def mousePressEvent(self, event) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.located.emit(max(0, int(self.view.tick(event.position().x()))))

    def paintEvent(self, event) -> None:
        painter, theme, view = QPainter(self), self.theme, self.view
        painter.fillRect(self.rect(), QColor(theme.panel))
        painter.setPen(QColor(theme.line))
        painter.drawLine(0, HEIGHT - 1, self.width(), HEIGHT - 1)
        base, metrics = self.song.timebase, painter.fontMetrics()
        first, last = (int(base.bar_at(max(0, int(tick)))) for tick in (view.left, view.right))
        last = min(last + 1, self.song.bar_count)
        if last <= first or (view.right - view.left) * view.scale / (last - first + 1) < NARROWEST_BAR:
            return
        for chord in self.chords_between(first, last):
            left, right = view.x(chord.start), view.x(chord.end)
            if right <= 0 or left >= self.width():
                continue
            painter.fillRect(QRectF(round(left), 3, 2, HEIGHT - 7), QColor(theme.roll_bar))
            room = QRectF(max(left, 0) + 6, 0, right - max(left, 0) - 6, HEIGHT - 1)
            fits = (name for name in (chord.spelt(self.spelling), chord.above(self.spelling))
                    if metrics.horizontalAdvance(name) <= room.width())
            painter.setPen(QColor(theme.text))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, next(fits, ""))
