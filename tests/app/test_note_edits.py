"""Edits of notes by menu and key: each does its thing in one step, and undo and redo give identical songs."""

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.pianoroll.quantise_choice import QuantiseChoice, choice_of
from app.pianoroll.quantise_dialog import QuantiseDialog
from core.files.midi import midi_bytes, parse_midi
from core.music.song import EMPTY_NOTES, Song, Track, make_notes
from tests.app.test_pianoroll_gestures import Mouse

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def trigger(window, name: str) -> None:
    made = window.qactions[name]
    assert made.isEnabled(), name
    made.trigger()


def rows(notes) -> list[tuple]:
    return [tuple(int(v) for v in note) for note in notes]


def show(window, *notes) -> Song:
    """Make a song of these notes, all selected."""
    song = Song(tracks=(Track(make_notes(*zip(*notes)), name="Piano"),))
    window.document.load(song)
    window.selection.select_notes(song.tracks[0].notes)
    return song


CHORD_AND_TUNE = ((0, 480, 60, 80), (0, 480, 64, 80), (500, 200, 67, 70), (950, 100, 67, 60))


EDITS = [
    ("scale_step_up", [(0, 480, 62, 80), (0, 480, 65, 80), (500, 200, 69, 70), (950, 100, 69, 60)]),
    ("scale_step_down", [(0, 480, 59, 80), (0, 480, 62, 80), (500, 200, 65, 70), (950, 100, 65, 60)]),
    ("tick_later", [(1, 480, 60, 80), (1, 480, 64, 80), (501, 200, 67, 70), (951, 100, 67, 60)]),
    ("longer", [(0, 600, 60, 80), (0, 600, 64, 80), (500, 320, 67, 70), (950, 220, 67, 60)]),
    ("shorter", [(0, 360, 60, 80), (0, 360, 64, 80), (500, 120, 67, 70), (950, 100, 67, 60)]),
    ("start_later", [(120, 360, 60, 80), (120, 360, 64, 80), (580, 120, 67, 70), (950, 100, 67, 60)]),
    ("join", [(0, 480, 60, 80), (0, 480, 64, 80), (500, 550, 67, 70)]),
    ("quick_quantise", [(0, 480, 60, 80), (0, 480, 64, 80), (480, 200, 67, 70), (960, 100, 67, 60)]),
    ("legato", [(0, 500, 60, 80), (0, 500, 64, 80), (500, 450, 67, 70), (950, 100, 67, 60)]),
    ("reverse", [(0, 100, 67, 60), (350, 200, 67, 70), (570, 480, 60, 80), (570, 480, 64, 80)]),
    ("humanise", None),
    ("mute_notes", []),
]


def test_each_edit_is_one_step_and_undo_and_redo_are_exact(window):
    for name, expected in EDITS:
        song = show(window, *CHORD_AND_TUNE)
        if name.startswith("scale"):
            window.roll.scale.choose("C major")
        trigger(window, name)
        after = window.document.song
        assert window.document.undo_stack.count() == 1 and after != song
        if expected is not None:
            assert rows(after.tracks[0].notes) == expected, name
            assert np.array_equal(window.selection.notes, after.tracks[0].notes)
        trigger(window, "undo")
        assert window.document.song == song and len(window.selection.notes) == 4
        trigger(window, "redo")
        assert window.document.song == after


def test_the_scale_is_found_from_the_notes_where_none_is_chosen(window, song):
    show(window, *((i * 480, 480, 62 + step, 80) for i, step in enumerate((0, 4, 7, 5, 4, 2, 0, -1, 0))))
    trigger(window, "scale_step_up")
    assert window.selection.notes["pitch"].tolist()[:4] == [64, 67, 71, 69]
    assert window.document.undo_stack.undoText() == "Transpose up a step of the scale (D major)"


REFUSALS = [
    ("scale_step_up", "above the keyboard"), ("join", "two or more notes of one pitch"), ("split", "no note sounds"),
    ("split_pointer", "no note under the mouse"), ("start_earlier", "song's start"),
    ("tick_earlier", "before the song"),
]


