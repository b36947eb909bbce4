"""One track in the list. It shows the track and says what is asked of it; the list makes the change."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QColorDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from shiboken6 import isValid

from app.theme import TRACK_COLOURS, Theme
from app.tracks.instruments import instrument_names, instrument_row
from app.tracks.mix_slider import MixSlider, PanSlider
from app.translation import tr
from core.music.song import Track


class TrackRow(QFrame):
    clicked = Signal(Qt.KeyboardModifier)
    changed = Signal(str, dict)
    """A label for the history and the facts of the track to change."""
    instrumentAsked = Signal()
    dragged = Signal(QPoint)
    """The row is being dragged, and the mouse is here on the screen."""
    dropped = Signal()

    def __init__(self, index: int, theme: Theme) -> None:
        super().__init__(objectName="TrackRow")
        self.index, self.theme = index, theme
        self.track: Track | None = None
        self._focus: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setToolTip(tr("Click to edit this track, Ctrl+click to mark more for the assistant, "
                           "double-click to rename, drag to move"))
        self.colour = QToolButton(objectName="Colour", toolTip=tr("Colour"), accessibleName=tr("Colour"),
                                  autoRaise=True)
        self.colour.clicked.connect(self.ask_colour)
        self._pressed: QPoint | None = None
        self._dragging = False
        self.name = QLineEdit(placeholderText=tr("Track {number}", number=index + 1), accessibleName=tr("Track name"))
        self.name.editingFinished.connect(self._renamed)
        self.mute = QToolButton(text=tr("M"), objectName="Mute", toolTip=tr("Mute"),
                                accessibleName=tr("Mute"), checkable=True)
        self.solo = QToolButton(text=tr("S"), objectName="Solo", toolTip=tr("Solo"),
                                accessibleName=tr("Solo"), checkable=True)
        self.mute.clicked.connect(lambda on: self.changed.emit(tr("Mute") if on else tr("Unmute"), {"mute": on}))
        self.solo.clicked.connect(lambda on: self.changed.emit(tr("Solo") if on else tr("Unsolo"), {"solo": on}))
        self.instrument = _ElidedButton(objectName="Instrument", accessibleName=tr("Instrument"))
        self.instrument.clicked.connect(self.instrumentAsked)
        self.instrument.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pan, self.volume = PanSlider(width=48), MixSlider(tr("Volume"), rest=Track().volume, width=84)
        self.pan.valueChanged.connect(lambda value: self.changed.emit(tr("Change pan"), {"pan": value}))
        self.volume.valueChanged.connect(lambda value: self.changed.emit(tr("Change volume"), {"volume": value}))
        self._end_rename()
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        for widget in (self.name, self.pan, self.mute, self.solo):
            top.addWidget(widget)
        bottom = QHBoxLayout()
        bottom.setSpacing(6)
        bottom.addWidget(self.instrument, 1)
        bottom.addWidget(self.volume)
        grid = QGridLayout(self)
        grid.setContentsMargins(4, 6, 8, 6)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(3)
        grid.addWidget(self.colour, 0, 0, 2, 1)
        grid.addLayout(top, 0, 1)
        grid.addLayout(bottom, 1, 1)

    # -- showing -------------------------------------------------------------------------------

    def show_track(self, track: Track, current: bool, marked: bool) -> None:
        if track is not self.track:
            self.track = track
            self.name.setText(track.name)
            self.mute.setChecked(track.mute)
            self.solo.setChecked(track.solo)
            self.instrument.show_text(instrument_names()[instrument_row(track)])
            for slider, value in ((self.pan, track.pan), (self.volume, track.volume)):
                slider.show_value(value)
            self._show_colour()
        if (current, marked) != (self.property("current"), self.property("marked")):
            self.setProperty("current", current)
            self.setProperty("marked", marked)
            self.style().unpolish(self)
            self.style().polish(self)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._show_colour()

    def _show_colour(self) -> None:
        self.colour.setIcon(_swatch(self.theme.track_colour(self.index, self.track.colour), 9, 38))
        self.colour.setIconSize(QSize(9, 38))

    # -- asking --------------------------------------------------------------------------------

    def mousePressEvent(self, event) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self.clicked.emit(event.modifiers())

    def mouseMoveEvent(self, event) -> None:
        if self._pressed is None:
            return
        moved = event.position().toPoint() - self._pressed
        if self._dragging or moved.manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event) -> None:
        if self._dragging:
            self.dropped.emit()
        self.let_go()

    def let_go(self) -> None:
        """End the drag, if one is under way."""
        self._pressed, self._dragging = None, False

    def mouseDoubleClickEvent(self, event) -> None:
        self.rename()

    def rename(self) -> None:
        """Let the name be typed; Enter or leaving the field keeps it, Esc does not."""
        if not self.name.hasFocus():
            self._focus = QApplication.focusWidget()
        self.name.setReadOnly(False)
        self.name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        self.name.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.name.setFocus()
        self.name.selectAll()

    def keyPressEvent(self, event) -> None:
        if event.key() == Qt.Key.Key_Escape and self.name.hasFocus():
            self.name.setText(self.track.name)
            self._end_rename()
        else:
            super().keyPressEvent(event)

    def _renamed(self) -> None:
        if self.track is not None and not self.name.isReadOnly():
            name = self.name.text().strip()
            self._end_rename()
            self.changed.emit(tr("Rename track"), {"name": name})

    def _end_rename(self) -> None:
        """A name at rest is a label: a click on it selects the track, and Space still plays."""
        self.name.setReadOnly(True)
        self.name.deselect()
        self.name.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)
        self.name.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if self.name.hasFocus():
            self.name.clearFocus()
            if self._focus is not None and isValid(self._focus) and self._focus.isVisible():
                self._focus.setFocus()  # so that the keys for notes go on working

    def ask_colour(self) -> None:
        menu = QMenu(self)
        for name, colour in zip(TRACK_COLOURS, self.theme.tracks, strict=True):
            menu.addAction(_swatch(QColor(colour), 16, 16), tr(name), lambda c=colour: self._paint(c))
        menu.addSeparator()
        menu.addAction(tr("By its place in the list"), lambda: self._paint(""))
        menu.addAction(tr("Another colour…"), self._pick_colour)
        menu.exec(self.colour.mapToGlobal(self.colour.rect().bottomLeft()))

    def _pick_colour(self) -> None:
        colour = QColorDialog.getColor(self.theme.track_colour(self.index, self.track.colour), self,
                                        tr("Track colour"))
        if colour.isValid():
            self._paint(colour.name())

    def _paint(self, colour: str) -> None:
        self.changed.emit(tr("Change colour"), {"colour": colour})


class _ElidedButton(QPushButton):
    """Shows as much of its text as there is room for, and all of it to a screen reader."""

    def __init__(self, **facts) -> None:
        super().__init__(**facts)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        self._whole = text
        self.setToolTip(tr("Instrument: {text}", text=text))
        self.setAccessibleName(tr("Instrument: {text}", text=text))
        self._fit()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width() - 10))


def _swatch(colour: QColor, width: int, height: int) -> QIcon:
    pixmap = QPixmap(width, height)
    pixmap.fill(colour)
    return QIcon(pixmap)
