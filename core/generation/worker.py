"""The model process: a message loop that owns torch. See ``core.generation.messages`` for what is said.

The module itself does not import torch, so the window can name ``run_worker`` as the target of a process.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from core.generation.messages import (
    BuildLibrary,
    Cancel,
    Generate,
    LibraryBuilt,
    LibraryProgress,
    Look,
    Looked,
    NotesWritten,
    ReadAhead,
    Ready,
    RequestFailed,
    RequestFinished,
    Shutdown,
    TakeFinished,
    Unavailable,
)
from core.generation.request import Request, Take, infill_cells

if TYPE_CHECKING:
    from core.generation.library import ModelLibrary


def run_worker(connection: Connection, model_folder: str, styles_folder: str) -> None:
    """Load the model, say ``Ready``, and answer requests one after another until ``Shutdown`` or the pipe closes.

    A model that cannot be loaded is answered with ``Unavailable``, and the process ends.
    """
    from core.generation.library import ModelLibrary

    try:
        models = ModelLibrary(Path(model_folder), Path(styles_folder))
    except (ValueError, OSError, MemoryError) as error:
        connection.send(Unavailable(str(error) or type(error).__name__))
        return
    with suppress(ConnectionError):  # whoever asked has gone
        _Worker(connection, models).run()


class _Worker:
    def __init__(self, connection: Connection, models: ModelLibrary) -> None:
        self.connection = connection
        self.models = models
        self.waiting: deque[Generate | Look | BuildLibrary] = deque()
        self.ahead: ReadAhead | None = None
        self.cancelled: set[int] = set()
        self.leaving = False

    def run(self) -> None:
        self._warm_up()
        config = self.models.base.config
        self.connection.send(Ready(self.models.description, bool(config.retrieval_layer), config.remembers))
        while not self.leaving:
            if not self.waiting and self.ahead is None:
                self._receive(self.connection.recv)
            self._listen()
            if self.leaving:
                return
            if not self.waiting:
                self._read_ahead()
            else:
                message = self.waiting.popleft()
                if isinstance(message, Look):
                    self._look(message)
                elif isinstance(message, BuildLibrary):
                    self._build(message)
                else:
                    self._answer(message)

    def _receive(self, recv) -> None:
        try:
            message = recv()
        except (EOFError, ConnectionError):
            self.leaving = True
            return
        if isinstance(message, (Generate, Look, BuildLibrary)):
            self.waiting.append(message)
        elif isinstance(message, ReadAhead):
            self.ahead = message
        elif isinstance(message, Cancel):
            self.cancelled.add(message.request_id)
        elif isinstance(message, Shutdown):
            self.leaving = True

    def _listen(self) -> None:
        """Take in whatever has been said meanwhile, without waiting."""
        try:
            while not self.leaving and self.connection.poll():
                self._receive(self.connection.recv)
        except (EOFError, ConnectionError):
            self.leaving = True

    def _should_stop(self, number: int) -> bool:
        self._listen()
        return self.leaving or number in self.cancelled

    def _answer(self, message: Generate) -> None:
        from core.generation.sampler import generate
        from core.generation.threads import choose_threads

        number, request = message.request_id, message.request
        try:
            if not self._should_stop(number):
                choose_threads()
                model, reader = self.models.model(request.style), self.models.reader(request.style, request.library)
                for event in generate(model, request, should_stop=lambda: self._should_stop(number), reader=reader):
                    if isinstance(event, Take):
                        self._send(TakeFinished(number, event))
                    else:
                        self._send(NotesWritten(number, event.take, event.bar, event.track, event.notes))
            self._send(RequestFinished(number, cancelled=number in self.cancelled))
        except Exception as error:  # whatever went wrong with one request, the next may go well
            self._send(RequestFailed(number, str(error) or type(error).__name__))
        finally:
            self.cancelled.discard(number)

    def _read_ahead(self) -> None:
        """Read for the request that may come, until anything else is asked; afterwards it goes on from there."""
        from core.generation.sampler import read_ahead
        from core.generation.threads import choose_threads

        message = self.ahead
        if message is None:
            return

        def should_stop() -> bool:
            self._listen()
            return self.leaving or bool(self.waiting) or self.ahead is not message

        try:
            choose_threads()
            model = self.models.model(message.request.style)
            reader = self.models.reader(message.request.style, message.request.library)
            done = reader is None or read_ahead(model, message.request, reader, should_stop)
        except Exception:  # whatever is wrong with it will be said when it is asked for
            done = True
        if done and self.ahead is message:
            self.ahead = None

    def _look(self, message: Look) -> None:
        from core.generation.look import look_at_note, map_pitches
        from core.generation.threads import choose_threads

        try:
            choose_threads()
            model, note = self.models.model(message.style), message.note
            attention, looked_up, problem = None, None, ""
            if note is not None:
                reader = self.models.reader(message.style, message.library)
                try:
                    attention, looked_up = look_at_note(model, note.song, note.track, note.onset, note.pitch, reader)
                except ValueError as error:  # the pitches can be seen all the same
                    problem = str(error)
            self._send(Looked(message.request_id, map_pitches(model), attention, looked_up,
                              bool(model.config.retrieval_layer), problem))
        except Exception as error:  # as with requests
            self._send(RequestFailed(message.request_id, str(error) or type(error).__name__))

    def _build(self, message: BuildLibrary) -> None:
        from core.generation.library_folder import Stopped, library_of_folder
        from core.generation.threads import choose_threads

        number, left_out = message.request_id, []
        try:
            choose_threads()
            songs, entries = library_of_folder(
                Path(message.out), self.models.model(message.style), Path(message.songs),
                on_progress=lambda done, total: self._send(LibraryProgress(number, done, total)),
                on_left_out=left_out.append, should_stop=lambda: self._should_stop(number))
            self.models.forget_library()
            self._send(LibraryBuilt(number, message.out, songs, entries, len(left_out)))
        except Stopped:
            self._send(RequestFinished(number, cancelled=True))
        except Exception as error:  # as with requests
            self._send(RequestFailed(number, str(error) or type(error).__name__))
        finally:
            self.cancelled.discard(number)

    def _send(self, message: object) -> None:
        try:
            self.connection.send(message)
        except (BrokenPipeError, ConnectionError):
            self.leaving = True

    def _warm_up(self) -> None:
        """Write one bar, so that the first request does not pay for what torch does once."""
        from core.generation.sampler import generate
        from core.generation.threads import choose_threads
        from core.music.song import Song, Track, make_notes

        choose_threads()
        song = Song(tracks=(Track(notes=make_notes([0, 480], [480, 480], [60, 64], [80, 80])),))
        for _ in generate(self.models.model(""), Request(song, infill_cells(1, 1, [0]), takes=4)):
            pass
