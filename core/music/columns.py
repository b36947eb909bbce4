"""A song whose notes stand in columns, all tracks together: as thousands of files are read and encoded.

An array a track is what an editor wants; here it would cost more time than the notes themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.music.song import EMPTY_NOTES, Song
from core.music.timebase import Meter, Tempo, Timebase


@dataclass(frozen=True, eq=False)
class SongColumns:
    """The notes of ``Song``, track by track, and its maps.

    ``track``, ``onset`` and ``duration`` (ticks), ``pitch``, ``velocity``: int64 (notes,), as in ``NOTE_DTYPE``, the
    notes of a track in any order; ``programs`` uint8 and ``is_drum`` bool (tracks,).
    """

    ticks_per_beat: int
    tempos: tuple[Tempo, ...]
    meters: tuple[Meter, ...]
    track: np.ndarray
    onset: np.ndarray
    duration: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray
    programs: np.ndarray
    is_drum: np.ndarray

    @cached_property
    def timebase(self) -> Timebase:
        return Timebase(self.ticks_per_beat, self.tempos, self.meters)

    @cached_property
    def ends(self) -> np.ndarray:
        """The tick at which each note ends, int64 (notes,)."""
        return self.onset + self.duration

    @cached_property
    def end(self) -> int:
        """The tick at which the last note ends."""
        return int(self.ends.max(initial=0))

    @cached_property
    def bar_count(self) -> int:
        """Bars needed to hold every note's onset and end."""
        return self.timebase.bars_until(self.end)

    @property
    def note_count(self) -> int:
        return len(self.onset)

    @property
    def track_count(self) -> int:
        return len(self.programs)


def columns_of(song: Song) -> SongColumns:
    """The same song with its notes in columns."""
    notes = np.concatenate([track.notes for track in song.tracks]) if song.tracks else EMPTY_NOTES
    track = np.repeat(np.arange(len(song.tracks)), [len(track.notes) for track in song.tracks])
    return SongColumns(song.ticks_per_beat, song.tempos, song.meters, track,
                       *(notes[name].astype(np.int64) for name in ("onset", "duration", "pitch", "velocity")),
                       programs=np.array([track.program for track in song.tracks], dtype=np.uint8),
                       is_drum=np.array([track.is_drum for track in song.tracks], dtype=bool))
