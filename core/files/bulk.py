"""The fast reader for thousands of files: what is played and when, nothing else. Not for writing back."""

from __future__ import annotations

from os import PathLike

import numpy as np
import symusic

from core.files.errors import MidiError
from core.files.smf import load_bytes, parse_header
from core.music.song import NOTE_DTYPE, Song, Track
from core.music.timebase import Meter, Tempo, usable_meter, usable_tempo


def read_notes(path: str | PathLike[str]) -> Song:
    """Notes, programs, drums, names, tempos and meters of a MIDI file (format 0 or 1), in its own ticks.

    A track of the file that changes its program or channel becomes several tracks. Tracks without notes are left
    out, and so are notes that nothing ends. Of several tempos or meters at one tick symusic does not say which comes
    last in the file, so any of them may hold. Raises MidiError, which names the file and the reason, on anything
    that cannot be read.
    """
    data = load_bytes(path)
    header = parse_header(data, path)
    try:
        score = symusic.Score.from_midi(data, sanitize_data=True)
        tracks = tuple(_track(track) for track in score.tracks if len(track.notes))
        tempos = score.tempos.numpy()
        meters = score.time_signatures.numpy()
    except (ValueError, RuntimeError, OverflowError) as error:
        reason = str(error).strip().splitlines() or ["damaged"]
        raise MidiError(path, f"cannot be read as MIDI: {reason[0]}") from None
    tempo_at = {int(t): Tempo(int(t), int(m)) for t, m in zip(tempos["time"], tempos["mspq"]) if usable_tempo(int(m))}
    meter_at = {int(t): Meter(int(t), int(n), int(d))
                for t, n, d in zip(meters["time"], meters["numerator"], meters["denominator"])
                if usable_meter(int(n), int(d))}
    return Song(header.ticks_per_beat, tracks,
                tuple(tempo_at[t] for t in sorted(tempo_at)) or (Tempo(0),),
                tuple(meter_at[t] for t in sorted(meter_at)) or (Meter(0),))


def _track(track: symusic.core.TrackTick) -> Track:
    columns = track.notes.numpy()
    notes = np.empty(len(columns["time"]), dtype=NOTE_DTYPE)
    notes["onset"], notes["duration"] = columns["time"], columns["duration"]
    notes["pitch"], notes["velocity"] = columns["pitch"], columns["velocity"]
    return Track(notes[notes["velocity"] > 0], program=track.program, is_drum=track.is_drum, name=track.name)
