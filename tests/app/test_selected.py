"""The selection out of the window: dragged to a folder or another program, or exported; and MIDI of both formats."""

from pathlib import Path

import mido
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QFileDialog

from app.files import FORMATS
from core.files.midi import read_midi
from core.music.edits import change_track

BAR = 4 * 480


@pytest.fixture
def dragged(monkeypatch):
    """The files that a drag was begun with, and under which actions."""
    begun: list[tuple[list[Path], Qt.DropAction]] = []

    def begin(drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        begun.append(([Path(url.toLocalFile()) for url in drag.mimeData().urls()], actions))
        assert not drag.pixmap().isNull()
        return actions

    monkeypatch.setattr(QDrag, "exec", begin)
    return begun


def drag(window, qtbot, far: int = 40) -> None:
    label = window.selected_label
    at = label.rect().center()
    qtbot.mousePress(label, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(label, at + QPoint(0, -far))
    qtbot.mouseRelease(label, Qt.MouseButton.LeftButton, pos=at + QPoint(0, -far))


def test_selected_notes_are_dragged_out_as_a_midi_file(window, song, qtbot, dragged):
    window.selection.select_notes(song.tracks[0].notes[5:7])
    assert window.selected_label.text().endswith("2 notes selected")
    drag(window, qtbot)
    ((path,), action), = dragged
    assert action == Qt.DropAction.CopyAction and path.name == "Test song selected notes.mid"
    (track,) = read_midi(path).tracks
    assert track.notes.tolist() == [(960, 480, 64, 80), (BAR, 480, 60, 80)] and track.name == "Piano"


def test_marked_bars_of_marked_tracks_are_dragged_out(window, qtbot, dragged):
    window.selection.select_tracks([0, 1])
    window.selection.select_bars(2, 3)
    drag(window, qtbot)
    path = dragged[0][0][0]
    assert path.name == "Test song bars 3–4.mid"
    assert [(track.name, len(track.notes), int(track.notes["onset"][0])) for track in read_midi(path).tracks] == [
        ("Piano", 4, 0), ("Bass", 2, 0)]


def test_no_drag_begins_with_nothing_or_without_moving(window, qtbot, dragged):
    drag(window, qtbot)
    window.selection.select_bars(100, 100)
    drag(window, qtbot)
    window.selection.select_bars(0, 0)
    drag(window, qtbot, far=1)
    assert dragged == [] and "bar 1" in window.selected_label.text()


def test_an_odd_title_makes_a_sound_file_name(window, song, qtbot, dragged):
    window.document.load(song, title="../a/b: *")
    window.selection.select_notes(song.tracks[0].notes[:1])
    drag(window, qtbot)
    assert dragged[0][0][0].name == "_a_b_ _ selected notes.mid" and dragged[0][0][0].is_file()


def test_the_selection_can_be_exported_by_key(window, tmp_path, monkeypatch):
    offered = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (offered.append(args[2]),
                                                                      (str(tmp_path / "part"), ""))[1])
    assert not window.qactions["export_selection"].isEnabled()
    window.selection.select_bars(0, 1)
    window.qactions["export_selection"].trigger()
    assert read_midi(tmp_path / "part.mid").note_count == 4 and offered[0].endswith("Test song bars 1–2.mid")
    window.selection.select_bars(50, 50)
    window.qactions["export_selection"].trigger()
    assert "no notes" in window.statusBar().currentMessage() and len(offered) == 1


@pytest.mark.parametrize("kind", FORMATS)
def test_midi_is_exported_in_the_chosen_format(window, song, tmp_path, monkeypatch, kind):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "copy"), kind))
    window.document.replace_song(change_track(song, 0, name="Grand"), "Rename")
    window.qactions["export_midi"].trigger()
    assert mido.MidiFile(tmp_path / "copy.mid").type == FORMATS[kind]
    assert sorted(track.name for track in read_midi(tmp_path / "copy.mid").tracks) == ["Bass", "Grand"]
    assert window.document.path is None and window.document.dirty
