"""The window's end of the model process: requests go out, notes come back, and a crash there stays there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.process_link import ProcessLink, describe_exit
from app.translation import tr
from core.generation.messages import (
    BuildLibrary,
    Cancel,
    Generate,
    LibraryBuilt,
    LibraryProgress,
    Look,
    Looked,
    NotesWritten,
    NoteToLookAt,
    ReadAhead,
    Ready,
    RequestFailed,
    RequestFinished,
    Shutdown,
    TakeFinished,
    Unavailable,
)
from core.generation.request import Request
from core.generation.worker import run_worker
from core.music.song import Song


class ModelClient(QObject):
    """Sends one request at a time to a warm worker process; the others wait here in the order they came.

    A worker that dies fails the request it was writing and is started again for the next. One that dies before it
    was ready fails every waiting request with ``unavailable``, and the next request starts it afresh.
    """

    loading = Signal()
    ready = Signal(str)
    unavailable = Signal(str)
    requestStarted = Signal(int)
    notesWritten = Signal(NotesWritten)
    takeFinished = Signal(TakeFinished)
    requestFinished = Signal(RequestFinished)
    requestFailed = Signal(RequestFailed)
    looked = Signal(Looked)
    lookFailed = Signal(RequestFailed)
    libraryProgress = Signal(LibraryProgress)
    libraryBuilt = Signal(LibraryBuilt)

    def __init__(self, model_folder: str | Path, styles_folder: str | Path, parent: QObject | None = None,
                 target: Callable = run_worker) -> None:
        super().__init__(parent)
        self._target = target
        self.model_folder, self.styles_folder = Path(model_folder), Path(styles_folder)
        self._ids = count(1)
        self._waiting: dict[int, Request | Look | BuildLibrary] = {}
        self._running: int | None = None
        self._looks: set[int] = set()
        self._link: ProcessLink | None = None
        self._is_ready = False
        self.looks_up = False
        """Whether the model can look up passages of a library; known once it is loaded."""
        self.remembers = False
        """Whether the model reads the song before its window, so that reading ahead is of use."""
        self._load_failure = ""

    @property
    def is_ready(self) -> bool:
        """True once the model is loaded."""
        return self._is_ready

    @property
    def is_busy(self) -> bool:
        """True while something is being answered."""
        return self._running is not None

    @property
    def worker_pid(self) -> int | None:
        return self._link.pid if self._link else None

    def start(self) -> None:
        """Start the worker if there is none. Returns at once; ``ready`` comes when the model is loaded."""
        if self._link is None:
            self._link = ProcessLink(self._target, (str(self.model_folder), str(self.styles_folder)), self)
            self._link.received.connect(self._on_message)
            self._link.ended.connect(self._on_worker_ended)
            self.loading.emit()

    def request(self, request: Request) -> int:
        """Ask for takes. Returns the id that every later signal about this request carries."""
        return self._ask(next(self._ids), replace(request, song=_bare(request.song)))

    def look(self, style: str = "", note: NoteToLookAt | None = None, library: str = "") -> int:
        """Ask for a look inside the model; ``looked`` or ``lookFailed`` follows. An older one that still waits is
        dropped: nobody would see it any more."""
        for waiting in self._looks & self._waiting.keys():
            del self._waiting[waiting]
            self._looks.discard(waiting)
        look_id = next(self._ids)
        self._looks.add(look_id)
        about = note and replace(note, song=_bare(note.song))
        return self._ask(look_id, Look(look_id, style, about, library))

    def build_library(self, songs: Path, out: Path, style: str = "") -> int:
        """Have a library made of a folder of songs; ``libraryProgress``, then ``libraryBuilt``, ``requestFailed`` or,
        where it was cancelled, ``requestFinished`` follow."""
        build_id = next(self._ids)
        return self._ask(build_id, BuildLibrary(build_id, str(songs), str(out), style))

    def read_ahead(self, request: Request) -> None:
        """Have all read that such a request needs, while nothing else is asked. Only while no request is running."""
        if self._is_ready and self.remembers and not self.is_busy:
            self._link.send(ReadAhead(replace(request, song=_bare(request.song))))

    def _ask(self, request_id: int, what: Request | Look | BuildLibrary) -> int:
        self._waiting[request_id] = what
        self.start()
        self._send_next()
        return request_id

    def cancel(self, request_id: int) -> None:
        """Stop a request, waiting or running. ``requestFinished`` follows with ``cancelled`` set."""
        if self._waiting.pop(request_id, None):
            self.requestFinished.emit(RequestFinished(request_id, cancelled=True))
        elif request_id == self._running:
            self._link.send(Cancel(request_id))

    def close(self) -> None:
        """End the worker. Nothing is heard of open requests."""
        if self._link is not None:
            self._link.close(Shutdown() if self._is_ready else None)
            self._link = None
        self._waiting.clear()
        self._looks.clear()
        self._running = None
        self._is_ready = False

    def _send_next(self) -> None:
        if self._is_ready and self._running is None and self._waiting:
            request_id = next(iter(self._waiting))
            self._running = request_id
            what = self._waiting.pop(request_id)
            if isinstance(what, Look | BuildLibrary):
                self._link.send(what)
                return
            self._link.send(Generate(request_id, what))
            self.requestStarted.emit(request_id)

    def _on_message(self, message: object) -> None:
        match message:
            case Ready(model=model):
                self._is_ready, self.looks_up, self.remembers = True, message.looks_up, message.remembers
                self.ready.emit(model)
                self._send_next()
            case Unavailable(reason=reason):
                self._load_failure = reason
            case NotesWritten():
                self.notesWritten.emit(message)
            case TakeFinished():
                self.takeFinished.emit(message)
            case RequestFinished():
                self._running = None
                self.requestFinished.emit(message)
                self._send_next()
            case RequestFailed():
                self._running = None
                self._fail(message)
                self._send_next()
            case LibraryProgress():
                self.libraryProgress.emit(message)
            case LibraryBuilt():
                self._running = None
                self.libraryBuilt.emit(message)
                self._send_next()
            case Looked():
                self._running = None
                self._looks.discard(message.request_id)
                self.looked.emit(message)
                self._send_next()

    def _fail(self, message: RequestFailed) -> None:
        if message.request_id in self._looks:
            self._looks.discard(message.request_id)
            self.lookFailed.emit(message)
        else:
            self.requestFailed.emit(message)

    def _on_worker_ended(self, exit_code: int) -> None:
        self._link.deleteLater()
        self._link = None
        was_ready, self._is_ready = self._is_ready, False
        running, self._running = self._running, None
        cause = describe_exit(exit_code)
        if not was_ready:
            reason = tr("The model could not be loaded: {cause}.",
                        cause=self._load_failure or tr("its process {cause}", cause=cause))
            self._load_failure = ""
            failed, self._waiting = list(self._waiting), {}
            self.unavailable.emit(reason)
            for request_id in failed:
                self._fail(RequestFailed(request_id, reason))
            return
        self.start()
        if running is not None:
            self._fail(RequestFailed(
                running, tr("The model process {cause}. Your song is as it was; the model is being loaded again.",
                            cause=cause)))


def _bare(song: Song) -> Song:
    """Without what a file reader keeps for writing back: it is no use to the model and may be large."""
    return replace(song, origin=None, tracks=tuple(replace(track, origin=None) for track in song.tracks))
