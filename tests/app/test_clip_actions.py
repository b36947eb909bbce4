"""Bars × tracks by the keys for cut, copy, paste and duplicate, where no notes are selected."""

from app.files import FileActions
from core.music.song import Song
from tests.app.conftest import BAR


def trigger(window, name: str) -> None:
    made = window.qactions[name]
    assert made.isEnabled(), name
    made.trigger()


def begins(window, track: int) -> list[int]:
    return (window.document.song.tracks[track].notes["onset"] // BAR).tolist()


def said(window) -> str:
    return window.statusBar().currentMessage()


def test_marked_bars_are_cut_and_pasted_at_the_playheads_bar(window, song):
    window.selection.select_bars(1, 2)
    window.selection.select_tracks([0, 1])
    trigger(window, "cut")
    assert begins(window, 1) == [0, 3, 4, 5, 6, 7] and "Cut 2 bars of 2 tracks (6 notes)" in said(window)
    window.locate(8 * BAR + 100)
    trigger(window, "paste")
    assert begins(window, 1) == [0, 3, 4, 5, 6, 7, 8, 9]
    assert "Pasted 2 bars of 2 tracks (6 notes) to bar 9 on Piano, Bass" in said(window)
    assert window.selection.bars == (8, 9) and window.document.undo_stack.count() == 2
    trigger(window, "undo")
    trigger(window, "undo")
    assert window.document.song == song


def test_pasted_bars_replace_and_tracks_that_are_missing_are_added(window, song):
    window.selection.select_bars(0, 0)
    window.selection.select_tracks([0, 1])
    trigger(window, "copy")
    window.tracks.choose(1)
    window.locate(4 * BAR)
    trigger(window, "paste")
    assert [track.name for track in window.document.song.tracks] == ["Piano", "Bass", "Bass"]
    assert begins(window, 1) == [0, 1, 2, 3, 4, 4, 5, 6, 7] and begins(window, 2) == [4]
    assert "1 track added" in said(window)
    trigger(window, "undo")
    assert window.document.song == song


def test_marked_bars_are_duplicated_again_and_again(window, song):
    window.selection.select_bars(6, 7)
    window.selection.select_tracks([1])
    trigger(window, "duplicate")
    trigger(window, "duplicate")
    assert begins(window, 1) == list(range(12)) and len(window.document.song.tracks[0].notes) == 16
    assert window.selection.bars == (10, 11)
    for _ in range(2):
        trigger(window, "undo")
    assert window.document.song == song


def test_bars_can_be_pasted_into_an_empty_song(window, monkeypatch):
    window.selection.select_bars(0, 1)
    window.selection.select_tracks([0, 1])
    trigger(window, "copy")
    monkeypatch.setattr(FileActions, "may_leave", lambda self: True)
    window.document.load(Song(96), title="Empty")
    trigger(window, "paste")
    assert [track.name for track in window.document.song.tracks] == ["Piano", "Bass"]
    assert window.document.song.tracks[1].notes["onset"].tolist() == [0, 384]


def test_notes_go_before_bars(window, song):
    window.selection.select_bars(0, 3)
    window.selection.select_notes(song.tracks[0].notes[:1])
    trigger(window, "copy")
    window.locate(0)
    trigger(window, "paste")
    assert len(window.document.song.tracks[0].notes) == 17 and len(window.document.song.tracks[1].notes) == 8