def test_what_cannot_be_done_is_refused_in_words(window):
    song = show(window, (0, 120, 127, 80))
    for name, words in REFUSALS:
        trigger(window, name)
        assert window.document.song is song and window.document.undo_stack.count() == 0
        assert words in window.statusBar().currentMessage()


def test_notes_are_split_at_the_playhead_and_joined_again(window, song):
    window.selection.select_notes(song.tracks[0].notes[:1])
    window.locate(100)
    trigger(window, "split")
    assert rows(window.document.song.tracks[0].notes[:2]) == [(0, 100, 60, 80), (100, 380, 60, 80)]
    assert rows(window.selection.notes) == [(100, 380, 60, 80)]
    trigger(window, "select_previous_too")
    trigger(window, "join")
    assert window.document.song == song and window.document.undo_stack.count() == 2


def move_mouse(window, tick: float, pitch: int) -> QPoint:
    view, canvas = window.roll.view, window.roll.canvas
    at = QPoint(round(view.x(tick)), round(view.y(pitch) + view.row / 2))
    QApplication.sendEvent(canvas, QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(canvas.mapToGlobal(at)),
                                               Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, NONE))
    return at


def test_the_note_under_the_mouse_is_split_on_the_grid(window, song):
    move_mouse(window, 250, 60)
    trigger(window, "split_pointer")
    assert rows(window.document.song.tracks[0].notes[:2]) == [(0, 240, 60, 80), (240, 240, 60, 80)]


def test_quantising_shows_what_it_would_do_and_cancel_leaves_no_trace(window):
    song = show(window, *CHORD_AND_TUNE)
    trigger(window, "quantise_notes")
    dialog = window.findChild(QuantiseDialog)
    dialog.grid.setCurrentText("1/4")
    dialog.strength.number.setValue(50)
    floating = window.roll.canvas._floating.notes
    assert rows(floating)[2:] == [(490, 200, 67, 70), (955, 100, 67, 60)]
    assert window.document.song is song and "2 of 4" in dialog.said.text()
    dialog.reject()
    assert window.roll.canvas.song is song and not len(window.roll.canvas._floating.notes)
    assert window.document.undo_stack.count() == 0 and window.settings.quantise == QuantiseChoice()


def test_quantising_is_one_step_and_q_does_the_same_again(window, qtbot):
    song = show(window, *CHORD_AND_TUNE)
    trigger(window, "quantise_notes")
    dialog = window.findChild(QuantiseDialog)
    dialog.grid.setCurrentText("1/8")
    dialog.swing.slider.setValue(67)
    for strength in (10, 80, 100):
        dialog.strength.slider.setValue(strength)
    dialog.accept()
    after = window.document.song
    assert window.document.undo_stack.count() == 1
    assert after.tracks[0].notes["onset"].tolist() == [0, 0, 480, 960]
    trigger(window, "undo")
    assert window.document.song == song
    qtbot.keyClick(window.roll.canvas, Qt.Key.Key_Q)
    assert window.document.song == after
    assert choice_of("nonsense") == QuantiseChoice() and choice_of("1/8;101;50;starts") == QuantiseChoice()


def test_an_edit_from_elsewhere_leaves_the_quantise_dialog(window):
    show(window, *CHORD_AND_TUNE)
    trigger(window, "quantise_notes")
    dialog = window.findChild(QuantiseDialog)
    window.tracks.toggle_mute()
    assert not dialog.isVisible() and window.document.undo_stack.count() == 1


def test_humanising_is_the_same_again_after_undo_and_other_the_next_time(window):
    show(window, *CHORD_AND_TUNE)
    trigger(window, "humanise")
    first = window.document.song
    trigger(window, "undo")
    trigger(window, "humanise")
    assert window.document.song == first
    trigger(window, "humanise")
    assert window.document.song != first
    assert np.abs(window.document.song.tracks[0].notes["onset"] - [0, 0, 500, 950]).max() <= 40


