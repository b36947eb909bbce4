"""Folders of music for the tests of building, executors that misbehave, and a look at all the bytes of a store."""

import faulthandler
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

from core.corpus import work
from core.files.midi import write_midi
from core.music.song import Song
from tests.core.tokens.songs import dense_song


class InThisProcess(Executor):
    """Does the work at once; a stand-in for any executor. ``order`` is what it was asked for, path by path."""

    def __init__(self) -> None:
        self.order: list[str] = []

    def submit(self, function: Callable, /, *args: object) -> Future:
        future = Future()
        if args:
            self.order += [os.path.basename(path) for path in args[0]]
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future


def write_music(folder: Path, songs: int, bars: int = 5) -> Path:
    """A folder of so many different songs in three collections, some of them nested."""
    for number in range(songs):
        path = folder / "abc"[number % 3] / ("deep" if number % 2 else "") / f"song{number:03}.mid"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_midi(dense_song(bars + number % 3, 1 + number % 2, seed=number), path)
    return folder


def transposed(song: Song, by: int) -> Song:
    """The song with all but the drums so many semitones higher."""
    def higher(track):
        notes = track.notes.copy()
        if not track.is_drum:
            notes["pitch"] = notes["pitch"].astype(int) + by
        return track.with_notes(notes)
    return replace(song, tracks=tuple(higher(track) for track in song.tracks))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder and its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


_encode_paths = work.encode_paths


def encode_or_misbehave(paths: list[str], seconds: float | None = None) -> list:
    """In place of ``encode_paths``: a file whose name says so kills its process, hangs it, or raises."""
    for path in map(os.path.basename, paths):
        if "kills" in path:
            os.kill(os.getpid(), signal.SIGKILL)
        if "hangs" in path:
            faulthandler.dump_traceback_later(0.5, exit=True, file=open(os.devnull, "w"))
            time.sleep(60)
        if "raises" in path:
            raise RuntimeError("a worker of another kind")
    return _encode_paths(paths, seconds)
