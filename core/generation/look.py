"""A look inside the model: how it sees pitches, and where it looked when it foresaw a note."""

from __future__ import annotations

import numpy as np
import torch

from core.generation.messages import NoteAttention, PitchMap
from core.generation.prompt import answered_window
from core.model.looking import attention_weights, pitch_vectors
from core.model.transformer import BAR, SLOT, TOKEN, TRACK, Transformer
from core.music.song import NOTE_DTYPE, Song
from core.tokens import vocabulary as v
from core.tokens.grid import UNITS_PER_BEAT, ticks_of_units, units_of_slot

LOWEST, HIGHEST = 21, 108
"""The keys of a piano: pitches that music has enough of to be learned."""
WIDEST = 24
"""Semitones of the widest interval that is told."""
FARTHEST = 2
"""Units that the grid may have moved a note."""


def map_pitches(model: Transformer) -> PitchMap:
    """The embeddings of pitches in two dimensions, and how alike pitches are by the interval between them."""
    vectors = pitch_vectors(model)[LOWEST:HIGHEST + 1]
    centred = vectors - vectors.mean(axis=0)
    points, shares = _principal(centred)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12)
    cosines = unit @ unit.T
    alike = [float(np.diagonal(cosines, interval).mean()) for interval in range(WIDEST + 1)]
    pitch_class = np.arange(LOWEST, HIGHEST + 1) % 12
    classes = np.stack([centred[pitch_class == one].mean(axis=0) for one in range(12)])
    return PitchMap(LOWEST, points, shares, np.array(alike, dtype=np.float32), _principal(classes)[0])


def look_at_note(model: Transformer, song: Song, track: int, onset: int, pitch: int) -> NoteAttention:
    """Where the model looked, in the rest of the song, when it was about to write the note as part of its bar.

    ``onset``: in ticks. The window is that of a request for the note's bar on its track. Raises ValueError where
    there is no such note, or the model's tokens stand for several notes each.
    """
    if model.merges is not None:
        raise ValueError("This model writes several notes with one token, so single notes cannot be looked at.")
    bar = int(song.timebase.bar_at(onset))
    for bar_on_grid in (bar, bar + 1):  # a note that is played early may belong to the next bar
        window, first_bar = answered_window(song, (bar_on_grid, track), model.config.context)
        notes, tracks, at = _notes_of(window.features, song, first_bar, window.tracks)
        of_answer = np.flatnonzero((at >= window.answer_start) & (notes["pitch"] == pitch))
        if len(of_answer):
            distance = np.abs(notes["onset"][of_answer] - onset)
            if distance.min() * UNITS_PER_BEAT <= FARTHEST * song.ticks_per_beat:
                asked = int(of_answer[distance.argmin()])
                break
    else:
        raise ValueError("There is no such note in what the model reads of the song.")
    rows = torch.as_tensor(window.features[:at[asked]])
    return NoteAttention(notes[:asked + 1], tracks[:asked + 1],
                         *_by_note(rows[:, TOKEN].numpy(), attention_weights(model, rows), asked + 1))


def _notes_of(rows: np.ndarray, song: Song, first_bar: int, tracks: tuple[int, ...]
              ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The notes of a window in ticks of the song (NOTE_DTYPE, in the order of the window), their tracks, and the row
    of each."""
    kind = v.KIND_OF[rows[:, TOKEN]]
    is_note = (kind == v.Kind.PITCH) | (kind == v.Kind.DRUM)
    at = np.flatnonzero(is_note)
    owner = np.cumsum(is_note) - 1
    lasts = kind == v.Kind.DURATION
    units = np.bincount(owner[lasts], v.DURATIONS[rows[lasts, TOKEN] - v.DURATION], len(at)).astype(np.int64)
    units[units == 0] = v.DRUM_DURATION
    found = rows[at]
    notes = np.empty(len(at), dtype=NOTE_DTYPE)
    within = ticks_of_units(units_of_slot(found[:, SLOT]), song.ticks_per_beat)
    notes["onset"] = song.timebase.bar_start(found[:, BAR].astype(np.int64) + first_bar) + within
    notes["duration"] = np.maximum(1, ticks_of_units(units, song.ticks_per_beat))
    notes["pitch"] = found[:, TOKEN] - np.where(kind[at] == v.Kind.DRUM, v.DRUM, v.PITCH)
    notes["velocity"] = v.VELOCITY_WIDTH * v.VELOCITY_CLASSES // 2
    return notes, np.asarray(tracks)[found[:, TRACK]].astype(np.int32), at


def _by_note(tokens: np.ndarray, weights: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (layers, heads, tokens) as those of each of ``count`` notes, and of all that belongs to no note.

    A note has its pitch and duration, and the position and velocity that were said for it first.
    """
    kind = v.KIND_OF[tokens]
    begun = np.cumsum((kind == v.Kind.PITCH) | (kind == v.Kind.DRUM))
    announces = (kind == v.Kind.POSITION) | (kind == v.Kind.VELOCITY)
    belongs = announces | np.isin(kind, (v.Kind.PITCH, v.Kind.DRUM, v.Kind.DURATION))
    owner = np.where(announces, begun, begun - 1)
    of_notes = np.zeros((*weights.shape[:2], count), dtype=np.float32)
    np.add.at(of_notes, (slice(None), slice(None), owner[belongs]), weights[:, :, belongs])
    return of_notes, weights[:, :, ~belongs].sum(axis=2)


def _principal(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vectors, whose mean is taken off, along their two directions of greatest spread, float32 (n, 2), and the
    shares of the spread that these hold, (2,)."""
    left, sizes, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    return (left[:, :2] * sizes[:2]).astype(np.float32), (sizes[:2] ** 2 / max((sizes ** 2).sum(), 1e-12)).astype(
        np.float32)
