"""Windows: what the model reads and writes. One format for every job.

    SONG|EXCERPT  (TRACK k, PROGRAM p)...  then for each bar  BAR [TEMPO] (TRACK k, cell or FILL)...
    GENERATE  (TRACK k, cell) for each marked cell in order  END

A marked cell shows ``FILL`` in the prompt and is written after ``GENERATE``. Continue, infill, a new track and a
harmonisation differ only in which cells are marked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.grid import units_of_slot

FEATURES = ("token", "bar", "slot", "track", "program", "time")
"""Columns of what the model reads. Each row describes the token itself: its bar in the window (0..127), its slot in
the bar, its track number in the window (128: none), the program (128: drums, 129: none), and the musical time since
the window's start in units (24ths of a quarter note)."""
MAX_BARS = 128
"""Most bars a window can hold."""


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


class _Rows:
    """Collects the columns of a window piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[np.ndarray] = []
        self.length = 0

    def add(self, tokens, bar: int, slots=0, number: int = v.NO_TRACK, program: int = v.NO_PROGRAM,
            start: int = 0) -> None:
        tokens = np.atleast_1d(tokens)
        rows = np.empty((len(tokens), len(FEATURES)), dtype=np.int32)
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4] = tokens, bar, slots, number, program
        rows[:, 5] = start + units_of_slot(slots)
        self.pieces.append(rows)
        self.length += len(tokens)


def build_window(song: EncodedSong, layout: Layout, marked: Collection[tuple[int, int]], *,
                 transpose: int = 0, with_answer: bool = True) -> Window:
    """The window of ``layout`` with the marked cells (bar, track: the song's own numbers) to be filled.

    ``transpose``: semitones added to every pitch that is not a drum's; the caller sees to it that none leaves
    0..127. ``with_answer=False`` ends the window after GENERATE, ready for generation.
    """
    marked = set(marked)
    first = layout.first_bar
    origin = int(song.bar_units[first])
    number_of = dict(zip(layout.tracks, layout.numbers))
    program_of = {track: int(song.programs[track]) for track in layout.tracks}
    cells = {(int(song.cell_bar[c]), int(song.cell_track[c])): c for c in song.cells_in(first, layout.last_bar)}
    rows, note_count = _Rows(), 0

    def add_cell(bar: int, track: int, content: bool) -> int:
        start = int(song.bar_units[bar]) - origin
        place = dict(bar=bar - first, number=number_of[track], program=program_of[track], start=start)
        rows.add(v.TRACK + number_of[track], **place)
        if not content:
            rows.add(v.FILL, **place)
        elif (cell := cells.get((bar, track))) is not None:
            span = slice(song.cell_start[cell], song.cell_start[cell + 1])
            rows.add(song.tokens[span], slots=song.slots[span], **place)
            return int(song.cell_notes[cell])
        return 0

    rows.add(v.SONG if first == 0 else v.EXCERPT, bar=0)
    for track in layout.tracks:
        rows.add([v.TRACK + number_of[track], v.PROGRAM + program_of[track]], bar=0,
                 number=number_of[track], program=program_of[track])
    tempo = -1
    for bar in range(first, layout.last_bar + 1):
        start = int(song.bar_units[bar]) - origin
        rows.add(v.BAR + int(song.bar_meter[bar]), bar=bar - first, start=start)
        if song.bar_tempo[bar] != tempo:
            tempo = song.bar_tempo[bar]
            rows.add(v.TEMPO + int(tempo), bar=bar - first, start=start)
        for track in layout.tracks:
            if (bar, track) in marked or (bar, track) in cells:
                add_cell(bar, track, content=(bar, track) not in marked)

    rows.add(v.GENERATE, bar=0)
    answer_start = rows.length
    if with_answer:
        for bar, track in order_cells(marked, layout.tracks):
            note_count += add_cell(bar, track, content=True)
        rows.add(v.END, bar=0)
    features = np.concatenate(rows.pieces)
    if transpose:
        token = features[:, 0]
        token[(token >= v.PITCH) & (token < v.PITCH + 128)] += transpose
    return Window(features, answer_start, note_count)
