"""Which part of which song each row of a batch shows: three strategies behind one interface."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.corpus.batching.batch import Batch, Pieces, Streams
from core.corpus.batching.songs import draw_pass, song_weights, songs_of_rank
from core.corpus.batching.walk import Walk

_ORDER, _PASS, _STEP = range(3)
"""What a seed is used for."""


@dataclass(frozen=True, eq=False)
class Strategy(ABC):
    """Endless batches of streams; ``batch(step)`` depends on nothing but the fields and ``step``.

    ``context``: tokens a row. ``batch_size``: rows. ``shares``: how much of what is drawn comes from each
    collection (relative); without them, every token or song counts the same. ``transpose``: by up to six semitones,
    drawn anew each time a song comes up. ``rank`` of ``ranks`` processes: each sees songs of its own.
    """

    streams: Streams
    context: int
    batch_size: int
    seed: int = 0
    shares: Mapping[str, float] | None = None
    transpose: bool = False
    rank: int = 0
    ranks: int = 1

    def __post_init__(self) -> None:
        if self.context < 1 or self.batch_size < 1:
            raise ValueError("a batch has at least one row of at least one token")
        songs = songs_of_rank(self.streams.collections, self.rank, self.ranks, self.seed)
        self._keep(songs, self.streams.lengths[songs], [self.streams.collections[song] for song in songs])

    @abstractmethod
    def _keep(self, songs: np.ndarray, lengths: np.ndarray, collections: list[str]) -> None:
        """Keeps what ``plan`` needs of the rank's songs."""

    @abstractmethod
    def plan(self, step: int) -> Pieces:
        """What the rows of step ``step`` show. No token is read."""

    def batch(self, step: int) -> Batch:
        """Batch number ``step``, from 0."""
        return self.streams.cut(self.plan(step), self.batch_size, self.context)

    def padding_share(self, steps: int) -> float:
        """Which share of the first ``steps`` batches is padding, 0 to 1."""
        shown = sum(int(self.plan(step).length.sum()) for step in range(steps))
        return 1 - shown / (steps * self.batch_size * self.context)

    def _rng(self, purpose: int, number: int = 0) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.rank, purpose, number])

    def _set(self, **facts) -> None:
        for name, value in facts.items():
            object.__setattr__(self, name, value)


class LongSequence(Strategy):
    """*One long sequence*: all songs, shuffled, end to end in a ring; each row is a window from anywhere in it.

    A row may run across the end of a song into the next. Nothing is padded, and no row goes on in the next batch.
    """

    def _keep(self, songs: np.ndarray, lengths: np.ndarray, collections: list[str]) -> None:
        order = self._rng(_ORDER).permutation(len(songs))
        lengths = lengths[order]
        weights = song_weights(lengths, [collections[i] for i in order], self.shares)
        self._set(_songs=songs[order], _bounds=np.concatenate([[0], np.cumsum(lengths)]),
                  _chance=np.concatenate([[0.0], np.cumsum(weights)]))

    def plan(self, step: int) -> Pieces:
        rng = self._rng(_STEP, step)
        x, draw = rng.random(self.batch_size), rng.random(self.batch_size)
        bounds, chance, count = self._bounds, self._chance, len(self._songs)
        place = np.minimum(np.searchsorted(chance, x, side="right"), count) - 1
        within = (x - chance[place]) / np.maximum(chance[place + 1] - chance[place], 1e-300)
        longest = bounds[place + 1] - bounds[place]
        start = np.clip((within * longest).astype(np.int64), 0, longest - 1)
        pieces = []
        for row in range(self.batch_size):
            at, number, first = 0, int(place[row]), int(start[row])
            while at < self.context:
                length = min(int(bounds[number + 1] - bounds[number]) - first, self.context - at)
                pieces.append((row, at, self._songs[number], first, length))
                at, number, first = at + length, (number + 1) % count, 0
        columns = np.array(pieces, dtype=np.int64).T
        return Pieces(*columns, draw[columns[0]] if self.transpose else None, np.ones(self.batch_size, dtype=bool))


class PerSong(Strategy):
    """*Per song*: each row is one song, a random part of it if it is longer than the row, padded if it is shorter.

    Every song comes once a pass (with ``shares``, so often that collections have their share of the rows).
    """

    def _keep(self, songs: np.ndarray, lengths: np.ndarray, collections: list[str]) -> None:
        expected = np.ones(len(songs))
        if self.shares is not None:
            expected = len(songs) * song_weights(expected, collections, self.shares)
        passes = lru_cache(maxsize=2)(lambda number: songs[draw_pass(expected, self._rng(_PASS, number))])
        self._set(_count=len(songs), _song_of_pass=passes)

    def plan(self, step: int) -> Pieces:
        rng, rows = self._rng(_STEP, step), np.arange(self.batch_size)
        turns = step * self.batch_size + rows
        song = np.array([self._song_of_pass(int(turn) // self._count)[turn % self._count] for turn in turns])
        spare = np.maximum(self.streams.lengths[song] - self.context, 0)
        start = rng.integers(0, spare, endpoint=True)
        length = np.minimum(self.streams.lengths[song], self.context)
        draw = rng.random(self.batch_size) if self.transpose else None
        return Pieces(rows, np.zeros_like(rows), song, start, length, draw, np.ones(self.batch_size, dtype=bool))


class Contiguous(Strategy):
    """*Contiguous*: each row walks through one song after another in order, ``context`` tokens a step.

    A row whose song is over takes the next of the pass, so every token comes once a pass (with ``shares``, each song
    so often that collections have their share of the tokens). The last segment of a song is padded, and
    ``song_ended`` is said with it.
    """

    def _keep(self, songs: np.ndarray, lengths: np.ndarray, collections: list[str]) -> None:
        self._set(_walk=Walk(self.streams.lengths, self.context, self.batch_size,
                             self._queue(songs, lengths, collections)))

    def _queue(self, songs: np.ndarray, lengths: np.ndarray, collections: list[str]) -> Iterator[tuple[int, float]]:
        """Pass after pass of the songs, each with its transposition's draw. Shares without a song are refused now."""
        expected = np.ones(len(songs))
        if self.shares is not None:
            chance = song_weights(lengths, collections, self.shares) / lengths
            expected = len(songs) * chance / chance.sum()
        return self._passes(songs, expected)

    def _passes(self, songs: np.ndarray, expected: np.ndarray) -> Iterator[tuple[int, float]]:
        number = 0
        while True:
            rng = self._rng(_PASS, number)
            order = songs[draw_pass(expected, rng)]
            yield from zip(order.tolist(), rng.random(len(order)).tolist())
            number += 1

    def plan(self, step: int) -> Pieces:
        return self._walk.plan(step, self.transpose)
