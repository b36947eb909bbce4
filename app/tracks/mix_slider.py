"""The sliders of a track's volume and pan: a click goes there, a double click to where they are at rest."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QApplication, QSlider, QStyle, QStyleOptionSlider

from app.translation import tr

MOST = 127
MIDDLE = 64
HANDLE, GROOVE = 12, 4
CATCH_PIXELS = 2
"""So near its place of rest the mouse sets the slider to rest."""


class MixSlider(QSlider):
    """A MIDI value, 0 to 127. ``rest`` is what a double click or the key 0 sets; ``words`` says a value, for the tip.

    The wheel scrolls the list of tracks; it never changes a track it happens to pass over.
    """

    held = Signal(bool)
    """A press of the mouse or of a key begins; what follows is one step of undo. True: it goes on with the last one."""
    letGo = Signal()

    def __init__(self, name: str, rest: int, width: int) -> None:
        super().__init__(Qt.Orientation.Horizontal, maximum=MOST, accessibleName=name)
        self.rest = rest
        self._grip: float | None = None
        self._began = rest
        self.setFixedWidth(width)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.valueChanged.connect(self._tell)
        self._tell()

    def show_value(self, value: int) -> None:
        """Show what the track has, which is no change of it."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)
        self._tell()

    def words(self) -> str:
        return tr("{name} {value} of {most}",
                  name=self.accessibleName(), value=self.value(), most=MOST)

    def _tell(self) -> None:
        self.setToolTip(tr("{words}. Double-click: {rest}", words=self.words(), rest=self.words_at_rest()))
        self.setAccessibleDescription(self.words())

    def words_at_rest(self) -> str:
        return str(self.rest)

    # -- the mouse -----------------------------------------------------------------------------

    def _handle(self) -> QRectF:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return QRectF(self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option,
                                                  QStyle.SubControl.SC_SliderHandle, self))

    def _set_from(self, x: float) -> None:
        """The value whose handle has its middle at ``x``, or rest if that is near."""
        room = max(1, self.width() - HANDLE)
        value = round((x - HANDLE / 2) / room * MOST)
        near = abs(value - self.rest) * room <= CATCH_PIXELS * MOST
        self.setValue(self.rest if near else value)

    def mousePressEvent(self, event) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.held.emit(False)
        self._began = self.value()
        QApplication.instance().installEventFilter(self)
        handle, x = self._handle(), event.position().x()
        on_it = handle.left() <= x <= handle.right()
        self._grip = x - handle.center().x() if on_it else 0.0
        if not on_it:
            self._set_from(x)

    def mouseMoveEvent(self, event) -> None:
        if self._grip is not None:
            self._set_from(event.position().x() - self._grip)

    def mouseReleaseEvent(self, event) -> None:
        if self._grip is not None and event.button() == Qt.MouseButton.LeftButton:
            self._end_drag()

    def _end_drag(self) -> None:
        self._grip = None
        QApplication.instance().removeEventFilter(self)
        self.letGo.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc while the mouse drags, before it means anything else: back to where it began."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in kinds or event.key() != Qt.Key.Key_Escape:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.setValue(self._began)
            self._end_drag()
        return True

    def mouseDoubleClickEvent(self, event) -> None:
        """It takes back what its first click did."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.held.emit(True)
            self.setValue(self.rest)
            self.letGo.emit()

    def wheelEvent(self, event) -> None:
        event.ignore()

    # -- keys ----------------------------------------------------------------------------------

    def keyPressEvent(self, event) -> None:
        if not event.isAutoRepeat():
            self.held.emit(False)
        if event.key() == Qt.Key.Key_0 and not event.modifiers():
            self.setValue(self.rest)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event) -> None:
        if not event.isAutoRepeat():
            self.letGo.emit()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event) -> None:
        self.letGo.emit()
        super().focusOutEvent(event)


class PanSlider(MixSlider):
    """Filled from its middle to where the track stands."""

    def __init__(self, width: int) -> None:
        super().__init__(tr("Pan"), MIDDLE, width)

    def words(self) -> str:
        by = self.value() - MIDDLE
        if not by:
            return tr("Pan {place}", place=self.words_at_rest())
        return tr("Pan {by} left", by=-by) if by < 0 else tr("Pan {by} right", by=by)

    def words_at_rest(self) -> str:
        return tr("the middle")

    def paintEvent(self, event) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        room, middle = self.width() - HANDLE, self.height() / 2

        def x(value: int) -> float:
            return HANDLE / 2 + value / MOST * room

        at, rest = x(self.value()), x(self.rest)
        painter.setBrush(palette.color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(QRectF(0, middle - GROOVE / 2, self.width(), GROOVE), GROOVE / 2, GROOVE / 2)
        painter.drawRect(QRectF(rest - 1, middle - GROOVE, 2, 2 * GROOVE))
        painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
        painter.drawRect(QRectF(min(at, rest), middle - GROOVE / 2, abs(at - rest), GROOVE))
        painter.setBrush(palette.color(QPalette.ColorRole.Highlight if self.hasFocus() else QPalette.ColorRole.Text))
        painter.drawEllipse(QPointF(at, middle), HANDLE / 2, HANDLE / 2)
