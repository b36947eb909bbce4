"""The samples between the renderer and the sink: written ahead by one thread, copied out by another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from core.sound.synth import soft_limit


class Ring:
    """A ring of stereo float32 samples for one writer and one reader, counted from the start of the stream.

    The lock is held for one copy of a block at most. It is what makes it safe to take back samples that were
    written but not yet read, so that a stop is heard at once and not after everything rendered ahead.
    """

    def __init__(self, frames: int) -> None:
        self._samples = np.zeros((frames, 2), np.float32)
        self._lock = threading.Lock()
        self._written = 0
        self.played = 0
        self.underruns = 0

    @property
    def waiting(self) -> int:
        """Samples written but not yet read."""
        return self._written - self.played

    def write(self, samples: np.ndarray) -> None:
        """Append ``samples`` (n, 2). Raises ValueError if they do not fit."""
        with self._lock:
            if self._written + len(samples) - self.played > len(self._samples):
                raise ValueError("the ring is full")
            for part, at in self._stretches(self._written, len(samples)):
                self._samples[at] = samples[part]
            self._written += len(samples)

    def read_into(self, out: np.ndarray) -> int:
        """Fill ``out`` (n, 2), with silence where nothing is ready. Returns how many samples were ready."""
        with self._lock:
            count = min(len(out), self._written - self.played)
            for part, at in self._stretches(self.played, count):
                out[part] = self._samples[at]
            self.played += count
        if count < len(out):
            out[count:] = 0
            self.underruns += 1
        return count

    def add_to(self, out: np.ndarray) -> bool:
        """Add what is ready to ``out`` (n, 2) and take it from the ring. Says whether there was anything."""
        with self._lock:
            count = min(len(out), self._written - self.played)
            for part, at in self._stretches(self.played, count):
                out[part] += self._samples[at]
            self.played += count
        return count > 0

    def take_back(self, leave: int) -> tuple[int, np.ndarray]:
        """Unwrite all but the next ``leave`` samples. Returns where the stream goes on and what was taken back."""
        with self._lock:
            start = min(self._written, self.played + leave)
            taken = np.empty((self._written - start, 2), np.float32)
            for part, at in self._stretches(start, len(taken)):
                taken[part] = self._samples[at]
            self._written = start
        return start, taken

    def _stretches(self, start: int, count: int) -> list[tuple[slice, slice]]:
        """Where ``count`` samples of the stream from ``start`` lie: (slice of them, slice of the ring), one or two."""
        at = start % len(self._samples)
        first = min(count, len(self._samples) - at)
        return [(slice(0, first), slice(at, at + first)), (slice(first, count), slice(0, count - first))]


class Mix:
    """What the sink takes: the song from one ring, and over it the keys that are pressed from another, limited
    together. Where no key sounds the song's samples go through untouched."""

    def __init__(self, song: Ring, live: Ring, new_reader: Callable[[], object] = lambda: None) -> None:
        """``new_reader`` is called in a thread when it reads for the first time."""
        self._song, self._live, self._new_reader = song, live, new_reader
        self._reader = 0
        self.longest_read = 0
        """The most samples the sink has asked for at once."""
        self.last_read = (0, 0.0)
        """How many samples it asked for last, and when (``time.perf_counter``)."""

    def read_into(self, out: np.ndarray) -> int:
        """Fill ``out`` (n, 2). Returns how many samples of the song were ready."""
        if (thread := threading.get_ident()) != self._reader:
            self._reader = thread
            self._new_reader()
        self.longest_read = max(self.longest_read, len(out))
        self.last_read = (len(out), time.perf_counter())
        ready = self._song.read_into(out)
        if self._live.add_to(out):
            soft_limit(out)
        return ready
