"""The Standard MIDI File as bytes: header, chunks and events, with no musical meaning attached yet.

Our own reader rather than mido's, because nothing may be lost and nothing may hang: mido moves everything that
follows an unknown meta event to an earlier time, rewrites split sysex, refuses a whole file for one odd key
signature, takes unbounded numbers, and cannot open a damaged file as far as it goes.
"""

from __future__ import annotations

import os
import stat
import struct
from dataclasses import dataclass
from os import PathLike

from core.files.errors import MidiError

MAX_FILE_BYTES = 16 * 2**20
"""Files above this are refused: real ones are a hundred times smaller."""

MAX_TICK = 2**31 - 1
"""Later events are taken for damage; other programs count ticks in 32 bits."""

MAX_TRACKS = 2**16 - 1
"""What a header can promise."""

META, SYSEX, SYSEX_CONTINUED = 0xFF, 0xF0, 0xF7
END_OF_TRACK = 0x2F
DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}

_HEADER = struct.Struct(">HHH")

Event = tuple[int, bytes]
"""(tick from the start, the message with its status byte first; meta and sysex with type and length as in a file)."""


@dataclass(frozen=True, slots=True)
class Header:
    """``format`` 0 or 1; ``chunks``: how many tracks the file promises; ``extra``: what follows the usual 6 bytes."""

    format: int
    chunks: int
    ticks_per_beat: int
    extra: bytes = b""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A track chunk without its end-of-track event, which stands at tick ``end``; ``tail`` is what follows that.

    A chunk of another ``kind`` is no music to us: it has no events and all of it is ``tail``.
    """

    events: tuple[Event, ...]
    end: int
    tail: bytes = b""
    kind: bytes = b"MTrk"


@dataclass(frozen=True, slots=True, eq=False)
class MidiFile:
    """A whole file; ``trailer`` is what follows the last promised track."""

    format: int
    ticks_per_beat: int
    chunks: tuple[Chunk, ...]
    extra: bytes = b""
    trailer: bytes = b""


class Damage(Exception):
    """Where (byte offset in the file) and why a track cannot be read on."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at, self.reason = at, reason


# -- reading -----------------------------------------------------------------------------------------


def load_bytes(path: str | PathLike[str]) -> bytes:
    """The whole file. Raises MidiError if it is missing, a folder, unreadable, empty or absurdly large."""
    try:
        facts = os.stat(path)
        if not stat.S_ISREG(facts.st_mode):
            raise MidiError(path, "is a folder, not a MIDI file" if stat.S_ISDIR(facts.st_mode) else "is not a file")
        if facts.st_size > MAX_FILE_BYTES:
            raise MidiError(path, f"is too large for a MIDI file ({facts.st_size // 2**20} MB)")
        with open(path, "rb") as file:
            data = file.read(facts.st_size + 1)  # asking for more would clear room for it
    except (FileNotFoundError, NotADirectoryError):
        raise MidiError(path, "is not a file" if os.path.lexists(path) else "there is no such file") from None
    except OSError as error:
        raise MidiError(path, f"cannot be read: {error.strerror or error}") from None
    if not data:
        raise MidiError(path, "the file is empty")
    return data


def parse_header(data: bytes, path: str | PathLike[str]) -> Header:
    """The header chunk. Raises MidiError for what is not MIDI, and for format 2 and SMPTE time: we edit neither."""
    if data[:4] != b"MThd":
        start = "".join(letter if 32 < ord(letter) < 127 else " " for letter in data[:8].decode("latin-1")).strip()
        raise MidiError(path, "is not a MIDI file" + (f": it starts with “{start}”" if start else ""))
    length = int.from_bytes(data[4:8], "big")
    if len(data) < 14 or 8 + length > len(data):
        raise MidiError(path, "the MIDI header is cut off")
    if length < 6:
        raise MidiError(path, f"the MIDI header is {length} bytes long, at least 6 are needed")
    file_format, chunks, division = _HEADER.unpack_from(data, 8)
    if file_format == 2:
        raise MidiError(path, "holds independent patterns (MIDI format 2); only formats 0 and 1 can be opened")
    if file_format > 2:
        raise MidiError(path, f"MIDI format {file_format} does not exist")
    if division & 0x8000:
        raise MidiError(path, "counts time in SMPTE frames, not in beats; such files cannot be opened")
    if division == 0:
        raise MidiError(path, "has 0 ticks to a beat")
    return Header(file_format, chunks, division, data[14:8 + length])


