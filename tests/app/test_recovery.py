"""What is left after a crash: little is lost, nothing of the user's is touched, and nobody takes another's."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from app import recovery
from app.document import Document
from app.recovery import COPY, Autosave, find_left
from core.files.midi import write_midi
from core.files.project import read_project
from core.music.edits import change_track
from core.music.song import Song, Track, make_notes
from tests.app.edit_and_die import digest

ROOT = Path(__file__).parents[2]
LOST_SECONDS = 10.0
NOON = datetime(2024, 5, 6, 12, 30, 15)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "autosave"


@pytest.fixture
def document(qapp, song) -> Document:
    made = Document()
    made.load(song, title="Waltz")
    return made


@pytest.fixture
def autosave(document, folder, qtbot):
    made = Autosave(document, folder, 20, lambda: NOON)
    yield made
    made.close()


def edit(document, name: str = "Changed") -> None:
    document.replace_song(change_track(document.song, 0, name=name), "Rename track")


def copies(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/{COPY}"))


def crash(autosave: Autosave) -> None:
    """What the end of a process does: the lock goes, the files stay."""
    autosave.wait()
    autosave._timer.stop()
    autosave._session.let_go()
    autosave._session = None


def test_a_change_is_kept_and_what_is_found_says_what_it_is(document, autosave, folder, qtbot):
    edit(document)
    edit(document, "Again")
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: len(copies(folder)) == 1)
    crash(autosave)
    (left,) = find_left(folder)
    assert str(left) == "“Waltz” as of 12:30:15 on 6 May 2024, 3 edits since it was last saved"
    other = Document()
    assert left.restore_into(other) == f"Restored {left}."
    assert other.song == document.song and other.dirty and other.path is None and other.title == "Waltz"
    assert other.steps == 3
    left.session.end()
    assert find_left(folder) == [] and list(folder.iterdir()) == []


def test_what_still_runs_is_not_taken(document, autosave, folder, qtbot):
    edit(document)
    qtbot.waitUntil(lambda: len(copies(folder)) == 1)
    assert find_left(folder) == []
    crash(autosave)
    first = find_left(folder)
    assert len(first) == 1 and find_left(folder) == [], "two starts at once do not both get it"
    first[0].session.let_go()
    assert len(find_left(folder)) == 1


def test_what_is_saved_or_taken_back_or_left_needs_no_copy(document, autosave, folder, tmp_path, qtbot):
    for name, leave in (("a", lambda: document.save(tmp_path / "song.mid")), ("b", document.undo_stack.undo),
                        ("c", document.new)):
        edit(document, name)
        qtbot.waitUntil(lambda: len(copies(folder)) == 1)
        leave()
        qtbot.waitUntil(lambda: copies(folder) == [])
    edit(document, "d")
    document.undo_stack.undo()
    qtbot.wait(100)
    assert copies(folder) == []


def test_a_clean_close_leaves_nothing_behind(document, autosave, folder, qtbot):
    edit(document)
    qtbot.waitUntil(lambda: len(copies(folder)) == 1)
    edit(document, "More")
    autosave.close()
    assert list(folder.iterdir()) == []


def test_nothing_is_written_before_anything_is_changed(document, autosave, folder, qtbot):
    qtbot.wait(60)
    assert not folder.exists()


def test_the_file_of_the_song_is_never_written_and_is_gone_back_to(document, autosave, folder, song, tmp_path, qtbot):
    path = tmp_path / "waltz.mid"
    write_midi(song, path)
    document.open(path)
    before = path.read_bytes()
    edit(document)
    qtbot.waitUntil(lambda: len(copies(folder)) == 1)
    crash(autosave)
    assert path.read_bytes() == before
    (left,) = find_left(folder)
    assert left.path == path and not left.replaced
    left.session.let_go()
    path.write_bytes(before + b"somebody else was here")
    (left,) = find_left(folder)
    assert left.path is None and left.replaced
    assert "Save will ask where to" in left.restore_into(document)
    assert document.path is None and document.title == "waltz" and document.song.tracks[0].name == "Changed"


def test_edits_while_a_copy_is_written_are_kept_too(document, autosave, folder, qtbot, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()
    write = recovery.Session.write

    def slow(session, project):
        begun.set()
        assert go_on.wait(10)
        write(session, project)

    monkeypatch.setattr(recovery.Session, "write", slow)
    edit(document)
    qtbot.waitUntil(begun.is_set)
    edit(document, "Later")
    go_on.set()
    qtbot.waitUntil(lambda: bool(copies(folder)) and read_project(copies(folder)[0]).song.tracks[0].name == "Later")


def test_a_full_disk_is_told_once_and_tried_again(document, autosave, folder, qtbot, monkeypatch):
    told = []
    autosave.failed.connect(told.append)

    def full(path, data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(recovery, "write_atomic", full)
        edit(document)
        qtbot.waitUntil(lambda: len(told) == 1)
        edit(document, "More")
        qtbot.wait(100)
        assert len(told) == 1 and "No space left" in told[0]
    qtbot.waitUntil(lambda: len(copies(folder)) == 1)


def test_a_folder_that_cannot_be_made_is_told(document, tmp_path, qtbot):
    (tmp_path / "taken").write_text("a file where the folder should be")
    autosave = Autosave(document, tmp_path / "taken", 20)
    with qtbot.waitSignal(autosave.failed):
        edit(document)
    autosave.close()


def test_copies_that_cannot_be_read_are_left_alone(folder, caplog):
    (folder / "one").mkdir(parents=True)
    (folder / "one" / COPY).write_bytes(b"no zip file")
    (folder / "empty").mkdir()
    (folder / "a file").write_text("")
    assert find_left(folder) == [] and find_left(folder.parent / "nowhere") == []
    assert (folder / "one" / COPY).read_bytes() == b"no zip file" and not (folder / "empty").exists()
    assert "cannot be read" in caplog.text


def big_song() -> Song:
    rng = np.random.default_rng(0)
    return Song(480, tuple(Track(make_notes(np.sort(rng.integers(0, 600_000, 3125)), rng.integers(60, 480, 3125),
                                            rng.integers(36, 90, 3125), rng.integers(30, 120, 3125)), program=index)
                           for index in range(32)))


def test_a_large_song_is_kept_without_stalling_the_window(document, autosave, folder, qtbot):
    document.load(big_song())
    own_time, until, slowest = time.thread_time(), time.monotonic() + 30, 0.0
    edit(document)
    while not copies(folder) and time.monotonic() < until:
        before = time.thread_time()
        QApplication.processEvents()
        slowest = max(slowest, time.thread_time() - before)
        time.sleep(0.002)
    assert copies(folder)
    assert slowest < 0.05, "100,000 notes are written by the other thread"
    assert time.thread_time() - own_time < 5


# -- kill -9 -----------------------------------------------------------------------------------------


class Victim:
    """A session of ``edit_and_die`` in a process of its own."""

    def __init__(self, folder: Path, tmp_path: Path, seed: int, delay_ms: int) -> None:
        self.name, self.folder = f"song {seed}", folder
        self.path, self.log = tmp_path / f"{self.name}.ritornello", tmp_path / f"{self.name}.log"
        arguments = [str(folder), str(self.path), str(self.log), str(seed), str(delay_ms)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        self.process = subprocess.Popen([sys.executable, str(ROOT / "tests/app/edit_and_die.py"), *arguments],
                                        env=environment)

    def is_editing(self) -> bool:
        return self.log.exists() and b"\n" in self.log.read_bytes()

    def kill(self) -> None:
        os.kill(self.process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self.killed_at = time.time()
        self.process.wait()

    def seconds_lost(self, left) -> float:
        """The age of the oldest edit that is in neither the copy nor the file; 0 when nothing is lost."""
        lines = self.log.read_text().splitlines(keepends=True)
        log = [json.loads(line) for line in lines if line.endswith("\n")]
        states = [entry[2] for entry in log]
        in_file = digest(read_project(self.path).song)
        assert in_file in states, "the file is whole, and a song that was saved"
        last_saved = max(i for i, (_, what, _) in enumerate(log) if what == "saved")
        assert in_file in [states[last_saved], *(state for _, what, state in log[last_saved:] if what == "saving")]
        kept = [in_file] if left is None else [in_file, digest(left.project.song)]
        assert all(state in states for state in kept)
        newest = max(i for i, state in enumerate(states) if state in kept)
        lost = log[newest + 1:]
        return self.killed_at - lost[0][0] if lost else 0.0


def kill_all(victims: list[Victim], moments: list[float]) -> list[float]:
    """Kill each so many seconds after all have begun to edit; returns the seconds of work that each lost."""
    folder = victims[0].folder
    until = time.monotonic() + 60
    while not all(victim.is_editing() for victim in victims):
        assert time.monotonic() < until and all(victim.process.poll() is None for victim in victims)
        time.sleep(0.02)
    start = time.monotonic()
    for moment, victim in sorted(zip(moments, victims), key=lambda pair: pair[0]):
        time.sleep(max(0.0, start + moment - time.monotonic()))
        victim.kill()
    by_title = {left.title: left for left in find_left(folder)}
    lost = [victim.seconds_lost(by_title.get(victim.name)) for victim in victims]
    for title, left in by_title.items():
        document = Document()
        said = left.restore_into(document)
        assert title in said and "since it was last saved" in said and document.dirty
        assert document.path == next(victim.path for victim in victims if victim.name == title)
        left.session.end()
    return lost


def test_three_killed_sessions_lose_little_and_a_living_one_is_left_alone(qapp, tmp_path, folder):
    living = Victim(folder, tmp_path, 0, 50)
    others = [Victim(folder, tmp_path, seed, 300) for seed in (1, 2, 3)]
    try:
        moments = [random.Random(4).uniform(0.5, 2.5) for _ in others]
        until = time.monotonic() + 60
        while not living.is_editing() or not copies(folder):
            assert time.monotonic() < until
            time.sleep(0.02)
        assert max(kill_all(others, moments)) <= LOST_SECONDS
        assert len(list(folder.iterdir())) == 1, "the folder of the living one is still there"
        assert find_left(folder) == []
        living.kill()
        left = next(iter(find_left(folder)), None)  # none where it had just saved
        assert living.seconds_lost(left) <= LOST_SECONDS
    finally:
        for victim in (living, *others):
            victim.process.kill()
            victim.process.wait()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifty_kills_at_random_moments_lose_ten_seconds_at_most(qapp, tmp_path, folder):
    chance, lost = random.Random(7), []
    for group in range(5):
        victims = [Victim(folder, tmp_path, 100 * group + seed, recovery.DELAY_MS) for seed in range(10)]
        lost += kill_all(victims, [chance.uniform(0.1, 25) for _ in victims])
        assert list(folder.iterdir()) == []
    print(f"seconds lost: median {np.median(lost):.2f}, worst {max(lost):.2f}")
    assert len(lost) == 50 and max(lost) <= LOST_SECONDS
