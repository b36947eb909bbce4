"""From mouse events on the canvas to gestures: which one starts, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt

from app.pianoroll.gestures import Band, Draw, Erase, Gesture, Move, PickMuted, Resize, Touch

if TYPE_CHECKING:
    from app.pianoroll.roll import PianoRoll

DRAG_PIXELS = 3
EDGE_PIXELS = 6
TOOLS = ("draw", "select", "erase")


class Hands(QObject):
    """Watches the canvas. At most one gesture is under way."""

    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll = roll
        self.gesture: Gesture | None = None
        self.pointer: Touch | None = None
        """Where the mouse is over the notes, if it is."""
        self._start: Touch | None = None
        self._button = Qt.MouseButton.NoButton
        self._dragging = False
        roll.canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._pressed(event)
        elif kind == QEvent.Type.MouseMove:
            self._moved(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            self._released(event)
        elif kind == QEvent.Type.MouseButtonDblClick:
            self._double_clicked(event)
        elif kind == QEvent.Type.Leave:
            self.pointer = None
            self.roll.keyboard.set_hovered(None)
            return False
        else:
            return False
        return True

    def cancel(self) -> bool:
        """Roll back the gesture under way; says whether there was one."""
        if self.gesture is None:
            return False
        gesture, self.gesture = self.gesture, None
        self.roll.show_document()
        gesture.cancelled()
        return True

    # -- events --------------------------------------------------------------------------------

    def _touch(self, event) -> Touch:
        at, view = event.position(), self.roll.view
        return Touch(at.x(), at.y(), max(0.0, view.tick(at.x())), view.pitch(at.y()), event.modifiers())

    def _pressed(self, event) -> None:
        if self.gesture is not None or self.roll.document.current_track is None:
            return
        touch = self._touch(event)
        self.roll.canvas.setFocus()  # where Esc cancels
        if event.button() == Qt.MouseButton.LeftButton:
            self.gesture = self._gesture_for(touch)
        elif event.button() == Qt.MouseButton.RightButton:
            self.gesture = Erase(self.roll, touch)
        self._start, self._button, self._dragging = touch, event.button(), False

    def _gesture_for(self, touch: Touch) -> Gesture:
        roll = self.roll
        if roll.tool == "erase":
            return Erase(roll, touch)
        index = roll.index_at(touch.x, touch.y)
        if index is None and roll.tool == "select" and len(muted := roll.muted_at(touch.x, touch.y)):
            return PickMuted(roll, touch, muted)
        if index is None:
            adding = touch.holds(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
            return Draw(roll, touch) if roll.tool == "draw" and not adding else Band(roll, touch)
        grabbed = roll.document.current_track.notes[index:index + 1]
        edge = self._edge(touch.x, grabbed)
        if edge and not touch.holds(Qt.KeyboardModifier.ControlModifier):
            return Resize(roll, touch, grabbed, at_start=edge == "start")
        return Move(roll, touch, grabbed)

    def _edge(self, x: float, note) -> str:
        """Which edge of the note is grabbed: "start", "end" or "". A short note always leaves room to be moved."""
        left = self.roll.view.x(int(note["onset"][0]))
        width = int(note["duration"][0]) * self.roll.view.scale
        reach = min(EDGE_PIXELS, width / 4)
        return "end" if x > left + width - reach else "start" if x < left + reach else ""

    def _moved(self, event) -> None:
        touch = self.pointer = self._touch(event)
        self.roll.keyboard.set_hovered(touch.pitch)
        if self.gesture is None:
            self._show_cursor(touch)
            return
        far = max(abs(touch.x - self._start.x), abs(touch.y - self._start.y))
        if self._dragging or far > DRAG_PIXELS:
            self._dragging = True
            self.roll.scroll_towards(touch.x, touch.y)
            self.gesture.moved(self._touch(event))

    def _released(self, event) -> None:
        if self.gesture is None or event.button() != self._button:
            return
        gesture, self.gesture = self.gesture, None
        gesture.finished()
        self.roll.show_document()

    def _double_clicked(self, event) -> None:
        """On another track's note: go to that track. Elsewhere it is a press like any other."""
        touch = self._touch(event)
        ghost = self.roll.ghost_at(touch.x, touch.y)
        if self.roll.index_at(touch.x, touch.y) is None and ghost is not None:
            self.roll.document.selection.set_current(ghost)
        else:
            self._pressed(event)

    def _show_cursor(self, touch: Touch) -> None:
        shape = Qt.CursorShape.CrossCursor if self.roll.tool == "draw" else Qt.CursorShape.ArrowCursor
        index = self.roll.index_at(touch.x, touch.y) if self.roll.document.current_track is not None else None
        if self.roll.tool == "erase":
            shape = Qt.CursorShape.ForbiddenCursor if index is None else Qt.CursorShape.PointingHandCursor
        elif index is None and self.roll.tool == "select" and (
                len(self.roll.muted_at(touch.x, touch.y)) or self.roll.ghost_at(touch.x, touch.y) is not None):
            shape = Qt.CursorShape.PointingHandCursor
        elif index is not None:
            edge = self._edge(touch.x, self.roll.document.current_track.notes[index:index + 1])
            shape = Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.OpenHandCursor
        self.roll.canvas.setCursor(shape)