def parse_file(data: bytes, path: str | PathLike[str]) -> MidiFile:
    """The file as it stands. Raises MidiError at the first damage."""
    header = parse_header(data, path)
    chunks: list[Chunk] = []
    at, tracks = 14 + len(header.extra), 0
    while tracks < header.chunks:
        kind, start, end = _chunk_bounds(data, at)
        if start > len(data):
            raise MidiError(path, f"is cut off: {header.chunks} tracks are promised, {tracks} found")
        if end > len(data):
            raise MidiError(path, f"is cut off inside track {tracks + 1}: {end - len(data)} bytes are missing")
        if kind == b"MTrk":
            tracks += 1
            chunk, damage = parse_track(data, start, end)
            if damage:
                raise MidiError(path, f"is damaged in track {tracks} at byte {damage.at}: {damage.reason}")
            chunks.append(chunk)
        else:
            chunks.append(Chunk((), 0, data[start:end], kind))
        at = end
    return MidiFile(header.format, header.ticks_per_beat, tuple(chunks), header.extra, data[at:])


def salvage_file(data: bytes, path: str | PathLike[str]) -> tuple[MidiFile, list[str]]:
    """Each track as far as it can be read, and one line for each loss. Raises MidiError if there is nothing."""
    header = parse_header(data, path)
    chunks: list[Chunk] = []
    losses: list[str] = []
    at = data.find(b"MTrk", 14)
    while at >= 0 and len(chunks) < MAX_TRACKS:
        _, start, end = _chunk_bounds(data, at)
        wrong_length = end != len(data) and data[end:end + 4] != b"MTrk"
        if wrong_length:
            following = data.find(b"MTrk", start)
            end = following if following >= 0 else len(data)
        chunk, damage = parse_track(data, start, end)
        if damage:
            losses.append(f"track {len(chunks) + 1} is damaged at byte {damage.at} ({damage.reason}): "
                          f"its {len(chunk.events)} events up to there were kept")
        elif wrong_length:
            losses.append(f"track {len(chunks) + 1} is not as long as the file says: "
                          f"the {len(chunk.events)} events that are there were kept")
        chunks.append(_close_open_notes(chunk) if damage or wrong_length else chunk)
        at = data.find(b"MTrk", end)
    if len(chunks) < header.chunks:
        losses.append(f"{header.chunks} tracks are promised, {len(chunks)} found")
    if not any(chunk.events for chunk in chunks):
        raise MidiError(path, "nothing in it can be read")
    return MidiFile(header.format if len(chunks) == 1 else 1, header.ticks_per_beat, tuple(chunks)), losses


def _chunk_bounds(data: bytes, at: int) -> tuple[bytes, int, int]:
    """Kind, first byte and end of the chunk at ``at``, as the file claims them."""
    return data[at:at + 4], at + 8, at + 8 + int.from_bytes(data[at + 4:at + 8], "big")


