"""A look inside the model: how it sees pitches, and where it looked when it foresaw a note."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from core.generation.look_ups import collect_look_ups
from core.generation.messages import LookUps, NoteAttention, PitchMap
from core.generation.prompt import Answered, answered_window
from core.generation.remembering import Reader
from core.generation.sighted import by_note, notes_of
from core.model.looking import look_back, pitch_vectors
from core.model.transformer import BAR, TOKEN, Transformer
from core.music.song import Song
from core.tokens.grid import UNITS_PER_BEAT

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


def look_at_note(model: Transformer, song: Song, track: int, onset: int, pitch: int, reader: Reader | None = None
                 ) -> tuple[NoteAttention, LookUps | None]:
    """Where the model looked, in the rest of the song, when it was about to write the note as part of its bar; and
    what it looked up in its memory, if it has one to look up in.

    ``onset``: in ticks. The window is that of a request for the note's bar on its track, and what is remembered is what
    ``reader`` (the model's) reads before it. Raises ValueError where there is no such note, or the model's tokens stand
    for several notes each.
    """
    if model.merges is not None:
        raise ValueError("This model writes several notes with one token, so single notes cannot be looked at.")
    if reader is None and model.config.remembers:
        reader = Reader(model)
    place = _find(model, song, track, onset, pitch, in_song=reader is not None)
    memories = reader.before([song], [place.first_bar]) if reader is not None else None
    rows = torch.as_tensor(place.window.features[:place.at[place.asked]])
    seen, count = look_back(model, rows, memories), place.asked + 1
    attention = NoteAttention(place.notes[:count], place.tracks[:count],
                              *by_note(rows[:, TOKEN].numpy(), seen.weights, count), seen.remembered)
    if memories is None or memories.retrieval is None:
        return attention, None
    return attention, collect_look_ups(model, seen, memories.retrieval, reader, song, place.first_bar)


@dataclass(frozen=True, eq=False)
class _Place:
    """A note in a window that begins with ``first_bar``: the notes of the window, the row of each, and which it is."""

    window: Answered
    first_bar: int
    notes: np.ndarray
    tracks: np.ndarray
    at: np.ndarray
    asked: int


def _find(model: Transformer, song: Song, track: int, onset: int, pitch: int, in_song: bool) -> _Place:
    bar = int(song.timebase.bar_at(onset))
    for bar_on_grid in (bar, bar + 1):  # a note that is played early may belong to the next bar
        window, first_bar = answered_window(song, (bar_on_grid, track), model.config.context, in_song)
        bars = window.features[:, BAR].astype(np.int64) + first_bar
        notes, tracks, at = notes_of(window.features, bars, song, window.tracks)
        of_answer = np.flatnonzero((at >= window.answer_start) & (notes["pitch"] == pitch))
        if len(of_answer):
            distance = np.abs(notes["onset"][of_answer] - onset)
            if distance.min() * UNITS_PER_BEAT <= FARTHEST * song.ticks_per_beat:
                return _Place(window, first_bar, notes, tracks, at, int(of_answer[distance.argmin()]))
    raise ValueError("There is no such note in what the model reads of the song.")


def _principal(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vectors, whose mean is taken off, along their two directions of greatest spread, float32 (n, 2), and the
    shares of the spread that these hold, (2,)."""
    left, sizes, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    return (left[:, :2] * sizes[:2]).astype(np.float32), (sizes[:2] ** 2 / max((sizes ** 2).sum(), 1e-12)).astype(
        np.float32)
