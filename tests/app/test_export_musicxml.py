"""MusicXML from the File menu: written in another process, and what is said where the package is missing."""

from xml.etree import ElementTree

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app import files
from app.export import ExportDialog
from core.files.audio_worker import Finished


@pytest.fixture
def target(monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(tmp_path / "My song"), asked[3]))
    return tmp_path / "My song.musicxml"


def test_the_score_is_written_beside_the_song(window, qtbot, target):
    pytest.importorskip("music21")
    window.qactions["export_musicxml"].trigger()
    qtbot.waitUntil(lambda: "Exported My song.musicxml" in window.statusBar().currentMessage(), timeout=60_000)
    score = ElementTree.parse(target).getroot()
    assert [name.text for name in score.iter("part-name")] == ["Piano", "Bass"]
    assert len(score.find("part").findall("measure")) == 8 and not window.document.dirty


def test_a_problem_is_told_with_its_reason(window, monkeypatch, target):
    told = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *said: told.append(said[1:]))
    monkeypatch.setattr(ExportDialog, "start", lambda self: self.ended.emit(Finished(problem="music21 is missing")))
    assert files.ExportDialog is ExportDialog
    window.qactions["export_musicxml"].trigger()
    assert told == [("My song.musicxml cannot be written", "music21 is missing")]
