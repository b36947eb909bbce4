"""From the events of a MIDI file to a Song that remembers them."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from core.files.origin import SongOrigin, TrackOrigin
from core.files.smf import MAX_TICK, META, Chunk, MidiFile, meta_payload
from core.music.song import NOTE_DTYPE, SORT_ORDER, Marker, RawEvent, Song, Track, freeze_notes
from core.music.timebase import Meter, Tempo, usable_meter, usable_tempo

DRUM_CHANNEL = 9
TRACK_NAME, MARKER, CHANNEL_PREFIX, PORT = 0x03, 0x06, 0x20, 0x21
TEMPO, METER, KEY = 0x51, 0x58, 0x59
VOLUME, PAN = 7, 10

SETTINGS = {"program": (0xC0, None, 0), "volume": (0xB0, VOLUME, 100), "pan": (0xB0, PAN, 64)}
"""For each setting of a Track its status, its controller and what holds when a file says nothing."""


def song_of(file: MidiFile, source: bytes = b"") -> Song:
    """One Track for each channel that plays notes in each chunk, in the order of the file.

    ``source``: the bytes that the file was parsed from, where all of them were.
    """
    tempos = tempo_events(file.chunks)
    meters = meter_events(file.chunks)
    tempo_map = tuple(Tempo(tick, value) for tick, value in sorted(tempos.items())) or (Tempo(0),)
    meter_map = tuple(Meter(tick, *value) for tick, value in sorted(meters.items())) or (Meter(0),)
    settings = _channel_settings(file.chunks)
    origins = [origin for chunk in file.chunks for origin in _chunk_tracks(chunk, file, settings)]
    tracks = tuple(replace(origin.track, origin=origin) for origin in origins)
    markers = tuple(sorted(marker_events(file.chunks), key=lambda marker: marker.tick))
    return Song(file.ticks_per_beat, tracks, tempo_map, meter_map, markers,
                origin=SongOrigin(file, tuple(origins), tempo_map, meter_map, markers, source))


def tempo_events(chunks: tuple[Chunk, ...]) -> dict[int, int]:
    """Microseconds a beat by tick; of several at one tick the last holds. Tempos that cannot be played are left out."""
    return {tick: value for chunk in chunks for tick, data in chunk.events if (value := tempo_value(data))}


def meter_events(chunks: tuple[Chunk, ...]) -> dict[int, tuple[int, int]]:
    """(numerator, denominator) by tick; of several at one tick the last holds. Meters nobody can count are left out."""
    return {tick: value for chunk in chunks for tick, data in chunk.events if (value := meter_value(data))}


def marker_events(chunks: tuple[Chunk, ...]) -> list[Marker]:
    """Every marker, in the order of the file."""
    return [Marker(tick, name) for chunk in chunks for tick, data in chunk.events
            if (name := marker_name(data)) is not None]


def marker_name(data: bytes) -> str | None:
    """What a marker says, None for any other event."""
    return decode_text(meta_payload(data)) if data[0] == META and data[1] == MARKER else None


def tempo_value(data: bytes) -> int | None:
    """Microseconds a beat if the event is a tempo that can be played."""
    if data[0] != META or data[1] != TEMPO or len(payload := meta_payload(data)) < 3:
        return None
    value = int.from_bytes(payload[:3], "big")
    return value if usable_tempo(value) else None


def meter_value(data: bytes) -> tuple[int, int] | None:
    """(numerator, denominator) if the event is a meter that can be counted."""
    if data[0] != META or data[1] != METER or len(payload := meta_payload(data)) < 2:
        return None
    numerator, denominator = payload[0], 2 ** payload[1]
    return (numerator, denominator) if usable_meter(numerator, denominator) else None


def port_of(chunk: Chunk) -> int:
    """The MIDI port a chunk plays on."""
    ports = [meta_payload(data) for _, data in chunk.events if data[0] == META and data[1] == PORT]
    return ports[0][0] if ports and ports[0] else 0


def setting_of(data: bytes) -> tuple[str, int] | None:
    """Which setting of a Track the event makes, and its value."""
    status = data[0] & 0xF0
    if status == 0xC0:
        return "program", data[1]
    if status == 0xB0 and data[1] in (VOLUME, PAN):
        return ("volume" if data[1] == VOLUME else "pan"), data[2]
    return None


def decode_text(payload: bytes) -> str:
    """Text of a file: UTF-8 where it is that, else Latin-1, which any bytes are."""
    try:
        return payload.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError:
        return payload.decode("latin-1").rstrip("\0")


def _channel_settings(chunks: tuple[Chunk, ...]) -> dict[tuple[str, int, int], list[tuple[int, int]]]:
    """(tick, value) of every setting made in the file, by (setting, port, channel), in order of time."""
    made = defaultdict(list)
    for chunk in chunks:
        port = port_of(chunk)
        for tick, data in chunk.events:
            if data[0] < 0xF0 and (found := setting_of(data)):
                made[found[0], port, data[0] & 0x0F].append((tick, found[1]))
    for values in made.values():
        values.sort(key=lambda pair: pair[0])
    return made


def _chunk_tracks(chunk: Chunk, file: MidiFile, settings: dict) -> list[TrackOrigin]:
    notes_of = paired_notes(chunk, file.ticks_per_beat)
    if not notes_of:
        return []
    port = port_of(chunk)
    chunk_name, names = _names(chunk)
    first_note = {channel: min(on for on, *_ in notes) for channel, notes in notes_of.items()}
    own, kept = _sort_out(chunk, first_note)
    origins = []
    for channel, found in sorted(notes_of.items()):
        start = chunk.events[first_note[channel]][0]
        values = {}
        for setting, (_, _, default) in SETTINGS.items():
            if setting in own[channel]:
                values[setting] = chunk.events[own[channel][setting]][1][-1]
            else:
                earlier = [value for tick, value in settings.get((setting, port, channel), ()) if tick <= start]
                values[setting] = earlier[-1] if earlier else default
        name = names.get(channel, chunk_name if len(notes_of) == 1 else None)
        shown = name if name is not None else chunk_name if file.format == 1 else None
        notes, note_on, note_off = _note_arrays(chunk, found)
        track = Track(notes, is_drum=channel == DRUM_CHANNEL, channel=channel,
                      name=decode_text(meta_payload(chunk.events[shown][1])) if shown is not None else "",
                      events=tuple(RawEvent(*chunk.events[i]) for i in kept[channel]), **values)
        origins.append(TrackOrigin(chunk, port, channel, track, note_on, note_off, tuple(kept[channel]), name=name,
                                   **{setting: own[channel].get(setting) for setting in SETTINGS}))
    return origins


def _sort_out(chunk: Chunk, first_note: dict[int, int]) -> tuple[dict[int, dict[str, int]], dict[int, list[int]]]:
    """By channel, the indices of the events that make its settings, and of those that are its Track's raw events.

    Of several settings before the first note the last holds. Raw events are a channel's controllers and so on, and
    with the first channel also the chunk's texts and sysex; names, ports and maps have their own place in a Song.
    """
    own: dict[int, dict[str, int]] = {channel: {} for channel in first_note}
    kept: dict[int, list[int]] = {channel: [] for channel in first_note}
    of_chunk = kept[min(first_note)]
    for index, (_, data) in enumerate(chunk.events):
        if data[0] >= 0xF0:
            if data[0] != META or data[1] not in (TRACK_NAME, MARKER, CHANNEL_PREFIX, PORT, TEMPO, METER):
                of_chunk.append(index)
        elif data[0] >= 0xA0 and (channel := data[0] & 0x0F) in own:
            setting = setting_of(data) if index < first_note[channel] else None
            if setting:
                own[channel][setting[0]] = index
            else:
                kept[channel].append(index)
    return own, kept


def _names(chunk: Chunk) -> tuple[int | None, dict[int, int]]:
    """Indices of the chunk's own name, and of the names that a channel prefix gives to single channels."""
    chunk_name, names = None, {}
    prefix: int | None = None
    for index, (_, data) in enumerate(chunk.events):
        if data[0] != META:
            prefix = None
        elif data[1] == CHANNEL_PREFIX:
            prefix = (meta_payload(data) or b"\xff")[0]
        elif data[1] == TRACK_NAME and prefix is not None:
            names.setdefault(prefix, index)
        elif data[1] == TRACK_NAME and chunk_name is None:
            chunk_name = index
    return chunk_name, names


