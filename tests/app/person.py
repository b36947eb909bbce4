"""A person who does anything at all with the window: actions, gestures, dialogs, and Esc in the middle.

After each step the person looks whether it was exactly one step of undo or none, and whether undo and redo give the
very same songs. What there is to do is read from the table of actions and from the window's own widgets.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QDrag, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QRadioButton,
    QScrollBar,
    QSlider,
    QSpinBox,
    QWidget,
)

from app.actions import ACTIONS
from app.pianoroll.snap import GRIDS
from core.generation.messages import RequestFinished, TakeFinished
from core.generation.request import Take
from core.music.locks import Locks
from core.music.song import EMPTY_NOTES, Song, freeze_notes, make_notes

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
KEYS = (Qt.KeyboardModifier.NoModifier,) * 4 + (
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
LEAVING = {"quit", "close", "new_window", "studio", "new", "open", "demo"}
"""Actions that put another song or window in place of this one."""
WALKING = {"undo", "redo"}
KINDS = ("action",) * 6 + ("canvas",) * 8 + ("elsewhere",) * 4 + ("select",) * 3 + ("slider", "button", "history",
                                                                                   "wheel", "walk", "walk")
INTERRUPTIONS = ("",) * 6 + ("Esc",) * 3 + ("action",)


@dataclass(frozen=True)
class Step:
    """``kind`` of ``KINDS``; ``seed`` decides all the rest of it."""

    kind: str
    seed: int


@dataclass
class Seen:
    """What a person can tell apart, before a step."""

    song: Song
    locks: Locks
    index: int
    selection: tuple = field(repr=False)


class Person:
    """Works on ``window``, whose dialogs answer by themselves from then on. ``songs``: the song after each step."""

    def __init__(self, window, monkeypatch) -> None:
        self.window, self.document, self.roll = window, window.document, window.roll
        self.stack, self.chance = window.document.undo_stack, random.Random(0)
        self.asked: list = []
        self.said = ""
        self._answer_by_itself(monkeypatch)
        self.begin(window.document.song)

    def begin(self, song: Song) -> None:
        self.document.load(song)
        self.roll.use_select()
        self.roll.canvas.setFocus()
        self.songs = [song]

    # -- dialogs -------------------------------------------------------------------------------

    def _answer_by_itself(self, monkeypatch) -> None:
        buttons = QMessageBox.StandardButton
        monkeypatch.setattr(QDialog, "exec", lambda dialog: self._exec(dialog))
        monkeypatch.setattr(QDrag, "exec", lambda *_: Qt.DropAction.IgnoreAction)
        monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor(self.chance.choice(["", "#336699", "#aa2200"])))
        for name in ("getSaveFileName", "getOpenFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *_, **__: ("", ""))
        monkeypatch.setattr(QMessageBox, "question", lambda *_: buttons.Discard)
        for name in ("warning", "information", "about", "critical"):
            monkeypatch.setattr(QMessageBox, name, lambda *_: buttons.Ok)
        monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (self.chance.choice(["", "Verse"]), True))
        monkeypatch.setattr(QInputDialog, "getItem", lambda *_, **__: ("", False))
        monkeypatch.setattr(QInputDialog, "getInt", lambda *_, **__: (self.chance.randrange(1, 5), True))
        monkeypatch.setattr("app.sound_settings.SoundSettings.look_again", lambda dialog: None)
        client = self.window.client
        monkeypatch.setattr(client, "request", lambda request: self.asked.append(request) or len(self.asked))
        monkeypatch.setattr(client, "cancel", lambda request_id: self._finish(request_id, cancelled=True))

    def _exec(self, dialog: QDialog) -> int:
        dialog.show()
        self._fiddle(dialog)
        dialog.accept() if self.chance.random() < 0.7 else dialog.reject()
        return dialog.result()

    def answer_menus(self) -> None:
        """A menu holds up whatever opened it until it is answered."""
        QTimer.singleShot(0, self._answer_menu)

    def _answer_menu(self) -> None:
        """Choose something in a context menu that has just popped up."""
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            offered = [action for action in menu.actions() if action.isEnabled() and not action.isSeparator()]
            menu.close()
            if offered and self.chance.random() < 0.8:
                self.chance.choice(offered).trigger()

    def _fiddle(self, dialog: QDialog) -> None:
        """Set whatever can be set in a dialog to anything it allows."""
        for widget in dialog.findChildren(QWidget):
            if not widget.isEnabled() or self.chance.random() < 0.3:
                continue
            if isinstance(widget, QSpinBox | QSlider):
                widget.setValue(self.chance.randint(widget.minimum(), widget.maximum()))
            elif isinstance(widget, QDoubleSpinBox):
                widget.setValue(self.chance.uniform(widget.minimum(), widget.maximum()))
            elif isinstance(widget, QComboBox) and widget.count():
                widget.setCurrentIndex(self.chance.randrange(widget.count()))
            elif isinstance(widget, QCheckBox | QRadioButton):
                widget.click()
            elif isinstance(widget, QLineEdit) and not isinstance(widget.parent(), QSpinBox | QDoubleSpinBox):
                widget.setText(self.chance.choice(["", "Bridge", "pi"]))

    def _close_dialogs(self) -> None:
        for _ in range(5):
            open_ones = [widget for widget in QApplication.topLevelWidgets()
                         if isinstance(widget, QDialog) and widget.isVisible()]
            for dialog in open_ones:
                if dialog.isModal():
                    self._exec(dialog)
                else:
                    dialog.close()
            if not open_ones:
                return

    def _finish(self, request_id: int, cancelled: bool = False) -> None:
        self.asked = [None] * len(self.asked)
        self.window.client.requestFinished.emit(RequestFinished(request_id, cancelled=cancelled))

    def _answer_request(self) -> None:
        """The model answers what was asked, with anything that fits."""
        if not self.asked or self.asked[-1] is None:
            return
        request, number = self.asked[-1], len(self.asked)
        timebase = request.song.timebase
        for index in range(request.takes):
            notes = {}
            for bar, track in request.cells:
                start, end = int(timebase.bar_start(bar)), int(timebase.bar_end(bar))
                fresh = make_notes([self.chance.randrange(start, end)], [120], [self.chance.randrange(128)], [90])
                notes[track] = freeze_notes(np.concatenate([notes.get(track, EMPTY_NOTES), fresh]))
            take = Take(index, request.cells, notes, request.seed + index, request.adventurousness, request.style)
            self.window.client.takeFinished.emit(TakeFinished(number, take))
        self._finish(number)

    # -- a step --------------------------------------------------------------------------------

    def see(self) -> Seen:
        selection = self.document.selection
        return Seen(self.document.song, self.document.locks, self.stack.index(),
                    (selection.notes.tobytes(), selection.bars, selection.current, self.window.transport.loop))

    def do(self, step: Step) -> None:
        """Do it, and look whether everything is as it should be."""
        self.chance, self.said = random.Random(step.seed), step.kind
        self._work_in_window()
        before = self.see()
        self.answer_menus()
        getattr(self, f"_{step.kind}")()
        self.settle()
        QApplication.processEvents()
        self.look(before)

    def settle(self) -> None:
        """Answer what was asked meanwhile."""
        self._answer_request()
        self._close_dialogs()

    def _work_in_window(self) -> None:
        """A menu or dialog that has gone leaves the offscreen platform without an active window."""
        if QApplication.activeWindow() is not self.window or QApplication.focusWidget() is None:
            self.window.activateWindow()
            QApplication.processEvents()
            self.roll.canvas.setFocus()

    def look(self, before: Seen) -> None:
        """One step or none since ``before``; undo and redo give the same songs; nothing is left half done."""
        after = self.see()
        changed = (after.song, after.locks) != (before.song, before.locks)
        if not self.said.startswith("walk") and changed:
            steps = after.index - before.index
            assert steps == 1 and after.index == self.stack.count(), f"{self.said}: {steps} steps"
            self.songs[before.index + 1:] = [after.song]
            self._undo_and_redo(before, after)
        assert len(self.songs) >= self.stack.count() + 1
        del self.songs[self.stack.count() + 1:]
        assert self.document.song == self.songs[self.stack.index()], f"{self.said}: not the song it was"
        self._look_at_window()

    def _undo_and_redo(self, before: Seen, after: Seen) -> None:
        self.stack.undo()
        assert self.document.song == before.song, f"{self.said}: undo is another song"
        assert self.document.locks == before.locks, f"{self.said}: undo has other locks"
        self._look_at_window()
        self.stack.redo()
        assert self.document.song == after.song, f"{self.said}: redo is another song"
        assert self.document.locks == after.locks, f"{self.said}: redo has other locks"

    def _look_at_window(self) -> None:
        song, selection, canvas = self.document.song, self.document.selection, self.roll.canvas
        assert self.roll.hands.gesture is None and canvas.band is None and not len(canvas._floating.notes), self.said
        assert canvas.song is song, f"{self.said}: the roll shows another song"
        assert 0 <= selection.current < max(1, len(song.tracks)), self.said
        here = {tuple(note) for note in (song.tracks[selection.current].notes if song.tracks else EMPTY_NOTES).tolist()}
        assert {tuple(note) for note in selection.notes.tolist()} <= here, f"{self.said}: selected notes that are not"
        assert all(track < len(song.tracks) for track in selection.tracks), self.said
        assert len(self.window.tracks.rows) == len(song.tracks), self.said

    # -- kinds of steps ------------------------------------------------------------------------

    def _action(self) -> None:
        possible = [action.id for action in ACTIONS if action.id not in LEAVING | WALKING
                    and self.window.qactions[action.id].isEnabled()]
        name = self.chance.choice(possible)
        self.said = f"action: {name}"
        self.window.qactions[name].trigger()

    def _walk(self) -> None:
        name = self.chance.choice(("undo", "redo"))
        self.said = f"walk: {name}"
        self.window.qactions[name].trigger()

    def _history(self) -> None:
        index = self.chance.randint(0, self.stack.count())
        self.said = f"walk: history to {index}"
        self.window.history_dock.show()
        panel = self.window.history_dock.widget()
        panel.setCurrentIndex(panel.model().index(index))

    def _select(self) -> None:
        """Some notes of the current track, some bars, another track, tool or grid."""
        selection, track = self.document.selection, self.document.current_track
        match self.chance.randrange(6):
            case 0 | 1 | 2 if track is not None and len(track.notes):
                chosen = [self.chance.random() < 0.3 for _ in track.notes]
                selection.select_notes(track.notes[np.array(chosen)])
            case 3:
                selection.select_bars(self.chance.randrange(10), self.chance.randrange(10))
            case 4 if self.document.song.tracks:
                self.window.tracks.choose(self.chance.randrange(len(self.document.song.tracks)))
            case _:
                self.roll.set_tool(self.chance.choice(("draw", "select", "erase")))
                self.window.tool_bar.choose_grid(self.chance.choice(list(GRIDS)))

    def _wheel(self) -> None:
        """The canvas hands it on to the roll."""
        roll, held = self.roll, self.chance.choice(KEYS)
        at, turned = QPointF(*self._anywhere(roll).toTuple()), QPoint(0, self.chance.choice((-120, 120, 30)))
        event = QWheelEvent(at, QPointF(roll.mapToGlobal(at.toPoint())), QPoint(), turned, Qt.MouseButton.NoButton,
                            held, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(roll, event)

    def _canvas(self) -> None:
        self._drag(self.roll.canvas, self._place_on_canvas())

    def _elsewhere(self) -> None:
        """A gesture on any widget of ours that takes the mouse: ruler, loop, keyboard, lanes, rows, cards."""
        ours = [widget for widget in self.window.findChildren(QWidget)
                if widget.isVisible() and widget is not self.roll.canvas and _takes_the_mouse(widget)]
        widget = self.chance.choice(ours)
        self._drag(widget, self._anywhere(widget))

    def _slider(self) -> None:
        """The volume or pan of a track, dragged."""
        if sliders := [slider for slider in self.window.tracks.findChildren(QSlider) if slider.isVisible()]:
            slider = self.chance.choice(sliders)
            self._drag(slider, self._anywhere(slider))

    def _button(self) -> None:
        buttons = [b for b in self.window.tracks.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
        buttons += [b for b in self.window.assistant.takes.findChildren(QAbstractButton)
                    if b.isVisible() and b.isEnabled()]
        button = self.chance.choice(buttons)
        self.said = f"button: {button.accessibleName() or button.text()}"
        QTest.mouseClick(button, LEFT)

    # -- the mouse -----------------------------------------------------------------------------

    def _anywhere(self, widget: QWidget) -> QPoint:
        return QPoint(self.chance.randrange(max(1, widget.width())), self.chance.randrange(max(1, widget.height())))

    def _place_on_canvas(self) -> QPoint:
        """On a note (its ends or its middle) more often than not, scrolled to if it is out of sight."""
        track = self.document.current_track
        if track is None or not len(track.notes) or self.chance.random() < 0.35:
            return self._anywhere(self.roll.canvas)
        note = self.chance.choice(track.notes.tolist())
        tick = note[0] + note[1] * self.chance.choice((0.02, 0.5, 0.97))
        self.roll.set_view(self.roll.view.revealing(tick, tick, note[2], note[2]))
        view = self.roll.view
        at = QPoint(round(view.x(tick)), round(view.y(note[2]) + view.row / 2))
        return at if self.roll.canvas.rect().contains(at) else self._anywhere(self.roll.canvas)

    def _drag(self, widget: QWidget, start: QPoint) -> None:
        """Press, move a few times, perhaps be interrupted, and let go."""
        held, button = self.chance.choice(KEYS), RIGHT if self.chance.random() < 0.15 else LEFT
        interruption, moves = self.chance.choice(INTERRUPTIONS), self.chance.randrange(4)
        if interruption == "action" and widget is not self.roll.canvas:
            interruption = ""  # what others do, they do at once: the action would be a step of its own
        name = type(widget).__name__
        self.said = f"gesture on {name}, {moves} moves, {held}, {button}, {self.roll.tool}, {interruption}"
        before = self.see()
        twice = self.chance.random() < 0.1
        if twice:
            if widget.focusPolicy() & Qt.FocusPolicy.ClickFocus:
                widget.setFocus()
            self._send(QEvent.Type.MouseButtonDblClick, widget, start, held, button, button)
        else:
            QTest.mousePress(widget, button, held, start)
        at = start
        for _ in range(moves):
            far = self.chance.choice((4, 30, 200))
            at = at + QPoint(self.chance.randint(-far, far), self.chance.randint(-far, far))
            self._move(widget, at, held, button)
        if interruption:
            busy = self.roll.hands.gesture is not None or (widget is self.roll.ruler and not twice)
            self._interrupt(interruption, before, busy and button == LEFT)
        if shiboken6.isValid(widget):
            self._move(widget, at + QPoint(1, 1), held, button)
            QTest.mouseRelease(widget, button, held, at + QPoint(1, 1))

    def _interrupt(self, interruption: str, before: Seen, busy: bool) -> None:
        if interruption == "Esc":
            self._press_esc()
            assert self.document.song is before.song or self.document.song == before.song, f"{self.said}: not cancelled"
            if busy:
                after, focus = self.see().selection, type(QApplication.focusWidget()).__name__
                assert after == before.selection, (
                    f"{self.said}: what was selected is another: {before.selection}, now {after}; Esc went to {focus}")
        else:
            name = self.chance.choice(("undo", "mute", "select_all", "delete", "zoom_in", "next_track", "octave_up"))
            if self.window.qactions[name].isEnabled() and name != "undo":
                self.said += f" {name}"
                self.window.qactions[name].trigger()

    def _press_esc(self) -> None:
        """As the platform would: to what has the focus, after the shortcuts."""
        if QApplication.activeWindow() is not self.window or QApplication.focusWidget() is None:
            self._work_in_window()
        QTest.keyClick(QApplication.focusWidget() or self.window, Qt.Key.Key_Escape)

    def _move(self, widget: QWidget, to: QPoint, held, button) -> None:
        self._send(QEvent.Type.MouseMove, widget, to, held, Qt.MouseButton.NoButton, button)

    @staticmethod
    def _send(kind: QEvent.Type, widget: QWidget, to: QPoint, held, button, buttons) -> None:
        """QTest's moves carry neither buttons nor keys."""
        event = QMouseEvent(kind, QPointF(to), QPointF(widget.mapToGlobal(to)), button, buttons, held)
        QApplication.sendEvent(widget, event)


def _takes_the_mouse(widget: QWidget) -> bool:
    if isinstance(widget, QAbstractSlider | QScrollBar | QComboBox | QAbstractButton):
        return False
    ours = [kind for kind in type(widget).__mro__ if kind.__module__.startswith("app.")]
    return any("mousePressEvent" in vars(kind) for kind in ours)

