"""After an error the song is kept and a report written; after a crash the next start says so."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from app import crash
from core.files.midi import read_midi

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def pytest_keeps_its_own_faulthandler(monkeypatch):
    monkeypatch.setattr(crash.faulthandler, "enable", lambda stream: None)
    monkeypatch.setattr(crash.faulthandler, "disable", lambda: None)


def test_a_crash_of_the_interpreter_is_found_by_the_next_start(tmp_path):
    script = ("import os, sys, faulthandler\n"
              f"sys.path.insert(0, {str(ROOT)!r})\n"
              "from pathlib import Path\n"
              "from app.crash import CrashWatch\n"
              f"watch = CrashWatch(Path({str(tmp_path)!r}), os.getpid())\n"
              "def pull_the_rug(): os.abort()\n"
              "pull_the_rug()\n")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False)
    assert done.returncode != 0
    watch = crash.CrashWatch(tmp_path, os.getpid())
    assert "Aborted" in watch.last_report and "pull_the_rug" in watch.last_report
    watch.end()
    again = crash.CrashWatch(tmp_path, os.getpid())
    assert again.last_report == ""
    again.end()
    assert list(tmp_path.iterdir()) == []


def test_another_window_that_still_runs_did_not_crash(tmp_path):
    (tmp_path / f"crash-{os.getppid()}.txt").write_text("still running")
    watch = crash.CrashWatch(tmp_path, os.getpid())
    assert watch.last_report == ""
    watch.end()
    assert (tmp_path / f"crash-{os.getppid()}.txt").is_file()


def test_a_copy_of_the_song_is_kept_under_a_safe_name(song, tmp_path):
    path = crash.keep_copy(song, "a/b: c", tmp_path / "copies", datetime(2024, 5, 6, 7, 8, 9))
    assert path == tmp_path / "copies" / "a_b_ c 2024-05-06 07-08-09.mid"
    assert read_midi(path).note_count == song.note_count


@pytest.mark.parametrize("writable", [True, False])
def test_an_error_shows_one_dialog_that_says_where_the_song_is(qtbot, song, tmp_path, monkeypatch, capsys, writable):
    shown = []
    monkeypatch.setattr(QMessageBox, "exec", lambda self: shown.append((self.informativeText(), self.detailedText())))
    copies = tmp_path / "copies"
    if not writable:
        copies.write_bytes(b"a file where the folder should be")
    guard = crash.ExceptionGuard(tmp_path, copies, lambda: (song, "Song"))
    try:
        raise RuntimeError("a note too far")
    except RuntimeError as error:
        guard.handle(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: len(shown) == 1)
    informative, detailed = shown[0]
    assert "a note too far" in detailed and "Python" in detailed
    assert "a note too far" in (tmp_path / "errors.txt").read_text()
    assert "a note too far" in capsys.readouterr().err
    if writable:
        kept = Path(informative.splitlines()[-1])
        assert read_midi(kept).note_count == song.note_count
    else:
        assert "could not be written" in informative


def test_the_last_crash_is_told_with_its_report(qtbot):
    dialog = crash.last_crash_dialog("Fatal Python error: Aborted", None)
    qtbot.addWidget(dialog)
    assert "crash" in dialog.text() and "Aborted" in dialog.detailedText()
