"""Another song's tracks put into a song: as pure edits Song → Song."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.music.song import RawEvent, Song, Track, freeze_notes


def add_song(song: Song, other: Song, bar: int) -> Song:
    """The song with the tracks of another after its own, their first bar on ``bar``. Its tempo, meter and markers hold.

    The other's ticks become the nearest of this one; beats stay beats.
    """
    start = int(song.timebase.bar_start(bar))
    factor = song.ticks_per_beat / other.ticks_per_beat
    return replace(song, tracks=(*song.tracks, *(_moved(track, factor, start) for track in other.tracks)))


def _moved(track: Track, factor: float, start: int) -> Track:
    events = tuple(RawEvent(round(event.tick * factor) + start, event.data) for event in track.events)
    return replace(track, notes=_moved_notes(track.notes, factor, start), channel=None, events=events, origin=None,
                   muted=_moved_notes(track.muted, factor, start))


def _moved_notes(notes: np.ndarray, factor: float, start: int) -> np.ndarray:
    onset, end = (np.round(place * factor).astype(np.int64) for place in (notes["onset"],
                                                                          notes["onset"] + notes["duration"]))
    result = notes.copy()
    result["onset"] = onset + start
    result["duration"] = np.maximum(end - onset, np.minimum(notes["duration"], 1))
    return freeze_notes(result)
