"""The model process, for real: what it answers, that it can be stopped, and that a failed request does not end it."""

from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import pytest

from core.files.midi import write_midi
from core.generation.messages import (
    BuildLibrary,
    Cancel,
    Generate,
    LibraryProgress,
    Look,
    NotesWritten,
    NoteToLookAt,
    Ready,
    RequestFailed,
    RequestFinished,
    Shutdown,
    TakeFinished,
)
from core.generation.request import Request, infill_cells
from core.generation.worker import run_worker
from core.model.checkpoint import save_model
from core.training.start import with_memories
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.songs import dense_song

SECONDS = 60
SONG = dense_song(bars=6, tracks=2, notes_a_bar=4)
SHORT = Request(SONG, infill_cells(2, 2, [0]), takes=2, seed=3)
LONG = Request(SONG, infill_cells(0, 40, [0, 1]), takes=4)


class Worker:
    """The client's end of a spawned worker."""

    def __init__(self, folder: Path) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=run_worker, args=(theirs, str(folder / "model"), str(folder / "styles")), daemon=True)
        self.process.start()
        theirs.close()

    def receive(self) -> object:
        assert self.connection.poll(SECONDS), "the worker says nothing"
        return self.connection.recv()

    def until_the_end_of(self, request_id: int) -> list:
        """All messages up to the one that ends a request; every one of them is about it."""
        messages = []
        while not messages or not isinstance(messages[-1], RequestFinished | RequestFailed):
            messages.append(self.receive())
            assert messages[-1].request_id == request_id
        return messages

    def ends(self) -> bool:
        self.process.join(SECONDS)
        return self.process.exitcode == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save_model(folder / "model", tiny_model(context=256), {"name": "tiny"})
    return folder


@pytest.fixture(scope="module")
def worker(folder: Path) -> Iterator[Worker]:
    """One worker for the tests that leave it alive."""
    worker = Worker(folder)
    ready = worker.receive()
    assert isinstance(ready, Ready)
    assert ready.model == "tiny, 0.1 M parameters"
    yield worker
    worker.process.kill()
    worker.process.join()


def test_a_request_is_answered_cell_by_cell_then_take_by_take(worker):
    worker.connection.send(Generate(1, SHORT))
    *messages, end = worker.until_the_end_of(1)
    assert end == RequestFinished(1, cancelled=False)
    cells = [m for m in messages if isinstance(m, NotesWritten)]
    takes = [m.take for m in messages if isinstance(m, TakeFinished)]
    assert sorted((m.take, m.bar, m.track) for m in cells) == [(0, 2, 0), (1, 2, 0)]
    assert [take.index for take in takes] == [0, 1]
    for message in cells:
        assert np.array_equal(message.notes, takes[message.take].notes[0])
    after = takes[0].applied_to(SONG)
    assert after.tracks[1] == SONG.tracks[1]
    assert after != SONG


def test_the_same_request_gets_the_same_takes(worker):
    answers = []
    for number in (11, 12):
        worker.connection.send(Generate(number, SHORT))
        answers.append([m.take.notes[0].tolist() for m in worker.until_the_end_of(number)
                        if isinstance(m, TakeFinished)])
    assert answers[0] == answers[1]


def test_a_request_can_be_cancelled_while_it_is_written(worker):
    worker.connection.send(Generate(21, LONG))
    assert isinstance(worker.receive(), NotesWritten)
    worker.connection.send(Cancel(21))
    *messages, end = worker.until_the_end_of(21)
    assert end == RequestFinished(21, cancelled=True)
    assert all(isinstance(message, NotesWritten) for message in messages)
    assert len(messages) < len(LONG.cells)


def test_a_request_that_waits_can_be_cancelled_before_its_turn(worker):
    for message in (Generate(31, SHORT), Generate(32, LONG), Cancel(32), Generate(33, SHORT)):
        worker.connection.send(message)
    assert worker.until_the_end_of(31)[-1] == RequestFinished(31)
    assert worker.until_the_end_of(32) == [RequestFinished(32, cancelled=True)]
    assert worker.until_the_end_of(33)[-1] == RequestFinished(33)


