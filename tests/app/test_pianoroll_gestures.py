"""Gestures with a real mouse on a real window: each is one step of undo, and Esc leaves everything as it was."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.music.song import EMPTY_NOTES

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


class Mouse:
    """A mouse that is told ticks and pitches."""

    def __init__(self, window) -> None:
        self.canvas, self.roll = window.roll.canvas, window.roll

    def at(self, tick: float, pitch: int, dx: int = 0) -> QPoint:
        view = self.roll.view
        return QPoint(round(view.x(tick)) + dx, round(view.y(pitch) + view.row / 2))

    def drag(self, start: QPoint, end: QPoint, held=NONE, button=LEFT, release=True) -> None:
        QTest.mousePress(self.canvas, button, held, start)
        for part in (0.3, 0.7, 1.0):
            self.move(start + (end - start) * part, held, button)
        if release:
            QTest.mouseRelease(self.canvas, button, held, end)

    def move(self, to: QPoint, held=NONE, button=LEFT) -> None:
        # QTest.mouseMove carries neither buttons nor keys, so the event is made here.
        event = QMouseEvent(QEvent.Type.MouseMove, QPointF(to), QPointF(self.canvas.mapToGlobal(to)),
                            Qt.MouseButton.NoButton, button, held)
        QApplication.sendEvent(self.canvas, event)

    def click(self, at: QPoint, held=NONE, button=LEFT) -> None:
        QTest.mouseClick(self.canvas, button, held, at)


@pytest.fixture
def mouse(window) -> Mouse:
    window.roll.set_view(window.roll.view.with_pitches(60, 70))  # what these gestures touch is in sight
    return Mouse(window)


def rows(notes) -> list[tuple]:
    return [tuple(int(v) for v in note) for note in notes]


def assert_one_step(window, before, label: str) -> None:
    stack = window.document.undo_stack
    assert stack.count() == 1 and stack.undoText() == label
    after = window.document.song
    stack.undo()
    assert window.document.song == before
    stack.redo()
    assert window.document.song == after


def test_drawing_a_note_takes_its_length_from_the_drag(window, mouse, song):
    window.roll.use_draw()
    mouse.drag(mouse.at(500, 70), mouse.at(500 + 700, 70))
    fresh = window.selection.notes
    assert rows(fresh) == [(480, 720, 70, 90)]
    assert ("Piano", 70) in window.playback.sounded
    assert_one_step(window, song, "Draw note")


def test_a_click_draws_a_note_one_grid_step_long(window, mouse, song):
    window.roll.use_draw()
    mouse.click(mouse.at(610, 70))
    assert rows(window.selection.notes) == [(600, 120, 70, 90)]
    assert_one_step(window, song, "Draw note")


def test_moving_keeps_to_the_grid_and_alt_does_not(window, mouse, song):
    mouse.drag(mouse.at(200, 60), mouse.at(200 + 500, 62))
    assert rows(window.selection.notes) == [(480, 480, 62, 80)]
    assert_one_step(window, song, "Move notes")
    window.document.undo_stack.undo()
    mouse.drag(mouse.at(200, 60), mouse.at(200 + 500, 60), held=ALT)
    assert abs(int(window.selection.notes["onset"][0]) - 500) < 20
    assert int(window.selection.notes["onset"][0]) % 120


def test_the_selected_notes_move_together_and_stop_together_at_the_edge(window, mouse, song):
    window.selection.select_notes(song.tracks[0].notes[:2])
    mouse.drag(mouse.at(1200, 64), mouse.at(1200 - 5000, 64))
    assert rows(window.selection.notes) == [(0, 480, 60, 80), (960, 480, 64, 80)]
    assert window.document.undo_stack.count() == 0


def test_ctrl_drag_copies(window, mouse, song):
    mouse.drag(mouse.at(200, 60), mouse.at(200 + 480, 67), held=CTRL)
    assert len(window.document.song.tracks[0].notes) == 17
    assert rows(window.selection.notes) == [(480, 480, 67, 80)]
    assert_one_step(window, song, "Copy notes")


def test_dragging_the_edges_resizes(window, mouse, song):
    mouse.drag(mouse.at(480, 60, dx=-3), mouse.at(960, 60, dx=-3))
    assert rows(window.selection.notes) == [(0, 960, 60, 80)]
    assert_one_step(window, song, "Resize notes")
    window.document.undo_stack.undo()
    mouse.drag(mouse.at(960, 64, dx=3), mouse.at(1200, 64, dx=3))
    assert rows(window.selection.notes) == [(1200, 240, 64, 80)]


def test_a_resized_note_never_vanishes(window, mouse):
    mouse.drag(mouse.at(480, 60, dx=-3), mouse.at(0, 60))
    assert rows(window.selection.notes) == [(0, 120, 60, 80)]


def test_erasing_takes_all_the_mouse_passes_over_in_one_step(window, mouse, song):
    window.roll.use_erase()
    mouse.drag(mouse.at(100, 60), mouse.at(2200, 60))
    assert len(window.document.song.tracks[0].notes) == 14
    assert_one_step(window, song, "Erase notes")


def test_the_right_button_erases_with_any_tool(window, mouse, song):
    mouse.click(mouse.at(100, 60), button=RIGHT)
    assert len(window.document.song.tracks[0].notes) == 15
    assert_one_step(window, song, "Erase notes")


def test_a_band_selects_and_shift_adds_without_touching_the_song(window, mouse, song):
    mouse.drag(mouse.at(600, 66), mouse.at(1100, 62))
    assert rows(window.selection.notes) == [(960, 480, 64, 80)]
    mouse.drag(mouse.at(500, 58), mouse.at(10, 61), held=SHIFT)
    assert len(window.selection.notes) == 2
    assert window.document.undo_stack.count() == 0
    mouse.click(mouse.at(600, 75))
    assert not len(window.selection.notes)


def test_clicks_select_one_and_ctrl_clicks_add_and_take_away(window, mouse, song):
    mouse.click(mouse.at(200, 60))
    assert rows(window.selection.notes) == [(0, 480, 60, 80)]
    mouse.click(mouse.at(1200, 64), held=CTRL)
    assert len(window.selection.notes) == 2
    mouse.click(mouse.at(200, 60), held=CTRL)
    assert rows(window.selection.notes) == [(960, 480, 64, 80)]
    assert window.document.undo_stack.count() == 0


@pytest.mark.parametrize(
    ("tool", "start", "end", "held"),
    [
        ("draw", (500, 70), (1200, 70), NONE),
        ("select", (200, 60), (900, 66), NONE),
        ("select", (200, 60), (900, 66), CTRL),
        ("select", (470, 60), (900, 60), NONE),
        ("erase", (100, 60), (2200, 60), NONE),
        ("select", (600, 70), (1100, 60), NONE),
    ],
)
def test_esc_cancels_every_gesture(window, mouse, song, tool, start, end, held):
    chosen = song.tracks[0].notes[4:5]
    window.selection.select_notes(chosen)
    window.roll.set_tool(tool)
    mouse.drag(mouse.at(*start), mouse.at(*end), held=held, release=False)
    assert window.roll.hands.gesture is not None
    window.qactions["select_none"].trigger()
    assert window.roll.hands.gesture is None
    QTest.mouseRelease(window.roll.canvas, LEFT, held, mouse.at(*end))
    assert window.document.song is song and window.document.undo_stack.count() == 0
    assert np.array_equal(window.selection.notes, chosen)
    assert window.roll.canvas.song is song and window.roll.canvas.band is None


def test_esc_without_a_gesture_lets_go_of_notes_and_then_of_bars(window, song):
    window.selection.select_notes(song.tracks[0].notes)
    window.selection.select_bars(0, 1)
    window.qactions["select_none"].trigger()
    assert not len(window.selection.notes) and window.selection.bars == (0, 1)
    window.qactions["select_none"].trigger()
    assert window.selection.bars is None


def test_undo_during_a_gesture_takes_back_the_gesture(window, mouse, song):
    mouse.drag(mouse.at(200, 60), mouse.at(900, 66), release=False)
    window.undo()
    assert window.roll.hands.gesture is None and window.document.song is song


def test_an_edit_from_elsewhere_ends_a_gesture(window, mouse, song):
    mouse.drag(mouse.at(200, 60), mouse.at(900, 66), release=False)
    window.tracks.toggle_mute()
    QTest.mouseRelease(window.roll.canvas, LEFT, NONE, mouse.at(900, 66))
    assert window.document.undo_stack.count() == 1
    assert np.array_equal(window.document.song.tracks[0].notes, song.tracks[0].notes)


def test_a_double_click_on_a_ghost_goes_to_its_track(window, mouse):
    window.roll.set_view(window.roll.view.with_pitches(40, 60))
    QTest.mouseDClick(window.roll.canvas, LEFT, NONE, mouse.at(1000, 40))
    assert window.selection.current == 1


def test_without_tracks_the_mouse_does_nothing(window, mouse):
    window.tracks.remove()
    window.tracks.remove()
    for tool in ("draw", "select", "erase"):
        window.roll.set_tool(tool)
        mouse.drag(mouse.at(200, 60), mouse.at(900, 66))
    assert window.document.song.tracks == () and np.array_equal(window.selection.notes, EMPTY_NOTES)


def test_a_long_random_session_can_be_undone_and_redone_exactly(window, mouse, song):
    random = np.random.default_rng(7)
    for _ in range(150):
        window.roll.set_tool(["draw", "select", "erase"][random.integers(3)])
        start = mouse.at(int(random.integers(0, 12_000)), int(random.integers(56, 72)), int(random.integers(-3, 4)))
        end = mouse.at(int(random.integers(0, 12_000)), int(random.integers(56, 72)))
        held = [NONE, NONE, CTRL, SHIFT, ALT][random.integers(5)]
        before = window.document.undo_stack.count()
        mouse.drag(start, end, held=held, release=bool(random.integers(6)))
        if window.roll.hands.gesture is not None:
            window.qactions["select_none"].trigger()
        assert window.document.undo_stack.count() - before in (0, 1)
    after, steps = window.document.song, window.document.undo_stack.count()
    assert steps > 30
    for _ in range(steps):
        window.document.undo_stack.undo()
    assert window.document.song == song
    for _ in range(steps):
        window.document.undo_stack.redo()
    assert window.document.song == after
