"""What a request asks of its notes, behind one line: kept, how full, how many at once, where, in which scale."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.assistant.control_words import DENSITIES, KEEPS, POLYPHONIES, REGISTERS, describe_controls
from app.document import Document
from app.form import Form
from app.translation import counted, later, tr
from core.generation.controls import SETTLED_BY, Controls
from core.generation.request import Cell
from core.music.locks import locks_in
from core.music.theory import PITCH_CLASSES, SCALES, Key, key_of, note_name
from core.tokens.attributes import register_bounds

ANY, SONG = "", "song"


class ControlsForm(QWidget):
    """A line that opens and shuts the form. Shut, it still says what is asked. ``changed`` after each choice."""

    changed = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.head = QToolButton(objectName="ControlsHead", checkable=True, autoRaise=True, text=tr("Controls"),
                                toolTip=tr("What must hold in the bars that are written"))
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setArrowType(Qt.ArrowType.RightArrow)
        self.says = QLabel(objectName="Hint", wordWrap=True)
        self.says.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.keep = _choice(tr("What of the notes that are there stays"), [(tr(KEEPS[one]), one) for one in KEEPS])
        self.density = _choice(tr("How full the bars are"), _classes(DENSITIES))
        self.polyphony = _choice(tr("How many notes are struck together"), _classes(POLYPHONIES))
        self.register = _choice(tr("Where the notes lie, in the mean; not for drums"), [
            (tr("Any"), None), *((f"{tr(name)}: {_span(place)}", place) for place, name in enumerate(REGISTERS))])
        self.scale = _choice(tr("The notes that may be used; not for drums"), [
            (tr("Any notes"), ANY), (tr("The song's key"), SONG), *((scale.capitalize(), scale) for scale in SCALES)])
        self.tonic = _choice(tr("The scale's first note"), [(name, place) for place, name in enumerate(PITCH_CLASSES)])
        self.locked = QLabel(objectName="Hint", wordWrap=True)
        self._lay_out()
        self.head.toggled.connect(self._open)
        for box in (self.keep, self.density, self.polyphony, self.register, self.scale, self.tonic):
            box.currentIndexChanged.connect(self._refresh)
        self._document.songChanged.connect(self._refresh)
        self._open(False)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.head)
        line.addWidget(self.says, 1)
        line.addStretch()
        scale = QHBoxLayout()
        self.tonic.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        scale.addWidget(self.tonic)
        scale.addWidget(self.scale, 1)
        self.body = QWidget()
        form = Form(self.body, fieldGrowthPolicy=Form.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setContentsMargins(0, 0, 0, 4)
        label = QLabel(tr("Keep"))
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance(tr("Character")))  # in line with the form above
        form.addRow(label, self.keep)
        form.addRow(tr("Density"), self.density)
        form.addRow(tr("Together"), self.polyphony)
        form.addRow(tr("Register"), self.register)
        form.addRow(tr("Scale"), scale)
        form.addRow(self.locked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self.body)

    # -- what is asked -------------------------------------------------------------------------

    def key(self) -> Key | None:
        """The key whose notes may be used; None for all notes, and where the song's notes tell none."""
        chosen = self.scale.currentData()
        if chosen == SONG:
            return key_of(self._document.song)
        return Key(self.tonic.currentData(), chosen) if chosen != ANY else None

    def controls(self, cells: frozenset[Cell] = frozenset(), **instead: object) -> Controls:
        """What the form asks of ``cells``, with ``instead`` in place of what it says: locked notes elsewhere do not
        count, and what is kept settles some of the rest."""
        keep = instead.get("keep", self._keeps())
        asked = {"keep": keep, "density": self.density.currentData(), "polyphony": self.polyphony.currentData(),
                 "register": self.register.currentData(), "scale": self.key(), **instead}
        settled = _settled_by(keep)
        key = asked["scale"] if "scale" not in settled else None
        return Controls(keep, locks_in(self._document.song, self._document.locks, cells),
                        **{name: None if name in settled else asked[name]
                           for name in ("density", "polyphony", "register")},
                        pitch_classes=key.pitch_classes if key else frozenset())

    def set_can_keep(self, can_keep: bool) -> None:
        """Whether there is anything to keep in the bars that are asked for; in new ones there is not."""
        self.keep.setEnabled(can_keep)
        self.keep.setToolTip(self.keep.accessibleName() if can_keep else tr("New bars have nothing to keep"))
        self._refresh()

    def _keeps(self) -> str:
        return self.keep.currentData() if self.keep.isEnabled() else "nothing"

    def settings(self) -> dict[str, object]:
        """What is chosen, as JSON can hold it."""
        return {name: box.currentData() for name, box in self._boxes().items()}

    def choose(self, settings: object) -> None:
        """Choose what ``settings`` gave; what is not in the lists is left as it is."""
        for name, box in self._boxes().items():
            there = [box.itemData(place) for place in range(box.count())]
            if isinstance(settings, dict) and name in settings and settings[name] in there:
                box.setCurrentIndex(there.index(settings[name]))

    def _boxes(self) -> dict[str, QComboBox]:
        return {"keep": self.keep, "density": self.density, "polyphony": self.polyphony, "register": self.register,
                "scale": self.scale, "tonic": self.tonic}

    # -- what is shown -------------------------------------------------------------------------

    def _open(self, opened: bool) -> None:
        self.head.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.body.setVisible(opened)
        self.says.setVisible(not opened)
        self._refresh()

    def _refresh(self) -> None:
        settled = _settled_by(self._keeps())
        for name in ("density", "polyphony", "register", "scale"):
            box = self._boxes()[name]
            box.setEnabled(name not in settled)
            box.setToolTip(tr("What is kept settles this") if name in settled else box.accessibleName())
        self.tonic.setVisible(self.scale.currentData() not in (ANY, SONG))
        self.tonic.setEnabled(self.scale.isEnabled())
        if self.scale.currentData() == SONG and self.body.isVisibleTo(self):
            key = self.key()
            self.scale.setItemText(1, tr("The song's key: {key}", key=key.name) if key
                                   else tr("The song's key: its notes tell none"))
        elif self.scale.currentData() != SONG:
            self.scale.setItemText(1, tr("The song's key"))
        asked = self._words()
        self.says.setText(asked)
        self.says.setToolTip(asked)
        count = len(self._document.locks)
        self.locked.setText(counted(count, later("{count} note of the song is locked and stays where it is in marked "
                                                 "bars."),
                                    later("{count} notes of the song are locked and stay where they are in marked "
                                          "bars.")) if count else
                            tr("Selected notes can be locked in the roll (Ctrl+Shift+L): they stay as they are."))
        self.changed.emit()

    def _words(self) -> str:
        """What is asked, without working out the song's key at each edit."""
        said = [describe_controls(self.controls(scale=None))]
        if self.scale.isEnabled() and (chosen := self.scale.currentData()) != ANY:
            said.append(tr("the song's key") if chosen == SONG else self.key().name)
        if count := len(self._document.locks):
            said.append(counted(count, later("{count} note locked"), later("{count} notes locked")))
        return ", ".join(filter(None, said))


def _choice(name: str, entries: list[tuple[str, object]]) -> QComboBox:
    box = QComboBox(accessibleName=name, toolTip=name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(3)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    for text, value in entries:
        box.addItem(text, value)
    return box


def _classes(words: tuple[str, ...]) -> list[tuple[str, object]]:
    return [(tr("Any"), None), *((tr(word), place) for place, word in enumerate(words))]


def _settled_by(keep: str) -> list[str]:
    """The choices of the form that what is kept settles."""
    return ["scale" if name == "pitch_classes" else name for name in SETTLED_BY.get(keep, ())]


def _span(place: int) -> str:
    low, high = register_bounds(place)
    return f"{note_name(low)}–{note_name(high - 1)}"
