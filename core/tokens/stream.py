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
    """The song's stream, int32 (tokens, 6), columns as ``core.tokens.window.FEATURES``.

    The numbers of a song's tracks begin again after the last TRACK token, should it have more tracks than that.
    """
    rows = blank_rows(stream_length(song))
    numbers = np.arange(len(song.programs)) % v.TRACKS
    programs = song.programs.astype(np.int64)
    write_header(rows, v.SONG, numbers, programs)
    cells, cell_bar = np.arange(song.cell_count), np.asarray(song.cell_bar)
    track = np.asarray(song.cell_track)
    lengths, changes = cell_lengths(song, cells), tempo_changes(song.bar_tempo)
    bar_at, cell_at = place_bars(changes, cell_bar, lengths)
    body, starts = rows[header_length(len(numbers)):], song.bar_units[:-1]
    write_bars(body, bar_at, changes, song.bar_meter, song.bar_tempo, np.arange(song.bar_count) % MAX_BARS, starts)
    write_cells(body, song, cells, cell_at, lengths, cell_bar % MAX_BARS, starts[cell_bar], numbers[track],
                programs[track])
    rows[-1, 0] = v.END
    return rows