def parse_track(data: bytes, at: int, end: int) -> tuple[Chunk, Damage | None]:
    """The events between two byte offsets, and what stopped the reading if it stopped before the end.

    Data bytes above 127 count as 127. A missing end-of-track is taken to stand at the last event.
    """
    events: list[Event] = []
    tick = status = 0
    try:
        while at < end:
            start = at
            delta, at = _number(data, at, end)
            tick += delta
            if tick > MAX_TICK:
                raise Damage(start, "time runs away")
            if at >= end:
                raise Damage(start, "an event is cut off")
            first = data[at]
            if first >= 0xF0:
                body = at + (2 if first == META else 1)
                if first not in (META, SYSEX, SYSEX_CONTINUED):
                    raise Damage(at, f"status byte 0x{first:02X} does not belong in a file")
                length, body = _number(data, body, end)
                if body + length > end:
                    raise Damage(start, f"an event of {length} bytes runs past the end of its track")
                if first == META and data[at + 1] == END_OF_TRACK:
                    return Chunk(tuple(events), tick, data[body + length:end]), None
                events.append((tick, data[at:body + length]))
                at = body + length
                continue
            if first >= 0x80:
                status, at = first, at + 1
            elif not status:
                raise Damage(at, "a data byte stands where an event must start")
            length = DATA_BYTES[status & 0xF0]
            if at + length > end:
                raise Damage(start, "an event is cut off")
            body = data[at:at + length]
            if max(body) > 127:
                body = bytes(min(byte, 127) for byte in body)
            events.append((tick, bytes((status,)) + body))
            at += length
    except Damage as damage:
        return Chunk(tuple(events), events[-1][0] if events else 0), damage
    return Chunk(tuple(events), tick), None


def _number(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A variable-length number (at most four bytes) and the offset behind it."""
    value = 0
    for position in range(at, min(at + 4, end)):
        byte = data[position]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, position + 1
    raise Damage(at, "a number is cut off" if at + 4 > end else "a number is longer than four bytes")


def _close_open_notes(chunk: Chunk) -> Chunk:
    """A track that broke off, with its sounding notes ended where it broke off."""
    sounding: dict[tuple[int, int], int] = {}
    for _, data in chunk.events:
        if data[0] & 0xF0 in (0x80, 0x90):
            key = (data[0] & 0x0F, data[1])
            starts = data[0] >= 0x90 and data[2] > 0
            sounding[key] = sounding.get(key, 0) + 1 if starts else max(0, sounding.get(key, 0) - 1)
    offs = [(chunk.end, bytes((0x80 | channel, pitch, 64)))
            for (channel, pitch), count in sounding.items() for _ in range(count)]
    return Chunk(chunk.events + tuple(offs), chunk.end, chunk.tail)


# -- writing -----------------------------------------------------------------------------------------


def meta_event(kind: int, payload: bytes) -> bytes:
    """A meta event as it stands in a file."""
    return bytes((META, kind)) + encode_number(len(payload)) + payload


def meta_payload(event: bytes) -> bytes:
    """What a meta event says, without its type and length."""
    at = 2
    while event[at] >= 0x80:
        at += 1
    return event[at + 1:]


def encode_number(value: int) -> bytes:
    """A variable-length number. Raises ValueError above 28 bits."""
    if not 0 <= value < 2**28:
        raise ValueError(f"{value} does not fit into MIDI's 28-bit numbers")
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))


def serialise(file: MidiFile) -> bytes:
    """The bytes of a file. Raises ValueError if two events lie further apart than MIDI can say."""
    tracks = sum(chunk.kind == b"MTrk" for chunk in file.chunks)
    header = b"".join(n.to_bytes(2, "big") for n in (file.format, tracks, file.ticks_per_beat)) + file.extra
    parts = [_chunk_bytes(b"MThd", header)]
    parts += [_chunk_bytes(chunk.kind, _track_bytes(chunk) if chunk.kind == b"MTrk" else chunk.tail)
              for chunk in file.chunks]
    return b"".join(parts) + file.trailer


def _chunk_bytes(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "big") + body


def _track_bytes(chunk: Chunk) -> bytes:
    out = bytearray()
    before = running = 0
    for tick, data in chunk.events:
        out += encode_number(tick - before)
        before = tick
        if data[0] == running:
            out += data[1:]
        else:
            out += data
            running = data[0] if data[0] < 0xF0 else 0
    out += encode_number(max(chunk.end, before) - before) + meta_event(END_OF_TRACK, b"") + chunk.tail
    return bytes(out)
