"""Reading ahead: a request finds all read, an edit costs what it changed, what is asked meanwhile comes first."""

from dataclasses import replace
from multiprocessing import Pipe
from threading import Thread
from types import SimpleNamespace

import pytest

from core.generation.messages import Cancel, Generate, ReadAhead, Ready, RequestFinished, Shutdown, TakeFinished
from core.generation.remembering import Reader
from core.generation.request import Request, continue_cells, infill_cells
from core.generation.sampler import read_ahead
from core.generation.worker import _Worker
from core.model.checkpoint import save_model
from core.music.edits import replace_cells
from core.training.start import with_memories
from tests.core.generation.test_remembering import CONTEXT, KINDS, assert_same_takes, model_of, song_of, takes_of
from tests.core.generation.test_worker_process import Worker
from tests.core.generation.tiny_model import tiny_model

SONG = song_of()


def always():
    return False


@pytest.mark.parametrize(("kind", "takes"), [*((kind, 2) for kind in KINDS), ((0, 1), 1)], ids=str)
def test_a_request_that_was_read_for_reads_nothing_more(kind, takes):
    model = model_of(*kind)
    reader, request = Reader(model), Request(SONG, infill_cells(24, 25, [0]), takes=takes, seed=4)
    passes = []
    forward = model.forward
    model.forward = lambda features, *args, **kwargs: (passes.append(features.shape[1]), forward(
        features, *args, **kwargs))[1]
    assert read_ahead(model, replace(request, seed=1), reader, always)
    read = reader.tokens_read
    passes.clear()
    takes_got = takes_of(model, request, reader)
    assert reader.tokens_read == read > 0
    assert takes == 1 or not passes or max(passes) == 1  # nor is the prompt read again
    assert_same_takes(takes_got, takes_of(model, request))


@pytest.mark.parametrize("kind", [(0, 1), (64, 1)], ids=str)
def test_after_the_end_was_read_for_bars_before_it_cost_a_piece_at_most(kind):
    model = model_of(*kind)
    reader = Reader(model)
    assert read_ahead(model, Request(SONG, continue_cells(SONG, 4)), reader, always)
    read = reader.tokens_read
    takes_of(model, Request(SONG, infill_cells(20, 21, [1]), takes=1), reader)
    assert reader.tokens_read - read <= (CONTEXT if not kind[0] else 2 * CONTEXT) < read


def test_an_edit_near_the_end_is_all_that_is_read_again():
    model = model_of(0, 1)
    reader, cells = Reader(model), continue_cells(SONG, 1)
    assert read_ahead(model, Request(SONG, cells), reader, always)
    read = reader.tokens_read
    edited = replace_cells(SONG, infill_cells(18, 18, [0]), {})
    assert read_ahead(model, Request(edited, cells), reader, always)
    again = reader.tokens_read - read
    assert 0 < again < read / 2
    takes_of(model, Request(edited, cells, takes=1), reader)
    assert reader.tokens_read == read + again


def test_reading_that_is_stopped_goes_on_where_it_was():
    model = model_of(64, 1)
    reader, request = Reader(model), Request(SONG, infill_cells(26, 27, [0]), takes=2)
    assert not read_ahead(model, request, reader, lambda: reader.tokens_read > CONTEXT)
    part = reader.tokens_read
    assert CONTEXT < part <= 2 * CONTEXT
    takes = takes_of(model, request, reader)
    whole = Reader(model)
    assert_same_takes(takes, takes_of(model, request, whole))
    assert reader.tokens_read == whole.tokens_read > part


