"""Reading files in other processes: what a worker does, and how the work is handed out so that no file can end it."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from core.corpus.columns import song_to_bytes
from core.corpus.duplicates import signature
from core.corpus.journal import Outcome
from core.corpus.scan import Reason, Rejected, encode_file_and_report

FILES_AT_ONCE = 16
"""Files handed to a worker together."""
FILE_SECONDS = 60.0
"""A file that takes longer is given up. An ordinary one takes 2 milliseconds."""
PATIENCE_SECONDS = 300.0
"""How long an executor that is not ours may finish nothing."""
_ATTEMPTS = 3
LOOK_SECONDS = 0.2
"""How often the caller is asked whether to stop."""

Job = tuple[int, str]
"""A file's number and path."""


class BuildStopped(Exception):
    """The build was stopped. What was read is kept, and the same build goes on from there."""


class WorkersGone(ValueError):
    """There is nobody left to do the work. What was read is kept, and the same build goes on from there."""


# -- in a worker -------------------------------------------------------------------------------------


def encode_path(path: str) -> Outcome:
    """A file's song and signature, or why it is left out. Never raises for what is in the file."""
    try:
        result = encode_file_and_report(Path(path))
        if isinstance(result, Rejected):
            return Outcome(kind=result.kind, reason=result.reason)
        song, snapping = result
        return Outcome(song_to_bytes(song), signature(song).tobytes(), snapping)
    except MemoryError:
        return Outcome(kind=Reason.FAILED, reason="there is not enough memory to read it")
    except Exception as error:  # a fault of ours, but one file's music is not worth the others'
        return Outcome(kind=Reason.FAILED, reason=f"cannot be encoded ({type(error).__name__}: {error})")


def encode_paths(paths: list[str], seconds: float | None = None) -> list[Outcome]:
    """``encode_path`` of several. After ``seconds`` the process ends itself, even where it hangs outside Python; that
    is for processes that do nothing else."""
    if seconds is None:
        return [encode_path(path) for path in paths]
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            return [encode_path(path) for path in paths]
        finally:
            faulthandler.cancel_dump_traceback_later()


def _is_there() -> bool:
    return True


def _prepare_process() -> None:
    """Ctrl-C is the parent's business; and without a parent, killed perhaps, there is nothing to live for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


# -- beside the workers ------------------------------------------------------------------------------


class OwnProcesses:
    """Processes of this machine, started anew when one dies. ``count``: as many as it has cores by default."""

    def __init__(self, count: int | None = None) -> None:
        self._most = self._count = count or os.cpu_count() or 1
        self.in_flight = 2 * self._most
        self.seconds: float | None = FILE_SECONDS
        self._pool: ProcessPoolExecutor | None = None

    def prepare(self, files: int) -> None:
        """No more processes than so many files can keep busy: each takes half a second to start."""
        if self._pool is None:
            self._count = max(1, min(self._most, -(-files // FILES_AT_ONCE)))

    def submit(self, function: Callable, *args: object) -> Future:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._count, mp_context=get_context("spawn"),
                                             initializer=_prepare_process)
        return self._pool.submit(function, *args)

    def restart(self) -> None:
        self.close()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


class GivenExecutor:
    """Somebody else's executor. ``in_flight``: how many portions it holds at once."""

    def __init__(self, executor: Executor, in_flight: int | None = None) -> None:
        self._executor = executor
        self.in_flight = in_flight or 2 * (getattr(executor, "_max_workers", None) or os.cpu_count() or 1)
        self.seconds: float | None = None

    def prepare(self, files: int) -> None:
        """It is ready as it is."""

    def submit(self, function: Callable, *args: object) -> Future:
        return self._executor.submit(function, *args)

    def restart(self) -> None:
        raise WorkersGone("the workers are gone; what they have read is kept: start new ones and encode again")

    def close(self) -> None:
        """Leave it to its owner."""


