"""A cell that was written, as notes of the song: what was given is put back exactly as it was."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.generation.frames import CellFrame
from core.music.song import freeze_notes


def finished_cell(notes: np.ndarray, end: int) -> np.ndarray:
    """The decoded notes of a cell, sorted and frozen: each ends where the next of its pitch starts, and none rings on
    after the tick ``end``, since a take stays inside the bars that were asked for."""
    return freeze_notes(_ending(notes, end))


def finished_with_given(notes: np.ndarray, end: int, frame: CellFrame, origins: Sequence[int]) -> np.ndarray:
    """The same where notes were given. ``origins``: of each decoded note the index of the given note it is, or -1.

    A locked note is what it was; one whose rhythm was kept starts and lasts as it did, to the tick. New notes make
    room for them.
    """
    parts, is_given = [frame.beyond], [np.ones(len(frame.beyond), dtype=bool)]
    for note, origin in zip(notes, origins):
        if origin < 0:
            parts.append(np.array([note]))
        elif frame.given[origin].locked:
            parts.append(frame.given[origin].originals)
        else:
            kept = np.array([note])
            for name in ("onset", "duration"):
                kept[name] = frame.given[origin].originals[name]
            parts.append(kept)
        is_given.append(np.full(len(parts[-1]), origin >= 0))
    every, given = np.concatenate(parts), np.concatenate(is_given)
    order = np.argsort(every["onset"], kind="stable")
    every, given = every[order], given[order]
    finished = _ending(every, end)
    finished["duration"][given] = every["duration"][given]
    return freeze_notes(finished)


def _ending(notes: np.ndarray, end: int) -> np.ndarray:
    """Notes in the order of their onsets, none of which sounds when its pitch is struck again, or after ``end``."""
    notes = notes.copy()
    for pitch in np.unique(notes["pitch"]):
        same = np.flatnonzero(notes["pitch"] == pitch)
        gap = np.diff(notes["onset"][same])
        notes["duration"][same[:-1]] = np.minimum(notes["duration"][same[:-1]], np.maximum(1, gap))
    notes["duration"] = np.minimum(notes["duration"], end - notes["onset"])
    return notes
