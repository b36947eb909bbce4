"""The dialog that quantises: what it would do is shown in the roll until it is done or left."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QWidget,
)

from app.form import Form
from app.pianoroll.quantise_choice import LATEST, QUANTISE_GRIDS, STRAIGHT, QuantiseChoice
from app.pianoroll.roll import PianoRoll
from app.settings import Settings
from app.translation import tr
from core.music.quantise import quantised


class QuantiseDialog(QDialog):
    chosen = Signal(object)
    """The quantised notes, to be put in the place of the selected ones."""

    def __init__(self, roll: PianoRoll, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Quantise"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.roll, self.settings = roll, settings
        self._notes = self._new = roll.document.selection.notes
        choice = settings.quantise
        self.grid = QComboBox(accessibleName=tr("Grid"))
        for name in QUANTISE_GRIDS:
            self.grid.addItem(tr(name), name)
        self.grid.setCurrentIndex(self.grid.findData(choice.grid))
        self.strength = _Percent(tr("Strength"), 0, 100, choice.strength)
        self.strength.setToolTip(tr("The part of the way to the grid that each note goes"))
        self.swing = _Percent(tr("Swing"), STRAIGHT, LATEST, choice.swing)
        self.swing.setToolTip(tr("Where every second step falls: 50 % is straight, 67 % as in triplets"))
        self.ends = QCheckBox(tr("Ends too"), checked=choice.ends,
                              toolTip=tr("Move the ends of notes to the grid as well"))
        self.said = QLabel()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = Form(self)
        form.addRow(tr("&Grid"), self.grid)
        form.addRow(tr("&Strength"), self.strength)
        form.addRow(tr("S&wing"), self.swing)
        form.addRow("", self.ends)
        form.addRow(self.said)
        form.addRow(buttons)
        for changed in (self.grid.currentTextChanged, self.strength.valueChanged, self.swing.valueChanged,
                        self.ends.toggled):
            changed.connect(self.show_what_would_be)
        roll.document.songChanged.connect(self.reject)  # an edit from elsewhere: these may be other notes
        self.finished.connect(self._put_back)
        self.show_what_would_be()

    @property
    def choice(self) -> QuantiseChoice:
        return QuantiseChoice(self.grid.currentData(), self.strength.value, self.swing.value, self.ends.isChecked())

    def show_what_would_be(self) -> None:
        self._new = quantised(self._notes, self.choice.how(self.roll.grid_now), self.roll.document.song.timebase)
        moved = int((self._new != self._notes).sum())
        self.said.setText(tr("{moved} of {notes} notes would change", moved=moved, notes=len(self._notes)))
        self.roll.show_exchange(self._notes, self._new)

    def accept(self) -> None:
        self.settings.quantise = self.choice
        self.roll.document.songChanged.disconnect(self.reject)
        super().accept()
        if not np.array_equal(self._new, self._notes):
            self.chosen.emit(self._new)

    def _put_back(self) -> None:
        self.roll.show_document()


class _Percent(QWidget):
    """A slider and a number that say the same."""

    valueChanged = Signal(int)

    def __init__(self, name: str, low: int, high: int, value: int) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal, minimum=low, maximum=high, value=value, accessibleName=name)
        self.number = QSpinBox(minimum=low, maximum=high, value=value, suffix=" %",
                               accessibleName=tr("{name}, percent", name=name))
        self.slider.setMinimumWidth(180)
        self.number.lineEdit().setTextMargins(5, 0, 0, 0)
        self.slider.valueChanged.connect(self.number.setValue)
        self.number.valueChanged.connect(self.slider.setValue)
        self.number.valueChanged.connect(self.valueChanged)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider)
        row.addWidget(self.number)
        self.setFocusProxy(self.number)

    @property
    def value(self) -> int:
        return self.number.value()
