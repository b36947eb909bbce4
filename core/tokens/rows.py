"""What a window and a stream are made of: rows of six features, written as array operations."""

from __future__ import annotations

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.grid import MAX_SLOTS, units_of_slot

FILL_CELL = -2
"""Stands for a cell that shows FILL, where numbers of cells are expected."""
SILENT_CELL = -1
"""Stands for a cell without a note, where numbers of cells are expected."""

_UNITS_OF_SLOT = units_of_slot(np.arange(MAX_SLOTS)).astype(np.int32)


def blank_rows(count: int) -> np.ndarray:
    """Rows that belong to no bar, track or program; int32 (count, 6), see ``core.tokens.window.FEATURES``."""
    rows = np.zeros((count, 6), dtype=np.int32)
    rows[:, 3], rows[:, 4] = v.NO_TRACK, v.NO_PROGRAM
    return rows


def header_length(tracks: int) -> int:
    """Rows of the first token and of each track's TRACK and PROGRAM."""
    return 1 + 2 * tracks


def write_header(rows: np.ndarray, first_token: int, numbers: np.ndarray, programs: np.ndarray) -> None:
    """SONG or EXCERPT, then TRACK and PROGRAM of each track, into the first of ``rows``."""
    header = rows[1:header_length(len(numbers))]
    rows[0, 0] = first_token
    header[::2, 0], header[1::2, 0] = v.TRACK + numbers, v.PROGRAM + programs
    header[:, 3], header[:, 4] = np.repeat(numbers, 2), np.repeat(programs, 2)


def tempo_changes(tempos: np.ndarray) -> np.ndarray:
    """Which of a row of bars say their tempo: the first, and those whose class differs from the one before."""
    return np.diff(tempos.astype(np.int16), prepend=-1) != 0


def cell_lengths(song: EncodedSong, cells: np.ndarray) -> np.ndarray:
    """Rows of each cell, its TRACK counted; int64 (cells,)."""
    return 1 + _with_stand_ins(np.diff(song.cell_start), fill=1)[cells]


def place_bars(changes: np.ndarray, cell_bar: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The row of each bar's BAR and of each cell's TRACK, counted from the first BAR; both int64.

    ``changes``: which bars say their tempo, bool (bars,). ``cell_bar``: the bar of each cell, ascending, and
    ``lengths``, the cell's rows.
    """
    heads = np.concatenate([[0], np.cumsum(1 + changes)])
    before = np.concatenate([[0], np.cumsum(lengths)])
    bar_at = heads[:-1] + before[np.searchsorted(cell_bar, np.arange(len(changes)))]
    return bar_at, heads[cell_bar + 1] + before[:-1]


def write_bars(rows: np.ndarray, at: np.ndarray, changes: np.ndarray, meters: np.ndarray, tempos: np.ndarray,
               numbers: np.ndarray, starts: np.ndarray) -> None:
    """BAR, and TEMPO where it changes, of bars that begin at the rows ``at``.

    ``numbers``, ``starts``: what the columns ``bar`` and ``time`` say of each.
    """
    tempo_at = at[changes] + 1
    rows[at, 0], rows[tempo_at, 0] = v.BAR + meters.astype(np.int32), v.TEMPO + tempos[changes].astype(np.int32)
    rows[at, 1], rows[tempo_at, 1] = numbers, numbers[changes]
    rows[at, 5], rows[tempo_at, 5] = starts, starts[changes]


def write_cells(rows: np.ndarray, song: EncodedSong, cells: np.ndarray, at: np.ndarray, lengths: np.ndarray,
                bars: np.ndarray, starts: np.ndarray, numbers: np.ndarray, programs: np.ndarray) -> None:
    """TRACK and content of cells that begin at the rows ``at`` and take ``lengths`` rows.

    ``cells``: their numbers in the song, FILL_CELL or SILENT_CELL. ``bars``, ``starts`` (units), ``numbers`` and
    ``programs``: what the columns bar, time, track and program say of each.
    """
    if not len(cells):
        return
    place = blank_rows(len(cells))
    place[:, 0], place[:, 1], place[:, 3], place[:, 4], place[:, 5] = v.FILL, bars, numbers, programs, starts
    written = np.repeat(place, lengths, axis=0)
    first = np.cumsum(lengths) - lengths
    written[first, 0] = v.TRACK + numbers
    row = np.arange(len(written))
    is_content = np.repeat(cells >= 0, lengths)
    is_content[first] = False
    content = row[is_content]
    source = _with_stand_ins(song.cell_start[:-1], fill=0)[cells] - first - 1
    source = np.repeat(source, lengths)[content] + content
    slots = song.slots[source]
    written[content, 0] = song.tokens[source]
    written[content, 2] = slots
    written[content, 5] += _UNITS_OF_SLOT[slots]
    rows[np.repeat(at - first, lengths) + row] = written


def transpose_tokens(tokens: np.ndarray, semitones: int) -> None:
    """Adds ``semitones`` to every pitch among ``tokens`` that is not a drum's, in place."""
    tokens[(tokens >= v.PITCH) & (tokens < v.PITCH + 128)] += semitones


def _with_stand_ins(values: np.ndarray, fill: int) -> np.ndarray:
    """``values`` of the cells, and at the end those that FILL_CELL and SILENT_CELL, as negative indices, find."""
    return np.concatenate([values, [fill, 0]])
