"""A track's instrument, volume and pan, and the events in it that set them anew while the song runs.

What a person sets holds for the whole track: a file's own changes of volume and pan move along with it, and those that
call the track's instrument again call the new one. The events themselves stay as they were read (``Track.basis`` says
what for), so that nothing is lost by going to silence and back.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.music.song import RawEvent, Track

PROGRAM_CHANGE, CONTROL_CHANGE = 0xC0, 0xB0
VOLUME, PAN = 7, 10
SETTINGS = ("program", "volume", "pan")

Settings = tuple[int, int, int]
"""Program, volume and pan."""


def settings_of(track: Track) -> Settings:
    return track.program, track.volume, track.pan


def changed_track(track: Track, **facts) -> Track:
    """The track with some facts changed, ``name``, ``volume``...; its events keep what they were written for."""
    changed = replace(track, **facts)
    if settings_of(changed) == settings_of(track):
        return changed
    basis = track.basis or settings_of(track)
    moves = settings_of(changed) != basis and any(setting_of(event.data) is not None for event in track.events)
    return replace(changed, basis=basis if moves else None)


def setting_of(data: bytes) -> int | None:
    """Which of ``SETTINGS`` a MIDI message sets, by its index."""
    status = data[0] & 0xF0
    if status == PROGRAM_CHANGE:
        return 0
    if status == CONTROL_CHANGE and data[1] in (VOLUME, PAN):
        return 1 if data[1] == VOLUME else 2
    return None


def moved(setting: int, values: np.ndarray | int, basis: Settings, now: Settings) -> np.ndarray:
    """The values that events set, written for ``basis``, where the track is set to ``now``: volume keeps its
    proportion, pan its distance, and the instrument that was the track's becomes the one that is."""
    before, after = basis[setting], now[setting]
    values = np.asarray(values, np.int64)
    if before == after:
        return values
    if setting == 0:
        return np.where(values == before, after, values)
    if setting == 1 and before:
        return np.minimum((values * after + before // 2) // before, 127)
    return np.clip(values + after - before, 0, 127)


def events_as_set(track: Track) -> tuple[RawEvent, ...]:
    """The track's events as they sound and are written to a file."""
    if track.basis is None:
        return track.events
    now = settings_of(track)

    def as_set(event: RawEvent) -> RawEvent:
        setting = setting_of(event.data)
        if setting is None:
            return event
        value = int(moved(setting, event.data[-1], track.basis, now))
        return event if value == event.data[-1] else RawEvent(event.tick, event.data[:-1] + bytes((value,)))

    return tuple(map(as_set, track.events))


def written_out(track: Track) -> Track:
    """The track whose events are what they sound like, for edits that read them; what they were is let go of."""
    return track if track.basis is None else replace(track, events=events_as_set(track), basis=None)
