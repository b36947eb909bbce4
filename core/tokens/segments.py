"""Streams cut into segments of whole bars, as a model with memories reads a song."""

from __future__ import annotations

import numpy as np

from core.tokens.encoder import EncodedSong
from core.tokens.stream import SongStream


class SongSegments:
    """A song's stream cut into segments of at most ``context`` tokens: as many whole bars as fit.

    ``bounds``: where they begin, and the end, int64 (segments + 1,). ``first_bar``: the bar each begins with, -1 for
    one that begins inside a bar, which is too long for a segment of its own.
    """

    def __init__(self, song: EncodedSong, context: int) -> None:
        self.song, self.stream = song, SongStream(song)
        starts = self.stream.bar_starts
        bounds = [0]
        while self.stream.length - bounds[-1] > context:
            fitting = int(np.searchsorted(starts, bounds[-1] + context, side="right")) - 1
            whole = fitting >= 0 and starts[fitting] > max(bounds[-1], starts[0])
            bounds.append(int(starts[fitting]) if whole else bounds[-1] + context)
        self.bounds = np.array([*bounds, self.stream.length], dtype=np.int64)
        bars = np.searchsorted(starts, self.bounds[:-1])
        whole = starts[np.minimum(bars, len(starts) - 1)] == self.bounds[:-1]
        self.first_bar = np.where(whole, bars, -1)
        self.first_bar[0] = 0

    def __len__(self) -> int:
        return len(self.first_bar)

    def read(self, number: int) -> np.ndarray:
        """The rows of a segment, int32 (tokens, 6)."""
        return self.stream.cut(int(self.bounds[number]), int(self.bounds[number + 1]))

    def bars(self, number: int) -> np.ndarray:
        """The song's bar at which each row of a segment stands, int64; 0 before the first."""
        return self.bars_of(int(self.bounds[number]), int(self.bounds[number + 1]))

    def bars_of(self, start: int, stop: int) -> np.ndarray:
        """The song's bar at which each row of the stream from ``start`` to ``stop`` (excluded) stands."""
        return np.maximum(np.searchsorted(self.stream.bar_starts, np.arange(start, stop), side="right") - 1, 0)
