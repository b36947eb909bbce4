"""How long a musician waits: requests sent to the real model process, warm, and timed from outside.

The processor time of that process is told beside: on a machine that does other things meanwhile it says more.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil

from core.evaluation.held_out import HeldOutSong, sounding_tracks, with_few_tracks
from core.generation.messages import Generate, NotesWritten, Ready, RequestFailed, RequestFinished, Shutdown
from core.generation.request import Request, infill_cells
from core.generation.worker import run_worker

REQUESTS = 20
TAKES, BARS, TRACKS = 4, 8, 4
"""What is asked for: as many takes of as many bars of a song of so many tracks."""


@dataclass(frozen=True)
class RequestTiming:
    """Seconds from sending a request to its first written cell, to the first bar of a take that is complete, and to
    the last take; the processor's seconds to these two; and the notes of all takes together."""

    first_cell: float
    first_bar: float
    all_takes: float
    processor_first_bar: float
    processor: float
    notes: int


def time_requests(model_folder: Path, songs: Sequence[HeldOutSong], *, requests: int = REQUESTS, seed: int = 0,
                  on_request: Callable[[], None] = lambda: None) -> list[RequestTiming]:
    """Ask for ``BARS`` bars of every track in ``TAKES`` takes, at random places of the songs in turn, of each of which
    ``TRACKS`` tracks are left. Songs of fewer tracks are asked only where there are no others.

    Raises RuntimeError when the process fails to answer.
    """
    context = get_context("spawn")
    rng = np.random.default_rng(seed)
    wide = [one.song for one in songs if len(sounding_tracks(one.song)) >= TRACKS] or [one.song for one in songs]
    with tempfile.TemporaryDirectory() as no_styles:
        ours, theirs = context.Pipe()
        process = context.Process(target=run_worker, args=(theirs, str(model_folder), no_styles), daemon=True)
        process.start()
        theirs.close()
        try:
            if not isinstance(ours.recv(), Ready):
                raise RuntimeError("the model process did not start")
            timings = []
            for number in range(requests):
                song = with_few_tracks(wide[number % len(wide)], TRACKS, rng)
                first = int(rng.integers(0, max(1, song.bar_count - BARS)))
                cells = infill_cells(first, first + BARS - 1, range(len(song.tracks)))
                request = Request(song, cells, TAKES, seed=number)
                timings.append(_time(ours, psutil.Process(process.pid), Generate(number, request)))
                on_request()
            ours.send(Shutdown())
        except EOFError:
            raise RuntimeError("the model process ended unexpectedly") from None
        finally:
            ours.close()
            process.join(10)
            process.kill()
    return timings


def _time(connection: Connection, process: psutil.Process, message: Generate) -> RequestTiming:
    cells_a_bar = len(message.request.song.tracks)

    def used() -> float:
        times = process.cpu_times()
        return times.user + times.system

    started, used_before = time.perf_counter(), used()
    connection.send(message)
    first_cell = first_bar = processor_first_bar = 0.0
    notes, cells_of = 0, {}
    while True:
        answer = connection.recv()
        seconds = time.perf_counter() - started
        if isinstance(answer, RequestFailed):
            raise RuntimeError(answer.reason)
        if isinstance(answer, RequestFinished):
            return RequestTiming(first_cell, first_bar, seconds, processor_first_bar, used() - used_before, notes)
        if isinstance(answer, NotesWritten):
            first_cell = first_cell or seconds
            bar = (answer.take, answer.bar)
            cells_of[bar] = cells_of.get(bar, 0) + 1
            if cells_of[bar] == cells_a_bar and not first_bar:
                first_bar, processor_first_bar = seconds, used() - used_before
            notes += len(answer.notes)
