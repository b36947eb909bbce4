"""Which MIDI port and channel each track of a song is written to."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from core.files.midi_reader import DRUM_CHANNEL, port_of
from core.files.origin import SongOrigin, TrackOrigin
from core.music.song import Song, Track

Slot = tuple[int, int]
"""(port, channel)."""

MELODIC_CHANNELS = [channel for channel in range(16) if channel != DRUM_CHANNEL]


def assign_slots(song: Song, origin: SongOrigin, homes: Mapping[int, TrackOrigin]) -> list[Slot]:
    """A slot for each track of the song, by index. ``homes``: where the tracks that were read came from.

    A track that was read keeps its channel, unless it was given another, became or ceased to be drums, or was given
    an instrument, volume or pan that a track on the same channel does not have. Any other track gets a channel
    nobody uses; when there is none, that of a track with the same instrument, volume and pan; when there is none of
    those either, one on another port. Drums are always on channel 10 (9 from 0).
    """
    slots: dict[int, Slot] = {index: (read.port, read.channel) for index, read in homes.items()}
    natural = dict(slots)
    unsettled = []
    for index, track in enumerate(song.tracks):
        read = homes.get(index)
        if read is None or track.is_drum != (read.channel == DRUM_CHANNEL):
            unsettled.append(index)
        elif track.channel not in (None, read.track.channel):
            slots[index] = (natural[index][0], track.channel)
        elif not track.is_drum and _settings(track) != _settings(read.track) and any(
                other != index and slot == natural[index] and _settings(song.tracks[other]) != _settings(track)
                for other, slot in natural.items()):
            unsettled.append(index)
    if not unsettled:
        return [slots[index] for index in range(len(song.tracks))]

    for index in unsettled:
        slots.pop(index, None)
    busy = _used(origin, homes, unsettled) | set(slots.values())
    for index in unsettled:
        track = song.tracks[index]
        slots[index] = _choose(track, natural.get(index, (0, track.channel)), busy, slots, song)
        busy.add(slots[index])
    return [slots[index] for index in range(len(song.tracks))]


def _choose(track: Track, wish: tuple[int, int | None], busy: set[Slot], slots: Mapping[int, Slot], song: Song) -> Slot:
    port, channel = wish
    if track.is_drum:
        return port, DRUM_CHANNEL
    if channel is not None and channel != DRUM_CHANNEL and wish not in busy:
        return port, channel
    if free := [(port, c) for c in MELODIC_CHANNELS if (port, c) not in busy]:
        return free[0]
    alike = [slot for other, slot in sorted(slots.items())
             if not song.tracks[other].is_drum and _settings(song.tracks[other]) == _settings(track)]
    if alike:
        return alike[0]
    return next((p, c) for p in count() for c in MELODIC_CHANNELS if (p, c) not in busy)


def _settings(track: Track) -> tuple[int, int, int]:
    return track.program, track.volume, track.pan


def _used(origin: SongOrigin, homes: Mapping[int, TrackOrigin], unsettled: list[int]) -> set[Slot]:
    """Slots that events of the file use, apart from those of deleted tracks and of tracks about to move."""
    staying = {id(read) for index, read in homes.items() if index not in unsettled}
    leaving = {(id(read.chunk), read.channel) for read in origin.tracks if id(read) not in staying}
    used = set()
    for chunk in origin.file.chunks:
        port = port_of(chunk)
        channels = {data[0] & 0x0F for _, data in chunk.events if data[0] < 0xF0}
        used |= {(port, channel) for channel in channels if (id(chunk), channel) not in leaving}
    return used