class Conversation:
    """A worker in a thread of this process, so that what its reader reads can be watched."""

    def __init__(self, model):
        self.ours, theirs = Pipe()
        self.read, self.reader = [], None  # tokens after each piece
        models = SimpleNamespace(base=model, description="tiny", model=lambda style: model, reader=self._reader)
        self.model, self.worker = model, _Worker(theirs, models)
        self.thread = Thread(target=self.worker.run, daemon=True)

    def _reader(self, style, library):
        if self.reader is None and self.model.config.remembers:
            self.reader = Reader(self.model)
            read_piece = self.reader._read_piece

            def and_note(*args):
                piece = read_piece(*args)
                self.read.append(self.reader.tokens_read)
                self.on_piece(len(self.read))
                return piece

            self.reader._read_piece = and_note
        return self.reader

    def on_piece(self, count):
        """Called by the worker after each piece."""

    def start(self):
        self.thread.start()
        ready = self.ours.recv()
        assert isinstance(ready, Ready)
        return ready

    def end_of_request(self):
        messages = []
        while not messages or not isinstance(messages[-1], RequestFinished):
            assert self.ours.poll(60)
            messages.append(self.ours.recv())
        return messages

    def end(self):
        self.ours.send(Shutdown())
        self.thread.join(60)
        assert not self.thread.is_alive() and not self.ours.poll()


REQUEST = Request(SONG, infill_cells(24, 25, [0]), takes=2)


def test_a_request_in_the_midst_of_reading_comes_first_and_reading_then_goes_on():
    talk = Conversation(model_of(0, 1))
    early = Request(SONG, infill_cells(2, 3, [0]), takes=2, seed=3)  # needs nothing of what is being read
    talk.on_piece = lambda count: talk.ours.send(Generate(1, early)) if count == 1 else None
    assert talk.start().remembers
    talk.ours.send(ReadAhead(REQUEST))
    *_, end = talk.end_of_request()
    assert end == RequestFinished(1)
    pieces = len(talk.read)
    talk.ours.send(Generate(2, REQUEST))
    talk.end_of_request()
    talk.end()
    whole = Reader(talk.model)
    takes_of(talk.model, REQUEST, whole)
    assert talk.reader.tokens_read == whole.tokens_read  # in all: no piece was read twice
    assert pieces < len(talk.read) or talk.read[-1] == whole.tokens_read


def test_no_piece_is_read_between_a_request_and_its_answer():
    talk = Conversation(model_of(0, 1))
    early, at_takes = Request(SONG, infill_cells(2, 3, [0]), takes=2), []
    talk.on_piece = lambda count: talk.ours.send(Generate(1, early)) if count == 1 else None
    send = talk.worker._send
    talk.worker._send = lambda message: (at_takes.append(len(talk.read)) if isinstance(message, TakeFinished) else None,
                                         send(message))
    talk.start()
    talk.ours.send(ReadAhead(REQUEST))
    talk.end_of_request()
    talk.end()
    assert at_takes == [1, 1]


def test_a_later_song_takes_the_place_of_the_one_being_read_and_the_end_comes_at_once():
    talk = Conversation(model_of(0, 1))
    other = replace(REQUEST, song=song_of(seed=7))
    say = {1: ReadAhead(other), 2: Cancel(9), 4: Shutdown()}
    talk.on_piece = lambda count: talk.ours.send(say[count]) if count in say else None
    talk.start()
    talk.ours.send(ReadAhead(REQUEST))
    talk.thread.join(60)
    assert not talk.thread.is_alive() and len(talk.read) == 4 and not talk.ours.poll()
    read = talk.reader.tokens_read
    takes_of(talk.model, other, talk.reader)
    whole = Reader(talk.model)
    takes_of(talk.model, other, whole)
    assert talk.reader.tokens_read - read == whole.tokens_read - (talk.read[3] - talk.read[0])


def test_what_cannot_be_read_ahead_is_passed_over_and_a_model_without_memory_reads_nothing(tmp_path):
    save_model(tmp_path / "model", with_memories(tiny_model(context=128), 0, 1), {})
    worker = Worker(tmp_path)
    assert worker.receive().remembers
    worker.connection.send(ReadAhead(replace(REQUEST, style="nobody")))
    worker.connection.send(Generate(1, REQUEST))
    assert worker.until_the_end_of(1)[-1] == RequestFinished(1)
    worker.connection.send(Shutdown())
    assert worker.ends()

    talk = Conversation(tiny_model(context=CONTEXT))
    assert not talk.start().remembers
    talk.ours.send(ReadAhead(REQUEST))
    talk.ours.send(Generate(1, REQUEST))
    assert talk.end_of_request()[-1] == RequestFinished(1)
    talk.end()
