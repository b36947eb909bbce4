"""Several trainings that take turns on one core, so that whatever else the machine does falls on all of them alike.

Processor time is fairer than wall-clock on a shared machine, but a busy neighbour makes each second of it worth less.
Trainings that are compared therefore run in one stretch of time, a few seconds each, one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

TURN_SECONDS = 2.0
"""Processor time of a turn."""

Job = Callable[[Callable[[], bool]], object]
"""A picklable function. It calls what it is given now and then, which waits while others have their turn, and returns
False: what ``core.training.trainer.train`` takes as ``should_stop``."""


class _Ring:
    """One of ``count`` places has the turn at any time."""

    def __init__(self, count: int, context) -> None:
        self._turn = [context.Semaphore(0) for _ in range(count)]
        self._over = context.Array("b", count)
        self._turn[0].release()

    def wait(self, place: int) -> None:
        self._turn[place].acquire()

    def pass_on(self, place: int) -> None:
        """To the next place that is not through; to ``place`` itself if it is the only one."""
        for step in range(1, len(self._turn) + 1):
            after = (place + step) % len(self._turn)
            if not self._over[after]:
                self._turn[after].release()
                return

    def leave(self, place: int) -> None:
        self._over[place] = 1
        self.pass_on(place)


def in_turns(jobs: Sequence[Job], done: Callable[[int, object], None] = lambda place, result: None) -> list:
    """The results of all jobs, in order; each in a process of its own. ``done`` is told of each as it is collected."""
    if not jobs:
        return []
    context = get_context("spawn")
    with ProcessPoolExecutor(len(jobs), mp_context=context, initializer=_enter,
                             initargs=(_Ring(len(jobs), context),)) as pool:
        running = [pool.submit(_run, place, job) for place, job in enumerate(jobs)]
        results = []
        for place, future in enumerate(running):
            results.append(future.result())
            done(place, results[-1])
        return results


_ring: _Ring | None = None


def _enter(ring: _Ring) -> None:
    global _ring
    _ring = ring


def _run(place: int, job: Job) -> object:
    _ring.wait(place)
    began = time.process_time()

    def pause() -> bool:
        nonlocal began
        if time.process_time() - began >= TURN_SECONDS:
            _ring.pass_on(place)
            _ring.wait(place)
            began = time.process_time()
        return False

    try:
        return job(pause)
    finally:
        _ring.leave(place)
