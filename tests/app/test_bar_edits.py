"""Whole bars from the menu: one step each, with the loop, the selection and the playhead going along."""

import pytest

from core.music.edits import set_tempo
from core.music.timebase import Tempo
from tests.app.conftest import BAR


def trigger(window, name: str) -> None:
    made = window.qactions[name]
    assert made.isEnabled(), name
    made.trigger()


def onsets(window, track: int = 1) -> list[int]:
    return (window.document.song.tracks[track].notes["onset"] // BAR).tolist()


def undone(window) -> None:
    assert window.document.undo_stack.count() == 1
    after = window.document.song
    trigger(window, "undo")
    trigger(window, "redo")
    assert window.document.song is after
    trigger(window, "undo")


def test_bars_are_inserted_before_the_selected_ones_and_the_loop_goes_along(window, song):
    window.transport.set_loop((2 * BAR, 4 * BAR), True)
    window.selection.select_bars(2, 3)
    trigger(window, "insert_bars")
    assert onsets(window) == [0, 1, 4, 5, 6, 7, 8, 9]
    assert window.transport.loop == (4 * BAR, 6 * BAR) == window.playback.loop
    assert window.selection.bars == (2, 3) and "Inserted 2 bars before bar 3" in window.statusBar().currentMessage()
    undone(window)
    assert window.document.song == song and window.transport.loop == (2 * BAR, 4 * BAR)


def test_without_selected_bars_one_is_inserted_at_the_playhead(window):
    window.locate(3 * BAR + 77)
    trigger(window, "insert_bars")
    assert onsets(window) == [0, 1, 2, 4, 5, 6, 7, 8]


def test_bars_are_deleted_with_their_time_and_the_playhead_stays_with_its_music(window, song):
    window.document.load(set_tempo(song, Tempo(5 * BAR, 400_000)), title="With a change")
    before = window.document.song
    assert not window.qactions["delete_bars"].isEnabled()
    window.selection.select_bars(1, 2)
    window.locate(4 * BAR)
    window.transport.set_loop((0, 2 * BAR), True)
    trigger(window, "delete_bars")
    assert onsets(window) == [0, 1, 2, 3, 4, 5] and window.document.song.tempos[-1] == Tempo(3 * BAR, 400_000)
    assert window.roll.canvas.playhead == 2 * BAR and window.selection.bars is None
    assert window.transport.loop == (0, BAR + 1) or window.transport.loop == (0, BAR)
    undone(window)
    assert window.document.song == before


def test_bars_are_repeated_on_all_tracks(window, song):
    window.selection.select_bars(0, 1)
    trigger(window, "repeat_bars")
    assert onsets(window) == list(range(10)) and window.selection.bars == (2, 3)
    assert len(window.document.song.tracks[0].notes) == 20
    undone(window)
    assert window.document.song == song


def test_past_the_end_there_is_nothing_to_move_and_that_is_said(window, song):
    window.selection.select_bars(20, 21)
    for name in ("insert_bars", "delete_bars", "repeat_bars"):
        trigger(window, name)
        assert "nothing in those bars" in window.statusBar().currentMessage() and window.document.song is song
    assert window.document.undo_stack.count() == 0 and window.selection.bars == (20, 21)


@pytest.mark.parametrize("name", ["insert_bars", "delete_bars", "repeat_bars"])
def test_what_is_written_as_midi_afterwards_is_what_is_shown(window, tmp_path, name):
    window.document.save(tmp_path / "song.mid")
    window.document.open(tmp_path / "song.mid")
    window.selection.select_bars(1, 2)
    trigger(window, name)
    shown = window.document.song
    window.document.save(tmp_path / "edited.mid")
    window.document.open(tmp_path / "edited.mid")
    assert [t.notes.tolist() for t in window.document.song.tracks] == [t.notes.tolist() for t in shown.tracks]
