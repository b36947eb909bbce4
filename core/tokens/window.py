"""Windows: what the model reads and writes. One format for every job.

    SONG|EXCERPT  (TRACK k, PROGRAM p)...  then for each bar  BAR [TEMPO] (TRACK k, cell or FILL)...
    GENERATE  (TRACK k, cell) for each marked cell in order  END

A marked cell shows ``FILL`` in the prompt and is written after ``GENERATE``. Continue, infill, a new track and a
harmonisation differ only in which cells are marked. Behind ``FILL`` a prompt may say more of the cell; see
``core.tokens.attributes``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.attributes import CellHints
from core.tokens.encoder import EncodedSong
from core.tokens.hints import Hints, insert_hints, pack
from core.tokens.rows import (
    FILL_CELL,
    SILENT_CELL,
    blank_rows,
    cell_lengths,
    header_length,
    place_bars,
    tempo_changes,
    transpose_tokens,
    write_bars,
    write_cells,
    write_header,
)

FEATURES = ("token", "bar", "slot", "track", "program", "time")
"""Columns of what the model reads. Each row describes the token itself: its bar in the window (0..127), its slot in
the bar, its track number in the window (128: none), the program (128: drums, 129: none), and the musical time since
the window's start in units (24ths of a quarter note)."""
MAX_BARS = 128
"""Most bars a window can hold."""
_NO_HINTS: Mapping[tuple[int, int], CellHints] = {}


@dataclass(frozen=True, eq=False)
class Window:
    """``features`` int32 (n, 6), see FEATURES; ``answer_start``: index of the first token after GENERATE (n when
    the answer is left out); ``note_count``: notes in the answer."""

    features: np.ndarray
    answer_start: int
    note_count: int


@dataclass(frozen=True)
class Layout:
    """Which part of a song a window shows: bars ``first_bar`` to ``last_bar``, both included, and ``tracks``, the
    song's track indices in the order the window numbers them. ``numbers`` are the TRACK tokens' values, one each.
    """

    first_bar: int
    last_bar: int
    tracks: tuple[int, ...]
    numbers: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 0 < self.last_bar - self.first_bar + 1 <= MAX_BARS:
            raise ValueError(f"a window holds 1 to {MAX_BARS} bars")
        if len(self.tracks) != len(self.numbers) or len(set(self.numbers)) != len(self.numbers):
            raise ValueError("each track of a window needs a number of its own")


def order_cells(marked: Collection[tuple[int, int]], tracks: Sequence[int]) -> list[tuple[int, int]]:
    """Marked cells (bar, track) in the order they are written: bars in time, tracks as the window lists them."""
    place = {track: i for i, track in enumerate(tracks)}
    return sorted(marked, key=lambda cell: (cell[0], place[cell[1]]))


def cell_mask(layout: Layout, marked: Collection[tuple[int, int]]) -> np.ndarray:
    """Cells (bar, track: the song's own numbers) as a mask over a layout, bool (bars, tracks as the layout lists them).

    Raises ValueError when one of them is not in the layout.
    """
    mask = np.zeros((layout.last_bar - layout.first_bar + 1, len(layout.tracks)), dtype=bool)
    place = {track: i for i, track in enumerate(layout.tracks)}
    try:
        columns = [place[track] for _, track in marked]
    except KeyError as error:
        raise ValueError(f"a marked cell is of track {error}, which the window does not show") from None
    bars = np.array([bar for bar, _ in marked], dtype=np.int64) - layout.first_bar
    if not ((bars >= 0) & (bars < len(mask))).all():
        raise ValueError("a marked cell is in a bar that the window does not show")
    mask[bars, columns] = True
    return mask