def test_muted_notes_are_kept_hollow_silent_and_can_be_picked_and_brought_back(window, song):
    window.selection.select_notes(song.tracks[0].notes[:1])
    loud = window.roll.canvas.grab().toImage()
    trigger(window, "mute_notes")
    track = window.document.song.tracks[0]
    assert len(track.notes) == 15 and rows(track.muted) == [(0, 480, 60, 80)]
    assert len(window.playback.song.tracks[0].notes) == 15
    window.select.none()
    hollow = window.roll.canvas.grab().toImage()
    at = move_mouse(window, 200, 60)
    assert hollow.pixelColor(at) != loud.pixelColor(at) and window.roll.index_at(at.x(), at.y()) is None
    QTest.mouseClick(window.roll.canvas, LEFT, NONE, at)
    assert rows(window.selection.muted) == [(0, 480, 60, 80)] and not len(window.selection.notes)
    mouse = Mouse(window)
    mouse.drag(mouse.at(-20, 62), mouse.at(1200, 58))
    assert rows(window.selection.muted) == [(0, 480, 60, 80)]
    mouse.drag(mouse.at(-20, 62), mouse.at(2400, 58))  # over a note that sounds as well
    assert not len(window.selection.muted) and rows(window.selection.notes) == [(1920, 480, 60, 80)]
    QTest.mouseClick(window.roll.canvas, LEFT, NONE, at)
    trigger(window, "mute_notes")
    assert window.document.song == song and rows(window.selection.notes) == [(0, 480, 60, 80)]


def test_muted_notes_are_erased_and_deleted_in_one_step(window, song):
    window.selection.select_notes(song.tracks[0].notes[:2])
    trigger(window, "mute_notes")
    before = window.document.song
    trigger(window, "delete")
    assert not len(window.document.song.tracks[0].muted)
    trigger(window, "undo")
    assert window.document.song == before and len(window.selection.muted) == 2
    QTest.mouseClick(window.roll.canvas, Qt.MouseButton.RightButton, NONE, move_mouse(window, 1200, 64))
    assert rows(window.document.song.tracks[0].muted) == [(0, 480, 60, 80)]
    trigger(window, "undo")
    assert window.document.song == before


def test_a_project_keeps_muted_notes_and_midi_leaves_them_out(window, song, tmp_path):
    window.selection.select_notes(song.tracks[0].notes[:1])
    trigger(window, "mute_notes")
    muted = window.document.song
    window.document.save(tmp_path / "song.ritornello")
    window.document.open(tmp_path / "song.ritornello")
    assert window.document.song == muted
    assert len(parse_midi(midi_bytes(muted)).tracks[0].notes) == 15


def test_notes_are_selected_by_pitch_inverted_and_walked(window, song):
    window.selection.select_notes(song.tracks[0].notes[1:2])
    trigger(window, "select_pitches")
    assert window.selection.notes["pitch"].tolist() == [64] * 8
    trigger(window, "select_invert")
    assert window.selection.notes["pitch"].tolist() == [60] * 8
    view, keyboard = window.roll.view, window.roll.keyboard
    QTest.mouseClick(keyboard, LEFT, CTRL, QPoint(40, round(view.y(64) + view.row / 2)))
    assert window.selection.notes["pitch"].tolist() == [64] * 8 and not window.playback.sounded
    QTest.mouseClick(keyboard, LEFT, CTRL | SHIFT, QPoint(40, round(view.y(60) + view.row / 2)))
    assert len(window.selection.notes) == 16
    window.selection.select_notes(EMPTY_NOTES)
    window.locate(1900)
    trigger(window, "select_next")
    assert rows(window.selection.notes) == [(1920, 480, 60, 80)]
    trigger(window, "select_next_too")
    trigger(window, "select_previous_too")
    assert window.selection.notes["onset"].tolist() == [960, 1920, 2880]
    trigger(window, "select_previous")
    assert rows(window.selection.notes) == [(0, 480, 60, 80)]
    assert window.document.undo_stack.count() == 0