def test_a_request_that_fails_says_why_and_the_next_is_answered(worker):
    worker.connection.send(Generate(41, Request(SONG, SHORT.cells, style="nobody")))
    failed, = worker.until_the_end_of(41)
    assert isinstance(failed, RequestFailed)
    assert "nobody" in failed.reason
    assert " " in failed.reason
    worker.connection.send(Generate(42, SHORT))
    assert worker.until_the_end_of(42)[-1] == RequestFinished(42)


def test_an_unexpected_failure_does_not_end_the_worker_either(worker):
    nonsense = Request(SONG, SHORT.cells)
    object.__setattr__(nonsense, "seed", "not a number")
    worker.connection.send(Generate(51, nonsense))
    failed, = worker.until_the_end_of(51)
    assert isinstance(failed, RequestFailed)
    worker.connection.send(Generate(52, SHORT))
    assert worker.until_the_end_of(52)[-1] == RequestFinished(52)


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_a_worker_that_is_left_alone_ends(folder, busy):
    worker = Worker(folder)
    assert isinstance(worker.receive(), Ready)
    if busy:
        worker.connection.send(Generate(1, LONG))
        worker.receive()
    worker.connection.close()
    assert worker.ends()


def test_a_worker_that_is_asked_to_end_ends_though_it_is_busy(worker):
    """The last of the tests of the shared worker."""
    worker.connection.send(Generate(61, LONG))
    worker.receive()
    worker.connection.send(Shutdown())
    assert worker.ends()


def test_a_library_is_made_of_a_folder_and_consulted(tmp_path):
    save_model(tmp_path / "model", with_memories(tiny_model(context=128), 0, 1), {})
    (tmp_path / "songs").mkdir()
    write_midi(SONG, tmp_path / "songs" / "one.mid")
    (tmp_path / "songs" / "broken.mid").write_bytes(b"MThd")
    worker = Worker(tmp_path)
    assert worker.receive().looks_up
    out = str(tmp_path / "library")
    worker.connection.send(Cancel(1))
    worker.connection.send(BuildLibrary(1, str(tmp_path / "songs"), out))
    while isinstance(message := worker.receive(), LibraryProgress):
        pass
    assert message == RequestFinished(1, cancelled=True) and not Path(out).exists()
    worker.connection.send(BuildLibrary(2, str(tmp_path / "songs"), out))
    steps = []
    while isinstance(message := worker.receive(), LibraryProgress):
        steps.append((message.done, message.total))
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert (message.songs, message.left_out) == (1, 1) and message.entries > 50
    worker.connection.send(Generate(3, replace(SHORT, library=out)))
    assert worker.until_the_end_of(3)[-1] == RequestFinished(3)
    worker.connection.send(Generate(4, replace(SHORT, library=str(tmp_path))))
    assert "is not a library" in worker.until_the_end_of(4)[-1].reason
    worker.connection.send(Look(5, note=NoteToLookAt(SONG, 0, *SONG.tracks[0].notes[5][["onset", "pitch"]].tolist()),
                                library=out))
    looked = worker.receive()
    assert looked.looks_up and {song for song, _, _ in looked.look_ups.library} == {"one.mid"}
    worker.connection.send(Shutdown())
    assert worker.ends()


def test_what_a_model_cannot_do_is_refused_in_words(tmp_path):
    save_model(tmp_path / "model", tiny_model(), {})
    worker = Worker(tmp_path)
    assert not worker.receive().looks_up
    worker.connection.send(Look(0, note=NoteToLookAt(SONG, 0, 0, 127)))
    seen = worker.receive()
    assert "no such note" in seen.problem and seen.attention is None and seen.pitches is not None
    worker.connection.send(Generate(1, replace(SHORT, library=str(tmp_path))))
    assert worker.receive() == RequestFailed(1, "This model was not trained to look up passages, so it has no use for "
                                                "a library.")
    worker.connection.send(Shutdown())
    assert worker.ends()
