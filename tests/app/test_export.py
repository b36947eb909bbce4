"""Exporting audio from the window: what is asked, what is written, and that a cancelled export leaves nothing."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton

from app import files
from app.export import ExportDialog, ExportOptions
from core.files.audio import render_array
from core.music.song import Song, Track, make_notes

BAR = 4 * 480
WAIT = 60_000
LONG = Song(480, (Track(make_notes(range(0, 4000 * 480, 480), [480] * 4000, [60] * 4000, [90] * 4000)),))


@pytest.fixture
def choose(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Says what is clicked in the dialog of options (button texts begin so), and the name that is typed."""

    def answer(name: str, *texts: str) -> Path:
        def click(dialog: ExportOptions) -> bool:
            for group in (dialog.range, dialog.files, dialog.format):
                for button in group.buttons():
                    if button.text().startswith(texts) and texts:
                        assert button.isEnabled(), button.text()
                        button.click()
            return True

        monkeypatch.setattr(ExportOptions, "exec", click)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: (str(tmp_path / name), ""))
        return tmp_path / name

    return answer


def export(window, qtbot, says: str) -> None:
    window.qactions["export_audio"].trigger()
    qtbot.waitUntil(lambda: says in window.statusBar().currentMessage(), timeout=WAIT)


def catch_started(monkeypatch: pytest.MonkeyPatch) -> list[ExportDialog]:
    started: list[ExportDialog] = []
    start = ExportDialog.start
    monkeypatch.setattr(ExportDialog, "start", lambda self: (started.append(self), start(self)))
    return started


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".ini")


def test_the_mix_is_written_sample_for_sample(window, song, qtbot, tmp_path, choose):
    target = choose("song.wav")
    export(window, qtbot, "Exported song.wav")
    assert np.array_equal(soundfile.read(target, dtype="float32")[0], render_array(song))
    assert names(tmp_path) == ["song.wav"]


def test_selected_bars_as_flac_stems(window, song, qtbot, tmp_path, choose):
    choose("part.flac", "Bars", "One for each", "FLAC")
    window.selection.select_bars(1, 2)
    export(window, qtbot, "Exported 2 stems of part")
    assert names(tmp_path) == ["part - 01 Piano.flac", "part - 02 Bass.flac"]
    expected = render_array(song.with_track(1, replace(song.tracks[1], solo=True)), start_tick=BAR, end_tick=3 * BAR)
    found = soundfile.read(tmp_path / "part - 02 Bass.flac", dtype="float32")[0]
    assert np.abs(found[:len(expected)] - expected).max() < 2 ** -22


def test_without_selected_bars_only_the_whole_song_is_offered(window, qtbot):
    options = ExportOptions(None, window)
    assert not options.range.button(1).isEnabled() and options.bars is None
    assert ExportOptions((2, 2), window).range.button(1).text() == "Bar 3"


def test_cancelling_leaves_no_file_and_says_so(window, qtbot, tmp_path, choose, monkeypatch):
    started = catch_started(monkeypatch)
    choose("long.wav")
    window.document.load(LONG)
    window.qactions["export_audio"].trigger()
    qtbot.waitUntil(lambda: started[0].value() > 0, timeout=WAIT)
    assert [name for name in names(tmp_path) if name.startswith(".long.wav")], "it is being written"
    started[0].findChild(QPushButton).click()
    qtbot.waitUntil(lambda: "cancelled" in window.statusBar().currentMessage(), timeout=WAIT)
    assert names(tmp_path) == []


def test_the_window_does_not_stall_while_it_renders(window, qtbot, choose, monkeypatch):
    choose("long.flac")
    window.document.load(LONG)
    started = catch_started(monkeypatch)
    window.qactions["export_audio"].trigger()
    qtbot.waitUntil(lambda: started[0].value() > 0, timeout=WAIT)
    slowest, until = 0.0, time.thread_time() + 0.3
    while time.thread_time() < until:
        before = time.thread_time()
        QApplication.processEvents()
        slowest = max(slowest, time.thread_time() - before)
    assert slowest < 0.1
    started[0].findChild(QPushButton).click()
    qtbot.waitUntil(lambda: "cancelled" in window.statusBar().currentMessage(), timeout=WAIT)


def test_a_worker_that_is_killed_leaves_nothing_and_is_told_of(window, qtbot, tmp_path, choose, monkeypatch):
    shown, started = [], catch_started(monkeypatch)
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: shown.append((title, text)))
    choose("long.wav")
    window.document.load(LONG)
    window.qactions["export_audio"].trigger()
    qtbot.waitUntil(lambda: started[0].value() > 0, timeout=WAIT)
    os.kill(started[0]._link.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    qtbot.waitUntil(lambda: bool(shown), timeout=WAIT)
    assert "long.wav cannot be written" in shown[0][0] and "process that wrote it" in shown[0][1]
    assert names(tmp_path) == []


def test_a_place_that_cannot_be_written_to_is_told(window, qtbot, tmp_path, choose, monkeypatch):
    shown = []
    monkeypatch.setattr(QMessageBox, "warning", lambda parent, title, text: shown.append(text))
    choose("nowhere/song.wav")
    window.qactions["export_audio"].trigger()
    qtbot.waitUntil(lambda: bool(shown), timeout=WAIT)
    assert "nowhere" in shown[0] and "cannot be written" in shown[0]


def test_the_soundfont_of_the_settings_is_the_one_that_is_rendered_with(window, tmp_path, choose, monkeypatch):
    jobs = []
    monkeypatch.setattr(files.ExportDialog, "start", lambda self: jobs.append(self.job))
    choose("song.wav")
    window.settings.sound = replace(window.settings.sound, soundfont="/somewhere/mine.sf2")
    window.qactions["export_audio"].trigger()
    assert jobs[0].soundfont == "/somewhere/mine.sf2"
