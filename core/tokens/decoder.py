"""Cells of tokens → notes in ticks of a song."""

from __future__ import annotations

import numpy as np

from core.music.song import NOTE_DTYPE, freeze_notes
from core.music.timebase import Timebase
from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.grid import ticks_after_bar, ticks_of_units, units_of_slot


def decode_cells(tokens: np.ndarray, bar: np.ndarray, timebase: Timebase) -> tuple[np.ndarray, np.ndarray]:
    """Notes of any number of cells laid end to end.

    ``tokens`` int (n,) without TRACK tokens and ``bar`` int (n,), the bar of each token's cell. Returns the notes
    (NOTE_DTYPE, in the order written) and for each the index of its PITCH or DRUM token.
    """
    tokens = np.asarray(tokens, dtype=np.int64)
    kind = v.KIND_OF[tokens]
    index = np.arange(len(tokens))
    is_note = (kind == v.Kind.PITCH) | (kind == v.Kind.DRUM)
    at = np.flatnonzero(is_note)
    if not len(at):
        return np.empty(0, dtype=NOTE_DTYPE), at

    def latest(of: v.Kind) -> np.ndarray:
        """Value of the last token of a kind at or before each note."""
        last = np.maximum.accumulate(np.where(kind == of, index, -1))[at]
        return tokens[last] - v.START[of]

    is_duration = kind == v.Kind.DURATION
    owner = np.cumsum(is_note)[is_duration] - 1
    duration = np.bincount(owner, weights=v.DURATIONS[tokens[is_duration] - v.DURATION],
                           minlength=len(at)).astype(np.int64)
    duration[duration == 0] = v.DRUM_DURATION
    note_bar = np.asarray(bar, dtype=np.int64)[at]
    units = units_of_slot(latest(v.Kind.POSITION))
    notes = np.empty(len(at), dtype=NOTE_DTYPE)
    # Where a beat has fewer ticks than slots, the last slot of a bar must not be rounded into the next.
    notes["onset"] = np.minimum(timebase.bar_start(note_bar) + ticks_of_units(units, timebase.ticks_per_beat),
                                timebase.bar_end(note_bar) - 1)
    notes["duration"] = np.maximum(1, ticks_after_bar(note_bar, units + duration, timebase) - notes["onset"])
    notes["pitch"] = tokens[at] - np.where(kind[at] == v.Kind.DRUM, v.DRUM, v.PITCH)
    notes["velocity"] = latest(v.Kind.VELOCITY) * v.VELOCITY_WIDTH + v.VELOCITY_WIDTH // 2
    return notes, at


def decode(encoded: EncodedSong, timebase: Timebase) -> list[np.ndarray]:
    """All the notes of an encoded song, track by track, sorted and frozen."""
    lengths = np.diff(encoded.cell_start)
    notes, at = decode_cells(encoded.tokens, np.repeat(encoded.cell_bar, lengths), timebase)
    track = np.repeat(encoded.cell_track, lengths)[at]
    return [freeze_notes(notes[track == index]) for index in range(len(encoded.programs))]
