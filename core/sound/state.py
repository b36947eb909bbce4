"""The transport's state in memory that both processes see: cheap to read sixty times a second."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np

FIELDS = np.dtype([("version", "<i8"), ("tick", "<i8"), ("played", "<i8"), ("playing", "<i8"), ("serial", "<i8"),
                   ("underruns", "<i8"), ("counting", "<i8")])

READ_ATTEMPTS = 100
"""A writer that died half-way, or waits for its turn on a busy machine, must not hold its readers."""


@dataclass(frozen=True, slots=True)
class TransportState:
    """What is heard now.

    ``tick`` follows from ``samples_played``, the samples the sink has taken since the engine started. ``device`` is
    empty until one is open. ``message`` is the last thing a person should know, or empty. ``alive`` is False when
    the engine is not running; ``underruns`` counts the times that the sink found too few samples of a song that
    plays. ``counting_in``: clicks count to the first note and ``tick`` waits, though ``playing`` is True.
    """

    playing: bool = False
    tick: int = 0
    samples_played: int = 0
    device: str = ""
    message: str = ""
    alive: bool = False
    underruns: int = 0
    counting_in: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    tick: int
    played: int
    playing: bool
    serial: int
    underruns: int
    counting: bool = False


class SharedState:
    """One writer, any number of readers. ``memory`` is what is handed to the other process when it is started."""

    def __init__(self, memory: Any) -> None:
        self.memory = memory
        self._record = np.frombuffer(memory, FIELDS, count=1)
        self._read = Snapshot(0, 0, False, 0, 0)

    @classmethod
    def create(cls, context: Any) -> SharedState:
        return cls(context.RawArray(ctypes.c_char, FIELDS.itemsize))

    def write(self, snapshot: Snapshot) -> None:
        version = int(self._record["version"][0])
        self._record["version"] = version + 1  # odd: being written
        for name in ("tick", "played", "playing", "serial", "underruns", "counting"):
            self._record[name] = getattr(snapshot, name)
        self._record["version"] = version + 2

    def read(self) -> Snapshot:
        """What was written last; while that is half written, what was read before."""
        for _ in range(READ_ATTEMPTS):
            before = int(self._record["version"][0])
            _, tick, played, playing, serial, underruns, counting = self._record[0].item()
            if before % 2 == 0 and before == int(self._record["version"][0]):
                self._read = Snapshot(tick, played, bool(playing), serial, underruns, bool(counting))
                break
        return self._read