def build_window(song: EncodedSong, layout: Layout, marked: Collection[tuple[int, int]] | np.ndarray, *,
                 hints: Mapping[tuple[int, int], CellHints] = _NO_HINTS, transpose: int = 0,
                 with_answer: bool = True) -> Window:
    """The window of ``layout`` with the marked cells to be filled.

    ``marked``: cells (bar, track: the song's own numbers), or a mask as of ``cell_mask``. ``hints``: what is said of
    marked cells besides FILL. ``transpose``: semitones added to every pitch that is not a drum's, those that are kept
    in hints included; the caller sees to it that none leaves 0..127. A register is said as given: it is that of the
    music as it is written. ``with_answer=False`` ends the window after GENERATE, ready for generation.
    Raises ValueError for hints on a cell that is not marked.
    """
    mask = marked if isinstance(marked, np.ndarray) else cell_mask(layout, marked)
    bars = slice(layout.first_bar, layout.last_bar + 1)
    numbers, tracks = np.array(layout.numbers, dtype=np.int64), np.array(layout.tracks, dtype=np.int64)
    programs = song.programs[tracks].astype(np.int64)
    starts = song.bar_units[bars] - song.bar_units[layout.first_bar]
    cell_of = numbers_of_cells(song, layout)

    bar, column = np.nonzero(mask | (cell_of >= 0))  # row by row: bars in time, tracks as the layout lists them
    shown = np.where(mask, FILL_CELL, cell_of)[bar, column]
    changes, lengths = tempo_changes(song.bar_tempo[bars]), cell_lengths(song, shown)
    bar_at, cell_at = place_bars(changes, bar, lengths)
    header = header_length(len(tracks))
    generate = header + len(starts) + int(changes.sum()) + int(lengths.sum())
    note_count, end = 0, generate + 1
    if with_answer:
        answer_bar, answer_column = np.nonzero(mask)
        answer = cell_of[answer_bar, answer_column]
        answer_lengths = cell_lengths(song, answer)
        note_count = int(song.cell_notes[answer[answer >= 0]].sum())
        bar, column = np.concatenate([bar, answer_bar]), np.concatenate([column, answer_column])
        cell_at = np.concatenate([cell_at, end - header + np.cumsum(answer_lengths) - answer_lengths])
        shown, lengths = np.concatenate([shown, answer]), np.concatenate([lengths, answer_lengths])
        end += int(answer_lengths.sum()) + 1

    rows = blank_rows(end)
    write_header(rows, v.SONG if layout.first_bar == 0 else v.EXCERPT, numbers, programs)
    write_bars(rows[header:], bar_at, changes, song.bar_meter[bars], song.bar_tempo[bars], np.arange(len(starts)),
               starts)
    write_cells(rows[header:], song, shown, cell_at, lengths, bar, starts[bar], numbers[column], programs[column])
    rows[generate, 0] = v.GENERATE
    if with_answer:
        rows[-1, 0] = v.END
    window = Window(rows, generate + 1, note_count)
    if hints:
        window = with_hints(window, _packed(layout, mask, hints))
    if transpose:
        transpose_tokens(window.features[:, 0], transpose)
    return window


def with_hints(window: Window, hints: Hints) -> Window:
    """The window with hints behind its FILLs."""
    return Window(insert_hints(window.features, hints), window.answer_start + len(hints.tokens), window.note_count)


def _packed(layout: Layout, mask: np.ndarray, hints: Mapping[tuple[int, int], CellHints]) -> Hints:
    """The hints by cell, in the order in which the marked cells are written."""
    cells = [(layout.first_bar + bar, layout.tracks[column]) for bar, column in np.argwhere(mask).tolist()]
    if strange := hints.keys() - set(cells):
        raise ValueError(f"hints on a cell that is not marked: bar {min(strange)[0] + 1}, track {min(strange)[1] + 1}")
    return pack([hints.get(cell) for cell in cells])


def numbers_of_cells(song: EncodedSong, layout: Layout) -> np.ndarray:
    """The number of each cell of a layout, int64 (bars, tracks as the layout lists them); SILENT_CELL where none is."""
    found = song.cells_in(layout.first_bar, layout.last_bar)
    cells = np.full((layout.last_bar - layout.first_bar + 1, len(song.programs)), SILENT_CELL, dtype=np.int64)
    inside = slice(found.start, found.stop)
    cells[song.cell_bar[inside] - layout.first_bar, song.cell_track[inside]] = np.arange(found.start, found.stop)
    return cells[:, list(layout.tracks)]
