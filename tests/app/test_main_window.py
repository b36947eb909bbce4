"""The window as a whole: files in and out, the questions it asks, what it wires together, how it starts."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app import application, crash
from app.document import Document
from app.files import DEMO, MIDI_FILTER
from app.main_window import MainWindow
from app.model_client import ModelClient
from core.files.midi import read_midi, write_midi
from core.generation.request import Take
from core.music.edits import change_track
from core.music.song import make_notes
from tests.app.conftest import QuietPlayback

ROOT = Path(__file__).parents[2]
BUTTONS = QMessageBox.StandardButton


@pytest.fixture
def answers(monkeypatch):
    """Answers to the questions about unsaved changes, in order; the questions that were asked."""
    given, asked = [], []

    def question(parent, title, text, *rest):
        asked.append(text)
        return given.pop(0)

    monkeypatch.setattr(QMessageBox, "question", question)
    return given, asked


@pytest.fixture
def warnings(monkeypatch):
    shown = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: shown.append((title, text)))
    return shown


def drop(window, path: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPointF(10, 10).toPoint(), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(window, entering)
    if not entering.isAccepted():
        return False
    QApplication.sendEvent(window, QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, left, none))
    return True


def edit(window) -> None:
    window.document.replace_song(change_track(window.document.song, 0, name="Changed"), "Rename track")


def test_a_dropped_midi_file_is_opened(window, song, tmp_path):
    path = tmp_path / "dropped.mid"
    write_midi(song, path)
    assert drop(window, path)
    assert window.document.path == path and window.windowTitle().startswith("dropped")
    assert window.playback.song is window.document.song
    assert window.settings.recent == [path]


def test_other_files_are_not_taken(window, tmp_path):
    (tmp_path / "note.txt").write_text("hello")
    assert not drop(window, tmp_path / "note.txt")


def test_save_as_then_save_then_open_gives_the_same_notes(window, song, tmp_path, monkeypatch):
    target = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(target), MIDI_FILTER))
    window.qactions["save"].trigger()
    assert (tmp_path / "mine.mid").is_file() and window.document.path == tmp_path / "mine.mid"
    edit(window)
    assert window.isWindowModified()
    window.qactions["save"].trigger()
    assert not window.isWindowModified()
    window.qactions["new"].trigger()
    assert window.document.song.note_count == 0 and window.document.path is None
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(tmp_path / "mine.mid"), ""))
    window.qactions["open"].trigger()
    assert [t.name for t in window.document.song.tracks] == ["Changed", "Bass"]
    for mine, theirs in zip(song.tracks, window.document.song.tracks, strict=True):
        assert np.array_equal(mine.notes, theirs.notes)


def test_export_midi_leaves_the_song_its_file(window, song, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "copy.mid"), ""))
    edit(window)
    window.qactions["export_midi"].trigger()
    assert read_midi(tmp_path / "copy.mid").note_count == song.note_count
    assert window.document.path is None and window.document.dirty


@pytest.mark.parametrize("replace_it", [True, False])
def test_a_name_without_ending_gets_one_and_never_replaces_a_file_unasked(window, tmp_path, monkeypatch, answers,
                                                                         replace_it):
    given, asked = answers
    given.append(BUTTONS.Yes if replace_it else BUTTONS.No)
    there = tmp_path / "Sonata No. 2.mid"
    there.write_bytes(b"dear to someone")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "Sonata No. 2"), ""))
    window.qactions["export_midi"].trigger()
    assert "Sonata No. 2.mid" in asked[0] and (there.read_bytes() != b"dear to someone") is replace_it
    assert window.settings.folder == (str(tmp_path) if replace_it else str(Path.home()))


def test_a_place_that_cannot_be_written_is_one_clear_message(window, tmp_path, monkeypatch, warnings):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "no" / "where.mid"), ""))
    window.qactions["export_midi"].trigger()
    assert len(warnings) == 1 and "where.mid" in warnings[0][0] and "cannot be written" in warnings[0][1]


def test_a_bad_file_is_one_dialog_that_names_file_and_reason(window, song, tmp_path, warnings):
    bad = tmp_path / "bad.mid"
    bad.write_bytes(b"this is no music")
    drop(window, bad)
    assert len(warnings) == 1 and "bad.mid" in warnings[0][1] and len(warnings[0][1]) > len(str(bad)) + 5
    assert window.document.song is song


@pytest.mark.parametrize("take", [True, False])
def test_a_truncated_file_can_be_opened_as_far_as_it_goes(window, song, tmp_path, monkeypatch, take):
    whole, cut = tmp_path / "whole.mid", tmp_path / "cut.mid"
    write_midi(song, whole)
    cut.write_bytes(whole.read_bytes()[:-40])
    said = []

    def answer(box):
        said.append(f"{box.text()} {box.informativeText()}")
        role = QMessageBox.ButtonRole.AcceptRole if take else QMessageBox.ButtonRole.RejectRole
        next(b for b in box.buttons() if box.buttonRole(b) == role).click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    drop(window, cut)
    assert "cut.mid is damaged" in said[0] and "notes" in said[0]
    if take:
        assert 0 < window.document.song.note_count < song.note_count
        assert window.document.path is None, "Save must not write over the damaged file"
    else:
        assert window.document.song is song


def test_unsaved_changes_are_asked_about(window, song, tmp_path, answers, monkeypatch):
    given, asked = answers
    other = tmp_path / "other.mid"
    write_midi(song, other)
    edit(window)
    changed = window.document.song
    given.append(BUTTONS.Cancel)
    drop(window, other)
    assert window.document.song is changed and "Test song" in asked[0]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(tmp_path / "kept.mid"), ""))
    given.append(BUTTONS.Save)
    drop(window, other)
    assert read_midi(tmp_path / "kept.mid").tracks[0].name == "Changed" and window.document.path == other
    edit(window)
    given.append(BUTTONS.Discard)
    window.qactions["new"].trigger()
    assert window.document.song.note_count == 0 and len(asked) == 3


def test_closing_asks_and_remembers_the_window(window, answers, monkeypatch, tmp_path, qtbot):
    given, _ = answers
    edit(window)
    given.append(BUTTONS.Cancel)
    assert not window.close() and window.isVisible()
    window.toggle_assistant()
    given.append(BUTTONS.Discard)
    assert window.close()
    again = MainWindow(Document(), window.settings, window.themes, QuietPlayback(),
                       ModelClient(tmp_path, tmp_path), tmp_path, tmp_path)
    qtbot.addWidget(again)
    assert again.assistant_dock.isHidden()


def test_every_change_reaches_the_transport(window, song):
    window.selection.select_notes(song.tracks[0].notes)
    window.notes.octave_up()
    assert window.playback.song is window.document.song
    window.undo()
    assert window.playback.song is song


def test_a_take_is_previewed_where_it_would_stand(window):
    take = Take(0, frozenset({(1, 0)}), {0: make_notes([1920], [480], [66], [90])}, 1, 0.5)
    window.assistant.previewChanged.emit(take)
    assert window.roll.canvas._preview_cells == take.cells
    window.assistant.previewChanged.emit(None)
    assert not window.roll.canvas._preview_cells


def test_the_studio_opens_and_a_new_style_can_be_chosen(window, monkeypatch):
    window.qactions["studio"].trigger()
    assert window.studio.isVisible()
    reloaded = []
    monkeypatch.setattr(window.assistant, "reload_styles", lambda choose: reloaded.append(choose))
    window.studio.styleReady.emit("mine")
    assert reloaded == ["mine"]
    window.studio.close()


def test_the_demo_song_opens_without_a_file_of_its_own(window):
    window.qactions["demo"].trigger()
    song = window.document.song
    assert DEMO.is_file() and window.document.path is None and not window.document.dirty
    assert len(song.tracks) == 4 and song.bar_count == 16
    flute = song.tracks[0]
    empty = [bar for bar in range(16) if not (song.timebase.bar_at(flute.notes["onset"]) == bar).any()]
    assert empty == [10, 11], "the place to press Infill on"


def test_the_demo_song_is_the_one_that_is_composed():
    script = (
        "import runpy, sys; sys.path.insert(0, '.'); from core.files.midi import midi_bytes; "
        "song = runpy.run_path('resources/demo/compose.py')['compose'](); sys.stdout.buffer.write(midi_bytes(song))"
    )
    made = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
    assert made == DEMO.read_bytes()


@pytest.mark.parametrize("named", [True, False])
def test_a_start_opens_the_file_that_is_named_or_else_the_demo(qtbot, song, tmp_path, monkeypatch, named):
    path = tmp_path / "named.mid"
    write_midi(song, path)
    titles = []

    def a_moment(*_):
        qtbot.wait(50)
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        titles.extend(w.document.title for w in windows)
        for each in windows:
            each.close()
        return 0

    class Quiet(QuietPlayback):
        def __init__(self, _engine):
            super().__init__()

        def close(self):
            titles.append("sound closed")

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(application, "Playback", Quiet)
    monkeypatch.setattr(ModelClient, "start", lambda self: titles.append("model started"))
    monkeypatch.setattr(QApplication, "exec", a_moment)
    for name in ("enable", "disable"):
        monkeypatch.setattr(crash.faulthandler, name, lambda *_: None)
    assert application.run([str(path)] if named else []) == 0
    assert titles == ["model started", "named" if named else "Demo song", "sound closed"]


def test_the_window_needs_no_torch_and_no_plots(tmp_path):
    script = "import app.application, sys; sys.exit('torch' in sys.modules or 'pyqtgraph' in sys.modules)"
    env = os.environ | {"RITORNELLO_HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, timeout=60, check=False).returncode == 0
