"""A child process and the pipe to it, as a Qt object: what the child sends arrives as signals, without waiting.

What it is sent leaves by a thread, since the window must not wait for a child that is busy."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from threading import Thread

from PySide6.QtCore import QObject, QThread, Signal

from app.translation import tr

GRACE_SECONDS = 2.0


class _Reader(QThread):
    """Waits for messages in a thread of its own, which works on every platform; ends with the pipe and the child."""

    received = Signal(object)

    def __init__(self, connection: Connection, sentinel: int, parent: QObject) -> None:
        super().__init__(parent)
        self._connection = connection
        self._sentinel = sentinel

    def run(self) -> None:
        try:
            while True:
                self.received.emit(self._connection.recv())
        except (EOFError, OSError):
            wait([self._sentinel], GRACE_SECONDS)  # here and not in the window, which must not wait


class ProcessLink(QObject):
    """Runs ``target(connection, *args)`` in a spawned process.

    ``target`` must be importable by name and its module light: both sides import it. ``received`` brings each
    message; ``ended`` comes once, after the last message, with the exit code, unless ``close`` was called.
    """

    received = Signal(object)
    ended = Signal(int)

    def __init__(self, target: Callable, args: tuple, parent: QObject | None = None) -> None:
        super().__init__(parent)
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=target, args=(theirs, *args), daemon=True)
        self._process.start()
        theirs.close()  # otherwise the pipe would never report the child's end
        self._outgoing: SimpleQueue[object] = SimpleQueue()
        self._writer = Thread(target=_write, args=(self._connection, self._outgoing), daemon=True)
        self._writer.start()
        self._reader = _Reader(self._connection, self._process.sentinel, self)
        self._reader.received.connect(self.received)
        self._reader.finished.connect(self._on_pipe_closed)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: object) -> None:
        """Send a message, without waiting until a busy child takes it; messages arrive in order. One to a child that is
        gone is dropped: ``ended`` tells of that."""
        self._outgoing.put(message)

    def close(self, farewell: object | None = None, grace: float = GRACE_SECONDS) -> None:
        """End the child: politely with the message ``farewell``, and by force after ``grace`` seconds."""
        self.blockSignals(True)  # messages that are already on their way to this thread would still arrive
        self._reader.finished.disconnect(self._on_pipe_closed)
        if farewell is not None:
            self.send(farewell)
            self._process.join(grace)
        self._end_child()

    def _on_pipe_closed(self) -> None:
        self.ended.emit(self._end_child())

    def _end_child(self) -> int:
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._outgoing.put(None)
        self._writer.join()
        self._reader.wait()
        self._connection.close()
        return self._process.exitcode


def _write(connection: Connection, outgoing: SimpleQueue[object]) -> None:
    """Sends what comes, until None does. A long song is more than a pipe holds, so this may wait for the child."""
    while (message := outgoing.get()) is not None:
        try:
            connection.send(message)
        except OSError:
            continue


def describe_exit(exit_code: int) -> str:
    """What happened to a process that ended by itself, to go after 'the process'."""
    if exit_code == -9:
        return tr("was stopped by the system, most likely for lack of memory")
    return tr("stopped unexpectedly (exit code {exit_code})", exit_code=exit_code)
