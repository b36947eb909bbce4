"""Bars × tracks as something that can be carried elsewhere: copied, and pasted into this song or another.

A cell is what begins in a bar of a track: the same that the assistant fills. Controllers stay with their tracks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.music.edits import shifted
from core.music.song import EMPTY_NOTES, Song, Track, freeze_notes


@dataclass(frozen=True, eq=False)
class ClipPart:
    """What was copied of one track, ``below`` the first of them. ``track`` has the notes, from the bars' start."""

    below: int
    track: Track


@dataclass(frozen=True, eq=False)
class CellClip:
    """``bars`` bars that take ``ticks`` at ``ticks_per_beat``."""

    ticks_per_beat: int
    bars: int
    ticks: int
    parts: tuple[ClipPart, ...]

    @property
    def note_count(self) -> int:
        return sum(len(part.track.notes) for part in self.parts)


def copy_cells(song: Song, first: int, last: int, tracks: Iterable[int]) -> CellClip:
    """The notes that begin in bars ``first`` to ``last`` of the tracks."""
    start, end = int(song.timebase.bar_start(first)), int(song.timebase.bar_end(last))
    indices = sorted(set(tracks))
    parts = tuple(ClipPart(index - indices[0], _bare(song.tracks[index], start, end)) for index in indices)
    return CellClip(song.ticks_per_beat, last - first + 1, end - start, parts)


def _bare(track: Track, start: int, end: int) -> Track:
    notes = track.notes[(track.notes["onset"] >= start) & (track.notes["onset"] < end)]
    return Track(shifted(notes, -start), track.program, track.is_drum, track.name, volume=track.volume, pan=track.pan)


def paste_cells(song: Song, clip: CellClip, bar: int, track: int) -> tuple[Song, tuple[int, ...]]:
    """The song with the clip from ``bar`` on, its first track on ``track``, and on which tracks it lies now.

    What began there before is replaced. Where the song has too few tracks, those of the clip are added.
    """
    clip = in_resolution(clip, song.ticks_per_beat)
    start = int(song.timebase.bar_start(bar))
    tracks, used = list(song.tracks), []
    for part in clip.parts:
        index = track + part.below
        if index >= len(song.tracks):
            index = len(tracks)
            tracks.append(replace(part.track, notes=EMPTY_NOTES))
        here = tracks[index]
        outside = (here.notes["onset"] < start) | (here.notes["onset"] >= start + clip.ticks)
        tracks[index] = here.with_notes(np.concatenate([here.notes[outside], shifted(part.track.notes, start)]))
        used.append(index)
    return replace(song, tracks=tuple(tracks)), tuple(used)


def in_resolution(clip: CellClip, ticks_per_beat: int) -> CellClip:
    """The same music at other ticks to a quarter note, to the nearest tick."""
    if ticks_per_beat == clip.ticks_per_beat:
        return clip
    factor = ticks_per_beat / clip.ticks_per_beat

    def scaled(notes: np.ndarray) -> np.ndarray:
        onset, end = (np.round(place * factor) for place in (notes["onset"], notes["onset"] + notes["duration"]))
        result = notes.copy()
        result["onset"], result["duration"] = onset, np.maximum(end - onset, np.minimum(notes["duration"], 1))
        return freeze_notes(result)

    parts = tuple(replace(part, track=replace(part.track, notes=scaled(part.track.notes))) for part in clip.parts)
    return CellClip(ticks_per_beat, clip.bars, round(clip.ticks * factor), parts)
