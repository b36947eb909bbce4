"""How long a musician waits: requests sent to the real model process, warm, and timed from outside."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from core.evaluation.held_out import HeldOutSong
from core.generation.messages import Generate, NotesWritten, Ready, RequestFailed, RequestFinished, Shutdown
from core.generation.request import Request, infill_cells
from core.generation.worker import run_worker

REQUESTS = 20
TAKES = 4
BARS = 4


@dataclass(frozen=True)
class RequestTiming:
    """Seconds from sending a request to its first written cell, to the first bar of a take that is complete, and to
    the last take; and the notes of all takes together."""

    first_cell: float
    first_bar: float
    all_takes: float
    notes: int


def time_requests(model_folder: Path, songs: Sequence[HeldOutSong], *, requests: int = REQUESTS, seed: int = 0,
                  on_request: Callable[[], None] = lambda: None) -> list[RequestTiming]:
    """Ask for ``BARS`` bars of every sounding track in ``TAKES`` takes, at random places of the songs in turn.

    Raises RuntimeError when the process fails to answer.
    """
    context = get_context("spawn")
    rng = np.random.default_rng(seed)
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
                song = songs[number % len(songs)].song
                first = int(rng.integers(0, max(1, song.bar_count - BARS)))
                sounding = [i for i, track in enumerate(song.tracks) if len(track.notes)]
                request = Request(song, infill_cells(first, first + BARS - 1, sounding), TAKES, seed=number)
                timings.append(_time(ours, Generate(number, request), len(sounding)))
                on_request()
            ours.send(Shutdown())
        except EOFError:
            raise RuntimeError("the model process ended unexpectedly") from None
        finally:
            ours.close()
            process.join(10)
            process.kill()
    return timings


def _time(connection, message: Generate, cells_a_bar: int) -> RequestTiming:
    started = time.perf_counter()
    connection.send(message)
    first_cell = first_bar = 0.0
    notes, cells_of = 0, {}
    while True:
        answer = connection.recv()
        seconds = time.perf_counter() - started
        if isinstance(answer, RequestFailed):
            raise RuntimeError(answer.reason)
        if isinstance(answer, RequestFinished):
            return RequestTiming(first_cell, first_bar, seconds, notes)
        if isinstance(answer, NotesWritten):
            first_cell = first_cell or seconds
            bar = (answer.take, answer.bar)
            cells_of[bar] = cells_of.get(bar, 0) + 1
            if cells_of[bar] == cells_a_bar:
                first_bar = first_bar or seconds
            notes += len(answer.notes)
