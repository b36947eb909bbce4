"""MIDI files to Songs and back, losing nothing of what was not edited.

Formats 0 and 1. Every channel that plays notes in a chunk of the file is a Track; chunks without notes, and every
event a Song has no word for, stay with the song unseen (``origin``) and are written back in their place.
"""

from __future__ import annotations

from os import PathLike

from core.files.atomic import write_atomic
from core.files.errors import MidiError
from core.files.midi_formats import in_format
from core.files.midi_reader import song_of
from core.files.midi_writer import file_of
from core.files.smf import load_bytes, parse_file, salvage_file, serialise
from core.music.song import Song

__all__ = ["MidiError", "midi_bytes", "parse_midi", "read_midi", "read_midi_lenient", "write_midi"]


def read_midi(path: str | PathLike[str]) -> Song:
    """The song in a MIDI file. Raises MidiError, which names the file and the reason, at the first damage."""
    return parse_midi(load_bytes(path), path)


def read_midi_lenient(path: str | PathLike[str]) -> tuple[Song, list[str]]:
    """The song in a damaged MIDI file as far as it goes, and one line for a person about each thing lost.

    Of an undamaged file the whole song and no lines. Notes sounding where a track breaks off end there.
    Raises MidiError when nothing can be read.
    """
    data = load_bytes(path)
    try:
        return parse_midi(data, path), []
    except MidiError:
        file, losses = salvage_file(data, path)
        return song_of(file), losses


def parse_midi(data: bytes, name: str | PathLike[str] = "the MIDI data") -> Song:
    """The song in the bytes of a MIDI file; ``name`` is what a MidiError calls it."""
    return song_of(parse_file(data, name), data)


def write_midi(song: Song, path: str | PathLike[str], midi_format: int | None = None) -> None:
    """Write the song as a MIDI file, all or nothing. Raises MidiError if that cannot be done.

    What was read from a file and not edited is written event by event as it was. New tracks become chunks of
    their own, which turns format 0 into format 1. Mute, solo and colour are not MIDI and are not written.
    MIDI ends a pitch, not a note: a new note inside another of its pitch on its track is written to end with it.
    ``midi_format``: 0 for everything in one track, 1 for a track for each part, None for what the song came in.
    """
    try:
        data = midi_bytes(song, midi_format)
        write_atomic(path, data)
    except OSError as error:
        raise MidiError(path, f"cannot be written: {error.strerror or error}") from None
    except ValueError as error:
        raise MidiError(path, f"cannot be written: {error}") from None


def midi_bytes(song: Song, midi_format: int | None = None) -> bytes:
    """What ``write_midi`` writes. Raises ValueError for what MIDI cannot say."""
    file = file_of(song)
    return serialise(file if midi_format is None else in_format(file, midi_format))
