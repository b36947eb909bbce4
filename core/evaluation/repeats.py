"""Where else in a song the content of a cell stands, transposed perhaps."""

from __future__ import annotations

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong


class Repeats:
    """How alike the cells of a song are: the share of notes that two have at the same slots with the same pitches once
    one is transposed by the best interval; drums are not transposed, and are alike to drums alone.
    """

    def __init__(self, song: EncodedSong) -> None:
        tokens = np.asarray(song.tokens)
        at = np.flatnonzero((tokens >= v.PITCH) & (tokens < v.DURATION))
        self.song = song
        self._cell = np.searchsorted(song.cell_start, at, side="right") - 1
        self._pitch = tokens[at].astype(np.int64)
        drums = self._pitch >= v.DRUM
        slot = np.asarray(song.slots)[at].astype(np.int64)
        self._key = np.where(drums, 256 * 256 + slot * 256 + self._pitch - v.DRUM, slot)
        self._notes = np.bincount(self._cell, minlength=song.cell_count)
        self._bounds = np.searchsorted(self._cell, np.arange(song.cell_count + 1))
        self._by_key = np.argsort(self._key, kind="stable")
        self._sorted = self._key[self._by_key]

    def notes(self, cell: int) -> int:
        """How many notes a cell has."""
        return int(self._notes[cell])

    def likeness(self, cell: int) -> np.ndarray:
        """How alike each cell of the song is to ``cell``, float64 (cells,), 0 to 1."""
        own = np.arange(self._bounds[cell], self._bounds[cell + 1])
        first = np.searchsorted(self._sorted, self._key[own], side="left")
        last = np.searchsorted(self._sorted, self._key[own], side="right")
        counts = last - first
        mine = np.repeat(own, counts)
        places = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        other = self._by_key[places]
        votes = np.bincount(self._cell[other] * 256 + self._pitch[other] - self._pitch[mine] + 128,
                            minlength=256 * self.song.cell_count)
        common = votes.reshape(self.song.cell_count, 256).max(axis=1)
        return common / np.maximum(1, np.maximum(self._notes, self._notes[cell]))