def encode_all(jobs: Iterable[Job], workers: OwnProcesses | GivenExecutor,
               take_down: Callable[[list[tuple[int, Outcome]]], None], should_stop: Callable[[], bool]) -> None:
    """Have every file read, few at a time, and give what came of each to ``take_down``.

    Files that were with the workers when one died or none answered are tried again alone; the one that then does it
    again is left out. Raises BuildStopped, and WorkersGone where no worker does anything any more.
    """
    waiting: dict[Future, list[Job]] = {}
    suspects: deque[Job] = deque()
    jobs = iter(jobs)
    last = time.monotonic()
    try:
        while True:
            if should_stop():
                raise BuildStopped
            if suspects:
                if not waiting:
                    take_down([_try_alone(suspects.popleft(), workers, should_stop)])
                    last = time.monotonic()
                    continue
            else:
                _fill(waiting, jobs, workers)
            if not waiting:
                return
            done, _ = wait(waiting, LOOK_SECONDS, FIRST_COMPLETED)
            if done:
                last = time.monotonic()
            broken = False
            for future in done:
                portion = waiting.pop(future)
                error = _error_of(future)
                if error is None:
                    take_down([(number, outcome) for (number, _), outcome in zip(portion, future.result())])
                else:
                    suspects.extend(portion)
                    broken = broken or isinstance(error, BrokenExecutor)
            if broken or time.monotonic() - last > PATIENCE_SECONDS:
                suspects.extend(job for portion in _give_up(waiting) for job in portion)
                if broken:
                    workers.restart()
                last = time.monotonic()
    finally:
        for _ in _give_up(waiting):
            pass


def _fill(waiting: dict[Future, list[Job]], jobs: Iterator[Job], workers: OwnProcesses | GivenExecutor) -> None:
    while len(waiting) < workers.in_flight and (portion := list(islice(jobs, FILES_AT_ONCE))):
        waiting[_submit(workers, portion)] = portion


def _submit(workers: OwnProcesses | GivenExecutor, portion: list[Job]) -> Future:
    arguments = [path for _, path in portion], workers.seconds
    try:
        return workers.submit(encode_paths, *arguments)
    except BrokenExecutor:
        workers.restart()
        return workers.submit(encode_paths, *arguments)


def _try_alone(job: Job, workers: OwnProcesses | GivenExecutor, should_stop: Callable[[], bool]
               ) -> tuple[int, Outcome]:
    """What comes of a file that nothing else is read beside."""
    start = time.monotonic()
    future = _submit(workers, [job])
    while not wait([future], LOOK_SECONDS).done and time.monotonic() - start < PATIENCE_SECONDS:
        if should_stop():
            future.cancel()
            raise BuildStopped
    error = _error_of(future) if future.done() else TimeoutError()
    if error is None:
        return job[0], future.result()[0]
    future.cancel()
    took = time.monotonic() - start
    if isinstance(error, BrokenExecutor):
        workers.restart()
    _check_that_somebody_answers(workers)
    if took >= (workers.seconds or PATIENCE_SECONDS):
        limit = round(workers.seconds or PATIENCE_SECONDS)
        return job[0], Outcome(kind=Reason.FAILED, reason=f"reading it takes longer than {limit} seconds")
    return job[0], Outcome(kind=Reason.FAILED, reason="reading it ends the program that reads it: it is damaged, or "
                                                      "too large for the memory")


def _check_that_somebody_answers(workers: OwnProcesses | GivenExecutor) -> None:
    """A file is at fault only if the workers can do something else."""
    for attempt in range(_ATTEMPTS):
        try:
            workers.submit(_is_there).result(PATIENCE_SECONDS)
            return
        except Exception as error:  # of a cluster: it was sent to the worker whose death is not known yet
            if attempt == _ATTEMPTS - 1:
                raise WorkersGone(f"the workers do nothing any more ({type(error).__name__}: {error}); what they have "
                                  "read is kept: encode again to go on") from None


def _error_of(future: Future) -> BaseException | None:
    return InterruptedError("cancelled") if future.cancelled() else future.exception()


def _give_up(waiting: dict[Future, list[Job]]) -> Iterator[list[Job]]:
    while waiting:
        future, portion = waiting.popitem()
        future.cancel()
        yield portion
