"""Part of a song as a song of its own: for another program, a file, the clipboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.music.edits import shifted
from core.music.song import EMPTY_NOTES, Marker, RawEvent, Song, Track
from core.music.timebase import Meter, Tempo

SYSTEM = 0xF0
"""From this status byte on an event is not of a channel."""


def excerpt(song: Song, notes: Mapping[int, np.ndarray]) -> Song:
    """The given notes (by track index), from the start of the first one's bar, which becomes tick 0.

    Tempo, meter, markers, instruments and the controllers that fall between the first and the last note come along.
    Raises ValueError when there are no notes.
    """
    chosen = {index: some for index, some in sorted(notes.items()) if len(some)}
    if not chosen:
        raise ValueError("there are no notes to take out of the song")
    base = song.timebase
    start = int(base.bar_start(base.bar_at(min(int(some["onset"][0]) for some in chosen.values()))))
    end = max(int((some["onset"] + some["duration"]).max()) for some in chosen.values())
    tempos = [Tempo(tempo.tick - start, tempo.microseconds_per_beat) for tempo in song.tempos
              if start < tempo.tick < end]
    meters = [replace(meter, tick=meter.tick - start) for meter in song.meters if start < meter.tick < end]
    here: Meter = base.meter_of(int(base.bar_at(start)))
    return Song(song.ticks_per_beat,
                tuple(_part(song.tracks[index], some, start, end) for index, some in chosen.items()),
                (Tempo(0, base.tempo_at(start).microseconds_per_beat), *tempos), (replace(here, tick=0), *meters),
                tuple(Marker(marker.tick - start, marker.name) for marker in song.markers
                      if start <= marker.tick < end))


def _part(track: Track, notes: np.ndarray, start: int, end: int) -> Track:
    events = tuple(RawEvent(event.tick - start, event.data) for event in track.events
                   if start <= event.tick < end and event.data[0] < SYSTEM)
    return replace(track, notes=shifted(notes, -start), muted=EMPTY_NOTES, events=events, origin=None)
