"""In the status bar: what the pitch under the mouse is called, which of drums is the drum."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from app.pianoroll.keyboard import Keyboard, pitch_words
from app.translation import tr


class PitchLabel(QLabel):
    def __init__(self, keyboard: Keyboard) -> None:
        super().__init__(accessibleName=tr("Pitch under the mouse"))
        self._keyboard = keyboard
        keyboard.hoveredChanged.connect(self._show)

    def _show(self, pitch: int | None) -> None:
        self.setText("" if pitch is None else pitch_words(pitch, self._keyboard.drums))
