"""The list of tracks: what a click selects, and that each change is one step of undo."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.tracks.instruments import DRUMS, instrument_names

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def row(window, index: int):
    return window.tracks.rows[index]


def click(window, index: int, held=NONE) -> None:
    QTest.mouseClick(row(window, index), LEFT, held, QPoint(60, 12))


def test_a_click_makes_current_and_ctrl_and_shift_mark_more(window):
    window.tracks.add()
    click(window, 0)
    assert (window.selection.current, window.selection.tracks) == (0, (0,))
    click(window, 2, CTRL)
    assert (window.selection.current, window.selection.tracks) == (0, (0, 2))
    click(window, 0, CTRL)
    assert window.selection.tracks == (2,)
    click(window, 2, SHIFT)
    assert window.selection.tracks == (0, 1, 2)
    assert row(window, 1).property("marked") and row(window, 0).property("current")


def test_the_list_shows_the_song(window, song):
    shown = [(r.name.text(), r.instrument.currentText(), r.volume.value()) for r in window.tracks.rows]
    assert shown == [("Piano", "Acoustic Grand Piano", 100), ("Bass", "Electric Bass (finger)", 100)]


def test_renaming_is_one_step_and_a_name_at_rest_takes_no_keys(window, song):
    assert not row(window, 0).name.hasFocus() and row(window, 0).name.isReadOnly()
    row(window, 0).rename()
    row(window, 0).name.setText("  Upright ")
    row(window, 0).name.editingFinished.emit()
    assert window.document.song.tracks[0].name == "Upright" and row(window, 0).name.isReadOnly()
    assert window.document.undo_stack.count() == 1
    window.document.undo_stack.undo()
    assert window.document.song == song and row(window, 0).name.text() == "Piano"


@pytest.mark.parametrize(("button", "fact"), [("mute", "mute"), ("solo", "solo")])
def test_mute_and_solo_are_steps(window, song, button, fact):
    QTest.mouseClick(getattr(row(window, 1), button), LEFT)
    assert getattr(window.document.song.tracks[1], fact) and window.playback.song is window.document.song
    window.document.undo_stack.undo()
    assert window.document.song == song and not getattr(row(window, 1), button).isChecked()


def test_choosing_an_instrument_and_the_drum_kit(window, song):
    box = row(window, 0).instrument
    box.activated.emit(40)
    assert window.document.song.tracks[0].program == 40 and box.currentText() == "Violin"
    box.activated.emit(DRUMS)
    assert window.document.song.tracks[0].is_drum and window.roll.keyboard.drums
    window.grab()
    box.activated.emit(0)
    assert not window.document.song.tracks[0].is_drum
    for _ in range(3):
        window.document.undo_stack.undo()
    assert window.document.song == song
    assert len(instrument_names()) == 129 and len(set(instrument_names())) == 129


def test_a_drag_of_the_volume_is_one_step(window, song):
    slider = row(window, 0).volume
    slider.sliderPressed.emit()
    for value in (90, 60, 33):
        slider.setValue(value)
    slider.sliderReleased.emit()
    assert window.document.song.tracks[0].volume == 33 and window.document.undo_stack.count() == 1
    slider.sliderPressed.emit()
    slider.setValue(20)
    slider.sliderReleased.emit()
    assert window.document.undo_stack.count() == 2
    window.document.undo_stack.undo()
    window.document.undo_stack.undo()
    assert window.document.song == song and slider.value() == 100


def test_the_wheel_over_a_track_changes_nothing(window, song):
    for widget in (row(window, 0).volume, row(window, 0).instrument):
        centre = widget.rect().center()
        QApplication.sendEvent(
            widget,
            QWheelEvent(
                QPointF(centre),
                QPointF(widget.mapToGlobal(centre)),
                QPoint(),
                QPoint(0, 120),
                Qt.MouseButton.NoButton,
                NONE,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )
    assert window.document.song is song


def test_a_track_of_its_own_colour(window, song):
    row(window, 0).changed.emit("Change colour", {"colour": "#ff00aa"})
    assert window.themes.theme.track_colour(0, window.document.song.tracks[0].colour).name() == "#ff00aa"
    window.document.undo_stack.undo()
    assert window.document.song == song


def test_rows_come_and_go_with_the_tracks(window, song):
    for _ in range(3):
        window.tracks.add()
    assert len(window.tracks.rows) == 5 and row(window, 4).name.text() == "Track 5"
    while window.document.song.tracks:
        window.tracks.remove()
    assert window.tracks.rows == [] and not window.tracks.remove_button.isEnabled()
    while window.document.undo_stack.canUndo():
        window.document.undo_stack.undo()
    assert window.document.song == song and len(window.tracks.rows) == 2
