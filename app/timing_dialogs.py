"""The dialogs of app/timing.py: tempo and meter from a place on, and a gradual change of tempo."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from app.form import Form
from app.translation import later, tr
from core.music.timebase import Meter, Tempo

SLOWEST, FASTEST = 10.0, 500.0
"""Quarter notes a minute."""
MOST_BEATS = 64
NOTE_VALUES = (1, 2, 4, 8, 16, 32, 64)
CURVE_WORDS = {"even": later("Evenly"), "late": later("Mostly at the end"), "early": later("Mostly at the start")}


class _Dialog(QDialog):
    """``removing``: the change itself is to go."""

    def __init__(self, title: str, removable: bool, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.removing = False
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        if removable:
            remove = self.buttons.addButton(tr("Remove This Change"), QDialogButtonBox.ButtonRole.DestructiveRole)
            remove.clicked.connect(self.remove)
        self.setMinimumWidth(360)
        self.form = Form(self)

    def remove(self) -> None:
        self.removing = True
        self.accept()


def _tempo_box(value: float, name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox(minimum=SLOWEST, maximum=FASTEST, decimals=2, value=value, accessibleName=name)
    box.lineEdit().setTextMargins(5, 0, 0, 0)
    return box


class TimingDialog(_Dialog):
    """What is to hold from ``place`` on. ``meter``: None where no bar begins there."""

    def __init__(self, place: str, tempo: Tempo, meter: Meter | None, removable: bool = False,
                 parent: QWidget | None = None) -> None:
        super().__init__(tr("Tempo and Meter"), removable, parent)
        self._shown = tempo
        self.tempo = _tempo_box(tempo.beats_per_minute, tr("Quarter notes a minute"))
        self.beats = QSpinBox(minimum=1, maximum=MOST_BEATS, value=meter.numerator if meter else 4,
                              accessibleName=tr("Beats a bar"))
        self.beats.lineEdit().setTextMargins(5, 0, 0, 0)
        self.note_value = QComboBox(accessibleName=tr("Note value of a beat"))
        self.note_value.addItems([str(value) for value in NOTE_VALUES])
        self.note_value.setCurrentText(str(meter.denominator if meter else 4))
        self._rounded = self.tempo.value()
        counted = QHBoxLayout()
        for widget, stretch in ((self.beats, 1), (QLabel("/"), 0), (self.note_value, 1)):
            counted.addWidget(widget, stretch)
        self.form.addRow(QLabel(tr("From {place} on, until the next change:", place=place)))
        self.form.addRow("♩ =", self.tempo)
        if meter is not None:
            self.form.addRow(tr("Meter"), counted)
        self.form.addRow(self.buttons)
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


class GradualDialog(_Dialog):
    """A tempo that goes from ``first`` to ``last`` quarter notes a minute."""

    def __init__(self, place: str, first: float, last: float, removable: bool = False,
                 parent: QWidget | None = None) -> None:
        super().__init__(tr("Gradual Tempo Change"), removable, parent)
        self._from, self._to = _tempo_box(first, tr("Tempo at the start")), _tempo_box(last, tr("Tempo at the end"))
        self._curve = QComboBox(accessibleName=tr("How the change is spread"))
        for curve, words in CURVE_WORDS.items():
            self._curve.addItem(tr(words), curve)
        self._back = QCheckBox(tr("Afterwards back to the first tempo"))
        self.form.addRow(QLabel(tr("From {place}, slower or faster:", place=place)))
        self.form.addRow(tr("From ♩ ="), self._from)
        self.form.addRow(tr("To ♩ ="), self._to)
        self.form.addRow(tr("Changing"), self._curve)
        self.form.addRow("", self._back)
        self.form.addRow(self.buttons)
        self._to.setFocus()
        self._to.selectAll()

    @property
    def first(self) -> float:
        return self._from.value()

    @property
    def last(self) -> float:
        return self._to.value()

    @property
    def curve(self) -> str:
        return self._curve.currentData()

    @property
    def goes_back(self) -> bool:
        return self._back.isChecked()

    def set_change(self, first: float, last: float, curve: str = "even", goes_back: bool = False) -> None:
        """Fill in the fields."""
        self._from.setValue(first)
        self._to.setValue(last)
        self._curve.setCurrentIndex(self._curve.findData(curve))
        self._back.setChecked(goes_back)
