"""Streams: a whole song as the model reads it, nothing marked.

    SONG  (TRACK k, PROGRAM p)...  then for each bar  BAR [TEMPO] (TRACK k, cell)...  END

The format of ``core.tokens.window``, without an answer. Tracks are numbered as the song has them, bars from the
song's start, beginning again after ``MAX_BARS``; time counts from the song's start throughout.
"""

from __future__ import annotations

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.rows import (
    blank_rows,
    cell_lengths,
    header_length,
    place_bars,
    tempo_changes,
    write_bars,
    write_cells,
    write_header,
)
from core.tokens.window import MAX_BARS


def stream_length(song: EncodedSong) -> int:
    """Tokens of the song's stream, told from the song's index: none is read."""
    changes = int(np.count_nonzero(tempo_changes(song.bar_tempo)))
    return header_length(len(song.programs)) + song.bar_count + changes + song.cell_count + len(song.tokens) + 1


def song_stream(song: EncodedSong) -> np.ndarray:
    """The song's stream, int32 (tokens, 6), columns as ``core.tokens.window.FEATURES``."""
    stream = SongStream(song)
    return stream.cut(0, stream.length)


class SongStream:
    """A song's stream by its index: where each bar and cell stands in it. Parts are cut from it as they are asked for.

    The numbers of the tracks begin again after the last TRACK token, should a song have more tracks than that.
    ``length``: tokens in all.
    """

    def __init__(self, song: EncodedSong) -> None:
        self.song, self.length = song, stream_length(song)
        self._programs = song.programs.astype(np.int64)
        self._numbers = np.arange(len(song.programs)) % v.TRACKS
        self._header = header_length(len(song.programs))
        self._lengths = cell_lengths(song, np.arange(song.cell_count))
        self._changes = tempo_changes(song.bar_tempo)
        self._bar_at, self._cell_at = place_bars(self._changes, song.cell_bar, self._lengths)

    @property
    def bar_starts(self) -> np.ndarray:
        """The row of each bar's BAR, int64 (bars,)."""
        return self._header + self._bar_at

    def cut(self, start: int, stop: int) -> np.ndarray:
        """Rows ``start`` to ``stop`` (excluded) of the stream, int32 (rows, 6)."""
        rows = blank_rows(stop - start)
        if start < self._header:
            header = blank_rows(self._header)
            write_header(header, v.SONG, self._numbers, self._programs)
            rows[:self._header - start] = header[start:stop]
        low, high = max(0, start - self._header), min(stop, self.length - 1) - self._header
        if low < high:
            body, first = self._body(low, high)
            at = low + self._header - start
            rows[at:at + high - low] = body[low - first:high - first]
        if stop == self.length and start < stop:
            rows[-1, 0] = v.END
        return rows

    def _body(self, low: int, high: int) -> tuple[np.ndarray, int]:
        """The bars and cells that have a row among ``low`` to ``high`` of the body, whole, and where they begin."""
        song = self.song
        bars = _overlapping(self._bar_at, low, high)
        cells = _overlapping(self._cell_at, low, high)
        number, cell = np.arange(song.bar_count)[bars], np.arange(song.cell_count)[cells]
        bar_at, cell_at = self._bar_at[bars], self._cell_at[cells]
        changes, lengths = self._changes[bars], self._lengths[cells]
        first = min([low, *bar_at[:1].tolist(), *cell_at[:1].tolist()])
        last = max([high, *(bar_at[-1:] + 2).tolist(), *(cell_at[-1:] + lengths[-1:]).tolist()])
        rows, starts = blank_rows(last - first), song.bar_units[:-1]
        write_bars(rows, bar_at - first, changes, song.bar_meter[bars], song.bar_tempo[bars], number % MAX_BARS,
                   starts[bars])
        bar, track = song.cell_bar[cells], song.cell_track[cells]
        write_cells(rows, song, cell, cell_at - first, lengths, bar % MAX_BARS, starts[bar], self._numbers[track],
                    self._programs[track])
        return rows, first


def _overlapping(begins: np.ndarray, low: int, high: int) -> slice:
    """Of things that begin at these rows, ascending, those that may have one among ``low`` to ``high`` (excluded)."""
    first, last = np.searchsorted(begins, [low + 1, high])
    return slice(max(0, int(first) - 1), int(last))
