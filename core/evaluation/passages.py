"""Music as steps from note to note: a passage keeps its steps when it is transposed or moved in time.

The notes of a track run by onset, then pitch; a step is (Δpitch, Δonset) to the next note. Drums are left out: their
pitches cannot be transposed.
"""

from __future__ import annotations

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.grid import MAX_SLOTS, units_of_slot

LONGEST_REST = 192
"""Units (24ths of a quarter note) between two onsets beyond which a passage ends: two bars of 4/4."""
BREAK = 0
"""The symbol that stands between passages."""

_UNITS_OF_SLOT = units_of_slot(np.arange(MAX_SLOTS))


def steps_of(song: EncodedSong) -> np.ndarray:
    """The song's steps, track after track, as symbols: uint16 (notes,). Each passage is followed by a BREAK.

    ``song`` has plain tokens. A passage of n notes is n - 1 symbols; a track without a note leaves no trace.
    """
    at = np.flatnonzero((song.tokens >= v.PITCH) & (song.tokens < v.PITCH + 128))
    if not len(at):
        return np.zeros(0, dtype=np.uint16)
    cell = np.searchsorted(song.cell_start, at, side="right") - 1
    track = np.asarray(song.cell_track)[cell].astype(np.int64)
    onset = np.asarray(song.bar_units)[np.asarray(song.cell_bar)[cell]] + _UNITS_OF_SLOT[np.asarray(song.slots)[at]]
    order = np.argsort(track, kind="stable")  # inside a track they run by onset and pitch already
    track, onset, pitch = track[order], onset[order], np.asarray(song.tokens)[at][order].astype(np.int64)
    rest = np.diff(onset)
    goes_on = (np.diff(track) == 0) & (rest <= LONGEST_REST)
    symbols = np.full(len(at), BREAK, dtype=np.uint16)
    symbols[:-1][goes_on] = ((np.diff(pitch) + 128) * 256 + rest)[goes_on]
    return symbols


def split(symbols: np.ndarray) -> list[np.ndarray]:
    """The passages of ``steps_of``, without their BREAKs; those of a single note are left out."""
    ends = np.flatnonzero(symbols == BREAK)
    starts = np.concatenate([[0], ends + 1])
    return [symbols[start:end] for start, end in zip(starts.tolist(), [*ends.tolist(), len(symbols)]) if end > start]
