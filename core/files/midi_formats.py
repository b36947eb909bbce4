"""The two formats of a MIDI file: everything in one track (0), or a track for each part (1)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from core.files.midi_reader import CHANNEL_PREFIX, PORT, TRACK_NAME, port_of
from core.files.smf import META, Chunk, Event, MidiFile, meta_event, meta_payload


def in_format(file: MidiFile, midi_format: int) -> MidiFile:
    """The same music in format 0 or 1. Raises ValueError for another, and where 16 channels are too few for 0."""
    if midi_format not in (0, 1):
        raise ValueError(f"a MIDI file of format {midi_format} cannot be written, only 0 and 1")
    if file.format == midi_format:
        return file
    return _merged(file) if midi_format == 0 else _split(file)


def _merged(file: MidiFile) -> MidiFile:
    tracks = [chunk for chunk in file.chunks if chunk.kind == b"MTrk"]
    ports = {port_of(chunk) for chunk in tracks if _channels(chunk)}
    if len(ports) > 1:
        raise ValueError("format 0 has 16 channels and this song needs more; format 1 can hold it")
    events: list[Event] = []
    for chunk in tracks:
        events += _named(chunk, is_first=chunk is tracks[0])
    events.sort(key=lambda event: event[0])  # which keeps what stands at one tick in order
    merged = Chunk(tuple(events), max((chunk.end for chunk in tracks), default=0))
    others = tuple(chunk for chunk in file.chunks if chunk.kind != b"MTrk")
    return replace(file, format=0, chunks=(merged, *others))


def _channels(chunk: Chunk) -> set[int]:
    return {data[0] & 0x0F for _, data in chunk.events if data[0] < 0xF0}


def _named(chunk: Chunk, is_first: bool) -> list[Event]:
    """The chunk's events; a channel prefix says whose name its name is, since the chunk will not."""
    channels = _channels(chunk)
    out: list[Event] = []
    before = b""
    for tick, data in chunk.events:
        if data[0] == META and data[1] == TRACK_NAME and before[:2] != bytes((META, CHANNEL_PREFIX)):
            if len(channels) == 1:
                out.append((tick, meta_event(CHANNEL_PREFIX, bytes(channels))))
            elif not is_first:
                continue  # a name of nothing in particular would become that of the whole
        if data[0] != META or data[1] != PORT:
            out.append((tick, data))
        before = data
    return out


def _split(file: MidiFile) -> MidiFile:
    out: list[Chunk] = []
    for chunk in file.chunks:
        out += _apart(chunk) if chunk.kind == b"MTrk" else [chunk]
    return replace(file, format=1, chunks=tuple(out))


def _apart(chunk: Chunk) -> list[Chunk]:
    """What is of no channel first, then a chunk for each channel. A channel prefix has done its work then."""
    own: list[Event] = []
    of_channel: dict[int, list[Event]] = defaultdict(list)
    prefix: int | None = None
    channels = _channels(chunk)
    for tick, data in chunk.events:
        if data[0] == META and data[1] == CHANNEL_PREFIX:
            prefix = (meta_payload(data) or b"\xff")[0]
            if prefix not in channels:
                prefix = None
                own.append((tick, data))
            continue
        if data[0] < 0xF0:
            prefix = None
            of_channel[data[0] & 0x0F].append((tick, data))
        elif data[0] == META and prefix is not None:
            of_channel[prefix].append((tick, data))
        else:
            prefix = None if data[0] != META else prefix
            own.append((tick, data))
    parts = [Chunk(tuple(events), chunk.end) for _, events in sorted(of_channel.items())]
    return [Chunk(tuple(own), chunk.end, chunk.tail), *parts]
