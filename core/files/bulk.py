"""The fast reader for thousands of files: what is played and when, nothing else. Not for writing back."""

from __future__ import annotations

from os import PathLike

import numpy as np
import symusic

from core.files.errors import MidiError
from core.files.smf import load_bytes, parse_file, parse_header
from core.music.columns import SongColumns
from core.music.song import NOTE_DTYPE, Song, Track, freeze_notes
from core.music.timebase import Meter, Tempo, usable_meter, usable_tempo

MAX_TRACKS = 1_024
MAX_NOTES = 2**20
MAX_CHANGES = 2**16
"""Of tempo, and of meter."""
MAX_SOUNDING_BEATS = 2**24
"""All the notes of a file one after the other, in quarter notes. Large scores have some 100,000."""
EXPLAINED_BYTES = 2**18
"""What is wrong with larger files takes too long to find."""

# A block that glibc has freed once tells it to keep all smaller ones. It would give the memory of every large song back
# to the system and ask for it again at the next: a tenth of the whole time. Nothing is ever written to this one.
np.empty(2**24, dtype=np.uint8)


def read_columns(path: str | PathLike[str]) -> SongColumns:
    """Notes, programs, drums, tempos and meters of a MIDI file (format 0 or 1), in its own ticks.

    A track of the file that changes its program or channel becomes several tracks. Tracks without notes are left
    out, and so are notes that nothing ends. Of several tempos or meters at one tick symusic does not say which comes
    last in the file, so any of them may hold. Raises MidiError, which names the file and the reason, on anything
    that cannot be read, and on what is larger than any music: it would take memory and time without end.
    """
    return _columns(path, *_parse(path))


def read_notes(path: str | PathLike[str]) -> Song:
    """What ``read_columns`` reads, and the names of tracks, as a Song."""
    ticks_per_beat, score = _parse(path)
    names = [track.name for track in score.tracks if len(track.notes)]
    columns = _columns(path, ticks_per_beat, score)
    notes = np.empty(columns.note_count, dtype=NOTE_DTYPE)
    for field in NOTE_DTYPE.names:
        notes[field] = getattr(columns, field)
    bounds = np.searchsorted(columns.track, np.arange(columns.track_count + 1)).tolist()
    tracks = tuple(Track(freeze_notes(notes[start:end]), program=program, is_drum=is_drum, name=name)
                   for start, end, program, is_drum, name in zip(bounds, bounds[1:], columns.programs.tolist(),
                                                                 columns.is_drum.tolist(), names))
    return Song(columns.ticks_per_beat, tracks, columns.tempos, columns.meters)


def _parse(path: str | PathLike[str]) -> tuple[int, symusic.core.ScoreTick]:
    """Ticks to a beat and what symusic finds in the file."""
    data = load_bytes(path)
    header = parse_header(data, path)
    try:
        return header.ticks_per_beat, symusic.Score.from_midi(data, sanitize_data=True)
    except (ValueError, RuntimeError, OverflowError) as error:
        if len(data) <= EXPLAINED_BYTES:
            parse_file(data, path)  # it tells better what is wrong
        reason = str(error).strip().splitlines() or ["damaged"]
        raise MidiError(path, f"cannot be read as MIDI: {reason[0]}") from None


def _columns(path: str | PathLike[str], ticks_per_beat: int, score: symusic.core.ScoreTick) -> SongColumns:
    """The score in columns; it is taken apart on the way."""
    found = [(track, notes, count) for track in score.tracks if (count := len(notes := track.notes))]
    counts = [count for *_, count in found]
    for what, count, most in (("tracks", len(found), MAX_TRACKS), ("notes", sum(counts), MAX_NOTES),
                              ("tempo changes", len(score.tempos), MAX_CHANGES),
                              ("meter changes", len(score.time_signatures), MAX_CHANGES)):
        if count > most:
            raise MidiError(path, f"{count:,} {what}; at most {most:,} can be read")
    tempos, meters = score.tempos.numpy(), score.time_signatures.numpy()
    tempo_at = {tick: Tempo(tick, microseconds) for tick, microseconds in
                zip(tempos["time"].tolist(), tempos["mspq"].tolist()) if usable_tempo(microseconds)}
    meter_at = {tick: Meter(tick, numerator, denominator) for tick, numerator, denominator in
                zip(meters["time"].tolist(), meters["numerator"].tolist(), meters["denominator"].tolist())
                if usable_meter(numerator, denominator)}
    columns = SongColumns(ticks_per_beat,
                          tuple(tempo_at[tick] for tick in sorted(tempo_at)) or (Tempo(0),),
                          tuple(meter_at[tick] for tick in sorted(meter_at)) or (Meter(0),),
                          *_note_columns([notes for _, notes, _ in found], counts),
                          programs=np.array([track.program for track, *_ in found], dtype=np.uint8),
                          is_drum=np.array([track.is_drum for track, *_ in found], dtype=bool))
    if min(columns.onset.min(initial=0), columns.duration.min(initial=0), *tempo_at, *meter_at, 0) < 0:
        raise MidiError(path, "time runs away")
    if columns.duration.sum() > MAX_SOUNDING_BEATS * ticks_per_beat:
        raise MidiError(path, "its notes sound far longer than any music")
    return columns


def _note_columns(tracks: list[symusic.core.NoteTickList], counts: list[int]) -> list[np.ndarray]:
    """Number of the track, onset, duration, pitch and velocity of all notes, int64. The first list takes up all."""
    if not tracks:
        return [np.empty(0, dtype=np.int64)] * 5
    for notes in tracks[1:]:
        tracks[0].extend(notes)
    facts = tracks[0].numpy()
    columns = [np.arange(len(tracks)).repeat(counts),
               *(facts[name].astype(np.int64) for name in ("time", "duration", "pitch", "velocity"))]
    return columns if facts["velocity"].min() > 0 else [column[facts["velocity"] > 0] for column in columns]
