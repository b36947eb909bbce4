"""The document: one command, exact undo, files, and a selection that never points at what is gone."""

import mido
import numpy as np
import pytest

from app.document import Document
from core.files.midi import MidiError
from core.music.edits import add_track, change_track, exchange_notes, remove_track, shifted
from core.music.song import EMPTY_NOTES, Song, Track, make_notes


@pytest.fixture
def document(qapp, song) -> Document:
    made = Document()
    made.load(song)
    return made


def moved_up(song: Song, semitones: int = 1) -> Song:
    notes = song.tracks[0].notes
    return exchange_notes(song, 0, notes, shifted(notes, semitones=semitones))


def test_an_edit_is_one_step_that_undo_and_redo_repeat_exactly(document, song):
    after = moved_up(song)
    document.replace_song(after, "Transpose")
    assert document.song is after and document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == "Transpose"
    document.undo_stack.undo()
    assert document.song is song
    document.undo_stack.redo()
    assert document.song is after


def test_the_same_song_again_is_no_step(document, song):
    document.replace_song(change_track(song, 0, name=song.tracks[0].name), "Nothing")
    assert document.undo_stack.count() == 0 and not document.dirty


def test_edits_of_one_gesture_are_one_step_and_a_gesture_back_to_its_start_is_none(document, song):
    for volume in (90, 80, 70):
        document.replace_song(change_track(document.song, 0, volume=volume), "Change volume", gesture=1)
    assert document.undo_stack.count() == 1 and document.song.tracks[0].volume == 70
    document.replace_song(change_track(document.song, 0, volume=60), "Change volume", gesture=2)
    assert document.undo_stack.count() == 2
    document.replace_song(change_track(document.song, 0, volume=70), "Change volume", gesture=2)
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.song == song


def test_undo_says_where_to_look_and_an_edit_does_not(document, song, qtbot):
    shown = []
    document.regionShown.connect(shown.append)
    note = song.tracks[1].notes[3:4]
    document.replace_song(exchange_notes(song, 1, note, EMPTY_NOTES), "Erase")
    assert shown == []
    document.undo_stack.undo()
    assert (shown[0].start, shown[0].low, shown[0].tracks) == (int(note["onset"][0]), 40, (1,))


def test_undo_brings_the_selection_back(document, song):
    chosen = song.tracks[0].notes[:2]
    document.selection.select_notes(chosen)
    moved = shifted(chosen, 0, 5)
    document.replace_song(exchange_notes(song, 0, chosen, moved), "Move", select=moved)
    assert np.array_equal(document.selection.notes, moved)
    document.undo_stack.undo()
    assert np.array_equal(document.selection.notes, chosen)
    document.undo_stack.redo()
    assert np.array_equal(document.selection.notes, moved)


def test_selected_notes_that_another_edit_removes_are_let_go(document, song):
    document.selection.select_notes(song.tracks[0].notes[:3])
    document.replace_song(exchange_notes(song, 0, song.tracks[0].notes[:1], EMPTY_NOTES), "Erase")
    assert np.array_equal(document.selection.notes, song.tracks[0].notes[1:3])


def test_the_selection_stays_inside_the_song(document, song):
    document.selection.set_current(1)
    document.selection.select_tracks([0, 1])
    document.selection.select_bars(5, 2)
    assert document.selection.bars == (2, 5)
    assert document.selection.cells == {(bar, track) for bar in range(2, 6) for track in (0, 1)}
    document.replace_song(remove_track(song, 1), "Remove track")
    assert document.selection.current == 0 and document.selection.tracks == (0,)
    document.replace_song(remove_track(document.song, 0), "Remove track")
    assert document.current_track is None and document.selection.cells == frozenset()
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.song == song and document.current_track is not None


def test_saving_and_opening_gives_the_song_back_and_a_clean_document(document, song, tmp_path, qtbot):
    document.replace_song(
        add_track(moved_up(song), Track(make_notes([0], [480], [72], [70]), 40, name="Violin")), "Add"
    )
    assert document.dirty
    with qtbot.waitSignal(document.fileChanged):
        document.save(tmp_path / "song.mid")
    assert not document.dirty and document.title == "song"
    other = Document()
    other.open(tmp_path / "song.mid")
    assert [t.name for t in other.song.tracks] == ["Piano", "Bass", "Violin"]
    for mine, theirs in zip(document.song.tracks, other.song.tracks, strict=True):
        assert np.array_equal(mine.notes, theirs.notes) and mine.program == theirs.program
    document.undo_stack.undo()
    assert document.dirty


def test_an_export_is_a_copy_and_leaves_the_document_dirty(document, song, tmp_path):
    document.replace_song(moved_up(song), "Transpose")
    document.export_midi(tmp_path / "copy.mid")
    assert document.path is None and document.dirty
    assert sum(m.type == "note_on" and m.velocity > 0 for m in mido.MidiFile(tmp_path / "copy.mid")) == song.note_count


def test_a_bad_file_changes_nothing(document, song, tmp_path):
    bad = tmp_path / "bad.mid"
    bad.write_bytes(b"no music here")
    with pytest.raises(MidiError, match=r"bad\.mid"):
        document.open(bad)
    assert document.song is song


def test_another_song_has_no_history(document, song):
    document.replace_song(moved_up(song), "Transpose")
    document.selection.select_notes(document.song.tracks[0].notes)
    document.selection.select_bars(0, 3)
    document.new()
    assert not document.undo_stack.canUndo() and not document.dirty
    assert document.selection.bars is None and not len(document.selection.notes) and document.selection.tracks == (0,)
