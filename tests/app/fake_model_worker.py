"""A stand-in for the model process that speaks its messages: each take fills its cells with one rising scale.

What it does is steered by the style asked for: ``slow`` waits a little at each cell, ``crash`` dies after the first,
``refuse`` fails the request, with ``alike`` every take is what the second would be. Imports neither Qt nor torch, as
the real one's module does not.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from core.generation.messages import (
    BuildLibrary,
    Cancel,
    Generate,
    LibraryBuilt,
    LibraryProgress,
    Look,
    Looked,
    NotesWritten,
    Ready,
    RequestFailed,
    RequestFinished,
    Shutdown,
    TakeFinished,
)
from core.generation.request import Take
from core.music.song import make_notes


def run_that_remembers(connection, model_folder, styles_folder):
    run(connection, model_folder, styles_folder, remembers=True)


def run(connection, model_folder, styles_folder, remembers=False):
    connection.send(Ready("Fake 0.1 M", remembers=remembers))
    while not isinstance(message := connection.recv(), Shutdown):
        if isinstance(message, Generate):
            write(connection, message.request_id, message.request)
        elif isinstance(message, Look):
            refused = RequestFailed(message.request_id, "There is no such note.")
            connection.send(refused if message.style == "refuse" else Looked(message.request_id, None, None))


def run_that_looks_up(connection, model_folder, styles_folder):
    """A model that can consult libraries; it makes those of folders called ``slow`` one file after another."""
    connection.send(Ready("Fake 0.1 M", looks_up=True))
    while not isinstance(message := connection.recv(), Shutdown):
        if isinstance(message, Generate):
            write(connection, message.request_id, message.request)
        elif isinstance(message, BuildLibrary):
            build(connection, message)


def build(connection, message):
    for done in range(100 if message.songs.endswith("slow") else 3):
        connection.send(LibraryProgress(message.request_id, done, 3))
        time.sleep(0.02)
        if connection.poll() and connection.recv() == Cancel(message.request_id):
            connection.send(RequestFinished(message.request_id, cancelled=True))
            return
    if message.songs.endswith("empty"):
        connection.send(RequestFailed(message.request_id, "there is no song to make a library of"))
        return
    Path(message.out).mkdir(parents=True)
    Path(message.out, "library.json").write_text("{}")
    connection.send(LibraryBuilt(message.request_id, message.out, 2, 900, 1))


def run_slow_to_load(connection, model_folder, styles_folder):
    time.sleep(0.5)
    run(connection, model_folder, styles_folder)


def run_never_ready(connection, model_folder, styles_folder):
    os._exit(3)


def cell_notes(request, bar, take):
    """Four notes of a scale, each take a third higher."""
    song, take = request.song, 1 if request.style == "alike" else take
    start, end = int(song.timebase.bar_start(bar)), int(song.timebase.bar_end(bar))
    step = (end - start) // 4
    pitches = [60 + 3 * take + 2 * i for i in range(4)]
    return make_notes([start + i * step for i in range(4)], [step] * 4, pitches, [90] * 4)


def write(connection, request_id, request):
    if request.style == "refuse":
        connection.send(RequestFailed(request_id, "The model has no room for so many bars."))
        return
    for cell in sorted(request.cells):
        for take in range(request.takes):
            connection.send(NotesWritten(request_id, take, *cell, cell_notes(request, cell[0], take)))
        if request.style == "crash":
            os._exit(9)
        if request.style == "slow":
            time.sleep(0.1)
        if connection.poll():
            message = connection.recv()
            if message == Cancel(request_id):
                connection.send(RequestFinished(request_id, cancelled=True))
                return
    for take in range(request.takes):
        notes = {track: make_notes(*zip(*[note for bar, t in sorted(request.cells) if t == track
                                          for note in cell_notes(request, bar, take).tolist()], strict=True))
                 for track in {track for _, track in request.cells}}
        connection.send(TakeFinished(request_id, Take(
            take, request.cells, notes, request.seed + take, request.adventurousness, request.style, 0.5,
            request.controls)))
    connection.send(RequestFinished(request_id))
