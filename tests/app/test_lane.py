"""The lane under the notes: strokes of the mouse draw velocities and controllers, one step of undo each."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.pianoroll.lane import LANES
from app.pianoroll.lane_actions import RampDialog
from core.files.midi import midi_bytes, parse_midi
from core.music.controllers import EXPRESSION, PITCH_BEND, SUSTAIN, curve_of
from core.music.edits import change_track
from core.music.song import RawEvent

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


class Pen:
    """A mouse over the lane that is told ticks and values."""

    def __init__(self, window) -> None:
        self.lane = window.roll.lane

    def at(self, tick: float, value: float) -> QPoint:
        return QPoint(round(self.lane.view.x(tick)), round(self.lane.y(value)))

    def draw(self, *points, held=NONE, button=LEFT, release=True) -> None:
        places = [self.at(*point) for point in points]
        QTest.mousePress(self.lane, button, held, places[0])
        for place in places[1:]:
            QApplication.sendEvent(self.lane, QMouseEvent(
                QEvent.Type.MouseMove, QPointF(place), QPointF(self.lane.mapToGlobal(place)),
                Qt.MouseButton.NoButton, button, held))
        if release:
            QTest.mouseRelease(self.lane, button, held, places[-1])


@pytest.fixture
def pen(window) -> Pen:
    return Pen(window)


def assert_one_step(window, before, label: str) -> None:
    stack = window.document.undo_stack
    assert stack.count() == 1 and stack.undoText() == label
    after = window.document.song
    stack.undo()
    assert window.document.song == before
    stack.redo()
    assert window.document.song == after
    stack.undo()


def test_velocities_are_drawn_freely_as_a_line_and_for_selected_notes_alone(window, pen, song):
    def velocities(track=0):
        return window.document.song.tracks[track].notes["velocity"].tolist()

    pen.draw((0, 100))
    assert velocities()[:2] == pytest.approx([100, 80], abs=1)
    assert_one_step(window, song, "Draw velocities")
    pen.draw((0, 40), (960, 40), (1920, 120), (2880, 120), (960, 100))
    assert velocities()[:4] == pytest.approx([40, 100, 110, 120], abs=3)
    assert_one_step(window, song, "Draw velocities")
    pen.draw((0, 20), (960, 127), (2880, 110), held=SHIFT)
    assert velocities()[:5] == pytest.approx([20, 50, 80, 110, 80], abs=2)
    assert_one_step(window, song, "Draw velocities")
    chosen = song.tracks[0].notes[1:2]
    window.selection.select_notes(chosen)
    pen.draw((0, 10), (7000, 10))
    assert velocities()[:3] == pytest.approx([80, 10, 80], abs=1)
    assert window.selection.notes["velocity"].tolist() == pytest.approx([10], abs=1)
    assert_one_step(window, song, "Draw velocities")
    assert np.array_equal(window.selection.notes, chosen) and velocities(1) == [90] * 8


def test_a_controller_is_drawn_heard_written_and_erased(window, pen, song):
    window.qactions["lane_expression"].trigger()
    assert window.qactions["lane_expression"].isChecked() and not window.qactions["lane_velocity"].isChecked()
    pen.draw((0, 20), (960, 60), (1920, 100))
    track = window.document.song.tracks[0]
    curve = curve_of(track, EXPRESSION)
    assert [curve.value_at(tick, 127) for tick in (0, 480, 960, 1440)] == pytest.approx([20, 40, 60, 80], abs=4)
    assert curve.value_at(2500, 127) == 127
    assert window.playback.song.tracks[0].events == track.events
    assert np.array_equal(curve_of(parse_midi(midi_bytes(window.document.song)).tracks[0], EXPRESSION).values,
                          curve.values)
    drawn = window.document.song
    pen.draw((400, 60), (1000, 60), button=RIGHT)
    left = curve_of(window.document.song.tracks[0], EXPRESSION).ticks
    assert not ((left > 400) & (left < 1000)).any() and len(left)
    window.undo()
    assert window.document.song == drawn and window.document.undo_stack.undoText() == "Draw expression"
    window.undo()
    assert window.document.song == song


def test_the_pedal_keeps_to_the_grid_and_the_bend_has_its_middle(window, pen, song):
    window.lanes.show_kind("Sustain")
    pen.draw((130, 120), (1000, 120))
    pedal = curve_of(window.document.song.tracks[0], SUSTAIN)
    assert list(zip(pedal.ticks.tolist(), pedal.values.tolist())) == [(120, 127), (1080, 0)]
    assert_one_step(window, song, "Draw sustain")
    window.lanes.show_kind("Pitch Bend")
    pen.draw((0, -8192), (960, 8191), held=SHIFT)
    bend = curve_of(window.document.song.tracks[0], PITCH_BEND)
    assert bend.value_at(480, 0) == pytest.approx(0, abs=700) and bend.value_at(2000, 0) == 0
    assert_one_step(window, song, "Draw pitch bend")


def test_esc_cancels_a_stroke_in_every_lane(window, pen, song):
    for kind in LANES:
        window.lanes.show_kind(kind)
        pen.draw((0, 30), (1500, 90), release=False)
        window.qactions["select_none"].trigger()
        QTest.mouseRelease(pen.lane, LEFT, NONE, pen.at(1500, 90))
        assert window.document.song is song and window.document.undo_stack.count() == 0
    pen.draw((0, 30), (1500, 90), release=False)
    window.undo()
    assert pen.lane.stroke is None and window.document.song is song


def test_events_of_other_kinds_stay_where_they_are(window, pen, song):
    events = (RawEvent(0, b"\xb0\x40\x7f"), RawEvent(100, b"\xff\x05\x02la"), RawEvent(100, b"\xb0\x0b\x10"))
    window.document.load(change_track(song, 0, events=events))
    window.lanes.show_kind("Expression")
    pen.draw((0, 20), (1920, 100))
    assert [event for event in window.document.song.tracks[0].events if event.data[:2] != b"\xb0\x0b"] == [*events[:2]]


def test_a_ramp_is_drawn_by_numbers_over_bars_or_notes(window, song, monkeypatch):
    def fill_in(dialog):
        dialog.first.setValue(20)
        dialog.last.setValue(100)
        return True

    monkeypatch.setattr(RampDialog, "exec", fill_in)
    window.qactions["ramp"].trigger()
    assert "select notes or bars" in window.statusBar().currentMessage()
    window.selection.select_bars(0, 1)
    window.qactions["ramp"].trigger()
    assert window.document.song.tracks[0].notes["velocity"].tolist()[:5] == [20, 47, 73, 100, 80]
    assert_one_step(window, song, "Draw velocities")
    window.lanes.show_kind("Modulation")
    window.qactions["ramp"].trigger()
    assert_one_step(window, song, "Draw modulation")


def test_the_lane_its_height_and_whether_it_is_shown_are_remembered(window, pen):
    window.lanes.show_kind("Pitch Bend")
    QTest.mousePress(pen.lane, LEFT, NONE, QPoint(50, 2))
    place = QPoint(50, -28)
    QApplication.sendEvent(pen.lane, QMouseEvent(QEvent.Type.MouseMove, QPointF(place), QPointF(
        pen.lane.mapToGlobal(place)), Qt.MouseButton.NoButton, LEFT, NONE))
    QTest.mouseRelease(pen.lane, LEFT, NONE, place)
    assert pen.lane.height() == 126 and window.settings.lane_height == 126
    assert window.settings.lane == "Pitch Bend" and window.document.undo_stack.count() == 0
    window.qactions["lane"].trigger()
    assert pen.lane.isHidden() and not window.settings.lane_shown and not window.qactions["lane_bend"].isChecked()
    window.qactions["lane_velocity"].trigger()
    assert not pen.lane.isHidden() and window.settings.lane_shown
