"""What the model is shown for a request: the marked cells cut into portions, and a window around each.

Music far from the marked bars is left out when the window is full: bars before count more than bars after, and
tracks that play near the marked bars more than those that do not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.generation.request import Cell
from core.music.edits import replace_cells
from core.music.song import Song
from core.tokens import vocabulary as v
from core.tokens.attributes import CellHints
from core.tokens.encoder import EncodedSong, encode
from core.tokens.grammar import CellPlace, cell_places
from core.tokens.grid import UNITS_PER_BEAT
from core.tokens.hints import hint_tokens
from core.tokens.merges import Merges
from core.tokens.window import MAX_BARS, Layout, build_window

TYPICAL_CELL = 24
"""Tokens a cell takes when the song itself gives no example: eight notes."""
_UNKNOWN: Mapping[Cell, float] = {}
_NO_HINTS: Mapping[Cell, CellHints] = {}


@dataclass(frozen=True)
class Portion:
    """Cells that are written in one go (bar, track), and how many tokens they will probably take."""

    cells: tuple[Cell, ...]
    expected_tokens: int


@dataclass(frozen=True, eq=False)
class Prompt:
    """``features`` int32 (n, 6), ending with GENERATE; ``places``: the cells to be written, in order; ``first_bar``:
    the song's bar with which the window begins."""

    features: np.ndarray
    places: list[CellPlace]
    first_bar: int = 0


def empty_cells(song: Song, cells: Collection[Cell]) -> Song:
    """The song with the marked cells silent."""
    return replace_cells(song, cells, {})


def split_request(song: Song, cells: Collection[Cell], context: int, merges: Merges | None = None,
                  expected: Mapping[Cell, float] = _UNKNOWN) -> list[Portion]:
    """The marked cells in time, in portions that leave room in a window for the music around them.

    An answer takes about a third of ``context`` tokens at most, and so does what stands between the cells of a
    portion. A portion is some whole bars, or part of the tracks of one bar when a single bar is too much. ``merges``:
    the model's, in whose tokens all this is counted. ``expected``: tokens that some cells will take, where it is known.
    """
    encoded = _encode(song, merges)
    lengths = np.diff(encoded.cell_start)
    tracks_of: dict[int, list[int]] = {}
    for bar, track in sorted(cells):
        tracks_of.setdefault(bar, []).append(track)
    asked = {track for _, track in cells}
    cost = _expected_tokens(encoded, lengths, asked)

    stride = len(song.tracks)
    place = encoded.cell_bar.astype(np.int64) * stride + encoded.cell_track
    shown = np.isin(encoded.cell_track, list(asked)) & ~np.isin(place, [bar * stride + t for bar, t in cells])
    shown_before = np.concatenate([[0], np.cumsum(np.where(shown, lengths + 1, 0))])

    def taken_by(bar: int, track: int) -> float:
        """Tokens that a cell will probably take with its TRACK."""
        return expected[bar, track] + 1 if (bar, track) in expected else cost[track]

    def between(first: int, last: int) -> int:
        """Tokens that bars ``first`` to ``last`` show of the tracks asked for."""
        inside = encoded.cells_in(first, last)
        return int(shown_before[inside.stop] - shown_before[inside.start]) + 2 * (last - first + 1)

    groups: list[list[Cell]] = []
    tokens: list[float] = []
    for bar, tracks in tracks_of.items():
        start = groups[-1][0][0] if groups else bar
        too_far = bar - start >= MAX_BARS // 2 or between(start, bar) > context / 3
        whole_bar = sum(taken_by(bar, track) for track in tracks)
        for track in tracks:
            opens_bar = track == tracks[0]
            needed = whole_bar if opens_bar else taken_by(bar, track)
            if not groups or (opens_bar and too_far) or tokens[-1] + needed > context / 3:
                groups.append([])
                tokens.append(0.0)
            groups[-1].append((bar, track))
            tokens[-1] += taken_by(bar, track)
    return [Portion(tuple(group), round(expected)) for group, expected in zip(groups, tokens)]


def _expected_tokens(encoded: EncodedSong, lengths: np.ndarray, tracks: Collection[int]) -> dict[int, float]:
    """Tokens a cell of each track will probably take with its TRACK: as many as the track's others, or all others."""
    typical = {track: float(lengths[encoded.cell_track == track].mean())
               for track in np.unique(encoded.cell_track).tolist()}
    rest = float(np.mean(list(typical.values()))) if typical else TYPICAL_CELL
    return {track: typical.get(track, rest) + 1 for track in tracks}


