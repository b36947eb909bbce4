"""What the model is shown for a request: the marked cells cut into portions, and a window around each.

Music far from the marked bars is left out when the window is full: bars before count more than bars after, and
tracks that play near the marked bars more than those that do not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from core.generation.request import Cell
from core.music.edits import replace_cells
from core.music.song import Song
from core.tokens.encoder import EncodedSong, encode
from core.tokens.grammar import CellPlace, cell_places
from core.tokens.window import MAX_BARS, Layout, build_window, order_cells

TYPICAL_CELL = 24
"""Tokens a cell takes when the song itself gives no example: eight notes."""


@dataclass(frozen=True)
class Portion:
    """Cells that are written in one go (bar, track), and how many tokens they will probably take."""

    cells: tuple[Cell, ...]
    expected_tokens: int


@dataclass(frozen=True, eq=False)
class Prompt:
    """``features`` int32 (n, 6), ending with GENERATE; ``places``: the cells to be written, in order."""

    features: np.ndarray
    places: list[CellPlace]


def empty_cells(song: Song, cells: Collection[Cell]) -> Song:
    """The song with the marked cells silent."""
    return replace_cells(song, cells, {})


def split_request(song: Song, cells: Collection[Cell], context: int) -> list[Portion]:
    """The marked cells in time, in portions whose answers take about a third of ``context`` tokens at most.

    A portion is some whole bars, or part of the tracks of one bar when a single bar is too much.
    """
    encoded = encode(song, drum_durations=False)
    lengths = np.diff(encoded.cell_start)
    typical = {track: float(lengths[encoded.cell_track == track].mean())
               for track in np.unique(encoded.cell_track).tolist()}
    rest = float(np.mean(list(typical.values()))) if typical else TYPICAL_CELL
    portions: list[Portion] = []
    open_cells: list[Cell] = []
    tokens = 0.0
    for bar in sorted({bar for bar, _ in cells}):
        of_bar = sorted(track for b, track in cells if b == bar)
        cost = sum(typical.get(track, rest) + 1 for track in of_bar)
        if open_cells and tokens + cost > context / 3:
            portions.append(Portion(tuple(open_cells), int(tokens)))
            open_cells, tokens = [], 0.0
        for track in of_bar:
            cell_cost = typical.get(track, rest) + 1
            if open_cells and tokens + cell_cost > context / 3:
                portions.append(Portion(tuple(open_cells), int(tokens)))
                open_cells, tokens = [], 0.0
            open_cells.append((bar, track))
            tokens += cell_cost
    return [*portions, Portion(tuple(open_cells), int(tokens))]


def build_prompt(song: Song, portion: Portion, pending: Collection[Cell], context: int) -> Prompt:
    """The window in which a portion is written.

    ``song``: as it stands, with every cell not written yet silent; ``pending``: the marked cells of later portions,
    whose silence must not be taken for the composer's. The window holds at most ``context`` tokens, counting those
    that the portion will probably take.
    """
    excerpt, first_bar = _excerpt(song, portion)
    shifted = [(bar - first_bar, track) for bar, track in portion.cells]
    last_needed = max(bar for bar, _ in shifted)
    encoded = encode(excerpt, bar_count=last_needed + 1, drum_durations=False)
    horizon = min((bar - first_bar for bar, _ in pending if bar - first_bar > last_needed), default=encoded.bar_count)
    layout = _fit(encoded, shifted, portion.expected_tokens, min(horizon, encoded.bar_count), context)
    window = build_window(encoded, layout, shifted, with_answer=False)
    places = [replace(place, bar=place.bar + first_bar)
              for place in cell_places(encoded, layout, order_cells(shifted, layout.tracks))]
    return Prompt(window.features, places)


def _excerpt(song: Song, portion: Portion) -> tuple[Song, int]:
    """The bars within reach of the portion as a song of their own, and the number of its first bar.

    Only what could be shown is encoded: the cost of a request does not grow with the song.
    """
    first = max(0, portion.cells[0][0] - MAX_BARS // 2)
    last = portion.cells[-1][0] + MAX_BARS // 2
    timebase = song.timebase
    start, end = int(timebase.bar_start(first)), int(timebase.bar_end(last))
    tracks = []
    for track in song.tracks:
        notes = track.notes
        low, high = np.searchsorted(notes["onset"], [start, end])
        within = notes[low:high].copy()
        within["onset"] -= start
        tracks.append(replace(track, notes=within, events=(), origin=None))
    tempos = (replace(timebase.tempo_at(start), tick=0),
              *(replace(t, tick=t.tick - start) for t in song.tempos if start < t.tick < end))
    meters = (replace(timebase.meter_of(first), tick=0),
              *(replace(m, tick=m.tick - start) for m in song.meters if start < m.tick < end))
    return Song(song.ticks_per_beat, tuple(tracks), tempos, meters), first


def _fit(encoded: EncodedSong, cells: list[Cell], expected: int, horizon: int, context: int) -> Layout:
    """The bars and tracks to show: those asked for, then as much around them as there is room for."""
    first, last = min(bar for bar, _ in cells), max(bar for bar, _ in cells)
    asked = {track for _, track in cells}
    lengths = np.zeros((max(encoded.bar_count, last + 1), len(encoded.programs)), dtype=np.int64)
    lengths[encoded.cell_bar, encoded.cell_track] = np.diff(encoded.cell_start) + 1
    near = lengths[max(0, first - 8):min(horizon, last + 9)].sum(axis=0)
    others = sorted((t for t in range(len(near)) if t not in asked and near[t]), key=lambda t: -near[t])
    room = context - expected - 3 * len(cells)
    # Tracks first: as many as leave room for four bars around; then bars, two before for one after.
    tracks = sorted(asked)
    for track in others:
        wanted = lengths[max(0, first - 4):min(horizon, last + 3)][:, [*tracks, track]].sum()
        if wanted + 2 * (len(tracks) + 1) <= room:
            tracks.append(track)
    tracks.sort()
    cost = lengths[:, tracks].sum(axis=1) + 2
    room -= 2 * len(tracks) + 2 + int(cost[first:last + 1].sum())
    low, high = first, last
    turn = 0
    while high - low + 1 < MAX_BARS:
        before = low > 0 and cost[low - 1] <= room
        after = high + 1 < horizon and cost[high + 1] <= room
        if before and (turn % 3 < 2 or not after):
            low -= 1
            room -= int(cost[low])
        elif after:
            high += 1
            room -= int(cost[high])
        else:
            break
        turn += 1
    return Layout(low, high, tuple(tracks), tuple(range(len(tracks))))
