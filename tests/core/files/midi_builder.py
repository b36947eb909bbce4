"""MIDI files made by hand for the tests, byte by byte, and what an independent reader sees in one."""

import io

import mido
from hypothesis import strategies as st

Events = list[tuple[int, bytes]]


def number(value: int) -> bytes:
    assert value >= 0, "events must be in order of time"
    out = bytes([value & 0x7F])
    while value := value >> 7:
        out = bytes([value & 0x7F | 0x80]) + out
    return out


def meta(kind: int, payload: bytes = b"") -> bytes:
    return bytes([0xFF, kind]) + number(len(payload)) + payload


def chunk(events: Events, end: int | None = None, tail: bytes = b"") -> bytes:
    """A track chunk from (tick, message) pairs, with running status; ``end``: the end-of-track's tick."""
    body, before, running = b"", 0, -1
    for tick, data in events:
        body += number(tick - before) + (data[1:] if data[0] == running else data)
        before, running = tick, data[0] if data[0] < 0xF0 else -1
    body += number((before if end is None else end) - before) + meta(0x2F) + tail
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def midi_file(*chunks: bytes, file_format: int = 1, ticks_per_beat: int = 480, promised: int | None = None) -> bytes:
    count = len(chunks) if promised is None else promised
    header = b"".join(n.to_bytes(2, "big") for n in (file_format, count, ticks_per_beat))
    return b"MThd" + len(header).to_bytes(4, "big") + header + b"".join(chunks)


def mido_tracks(data: bytes) -> list[list[mido.Message]]:
    return [list(track) for track in mido.MidiFile(file=io.BytesIO(data)).tracks]


def note(onset: int, end: int, pitch: int = 60, velocity: int = 80, channel: int = 0) -> Events:
    return [(onset, bytes([0x90 | channel, pitch, velocity])), (end, bytes([0x80 | channel, pitch, 33]))]


def in_order(*groups: Events) -> Events:
    return sorted((event for group in groups for event in group), key=lambda event: event[0])


_data = st.integers(0, 127)
_pitches = st.integers(58, 63)
_channels = st.sampled_from([0, 1, 9])
_notes = st.builds(lambda status, channel, pitch, velocity: bytes([status | channel, pitch, velocity]),
                   st.sampled_from([0x80, 0x90, 0x90]), _channels, _pitches, st.sampled_from([0, 1, 64, 127]))
_controls = st.builds(lambda status, channel, a, b: bytes([status | channel, a, b]),
                      st.sampled_from([0xA0, 0xB0, 0xE0]), _channels, st.sampled_from([7, 10, 64, 101]), _data)
_programs = st.builds(lambda status, channel, a: bytes([status | channel, a]),
                      st.sampled_from([0xC0, 0xD0]), _channels, _data)
_payloads = st.binary(max_size=5)
_metas = st.one_of(
    st.builds(meta, st.sampled_from([0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x09, 0x0A, 0x20, 0x21, 0x60, 0x7F]),
              _payloads),
    st.builds(lambda tempo: meta(0x51, tempo), st.binary(min_size=3, max_size=3)),
    st.builds(lambda a, b: meta(0x58, bytes([a, b, 24, 8])), st.integers(0, 12), st.integers(0, 9)),
    st.builds(lambda key, mode: meta(0x59, bytes([key, mode])), st.integers(0, 255), st.integers(0, 255)),
    st.builds(lambda smpte: meta(0x54, smpte), st.binary(min_size=5, max_size=5)))
_sysex = st.builds(lambda status, payload: bytes([status]) + number(len(payload)) + payload,
                   st.sampled_from([0xF0, 0xF7]), _payloads)
_events = st.one_of(_notes, _notes, _notes, _notes, _controls, _programs, _metas, _sysex)

event_lists = st.lists(st.tuples(st.sampled_from([0, 0, 1, 60, 240, 480, 5000]), _events), max_size=40)
"""Lists of (ticks since the one before, any message a file may hold), well-formed or hardly sensible."""


@st.composite
def midi_files(draw: st.DrawFn) -> bytes:
    """Files with every kind of event, in any order."""
    file_format = draw(st.sampled_from([0, 1, 1]))
    chunks = []
    for _ in range(1 if file_format == 0 else draw(st.integers(1, 4))):
        tick, events = 0, []
        for delta, data in draw(event_lists):
            tick += delta
            events.append((tick, data))
        chunks.append(chunk(events, tick + draw(st.sampled_from([0, 1, 960])), draw(st.sampled_from([b"", b"\0?"]))))
    return midi_file(*chunks, file_format=file_format, ticks_per_beat=draw(st.sampled_from([1, 96, 480, 32767])))