def build_prompt(song: Song, portion: Portion, pending: Collection[Cell], context: int,
                 merges: Merges | None = None, in_song: bool = False,
                 hints: Mapping[Cell, CellHints] = _NO_HINTS) -> Prompt:
    """The window in which a portion is written.

    ``song``: as it stands, with every cell not written yet silent; ``pending``: the marked cells of later portions,
    whose silence must not be taken for the composer's. The window holds at most ``context`` tokens, counting those
    that the portion will probably take. ``merges``: the model's, if it has any. ``in_song``: with the song's own
    numbers of tracks and times, as is needed beside a memory of the bars before. ``hints``: what the window says of
    cells of the portion besides FILL.
    """
    excerpt, first_bar = _excerpt(song, portion)
    shifted = [(bar - first_bar, track) for bar, track in portion.cells]
    last_needed = max(bar for bar, _ in shifted)
    encoded = _encode(excerpt, merges, bar_count=last_needed + 1)
    horizon = min((bar - first_bar for bar, _ in pending if bar - first_bar > last_needed), default=encoded.bar_count)
    said = {(bar - first_bar, track): hint for (bar, track), hint in hints.items()}
    expected = portion.expected_tokens + sum(len(hint_tokens(hint)) for hint in hints.values())
    layout = _fit(encoded, shifted, expected, min(horizon, encoded.bar_count), context)
    start = 0
    if in_song:
        layout, start = _in_song(song, layout, first_bar)
    window = build_window(encoded, layout, shifted, hints=said, with_answer=False)
    window.features[:, 5] += start
    places = [replace(place, bar=place.bar + first_bar, start=place.start + start)
              for place in cell_places(encoded, layout, shifted)]
    return Prompt(window.features, places, first_bar + layout.first_bar)


@dataclass(frozen=True, eq=False)
class Answered:
    """A window with its answer: ``features`` int32 (n, 6); ``answer_start``: the first row after GENERATE;
    ``tracks``: the song's track of each number in the window, int32 (v.TRACKS,)."""

    features: np.ndarray
    answer_start: int
    tracks: np.ndarray


def answered_window(song: Song, cell: Cell, context: int, in_song: bool = False) -> tuple[Answered, int]:
    """The window of a request for one cell that the song has already, its answer with it, and its first bar.
    ``in_song``: as of ``build_prompt``."""
    excerpt, first_bar = _excerpt(song, Portion((cell,), 0))
    shifted = (cell[0] - first_bar, cell[1])
    encoded = _encode(excerpt, None, bar_count=shifted[0] + 1)
    lengths = np.diff(encoded.cell_start)[(encoded.cell_bar == shifted[0]) & (encoded.cell_track == shifted[1])]
    layout = _fit(encoded, [shifted], int(lengths.sum()) + 1, encoded.bar_count, context)
    start = 0
    if in_song:
        layout, start = _in_song(song, layout, first_bar)
    window = build_window(encoded, layout, [shifted])
    window.features[:, 5] += start
    tracks = np.zeros(v.TRACKS, dtype=np.int32)
    tracks[list(layout.numbers)] = layout.tracks
    return Answered(window.features, window.answer_start, tracks), first_bar + layout.first_bar


def _in_song(song: Song, layout: Layout, first_bar: int) -> tuple[Layout, int]:
    """A layout of the excerpt that begins with ``first_bar`` with the song's own numbers of tracks, and the time at
    which its window begins in the song, in units."""
    start = int(song.timebase.bar_start(first_bar + layout.first_bar)) * UNITS_PER_BEAT // song.ticks_per_beat
    return replace(layout, numbers=tuple(track % v.TRACKS for track in layout.tracks)), start


def _encode(song: Song, merges: Merges | None, bar_count: int | None = None) -> EncodedSong:
    """The song in the tokens of the model."""
    encoded = encode(song, bar_count=bar_count, drum_durations=False)
    return merges.apply(encoded) if merges else encoded


def _excerpt(song: Song, portion: Portion) -> tuple[Song, int]:
    """The bars within reach of the portion as a song of their own, and the number of its first bar.

    Only what could be shown is encoded: the cost of a request does not grow with the song. It begins farther back
    than a window can reach, because a window that begins with its first bar says that the song begins there.
    """
    first = max(0, portion.cells[0][0] - MAX_BARS)
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
    # Besides: SONG, GENERATE, END; TRACK and FILL of each cell; TRACK and PROGRAM of each track; BAR and TEMPO.
    room = context - expected - 3 - 2 * len(cells) - 2 * len(asked)
    # Tracks first: as many as leave room for four bars before and two after; then bars, two before for one after.
    tracks = sorted(asked)
    around = slice(max(0, first - 4), min(horizon, last + 3))
    wanted = int((lengths[around][:, tracks].sum(axis=1) + 2).sum())
    for track in others[:v.TRACKS - len(asked)]:
        more = int(lengths[around, track].sum()) + 2
        if wanted + more <= room:
            tracks.append(track)
            wanted += more
    tracks.sort()
    cost = lengths[:, tracks].sum(axis=1) + 2
    room -= 2 * (len(tracks) - len(asked)) + int(cost[first:last + 1].sum())
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
