"""Tempo and meter: what holds from the playhead's bar on, shown in a small dialog and changed as one step."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from app.pianoroll.roll import PianoRoll
from core.music.edits import set_meter, set_tempo
from core.music.timebase import Meter, Tempo

SLOWEST, FASTEST = 10.0, 500.0
"""Quarter notes a minute."""
MOST_BEATS = 64
NOTE_VALUES = (1, 2, 4, 8, 16, 32, 64)


class TimingActions(QObject):
    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll, self.document = roll, roll.document

    def change(self) -> None:
        """Ask for the tempo and meter from the playhead's bar on. What is left as it was is not written anew."""
        song = self.document.song
        timebase = song.timebase
        bar = int(timebase.bar_at(self.roll.canvas.playhead))
        start = int(timebase.bar_start(bar))
        tempo, meter = timebase.tempo_at(start), timebase.meter_of(bar)
        dialog = TimingDialog(bar, tempo, meter, self.roll.window())
        if not dialog.exec():
            return
        if dialog.microseconds != tempo.microseconds_per_beat:
            song = set_tempo(song, Tempo(start, dialog.microseconds))
        if dialog.counted != (meter.numerator, meter.denominator):
            song = set_meter(song, Meter(start, *dialog.counted))
        self.document.replace_song(song, "Change tempo and meter")


class TimingDialog(QDialog):
    """What is to hold from ``bar`` (counted from 0) on."""

    def __init__(self, bar: int, tempo: Tempo, meter: Meter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Tempo and Meter")
        self._shown = tempo
        where = "the first bar" if bar == 0 else f"bar {bar + 1}"
        self.tempo = QDoubleSpinBox(minimum=SLOWEST, maximum=FASTEST, decimals=2, value=tempo.beats_per_minute,
                                    accessibleName="Quarter notes a minute")
        self.beats = QSpinBox(minimum=1, maximum=MOST_BEATS, value=meter.numerator, accessibleName="Beats a bar")
        for box in (self.tempo, self.beats):
            box.lineEdit().setTextMargins(5, 0, 0, 0)
        self.note_value = QComboBox(accessibleName="Note value of a beat")
        self.note_value.addItems([str(value) for value in NOTE_VALUES])
        self.note_value.setCurrentText(str(meter.denominator))
        self._rounded = self.tempo.value()
        counted = QHBoxLayout()
        for widget, stretch in ((self.beats, 1), (QLabel("/"), 0), (self.note_value, 1)):
            counted.addWidget(widget, stretch)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.setMinimumWidth(320)
        form = QFormLayout(self, labelAlignment=Qt.AlignmentFlag.AlignVCenter)
        form.addRow(QLabel(f"From {where} on, until the next change:"))
        form.addRow("♩ =", self.tempo)
        form.addRow("Meter", counted)
        form.addRow(buttons)
        self.tempo.selectAll()

    @property
    def microseconds(self) -> int:
        """A quarter note's length. A tempo that was only looked at is not rounded to what the field shows."""
        if self.tempo.value() == self._rounded:
            return self._shown.microseconds_per_beat
        return round(60e6 / self.tempo.value())

    @property
    def counted(self) -> tuple[int, int]:
        return self.beats.value(), int(self.note_value.currentText())
