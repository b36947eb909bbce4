"""Rows that a model reads as notes of the song, and weights on rows as weights on notes."""

from __future__ import annotations

import numpy as np

from core.model.transformer import SLOT, TOKEN, TRACK
from core.music.song import NOTE_DTYPE, Song
from core.tokens import vocabulary as v
from core.tokens.grid import ticks_of_units, units_of_slot


def notes_of(rows: np.ndarray, bars: np.ndarray, song: Song, tracks: np.ndarray
             ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The notes of rows, (n, 6), in ticks of the song (NOTE_DTYPE, in the order of the rows), their tracks, and the row
    of each. ``bars``: the song's bar of each row; ``tracks``: the song's track of each number in the rows."""
    kind = v.KIND_OF[rows[:, TOKEN]]
    is_note = (kind == v.Kind.PITCH) | (kind == v.Kind.DRUM)
    at = np.flatnonzero(is_note)
    owner = np.cumsum(is_note) - 1
    lasts = (kind == v.Kind.DURATION) & (owner >= 0)
    units = np.bincount(owner[lasts], v.DURATIONS[rows[lasts, TOKEN] - v.DURATION], len(at)).astype(np.int64)
    units[units == 0] = v.DRUM_DURATION
    found = rows[at]
    notes = np.empty(len(at), dtype=NOTE_DTYPE)
    within = ticks_of_units(units_of_slot(found[:, SLOT]), song.ticks_per_beat)
    notes["onset"] = song.timebase.bar_start(bars[at]) + within
    notes["duration"] = np.maximum(1, ticks_of_units(units, song.ticks_per_beat))
    notes["pitch"] = found[:, TOKEN] - np.where(kind[at] == v.Kind.DRUM, v.DRUM, v.PITCH)
    notes["velocity"] = v.VELOCITY_WIDTH * v.VELOCITY_CLASSES // 2
    return notes, tracks[found[:, TRACK]].astype(np.int32), at


def owners(tokens: np.ndarray) -> np.ndarray:
    """Which note each token belongs to, by number, -1 for none: a note has its pitch and duration, and the position and
    velocity that were said for it first."""
    kind = v.KIND_OF[tokens]
    begun = np.cumsum((kind == v.Kind.PITCH) | (kind == v.Kind.DRUM))
    announces = (kind == v.Kind.POSITION) | (kind == v.Kind.VELOCITY)
    belongs = announces | np.isin(kind, (v.Kind.PITCH, v.Kind.DRUM, v.Kind.DURATION))
    return np.where(belongs, np.where(announces, begun, begun - 1), -1)


def by_note(tokens: np.ndarray, weights: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (..., tokens) as those of each of ``count`` notes, and of all that belongs to no note."""
    owner = owners(tokens)
    belongs = owner >= 0
    of_notes = np.zeros((*weights.shape[:-1], count), dtype=np.float32)
    np.add.at(of_notes, (..., owner[belongs]), weights[..., belongs])
    return of_notes, weights[..., ~belongs].sum(axis=-1)
