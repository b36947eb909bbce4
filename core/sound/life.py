"""One engine process, from its start to its end."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from multiprocessing.connection import Connection
from typing import Any

from core.music.song import Song
from core.sound import host
from core.sound.messages import Close, Opened, SongSender
from core.sound.setup import KeyHeard, Notice, SoundFontRefused, SoundSetup
from core.sound.state import SharedState

CLOSE_SECONDS = 2.0

_NEWEST_SONG = object()


class Life:
    """One engine process, from its start to its end, and the thread that talks to it."""

    def __init__(self, recording: Any, sample_rate: int, sink: str, setup: SoundSetup) -> None:
        self._context = multiprocessing.get_context("spawn")
        self.state = SharedState.create(self._context)
        self._arguments = (self.state.memory, recording, sample_rate, sink, setup)
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._process: Any = None
        self._failed = False
        self._begun = threading.Event()
        self._lock = threading.Lock()
        self._song: tuple[Song, bool] | None = None
        self._opened = Opened("", "")
        self.news: list[KeyHeard | Notice | SoundFontRefused] = []
        self._thread = threading.Thread(target=self._talk, name="sound engine", daemon=True)
        self._thread.start()

    def send(self, message: Any) -> None:
        """Messages go in order."""
        self._outbox.put(message)

    def send_song(self, song: Song, at_bar: bool = False) -> None:
        """Of songs that wait to be sent only the newest goes, and at once if one of them was to be heard at once."""
        with self._lock:
            if self._song is None:
                self._outbox.put(_NEWEST_SONG)
            else:
                at_bar = at_bar and self._song[1]
            self._song = song, at_bar

    def opened(self) -> Opened:
        try:
            while self._connection is not None and self._connection.poll():
                message = self._connection.recv()
                if isinstance(message, Opened):
                    self._opened = message
                else:
                    self.news.append(message)
        except (EOFError, OSError):
            self._failed = True
        return self._opened

    @property
    def alive(self) -> bool:
        return not self._failed and (self._process is None or self._process.exitcode is None)

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the process, politely and then by force, and wait until it is gone."""
        self._begun.wait()  # under load that can take longer than any patience; a process half made cannot be ended
        self._outbox.put(Close())
        self._thread.join(CLOSE_SECONDS)
        if self._process is not None:
            self._process.join(CLOSE_SECONDS)
            if self._process.exitcode is None:
                self._process.kill()
                self._process.join()
            self._thread.join()
            self._process.close()
            self._process = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._failed = True

    def _talk(self) -> None:
        try:
            self._connection, theirs = self._context.Pipe()
            process = self._context.Process(target=host.main, args=(theirs, *self._arguments), name="sound engine",
                                            daemon=True)
            process.start()
            self._process = process
            theirs.close()
            self._begun.set()
            self._send_all()
        except OSError:
            self._failed = True
        finally:
            self._begun.set()

    def _send_all(self) -> None:
        songs = SongSender()
        while True:
            message = self._outbox.get()
            if message is _NEWEST_SONG:
                with self._lock:
                    (song, at_bar), self._song = self._song, None
                message = songs.message(song, at_bar)
            self._connection.send(message)
            if isinstance(message, Close):
                return
