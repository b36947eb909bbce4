"""Tracks of another file in this song: from the menu, or dropped on the list of tracks."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

from core.files.midi import write_midi
from core.music.song import Song, Track, make_notes
from tests.app.conftest import BAR

OTHER = Song(96, (Track(make_notes([0, 96], [96, 96], [70, 72], [80, 80]), 40, name="Violin"),
                  Track(make_notes([0], [192], [50], [80]), 42, name="Cello")))


@pytest.fixture
def other(tmp_path):
    write_midi(OTHER, tmp_path / "strings.mid")
    return tmp_path / "strings.mid"


def test_tracks_are_added_at_the_playheads_bar_as_one_step(window, song, other, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *asked: (str(other), ""))
    window.locate(2 * BAR + 300)
    window.qactions["import_tracks"].trigger()
    added = window.document.song.tracks[2:]
    assert [track.name for track in added] == ["Violin", "Cello"]
    assert added[0].notes["onset"].tolist() == [2 * BAR, 2 * BAR + 480]
    assert window.selection.tracks == (2, 3) and window.selection.current == 2
    assert "Added 2 tracks of strings.mid from bar 3 on" in window.statusBar().currentMessage()
    assert window.document.undo_stack.count() == 1
    window.document.undo_stack.undo()
    assert window.document.song == song


def test_a_file_dropped_on_the_list_of_tracks_is_added_and_not_opened(window, other):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(other))])
    window.tracks.dropEvent(QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                                       Qt.KeyboardModifier.NoModifier))
    assert len(window.document.song.tracks) == 4 and window.document.title == "Test song"


def test_a_bad_file_changes_nothing_and_says_why(window, song, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *said: told.append(said[1]))
    (tmp_path / "bad.mid").write_bytes(b"no music")
    window.imports.add(tmp_path / "bad.mid")
    assert told == ["bad.mid cannot be added"] and window.document.song is song
