"""What is asked of the model: continue or infill, how many takes, how daring, in which style."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.assistant.controls_form import ControlsForm
from app.assistant.dress import set_property
from app.assistant.library_choice import LibraryChoice
from app.assistant.words import describe_cells
from app.document import Document
from app.form import Form
from app.translation import later, tr
from core.generation.request import Cell, Request, continue_cells

MOST_TAKES = 8
MOST_BARS = 64
LARGEST_SEED = 2**31 - 1
SLIDER_STEPS = 20
BASE_STYLE = later("Base model")
ABOUT_STYLES = later("The base model, or a style fine-tuned on a folder of yours")
NOTHING_MARKED = later("Nothing is marked: select bars on the ruler and tracks in the list.")


class RequestPanel(QWidget):
    """The form of a request. ``requested`` brings a whole ``Request``; ``refused`` the sentence that says why not.

    ``seeds`` draws the seed of each request that does not lock its own.
    """

    requested = Signal(object)
    refused = Signal(str)
    cancelled = Signal()

    def __init__(self, document: Document, seeds: random.Random | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._seeds = seeds or random.SystemRandom()
        self._refusal = ""
        self.continue_button = _choice(tr("Continue"), tr("Write new bars after the end of the song"), "last")
        self.infill_button = _choice(tr("Infill"),
                                     tr("Write the marked bars anew, in keeping with what surrounds them"),
                                     "first")
        self.marked = QLabel(wordWrap=True, objectName="Marked")
        self.only_selected = QCheckBox(tr("Only the marked tracks"),
                                       toolTip=tr("Otherwise every track that has notes goes on"))
        self.bars = _spin_box(1, MOST_BARS, 4, tr("How many bars to write"))
        self.takes = _spin_box(1, MOST_TAKES, 4, tr("How many versions to choose from"))
        self.style_names = QComboBox(toolTip=tr(ABOUT_STYLES))
        self.library = LibraryChoice()
        self.adventurousness = QSlider(
            Qt.Orientation.Horizontal, minimum=0, maximum=SLIDER_STEPS, value=SLIDER_STEPS // 2, pageStep=5,
            accessibleName=tr("Adventurousness"), toolTip=tr("Left keeps to what is likely, right dares most"))
        self.seed = _NumberEdit("0", accessibleName=tr("Seed"),
                                toolTip=tr("The same request with the same seed gives the same takes"))
        self.seed.setValidator(QIntValidator(0, LARGEST_SEED, self.seed))
        self.lock_seed = QCheckBox(tr("Keep"),
                                   toolTip=tr("Keep this seed for the next request instead of drawing a new one"))
        self.controls = ControlsForm(document)
        self.generate_button = _button(tr("Generate"), tr("Ask for takes (Ctrl+Return)"))
        self.generate_button.setProperty("primary", True)
        self.cancel_button = _button(tr("Cancel"), tr("Stop writing; takes that are finished stay"))
        self.progress = QProgressBar(maximum=1000, textVisible=False)
        self.status = QLabel(wordWrap=True, objectName="Status")
        self._lay_out()
        self._connect()
        self.set_styles({})
        self.set_looks_up(False)
        self.infill_button.setChecked(True)
        self.set_busy(False)
        self.set_status("")

    def _lay_out(self) -> None:
        modes = QHBoxLayout(spacing=0)
        modes.addWidget(self.infill_button)
        modes.addWidget(self.continue_button)
        group = QButtonGroup(self)
        group.addButton(self.infill_button)
        group.addButton(self.continue_button)

        dare = QHBoxLayout()
        dare.addWidget(QLabel(tr("Familiar"), objectName="Hint"))
        dare.addWidget(self.adventurousness, 1)
        dare.addWidget(QLabel(tr("Daring"), objectName="Hint"))
        seed = QHBoxLayout()
        seed.addWidget(self.seed, 1)
        seed.addWidget(self.lock_seed)
        self.form = Form(fieldGrowthPolicy=Form.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.form.addRow(tr("New bars"), self.bars)
        self.form.addRow("", self.only_selected)
        self.form.addRow(tr("Takes"), self.takes)
        self.form.addRow(tr("Style"), self.style_names)
        self.form.addRow(tr("Library"), self.library)
        self.form.addRow(tr("Character"), dare)
        self.form.addRow(tr("Seed"), seed)
        act = QHBoxLayout()
        act.addWidget(self.generate_button, 1)
        act.addWidget(self.cancel_button)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(modes)
        column.addWidget(self.marked)
        column.addLayout(self.form)
        column.addWidget(self.controls)
        column.addLayout(act)
        column.addWidget(self.progress)
        column.addWidget(self.status)

    def _connect(self) -> None:
        selection = self._document.selection
        for signal in (selection.barsChanged, selection.tracksChanged, self._document.songChanged,
                       self.bars.valueChanged, self.only_selected.toggled, self.continue_button.toggled):
            signal.connect(self._show_marked)
        self.continue_button.toggled.connect(lambda on: self.controls.set_can_keep(not on))
        self.style_names.currentIndexChanged.connect(self._show_proof)
        self.generate_button.clicked.connect(lambda: self.generate())
        self.cancel_button.clicked.connect(self.cancelled)

    # -- what is asked -------------------------------------------------------------------------

    @property
    def is_continuing(self) -> bool:
        return self.continue_button.isChecked()

    def cells(self) -> frozenset[Cell]:
        """The cells that are asked for. Raises ValueError with a sentence where there are none."""
        song, selection = self._document.song, self._document.selection
        if self.is_continuing:
            chosen = selection.tracks if self.only_selected.isChecked() else None
            if chosen is not None and not chosen:
                raise ValueError(tr("No track is marked: mark one in the list, or let every track go on."))
            try:
                return continue_cells(song, self.bars.value(), chosen)
            except ValueError as error:
                raise ValueError(_sentence(error)) from error
        if not selection.cells:
            raise ValueError(tr(NOTHING_MARKED))
        return selection.cells

    def generate(self, **controls: object) -> None:
        """Ask for what the form says, with ``controls`` in place of its own."""
        if self.is_busy:
            return
        try:
            cells = self.cells()
            if not self.lock_seed.isChecked():
                self.seed.setText(str(self._seeds.randrange(LARGEST_SEED)))
            request = self._request(cells, **controls)
        except ValueError as error:
            self._refusal = _sentence(error)
            self.refused.emit(self._refusal)
        else:
            self.requested.emit(request)

    def _request(self, cells: frozenset[Cell], **controls: object) -> Request:
        return Request(self._document.song, cells, self.takes.value(), int(self.seed.text() or 0),
                       self.adventurousness.value() / SLIDER_STEPS, self.style_names.currentData(),
                       self.controls.controls(cells, **controls), library=self.library.folder if self.looks_up else "")

    def foreseen(self) -> Request | None:
        """What would be asked for now; to go on after the song's end where nothing is marked, None where neither can
        be."""
        song = self._document.song
        with suppress(ValueError):
            return self._request(self.cells())
        with suppress(ValueError):
            return self._request(continue_cells(song, self.bars.value()))
        return None

    # -- what is shown -------------------------------------------------------------------------

    def set_styles(self, styles: Mapping[str, str]) -> None:
        """The fine-tuned styles to choose from, and what each has brought; the one chosen stays chosen if it is still
        there."""
        chosen = self.style_names.currentData()
        self.style_names.clear()
        self.style_names.addItem(tr(BASE_STYLE), "")
        for name, proof in styles.items():
            self.style_names.addItem(name, name)
            self.style_names.setItemData(self.style_names.count() - 1, proof, Qt.ItemDataRole.ToolTipRole)
        self.style_names.setCurrentIndex(max(0, self.style_names.findData(chosen)))

    def _show_proof(self) -> None:
        proof = self.style_names.currentData(Qt.ItemDataRole.ToolTipRole)
        self.style_names.setToolTip(f"{self.style_names.currentText()}: {proof}" if proof
                                    else tr(ABOUT_STYLES))

    def choose_style(self, name: str) -> None:
        """Choose a style of the list; one that is not there changes nothing."""
        if (place := self.style_names.findData(name)) >= 0:
            self.style_names.setCurrentIndex(place)

    def set_looks_up(self, looks_up: bool) -> None:
        """Whether the model can consult a library; with one that cannot, none is offered."""
        self.looks_up = looks_up
        self.form.setRowVisible(self.library, looks_up)

    @property
    def is_busy(self) -> bool:
        return self.cancel_button.isEnabled()

    def set_busy(self, busy: bool) -> None:
        """Whether a request is being answered: then it can be cancelled, and no other asked for."""
        at_cancel = self.cancel_button.hasFocus()
        self.generate_button.setEnabled(not busy)
        if at_cancel and not busy:  # a disabled button hands the focus to whatever comes next in the window
            self.generate_button.setFocus()
        self.cancel_button.setEnabled(busy)
        self.progress.setVisible(busy)
        self.set_progress(0.0)

    def set_progress(self, fraction: float) -> None:
        self.progress.setValue(round(fraction * self.progress.maximum()))

    def set_status(self, sentence: str, is_problem: bool = False) -> None:
        self.status.setText(sentence)
        set_property(self.status, "problem", is_problem)
        self.status.setVisible(bool(sentence))

    def _show_marked(self) -> None:
        self.form.setRowVisible(self.bars, self.is_continuing)
        self.form.setRowVisible(self.only_selected, self.is_continuing)
        try:
            words, possible = describe_cells(self._document.song, self.cells()), True
        except ValueError as error:
            words, possible = str(error), False
        self.marked.setText(words)
        set_property(self.marked, "possible", possible)
        if self._refusal and self._refusal == self.status.text():  # what was missing is being seen to
            self.set_status("")


class _SpaceGoesOn:
    """A field for numbers has no use for the space bar: it is left to the transport."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Space:
            event.ignore()
            return False
        return super().event(event)


class _SpinBox(_SpaceGoesOn, QSpinBox):
    pass


class _NumberEdit(_SpaceGoesOn, QLineEdit):
    pass


def _sentence(error: ValueError) -> str:
    words = str(error)
    return words[:1].upper() + words[1:].rstrip(".") + "."


def _choice(text: str, tip: str, place: str) -> QPushButton:
    button = _button(text, tip)
    button.setCheckable(True)
    button.setProperty("segment", True)
    button.setProperty("place", place)
    return button


def _button(text: str, tip: str) -> QPushButton:
    # autoDefault lets Return press a button that has the focus: the space bar belongs to the transport.
    return QPushButton(text, toolTip=tip, autoDefault=True)


def _spin_box(low: int, high: int, value: int, tip: str) -> QSpinBox:
    box = _SpinBox(minimum=low, maximum=high, value=value, toolTip=tip)
    box.lineEdit().setTextMargins(5, 0, 0, 0)  # the style sheet's own padding stops at the text field of a spin box
    return box
