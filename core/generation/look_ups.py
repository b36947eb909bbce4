"""What a model looked up in its memory, as passages and notes of the song and passages of a library."""

from __future__ import annotations

import numpy as np

from core.generation.messages import LookUps
from core.generation.remembering import Reader
from core.generation.sighted import by_note, notes_of
from core.model.looking import Seen
from core.model.memory import RetrievalMemory
from core.model.transformer import TOKEN, TRACK, Transformer
from core.music.song import Song
from core.tokens import vocabulary as v


def collect_look_ups(model: Transformer, seen: Seen, memory: RetrievalMemory, reader: Reader, song: Song,
                     first_bar: int) -> LookUps:
    """``seen``: of a window that begins with ``first_bar``. ``memory``: what ``reader`` read before that bar, in its
    row 0, and the library beside it."""
    rows, bars = reader.rows_before(song, first_bar)
    heads = np.arange(len(seen.found))[:, None] + np.zeros_like(seen.found)
    counted = seen.shares > 0
    own, beside = counted & (seen.found < memory.capacity), counted & (seen.found >= memory.capacity)

    on_rows = np.zeros((len(seen.found), len(rows)), dtype=np.float32)
    np.add.at(on_rows, (heads[own], seen.found[own]), seen.shares[own])
    looked = np.flatnonzero(on_rows.any(axis=0))
    notes, tracks, _ = notes_of(rows, bars, song, np.arange(v.TRACKS))
    weights, _ = by_note(rows[:, TOKEN], on_rows, len(notes))
    lit = weights.any(axis=0)
    passages, shares = _gather(np.stack([bars[looked], _track(rows[looked, TRACK])], axis=1), on_rows[:, looked])

    library = memory.library
    at = seen.found[beside] - memory.capacity
    entries, where = np.unique(at, return_inverse=True)
    on_entries = np.zeros((len(seen.found), len(entries)), dtype=np.float32)
    np.add.at(on_entries, (heads[beside], where), seen.shares[beside])
    places = library.places.numpy()[entries] if library is not None else np.empty((0, 3), dtype=np.int32)
    named, library_shares = _gather(np.stack([places[:, 0], places[:, 1], _track(places[:, 2])], axis=1), on_entries)
    return LookUps(model.config.retrieval_layer - 1, first_bar, seen.gates, passages.astype(np.int32), shares,
                   notes[lit], tracks[lit], weights[:, lit],
                   tuple((library.songs[song], bar, track) for song, bar, track in named.tolist()), library_shares)


def _track(numbers: np.ndarray) -> np.ndarray:
    """The number of a track, -1 where there is none."""
    return np.where(numbers < v.TRACKS, numbers, -1)


def _gather(places: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different rows of ``places``, (n, columns), and the sums of their ``weights``, (H, n)."""
    different, which = np.unique(places, axis=0, return_inverse=True)
    sums = np.zeros((len(weights), len(different)), dtype=np.float32)
    np.add.at(sums, (slice(None), which.ravel()), weights)
    return different, sums
