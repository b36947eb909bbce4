"""Esc, pressed as a key while the mouse button is down: song, notes, bars, track and loop are what they were."""

from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.pianoroll.hands import TOOLS
from app.pianoroll.lane import LANES
from app.pianoroll.ruler_marks import BARS, MARKERS
from core.music.markers import set_marker
from core.music.muting import mute_notes
from core.music.song import Marker
from tests.app.conftest import BAR

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
KEYS = (NONE, SHIFT, CTRL, ALT, CTRL | ALT)
CLICK, DRAG = (), ((40, 30), (90, -50))

PLACES = {"the selected note": (4 * BAR + 200, 60), "its end": (4 * BAR + 475, 60), "another note": (200, 60),
          "another note's start": (962, 64), "another note's end": (475, 60), "a muted note": (2 * BAR + 200, 60),
          "another track's note": (1500, 40), "the ground": (600, 70)}


@pytest.fixture
def window(window, song):
    """A muted note, a note selected, bars marked, both tracks in sight, and the focus far from the roll."""
    window.document.load(set_marker(mute_notes(song, 0, song.tracks[0].notes[4:5]), Marker(BAR, "Verse")))
    window.roll.set_view(replace(window.roll.view, row=12.0).with_pitches(40, 72))
    window.selection.select_notes(window.document.song.tracks[0].notes[7:8])  # on bar 5
    window.selection.select_bars(1, 2)
    window.transport.set_loop((BAR, 2 * BAR), True)
    return window


def state(window) -> tuple:
    selection = window.selection
    return (window.document.song, window.document.undo_stack.index(), selection.notes.tolist(),
            selection.muted.tolist(), selection.bars, selection.tracks, selection.current,
            window.transport.loop, window.transport.looping)


def send(widget, kind, at: QPoint, held, button, buttons) -> None:
    event = QMouseEvent(kind, QPointF(at), QPointF(widget.mapToGlobal(at)), button, buttons, held)
    QApplication.sendEvent(widget, event)


def press_move_and_esc(window, widget, at: QPoint, held=NONE, button=LEFT, moves=DRAG, focus=None):
    before = state(window)
    QTest.mousePress(widget, button, held, at)
    for dx, dy in moves:
        send(widget, QEvent.Type.MouseMove, at + QPoint(dx, dy), held, Qt.MouseButton.NoButton, button)
    if focus is not None:
        focus.setFocus()
    assert focus is None or QApplication.focusWidget() is focus
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert state(window) == before
    assert window.roll.hands.gesture is None and window.roll.canvas.band is None
    end = at + QPoint(*(moves[-1] if moves else (0, 0)))
    send(widget, QEvent.Type.MouseMove, end, held, Qt.MouseButton.NoButton, button)
    QTest.mouseRelease(widget, button, held, end)
    assert state(window) == before


@pytest.mark.parametrize("tool", TOOLS)
def test_on_the_notes(window, tool):
    """With every tool, on everything, with every key, as a click and as a drag."""
    roll, seen = window.roll, window.roll.view
    roll.set_tool(tool)
    for (tick, pitch), held, button in product(PLACES.values(), KEYS, (LEFT, RIGHT)):
        for moves in CLICK, DRAG:
            roll.set_view(seen)
            at = QPoint(round(seen.x(tick)), round(seen.y(pitch) + seen.row / 2))
            assert roll.canvas.rect().contains(at)
            press_move_and_esc(window, roll.canvas, at, held, button, moves)


def test_in_the_lane_and_on_its_top_edge(window):
    lane, height = window.roll.lane, window.roll.lane.height()
    for kind, y, held in product(LANES, (1, height // 2), (NONE, SHIFT, ALT)):
        lane.set_kind(kind)
        press_move_and_esc(window, lane, QPoint(300, y), held)
        assert lane.stroke is None and lane.height() == height


def test_on_the_ruler_its_loop_and_its_marker(window):
    ruler = window.roll.ruler
    ruler.grab()  # a marker is where it was drawn
    x = round(window.roll.view.x(BAR))
    for y, dx, held, moves in product((5, MARKERS + 5, BARS + 10), (5, 300), (NONE, SHIFT, ALT), (CLICK, DRAG)):
        press_move_and_esc(window, ruler, QPoint(x + dx, y), held, moves=moves)


def test_on_the_keyboard(window):
    """Held with Ctrl, keys select; Esc selects what was selected before the first of them."""
    keyboard = window.roll.keyboard
    for pitch, held, moves in product((60, 64), (NONE, CTRL, CTRL | SHIFT), (CLICK, DRAG)):
        at = QPoint(20, round(window.roll.view.y(pitch) + 3))
        press_move_and_esc(window, keyboard, at, held, moves=moves)
    QTest.mouseClick(keyboard, LEFT, CTRL, at)
    assert set(window.selection.notes["pitch"]) == {64}


def test_after_the_focus_went_elsewhere(window):
    """Tab in the middle of a drag: Esc is still the drag's."""
    at = QPoint(round(window.roll.view.x(200)), round(window.roll.view.y(60) + window.roll.view.row / 2))
    for elsewhere in (window.tool_bar.grid, window.tracks.rows[0].instrument):
        press_move_and_esc(window, window.roll.canvas, at, focus=elsewhere)
