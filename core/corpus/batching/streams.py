"""Where streams live on the host: made from the store as they are asked for, or all in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache

import numpy as np

from core.corpus.batching.batch import Batch, Pieces
from core.corpus.store import Store
from core.tokens import vocabulary as v
from core.tokens.rows import blank_rows, transpose_tokens
from core.tokens.stream import SongStream, song_stream, stream_length
from core.tokens.window import FEATURES

TASK = "stream"
REACH = 6
"""Semitones up or down that a transposition goes at most."""
DTYPES = {"token": np.uint16, "bar": np.uint8, "slot": np.uint8, "track": np.uint8, "program": np.uint8,
          "time": np.int32}
"""The smallest types that hold each feature: 10 bytes a token."""
KEPT_STREAMS = 256
"""Songs whose index ``DiskStreams`` keeps at hand."""
NO_PITCHES = (0, 127)
"""The range of a song without pitches: it leaves nothing to transpose, and it must not be transposed either."""


def pitch_range(tokens: np.ndarray) -> tuple[int, int]:
    """Lowest and highest pitch among the tokens, drums apart; NO_PITCHES if there is none."""
    pitches = tokens[(tokens >= v.PITCH) & (tokens < v.PITCH + 128)].astype(np.int64) - v.PITCH
    return (int(pitches.min()), int(pitches.max())) if len(pitches) else NO_PITCHES


def transpositions(draw: np.ndarray, lowest: np.ndarray, highest: np.ndarray) -> np.ndarray:
    """Semitones for each ``draw`` (0..1, 1 excluded), int64: up to REACH, no pitch of the song leaves 0..127."""
    down, up = np.minimum(REACH, lowest), np.minimum(REACH, 127 - np.asarray(highest))
    return np.floor(draw * (down + up + 1)).astype(np.int64) - down


class _HostStreams(ABC):
    """What streams on the host have in common."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.collections = tuple(entry.collection for entry in store.entries)
        self.lengths = np.array([stream_length(store[i]) for i in range(len(store))], dtype=np.int64)

    @abstractmethod
    def _copy(self, song: int, start: int, out: np.ndarray) -> None:
        """Fills ``out``, int32 (length, 6), with the rows of the song's stream from ``start`` on."""

    @abstractmethod
    def _range(self, song: int) -> tuple[int, int]:
        """The lowest and the highest pitch of the song."""

    def cut(self, pieces: Pieces, rows: int, context: int) -> Batch:
        """The batch of ``rows`` rows and ``context`` columns that the pieces make up; arrays."""
        features = blank_rows(rows * context).reshape(rows, context, len(FEATURES))
        for i, (row, at, song, start, length) in enumerate(zip(
                *(a.tolist() for a in (pieces.row, pieces.at, pieces.song, pieces.start, pieces.length)))):
            out = features[row, at:at + length]
            self._copy(song, start, out)
            if pieces.draw is not None:
                transpose_tokens(out[:, 0], int(transpositions(pieces.draw[i], *self._range(song))))
        token = features[:, :, 0]
        answer = token != v.PAD
        answer[:, 0] = False  # nothing stands before it in the row
        notes = (token >= v.PITCH) & (token < v.DURATION) & answer
        return Batch(features, answer, notes.sum(axis=1, dtype=np.int32), (TASK,) * rows, pieces.song_ended)


class DiskStreams(_HostStreams):
    """Streams cut from the memory-mapped store as they are asked for; the index of the last few stays at hand."""

    def __init__(self, store: Store, kept: int = KEPT_STREAMS) -> None:
        super().__init__(store)
        self._stream = lru_cache(maxsize=kept)(lambda song: SongStream(store[song]))
        self._pitches = lru_cache(maxsize=kept)(lambda song: pitch_range(store[song].tokens))

    def _copy(self, song: int, start: int, out: np.ndarray) -> None:
        out[:] = self._stream(song).cut(start, start + len(out))

    def _range(self, song: int) -> tuple[int, int]:
        return self._pitches(song)


class MemoryStreams(_HostStreams):
    """All streams in memory, made once: 10 bytes a token.

    ``columns``: one array (tokens,) for each feature. ``bounds``: where songs begin in them, int64 (songs + 1,).
    ``ranges``: lowest and highest pitch of each song, int64 (songs, 2).
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.bounds = np.concatenate([[0], np.cumsum(self.lengths)])
        self.columns = {name: np.empty(int(self.bounds[-1]), dtype=dtype) for name, dtype in DTYPES.items()}
        self.ranges = np.empty((len(store), 2), dtype=np.int64)
        for song in range(len(store)):
            stream = song_stream(store[song])
            self.ranges[song] = pitch_range(stream[:, 0])
            for column, values in zip(self.columns.values(), stream.T):
                column[self.bounds[song]:self.bounds[song + 1]] = values

    def _copy(self, song: int, start: int, out: np.ndarray) -> None:
        first = self.bounds[song] + start
        for feature, column in enumerate(self.columns.values()):
            out[:, feature] = column[first:first + len(out)]

    def _range(self, song: int) -> tuple[int, int]:
        return int(self.ranges[song, 0]), int(self.ranges[song, 1])
