"""The Standard MIDI File as bytes: header, chunks and events, with no musical meaning attached yet."""

from __future__ import annotations

import os
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from core.files.errors import MidiError

MAX_FILE_BYTES = 64 * 2**20
"""Files above this are refused: real ones are a thousand times smaller."""


@dataclass(frozen=True, slots=True)
class Header:
    """``format`` 0 or 1; ``chunks`` as promised by the file; ``ticks_per_beat`` at least 1; ``end``: where it ends."""

    format: int
    chunks: int
    ticks_per_beat: int
    end: int


def load_bytes(path: str | PathLike[str]) -> bytes:
    """The whole file. Raises MidiError if it is missing, a folder, unreadable, empty or absurdly large."""
    try:
        if Path(path).is_dir():
            raise MidiError(path, "is a folder, not a MIDI file")
        size = os.path.getsize(path)
        if size > MAX_FILE_BYTES:
            raise MidiError(path, f"is too large for a MIDI file ({size // 2**20} MB)")
        with open(path, "rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise MidiError(path, "there is no such file") from None
    except OSError as error:
        raise MidiError(path, f"cannot be read: {error.strerror or error}") from None
    if not data:
        raise MidiError(path, "the file is empty")
    return data


def parse_header(data: bytes, path: str | PathLike[str]) -> Header:
    """The header chunk. Raises MidiError for what is not MIDI, and for format 2 and SMPTE time, which we do not edit."""
    if data[:4] != b"MThd":
        raise MidiError(path, f"is not a MIDI file: it starts with {data[:8]!r}")
    if len(data) < 14:
        raise MidiError(path, "the MIDI header is cut off")
    length = int.from_bytes(data[4:8], "big")
    if length < 6:
        raise MidiError(path, f"the MIDI header is {length} bytes long, at least 6 are needed")
    file_format, chunks, division = (int.from_bytes(data[i:i + 2], "big") for i in (8, 10, 12))
    if file_format == 2:
        raise MidiError(path, "holds independent patterns (MIDI format 2); only formats 0 and 1 can be opened")
    if file_format > 2:
        raise MidiError(path, f"MIDI format {file_format} does not exist")
    if division & 0x8000:
        raise MidiError(path, "counts time in SMPTE frames, not in beats; such files cannot be opened")
    if division == 0:
        raise MidiError(path, "has 0 ticks to a beat")
    return Header(file_format, chunks, division, 8 + length)
