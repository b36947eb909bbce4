"""Where notes begin and end: cut, joined, bound together, turned round. Pure: notes → notes."""

from __future__ import annotations

import numpy as np

from core.music.song import freeze_notes


def split_at(notes: np.ndarray, tick: int) -> np.ndarray:
    """The notes with each that sounds across ``tick`` cut in two there."""
    across = (notes["onset"] < tick) & (notes["onset"] + notes["duration"] > tick)
    first, second = notes.copy(), notes[across].copy()
    second["duration"] = second["onset"] + second["duration"] - tick
    second["onset"] = tick
    first["duration"][across] = tick - first["onset"][across]
    return freeze_notes(np.concatenate([first, second]))


def joined(notes: np.ndarray) -> np.ndarray:
    """One note of each pitch: from the first one's start, at its velocity, to the last end; gaps are bridged."""
    if not len(notes):
        return freeze_notes(notes)
    pitches, first, which = np.unique(notes["pitch"], return_index=True, return_inverse=True)
    ends = np.zeros(len(pitches), dtype=np.int64)
    np.maximum.at(ends, which, notes["onset"] + notes["duration"])
    result = notes[first].copy()  # of each pitch the first: notes are sorted by onset
    result["duration"] = ends - result["onset"]
    return freeze_notes(result)


def legato(notes: np.ndarray) -> np.ndarray:
    """Each note lasts until the next later one begins; those that begin last keep their length."""
    starts = np.unique(notes["onset"])
    after = np.searchsorted(starts, notes["onset"], side="right")
    followed = after < len(starts)
    result = notes.copy()
    result["duration"][followed] = starts[after[followed]] - notes["onset"][followed]
    return freeze_notes(result)


def reversed_in_time(notes: np.ndarray) -> np.ndarray:
    """The notes mirrored between the first start and the last end. Done twice, they are as they were."""
    if not len(notes):
        return freeze_notes(notes)
    ends = notes["onset"] + notes["duration"]
    result = notes.copy()
    result["onset"] = notes["onset"].min() + ends.max() - ends
    return freeze_notes(result)
