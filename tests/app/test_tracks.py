"""The list of tracks: what a click selects, and that each change is one step of undo."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.tracks.instrument_picker import InstrumentPicker
from app.tracks.instruments import instrument_names
from app.tracks.pitch_box import PitchBox
from app.tracks.track_actions import SplitDialog
from core.music.edits import change_track

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
    shown = [(r.name.text(), r.instrument.text(), r.volume.value()) for r in window.tracks.rows]
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


def choose_instrument(window, monkeypatch, type_in: str, keys=()) -> None:
    """As a person does it: the dialog, a few letters, arrow keys, Return."""
    def use(picker) -> bool:
        picker.show()
        QTest.keyClicks(picker.search, type_in)
        for key in keys:
            QTest.keyClick(picker.search, key)
        QTest.keyClick(picker.search, Qt.Key.Key_Return)
        return picker.result() == picker.DialogCode.Accepted

    monkeypatch.setattr(InstrumentPicker, "exec", use)
    window.qactions["instrument"].trigger()


def test_an_instrument_is_found_by_letters_heard_and_chosen(window, song, monkeypatch):
    choose_instrument(window, monkeypatch, "strings vio")
    assert window.document.song.tracks[0].program == 40 and row(window, 0).instrument.text() == "Violin"
    assert window.playback.sounded == [("", 60)]
    choose_instrument(window, monkeypatch, "strings", [Qt.Key.Key_Down, Qt.Key.Key_Down])
    assert row(window, 0).instrument.text() == "Cello"
    choose_instrument(window, monkeypatch, "drum kit")
    assert window.document.song.tracks[0].is_drum and window.roll.keyboard.drums
    assert window.playback.sounded[-1] == ("", 38)
    window.grab()
    choose_instrument(window, monkeypatch, "no such thing")
    assert window.document.undo_stack.count() == 3
    for _ in range(3):
        window.document.undo_stack.undo()
    assert window.document.song == song and not window.roll.keyboard.drums
    assert len(instrument_names()) == 129 and len(set(instrument_names())) == 129


def test_the_button_of_another_row_chooses_for_that_track(window, monkeypatch):
    asked = []
    monkeypatch.setattr(InstrumentPicker, "exec", lambda picker: asked.append(picker.row))
    QTest.mouseClick(row(window, 1).instrument, LEFT)
    assert asked == [33] and window.selection.current == 1


def test_drums_are_called_by_name_on_the_keyboard_and_in_the_status_bar(window):
    window.roll.keyboard.set_hovered(38)
    assert window.pitch_label.text() == "D2"
    window.document.replace_song(change_track(window.document.song, 0, is_drum=True), "Drums")
    window.roll.keyboard.set_hovered(40)
    assert window.pitch_label.text() == "Electric Snare · E2"
    window.roll.keyboard.set_hovered(None)
    assert window.pitch_label.text() == ""


def drag(window, index: int, to_row: int, below: bool = True) -> None:
    """Press a row and hold it over the upper or lower part of another."""
    held, over = row(window, index), row(window, to_row)
    QTest.mousePress(held, LEFT, NONE, QPoint(60, 12))
    for y in (over.height() // 4, over.height() - 6 if below else 6):
        QTest.mouseMove(held, held.mapFromGlobal(over.mapToGlobal(QPoint(60, y))))


def names(window) -> list[str]:
    return [track.name for track in window.document.song.tracks]


def test_a_track_is_dragged_to_another_place_and_esc_lets_it_be(window, song):
    window.tracks.add()
    drag(window, 0, 2)
    assert names(window) == ["Piano", "Bass", "Track 3"] and window.tracks.dragging.held
    QTest.mouseRelease(row(window, 0), LEFT)
    assert names(window) == ["Bass", "Track 3", "Piano"] and window.selection.current == 2
    drag(window, 2, 1, below=False)
    QTest.mouseRelease(row(window, 2), LEFT)
    assert names(window) == ["Bass", "Piano", "Track 3"]
    assert window.document.undo_stack.count() == 3
    drag(window, 0, 2)
    QTest.keyClick(window.roll.canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(row(window, 0), LEFT)
    assert not window.tracks.dragging.held and window.document.undo_stack.count() == 3
    for _ in range(3):
        window.document.undo_stack.undo()
    assert window.document.song == song


def test_a_track_is_duplicated_and_merged_again(window, song):
    window.qactions["duplicate_track"].trigger()
    assert names(window) == ["Piano", "Piano copy", "Bass"] and window.selection.current == 1
    window.qactions["merge_tracks"].trigger()
    assert names(window) == ["Piano", "Piano copy"]
    assert len(window.document.song.tracks[1].notes) == 24
    assert "Merged Bass into Piano copy" in window.statusBar().currentMessage()
    window.qactions["merge_tracks"].trigger()
    assert "no track below" in window.statusBar().currentMessage()
    window.tracks.mark_all()
    window.qactions["merge_tracks"].trigger()
    assert names(window) == ["Piano"] and len(window.document.song.tracks[0].notes) == 24
    for _ in range(3):
        window.document.undo_stack.undo()
    assert window.document.song == song


def test_drums_are_not_merged_with_a_piano_and_that_is_said(window):
    window.document.replace_song(change_track(window.document.song, 1, is_drum=True), "Drums")
    before = window.document.song
    window.qactions["merge_tracks"].trigger()
    assert window.document.song is before and "drums" in window.statusBar().currentMessage()


def test_a_track_is_split_at_the_lowest_selected_note(window, song, monkeypatch):
    offered = []
    monkeypatch.setattr(SplitDialog, "exec", lambda dialog: offered.append((dialog.pitch, dialog.says.text())) or True)
    window.selection.select_notes(song.tracks[0].notes[1:2])
    window.qactions["split_track"].trigger()
    assert offered == [(64, "8 notes go to a new track, 8 stay.")]
    assert names(window) == ["Piano", "Piano low", "Bass"]
    assert [set(track.notes["pitch"].tolist()) for track in window.document.song.tracks[:2]] == [{64}, {60}]
    window.document.undo_stack.undo()
    assert window.document.song == song


@pytest.mark.parametrize(("typed", "pitch"), [("c4", 60), ("F#3", 54), ("e♭5", 75), ("61", 61), ("B-1", 11)])
def test_pitches_are_typed_as_notes_or_numbers(qtbot, typed, pitch):
    box = PitchBox(minimum=1, maximum=127, value=100)
    qtbot.addWidget(box)
    box.lineEdit().setText(typed)
    box.interpretText()
    assert box.value() == pitch


def test_a_drag_of_the_volume_is_one_step(window, song):
    slider = row(window, 0).volume
    slider.held.emit(False)
    for value in (90, 60, 33):
        slider.setValue(value)
    slider.letGo.emit()
    assert window.document.song.tracks[0].volume == 33 and window.document.undo_stack.count() == 1
    slider.held.emit(False)
    slider.setValue(20)
    slider.letGo.emit()
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
