"""Rendering in another process: progress, the file, and that cancelling or a lost window leaves nothing behind."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import soundfile

from core.files import audio_worker
from core.files.audio import render_array
from core.files.audio_worker import Cancel, Finished, Progress, RenderJob
from core.music.song import Song, Track, make_notes

BEAT = 480
SHORT = Song(BEAT, (Track(make_notes([0, BEAT], [BEAT] * 2, [60, 64], [90] * 2), name="Piano"),))
LONG = Song(BEAT, (Track(make_notes(range(0, 4000 * BEAT, BEAT), [BEAT] * 4000, [60] * 4000, [90] * 4000)),))
SECONDS = 60


@contextmanager
def worker(job: RenderJob) -> Iterator[Connection]:
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=audio_worker.main, args=(theirs, job))
    process.start()
    theirs.close()
    try:
        yield mine
    finally:
        mine.close()
        process.join(SECONDS)
        assert process.exitcode == 0


def last_of(connection: Connection) -> tuple[list[float], Finished]:
    parts = []
    while True:
        assert connection.poll(SECONDS)
        message = connection.recv()
        if isinstance(message, Finished):
            return parts, message
        parts.append(message.part)


def test_it_tells_how_far_it_is_and_writes_what_is_rendered_here(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    with worker(RenderJob(SHORT, path)) as connection:
        parts, finished = last_of(connection)
    assert finished == Finished((path,))
    assert parts == sorted(parts) and parts[-1] == 1.0
    assert np.array_equal(soundfile.read(path, dtype="float32")[0], render_array(SHORT))


def test_stems_and_problems_come_back(tmp_path: Path) -> None:
    with worker(RenderJob(SHORT, tmp_path / "song.flac", stems=True)) as connection:
        assert last_of(connection)[1] == Finished((tmp_path / "song - 01 Piano.flac",))
    with worker(RenderJob(SHORT, tmp_path / "none" / "song.wav")) as connection:
        finished = last_of(connection)[1]
    assert finished.files == () and "none" in finished.problem and "cannot be written" in finished.problem


def test_cancelled_it_leaves_no_file(tmp_path: Path) -> None:
    with worker(RenderJob(LONG, tmp_path / "song.wav")) as connection:
        assert isinstance(connection.recv(), Progress)
        assert list(tmp_path.iterdir()), "something is being written by now"
        connection.send(Cancel())
        assert last_of(connection)[1] == Finished()
    assert not list(tmp_path.iterdir())


def test_when_the_window_is_gone_it_stops_and_leaves_no_file(tmp_path: Path) -> None:
    with worker(RenderJob(LONG, tmp_path / "song.wav")) as connection:
        assert isinstance(connection.recv(), Progress)
    assert not list(tmp_path.iterdir())