def paired_notes(chunk: Chunk, ticks_per_beat: int) -> dict[int, list[tuple[int, int, int]]]:
    """For each channel with notes: (index of note-on, of note-off, duration in ticks).

    Of several sounding notes of one pitch, the first to start is the first to end. A note that nothing ends (-1)
    is shown until the pitch starts again, for a beat at the most.
    """
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    sounding: dict[tuple[int, int], deque[int]] = defaultdict(deque)
    for index, (tick, data) in enumerate(chunk.events):
        status = data[0] & 0xF0
        if status not in (0x80, 0x90):
            continue
        channel = data[0] & 0x0F
        queue = sounding[channel, data[1]]
        if status == 0x90 and data[2]:
            queue.append(index)
        elif queue:
            on = queue.popleft()
            found[channel].append((on, index, tick - chunk.events[on][0]))
    for (channel, _), queue in sounding.items():
        ends = [chunk.events[on][0] for on in queue][1:]
        for on, end in zip_longest(queue, ends, fillvalue=MAX_TICK):
            found[channel].append((on, -1, min(end - chunk.events[on][0], ticks_per_beat)))
    return found


def _note_arrays(chunk: Chunk, found: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sorted notes and, in the same order, the indices of the events they came from."""
    notes = np.array([(chunk.events[on][0], duration, chunk.events[on][1][1], chunk.events[on][1][2])
                      for on, _, duration in found], dtype=NOTE_DTYPE)
    order = np.lexsort([notes[name] for name in reversed(SORT_ORDER)])
    on, off, _ = np.array(found, dtype=np.int64).T
    return freeze_notes(notes), on[order], off[order]
