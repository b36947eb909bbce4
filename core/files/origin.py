"""Where a song came from: what ``midi_reader`` hangs on a Song and its Tracks so that ``midi_writer`` can leave
alone what nobody edited. Opaque to everyone else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.files.smf import Chunk, MidiFile, serialise
from core.music.song import Marker, Track
from core.music.timebase import Meter, Tempo


@dataclass(frozen=True, eq=False)
class TrackOrigin:
    """One channel of one chunk that plays notes, on MIDI port ``port``. All indices count the chunk's events.

    ``track``: the Track as it was read. ``note_on`` and ``note_off``: for each of its notes the two events it came
    from, ``note_off`` -1 for a note that nothing ends. ``events``: for each of its raw events its own.
    ``program``, ``volume``, ``pan``, ``name``: the event each was read from, None where it stands elsewhere or nowhere.
    """

    chunk: Chunk
    port: int
    channel: int
    track: Track
    note_on: np.ndarray
    note_off: np.ndarray
    events: tuple[int, ...]
    program: int | None
    volume: int | None
    pan: int | None
    name: int | None


@dataclass(frozen=True, eq=False)
class SongOrigin:
    """The whole file as it was read, the tracks in it, and the maps it gave. ``source``: its bytes, if at hand."""

    file: MidiFile
    tracks: tuple[TrackOrigin, ...]
    tempos: tuple[Tempo, ...]
    meters: tuple[Meter, ...]
    markers: tuple[Marker, ...] = ()
    source: bytes = b""

    @cached_property
    def data(self) -> bytes:
        """A file with the same events in the same places."""
        return self.source or serialise(self.file)
