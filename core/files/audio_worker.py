"""Writing audio or a score in a process of its own, so that a window stays as quick as ever. Light to import: both
sides do."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from core.music.song import Song

PROGRESS_SECONDS = 0.05
"""Progress is told no more often than this."""


@dataclass(frozen=True)
class RenderJob:
    """What to write where: ticks ``start_tick`` to ``end_tick`` (None: to the end) of the mix, or a file a track.

    ``soundfont``: a path, or None for the default one. ``sample_rate``: samples a second.
    """

    song: Song
    path: Path
    start_tick: int = 0
    end_tick: int | None = None
    stems: bool = False
    soundfont: str | None = None
    sample_rate: int = 44100


@dataclass(frozen=True)
class NotationJob:
    """What to write where as MusicXML."""

    song: Song
    path: Path
    title: str = ""
    stems: bool = False


class Stopped(Exception):
    """The job was cancelled half-way."""


@dataclass(frozen=True)
class Progress:
    part: float


@dataclass(frozen=True)
class Finished:
    """The job's end: the files, none when it was cancelled or there was a ``problem``, a sentence."""

    files: tuple[Path, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Cancel:
    """To the worker: write no file, and end."""


def run_job(job: RenderJob | NotationJob, on_progress: Callable[[float], None],
            should_stop: Callable[[], bool]) -> Finished:
    if isinstance(job, NotationJob):
        return _write_score(job, on_progress, should_stop)
    # The synthesizer and the sound file library are loaded by those who render.
    from core.files.audio import render, render_stems

    options = dict(sample_rate=job.sample_rate, start_tick=job.start_tick, end_tick=job.end_tick,
                   soundfont=job.soundfont, on_progress=on_progress, should_stop=should_stop)
    try:
        if job.stems:
            return Finished(tuple(render_stems(job.song, job.path, **options)))
        return Finished((job.path,) if render(job.song, job.path, **options) else ())
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        return Finished(problem=str(error) or "There is not enough memory.")


def _write_score(job: NotationJob, on_progress: Callable[[float], None],
                 should_stop: Callable[[], bool]) -> Finished:
    from core.files.musicxml import MusicXmlError, write_musicxml

    def tell(part: float) -> None:
        if should_stop():
            raise Stopped
        on_progress(part)

    try:
        write_musicxml(job.song, job.path, job.title, tell)
    except Stopped:
        return Finished()
    except MusicXmlError as problem:
        return Finished(problem=problem.reason)
    except MemoryError:
        return Finished(problem="There is not enough memory.")
    return Finished((job.path,))


def main(connection: Connection, job: RenderJob | NotationJob) -> None:
    """The target of the process: sends ``Progress`` and at last ``Finished``. Whatever comes, also the other side's
    end, cancels."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches us too; the window decides
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # on the way out what is half written is taken away
    told = 0.0

    def tell(part: float) -> None:
        nonlocal told
        now = time.monotonic()
        if part == 1.0 or now - told >= PROGRESS_SECONDS:
            told = now
            connection.send(Progress(part))

    try:
        connection.send(run_job(job, tell, connection.poll))
    except OSError:
        return  # nobody is there any more, and no file is left
