"""Zooming and scrolling by key, wheel and touchpad."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt

if TYPE_CHECKING:
    from app.pianoroll.roll import PianoRoll

WHEEL_NOTCH = 120


@dataclass(frozen=True)
class WheelHabits:
    """What a turn of the wheel does: scroll pitches, or time where ``scrolls_time``; ``zoom_turned``: towards oneself
    zooms in. A touchpad always scrolls where the fingers go."""

    scrolls_time: bool = False
    zoom_turned: bool = False


class Zoom(QObject):
    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll = roll
        self.habits = WheelHabits()
        roll.canvas.installEventFilter(self)

    # -- by key --------------------------------------------------------------------------------

    def nearer(self) -> None:
        self.roll.set_view(self.roll.view.zoomed(1.25, self._middle()))

    def further(self) -> None:
        self.roll.set_view(self.roll.view.zoomed(0.8, self._middle()))

    def taller(self) -> None:
        self.roll.set_view(self.roll.view.zoomed_rows(1.2, self.roll.view.height / 2))

    def flatter(self) -> None:
        self.roll.set_view(self.roll.view.zoomed_rows(1 / 1.2, self.roll.view.height / 2))

    def to_song(self) -> None:
        self.roll.set_view(self.roll.view.showing(0, max(self.roll.document.song.end, 1)))

    def to_selection(self) -> None:
        """The selected notes, else the selected bars, else the whole song, across the window."""
        selection, timebase, view = self.roll.document.selection, self.roll.document.song.timebase, self.roll.view
        if len(notes := selection.notes):
            end = int((notes["onset"] + notes["duration"]).max())
            view = view.showing(int(notes["onset"].min()), end)
            self.roll.set_view(view.with_pitches(int(notes["pitch"].min()), int(notes["pitch"].max())))
        elif selection.bars:
            first, last = selection.bars
            self.roll.set_view(view.showing(float(timebase.bar_start(first)), float(timebase.bar_end(last))))
        else:
            self.to_song()

    def _middle(self) -> float:
        """Zooming by key keeps the playhead where it is, or the middle when that is out of sight."""
        view = self.roll.view
        x = view.x(self.roll.canvas.playhead)
        return x if 0 <= x <= view.width else view.width / 2

    # -- by wheel and touchpad -----------------------------------------------------------------

    def wheel(self, event) -> None:
        roll, view = self.roll, self.roll.view
        fingers = event.pixelDelta()  # only a touchpad says so
        delta = fingers if not fingers.isNull() else event.angleDelta() / 2
        held, canvas = event.modifiers(), roll.canvas
        x, y = event.position().x() - canvas.x(), event.position().y() - canvas.y()
        notches = (event.angleDelta().y() or event.angleDelta().x()) / WHEEL_NOTCH
        notches = -notches if self.habits.zoom_turned else notches
        control = bool(held & Qt.KeyboardModifier.ControlModifier)
        sideways = bool(held & Qt.KeyboardModifier.ShiftModifier)
        if fingers.isNull() and self.habits.scrolls_time:
            sideways = not sideways
        if control and held & Qt.KeyboardModifier.ShiftModifier:
            roll.set_view(view.zoomed_rows(1.15 ** notches, y))
        elif control:
            roll.set_view(view.zoomed(1.2 ** notches, max(0.0, x)))
        elif sideways or not 0 <= y < canvas.height():
            roll.set_view(view.scrolled(dx=-(delta.y() or delta.x())))
        else:
            roll.set_view(view.scrolled(dx=-delta.x(), dy=-delta.y()))
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Two fingers that spread on a touchpad over the notes zoom time."""
        if event.type() != QEvent.Type.NativeGesture or event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.roll.set_view(self.roll.view.zoomed(1 + event.value(), max(0.0, event.position().x())))
        return True

    def to_start(self) -> None:
        self.roll.set_view(replace(self.roll.view, left=0.0))
