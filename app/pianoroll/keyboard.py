"""The keyboard at the roll's left: which row is which note. A key sounds as long as it is held."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from app.pianoroll.canvas import BLACK_KEYS
from app.pianoroll.viewport import Viewport
from app.theme import Theme
from app.tracks.instruments import drum_name
from app.translation import tr
from core.music.theory import PITCH_CLASSES, Spelling, note_name

WIDTH, DRUM_WIDTH = 72, 136
"""Drums are known by their names, which need more room than those of notes."""


class Keyboard(QWidget):
    pitchPressed = Signal(int)
    pitchReleased = Signal(int)
    """A key that was pressed is let go, also because the mouse goes on to another."""
    hoveredChanged = Signal(object)
    """The pitch that the mouse is over, here or in the roll; None for none."""
    pitchClicked = Signal(int)
    """A key was pressed with the mouse and the button let go over it or another."""
    pitchChosen = Signal(int, bool)
    """The notes of this pitch are to be selected; True: in addition."""
    choiceBegan = Signal()
    choiceCancelled = Signal()
    """What was selected when the choice began is to be selected again."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Keyboard"))
        self.setFixedWidth(WIDTH)
        self.theme = theme
        self.view = Viewport()
        self.drums = False
        self.spelling: Spelling = PITCH_CLASSES
        self.setMouseTracking(True)
        self.hovered: int | None = None
        self._pressed: int | None = None
        self._sounding: int | None = None
        self._choosing = False

    def set_hovered(self, pitch: int | None) -> None:
        if pitch != self.hovered:
            self.hovered = pitch
            self.hoveredChanged.emit(pitch)
            self.update()

    def show_drums(self, drums: bool) -> None:
        """Show the names of General MIDI's drum map, or keys."""
        if drums != self.drums:
            self.drums = drums
            self.setFixedWidth(DRUM_WIDTH if drums else WIDTH)
            self.update()

    def mousePressEvent(self, event) -> None:
        self._sound(event)

    def mouseMoveEvent(self, event) -> None:
        self.set_hovered(self.view.pitch(event.position().y()))
        self._sound(event)

    def mouseReleaseEvent(self, event) -> None:
        pitch, self._choosing = self._sounding, False
        self.cancel()
        if pitch is not None:
            self.pitchClicked.emit(pitch)

    def cancel(self) -> bool:
        """Let go of the key that is held, as if it had not been clicked; says whether there was one."""
        held, choosing = self._pressed is not None, self._choosing
        self._let_go()
        self.update()
        if choosing:
            self.choiceCancelled.emit()
        return held

    def _let_go(self) -> None:
        if self._sounding is not None:
            self.pitchReleased.emit(self._sounding)
        self._pressed = self._sounding = None
        self._choosing = False

    def leaveEvent(self, event) -> None:
        self.set_hovered(None)

    def _sound(self, event) -> None:
        pitch = self.view.pitch(event.position().y())
        if event.type() == QEvent.Type.MouseMove and self._pressed is None:
            return
        if event.buttons() & Qt.MouseButton.LeftButton and pitch != self._pressed:
            held, dragging, choosing = event.modifiers(), self._pressed is not None, self._choosing
            self._let_go()
            self._pressed, self._choosing = pitch, choosing
            if held & Qt.KeyboardModifier.ControlModifier:
                if not choosing:
                    self._choosing = True
                    self.choiceBegan.emit()
                self.pitchChosen.emit(pitch, dragging or bool(held & Qt.KeyboardModifier.ShiftModifier))
            else:
                self._sounding = pitch
                self.pitchPressed.emit(pitch)
            self.update()

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.window))
        view = self.view
        font = painter.font()
        font.setPixelSize(max(8, min(11, int(view.row - 3))))
        painter.setFont(font)
        for pitch in range(view.pitch(self.height()), view.pitch(0) + 1):
            top, bottom = round(view.y(pitch)), round(view.y(pitch - 1))
            if bottom == top:
                continue
            key = QRectF(0, top, self.width() - 1, bottom - top)
            if self.drums:
                self._draw_drum(painter, key, pitch)
            else:
                self._draw_key(painter, key, pitch)

    def _draw_key(self, painter: QPainter, key: QRectF, pitch: int) -> None:
        theme, black = self.theme, pitch % 12 in BLACK_KEYS
        painter.fillRect(key, QColor(theme.white_key))
        if black:
            painter.fillRect(QRectF(0, key.top(), key.width() * 0.6, key.height()), QColor(theme.black_key))
        if pitch in (self._pressed, self.hovered):
            painter.fillRect(key, QColor(theme.accent))
        painter.setPen(QColor(theme.key_text if pitch % 12 in (0, 5) else theme.roll_beat))
        if pitch % 12 in (0, 5):
            painter.drawLine(key.bottomLeft(), key.bottomRight())
        lit = pitch in (self._pressed, self.hovered)
        if pitch % 12 == 0 or lit or (self.view.row >= 11 and (self.view.shown or not black)):
            painter.setPen(QColor(theme.on_accent if lit else theme.key_text))
            painter.drawText(key.adjusted(0, 0, -5, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                             note_name(pitch, self.spelling))

    def _draw_drum(self, painter: QPainter, key: QRectF, pitch: int) -> None:
        theme, lit = self.theme, pitch in (self._pressed, self.hovered)
        painter.fillRect(key, QColor(theme.accent if lit else theme.panel))
        painter.setPen(QColor(theme.line))
        painter.drawLine(key.bottomLeft(), key.bottomRight())
        if self.view.row >= 9:
            painter.setPen(QColor(theme.on_accent if lit else theme.muted))
            name = drum_name(pitch) or note_name(pitch)
            name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(key.width()) - 6)
            painter.drawText(key.adjusted(4, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, name)


def pitch_words(pitch: int, drums: bool) -> str:
    """What a pitch is called: ``C4``, or ``Acoustic Snare · D2`` on a drum track."""
    name = drum_name(pitch) if drums else ""
    return f"{name} · {note_name(pitch)}" if name else note_name(pitch)
