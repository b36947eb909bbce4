"""Song → cells of tokens.

A *cell* is one bar of one track. Its tokens stand on their own: a cell says its first position and velocity
afresh, so that cells can be cut out, reordered and spliced without touching their neighbours. Inside a cell notes
run by onset, then pitch; each is ``[POSITION] [VELOCITY] PITCH DURATION...`` (``DRUM`` for drums), where POSITION
and VELOCITY stand only when they change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

import numpy as np

from core.music.columns import SongColumns, columns_of
from core.music.song import Song
from core.music.sorting import sort_together
from core.music.timebase import Meter, Tempo, Timebase
from core.tokens import vocabulary as v
from core.tokens.grid import MAX_BEATS, UNITS_PER_BEAT, slot_of_units, snap_and_measure, ticks_after_bar

_MAX_UNITS = MAX_BEATS * UNITS_PER_BEAT
_SLOT_OF_UNITS = slot_of_units(np.arange(_MAX_UNITS))
_LARGEST_PART = np.searchsorted(v.DURATIONS, np.arange(v.DURATIONS[-1] + 1), side="right") - 1
"""The index of the longest of DURATIONS that is not longer than so many units."""


@dataclass(frozen=True, eq=False)
class EncodedSong:
    """A song's cells as flat arrays, bars in time, tracks in order inside a bar; silent cells are left out.

    ``tokens`` uint16 (n,) and ``slots`` uint8 (n,), the slot in the bar at which each token stands;
    ``cell_start`` int64 (cells + 1,), ``cell_bar`` int32, ``cell_track`` uint16, ``cell_notes`` int32 (cells,);
    ``bar_units`` int64 (bars + 1,), where bars start, in units since the song's start (the last entry: its end);
    ``bar_meter``, ``bar_tempo`` uint8 (bars,); ``programs`` uint8 (tracks,), 128 for drums.
    """

    tokens: np.ndarray
    slots: np.ndarray
    cell_start: np.ndarray
    cell_bar: np.ndarray
    cell_track: np.ndarray
    cell_notes: np.ndarray
    bar_units: np.ndarray
    bar_meter: np.ndarray
    bar_tempo: np.ndarray
    programs: np.ndarray

    @property
    def bar_count(self) -> int:
        return len(self.bar_meter)

    @property
    def cell_count(self) -> int:
        return len(self.cell_bar)

    def cells_in(self, first_bar: int, last_bar: int) -> range:
        """Indices of the cells in bars ``first_bar`` to ``last_bar``, both included."""
        low, high = np.searchsorted(self.cell_bar, [first_bar, last_bar + 1])
        return range(int(low), int(high))


@dataclass(frozen=True)
class SnapReport:
    """What the grid did to a song's notes.

    ``dropped``: notes past the longest bar that the tokens can hold. Of the others, ``on_grid``: those whose onset
    and end did not move, and ``worst``: the farthest an onset or end moved, in units. The ends of drum strokes do
    not count where ``drum_durations`` is off.
    """

    notes: int
    on_grid: int
    worst: float
    dropped: int


class _Bars:
    """The first ``count`` bars of a song: ``ticks`` and whole ``units`` at which each starts, and at the end the next;
    ``limit``: the first units from its start that do not lie inside a bar, in ticks and in whole units; all int64.
    ``are_apart``: whether no two start in the same unit."""

    def __init__(self, timebase: Timebase, count: int) -> None:
        self.timebase = timebase
        self.ticks = timebase.bar_start(np.arange(count + 1))
        self.units = self.ticks * UNITS_PER_BEAT // timebase.ticks_per_beat
        length, length_in_units = self.ticks[1:] - self.ticks[:-1], self.units[1:] - self.units[:-1]
        rounded_up_to_end = -((UNITS_PER_BEAT // 2 - UNITS_PER_BEAT * length) // timebase.ticks_per_beat)
        self.limit = np.maximum(1, np.minimum(rounded_up_to_end, length_in_units))
        self.are_apart = bool(length_in_units.all())

    def at(self, ticks: np.ndarray) -> np.ndarray:
        """The bar that holds each tick."""
        if len(self.timebase.meters) == 1:
            return self.timebase.bar_at(ticks)
        return self.ticks.searchsorted(ticks, side="right") - 1  # faster than to divide by bars of several lengths

    def snap(self, ticks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Bar and units from its start of the nearest grid points to ``ticks``, and how far that is, in ticks.

        A point that does not lie inside the bar becomes the start of the next.
        """
        bar = self.at(ticks)
        units, distance = snap_and_measure(ticks - self.ticks[bar], self.timebase.ticks_per_beat)
        over = (units >= self.limit[bar]).nonzero()[0]
        bar[over] += 1
        units[over] = 0
        distance[over] = np.abs(self.ticks[bar[over]] - ticks[over])
        return bar, units, distance


def encode(song: Song | SongColumns, *, bar_count: int | None = None, drum_durations: bool = True) -> EncodedSong:
    """The song's cells. ``bar_count``: at least so many bars (default: those that hold its notes).

    With ``drum_durations=False`` every drum stroke gets the length that needs no token, as the model was trained.
    """
    return encode_and_report(song, bar_count=bar_count, drum_durations=drum_durations)[0]


def encode_and_report(song: Song | SongColumns, *, bar_count: int | None = None,
                      drum_durations: bool = True) -> tuple[EncodedSong, SnapReport]:
    """Like ``encode``, with a report of how far notes moved to the grid."""
    if isinstance(song, Song):
        song = columns_of(song)
    bar_count = max(bar_count or 0, song.bar_count)
    bars = _Bars(song.timebase, max(bar_count, int(song.timebase.bar_at(song.end)) + 1) + 1)
    count = song.note_count
    bar, units, moved = bars.snap(np.concatenate([song.onset, song.ends]))
    places = bars.units[bar] + units
    duration = places[count:] - places[:count]
    bar, units, moved, end_moved = bar[:count], units[:count], moved[:count], moved[count:]
    pitch = song.pitch + np.where(song.is_drum, v.DRUM, v.PITCH)[song.track]
    strokes = [] if drum_durations else (pitch >= v.DRUM).nonzero()[0]
    duration[strokes] = v.DRUM_DURATION
    # What the decoder makes of these ends is not the point they were snapped to.
    other = (duration < 1).nonzero()[0] if bars.are_apart else np.arange(count)
    if len(other):
        duration[other] = np.maximum(1, duration[other])
        decoded = ticks_after_bar(bar[other], units[other] + duration[other], song.timebase)
        end_moved[other] = np.abs(decoded - song.ends[other])
    end_moved[strokes] = 0
    moved = np.maximum(moved, end_moved)

    tracks = max(1, song.track_count)
    columns = [bar * tracks + song.track, units, pitch, duration, song.velocity // v.VELOCITY_WIDTH]
    kept = units < _MAX_UNITS
    if not kept.all():
        moved, columns = moved[kept], [column[kept] for column in columns]
    farthest = int(moved.max(initial=0))
    report = SnapReport(count, len(moved) - int(np.count_nonzero(moved)),
                        farthest * UNITS_PER_BEAT / song.ticks_per_beat, count - len(moved))
    bar_count = max(bar_count, int(bar.max(initial=-1)) + 1)
    below = [bar_count * tracks, _MAX_UNITS, v.DRUM + 128, int(duration.max(initial=0)) + 1, v.VELOCITY_CLASSES]
    return _pack(song, bars, bar_count, *sort_together(columns, below)), report


def snap_to_bars(ticks: np.ndarray, timebase: Timebase) -> tuple[np.ndarray, np.ndarray]:
    """The bar in which each tick stands on the grid, and the units from its start; int64. As ``encode`` has it: what
    lies just before a bar may stand at its start."""
    ticks = np.asarray(ticks, dtype=np.int64)
    bars = _Bars(timebase, int(timebase.bar_at(ticks.max(initial=0))) + 2)
    bar, units, _ = bars.snap(ticks)
    return bar, units


def duration_parts(duration: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Indices into DURATIONS whose sum is each duration, largest first, in rounds: one part for each that has a rest.

    A round is (part, owner): the index and whose it is, owners ascending. A duration of 0 has no parts.
    """
    rounds = []
    owner = duration.nonzero()[0]
    rest = duration[owner]
    while len(rest):
        part = _LARGEST_PART[np.minimum(rest, len(_LARGEST_PART) - 1)]
        rounds.append((part, owner))
        rest = rest - v.DURATIONS[part]
        left = rest.nonzero()[0]
        rest, owner = rest[left], owner[left]
    return rounds


def _pack(song: SongColumns, bars: _Bars, bar_count: int, cell, units, pitch, duration, velocity) -> EncodedSong:
    """Sorted notes (int64 arrays of equal length) into cells of tokens; ``cell``: bar times tracks, plus track."""
    slot = _SLOT_OF_UNITS[units]
    opens_cell = _changes(cell)
    says_position = opens_cell | _changes(slot)
    says_velocity = opens_cell | _changes(velocity)
    rounds = duration_parts(np.where((pitch >= v.DRUM) & (duration == v.DRUM_DURATION), 0, duration))

    length = says_position.astype(np.int64)
    length += says_velocity
    length += 1
    for _, owner in rounds:
        length[owner] += 1
    starts = np.zeros(len(cell) + 1, dtype=np.int64)
    length.cumsum(out=starts[1:])
    tokens = np.empty(starts[-1], dtype=np.uint16)
    at = starts[:-1].copy()
    speaking = says_position.nonzero()[0]
    tokens[at[speaking]] = v.POSITION + slot[speaking]
    at += says_position
    speaking = says_velocity.nonzero()[0]
    tokens[at[speaking]] = v.VELOCITY + velocity[speaking]
    at += says_velocity
    tokens[at] = pitch
    for part, owner in rounds:
        at[owner] += 1
        tokens[at[owner]] = v.DURATION + part

    bounds = np.append(opens_cell.nonzero()[0], len(cell))
    cell = cell[bounds[:-1]]
    cell_bar = cell // max(1, song.track_count)
    bar_ticks = bars.ticks[:bar_count]
    return EncodedSong(
        tokens=tokens,
        slots=slot.astype(np.uint8).repeat(length),
        cell_start=starts[bounds],
        cell_bar=cell_bar.astype(np.int32),
        cell_track=(cell - cell_bar * song.track_count).astype(np.uint16),
        cell_notes=(bounds[1:] - bounds[:-1]).astype(np.int32),
        bar_units=bars.units[:bar_count + 1],
        bar_meter=_in_force(song.meters, bar_ticks, _FIRST_METER, _class_of_meter),
        bar_tempo=_in_force(song.tempos, bar_ticks, _FIRST_TEMPO, _class_of_tempo),
        programs=np.where(song.is_drum, v.DRUMS, song.programs).astype(np.uint8),
    )


def _changes(values: np.ndarray) -> np.ndarray:
    """Where a value differs from the one before; the first does."""
    differs = np.empty(len(values), dtype=bool)
    differs[:1] = True
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    return differs


def _in_force(changes: Sequence, ticks: np.ndarray, default: int, class_of: Callable) -> np.ndarray:
    """The class of the last of ``changes`` at or before each tick, uint8; ``default`` before the first."""
    if len(changes) == 1 and changes[0].tick <= 0:  # as in most songs
        return np.full(len(ticks), class_of(changes[0]), dtype=np.uint8)
    ordered = sorted(changes, key=attrgetter("tick"))
    classes = np.array([default, *map(class_of, ordered)], dtype=np.uint8)
    return classes[np.searchsorted([change.tick for change in ordered], ticks, side="right")]


def _class_of_meter(meter: Meter) -> int:
    return _meter_class(meter.numerator, meter.denominator)


def _class_of_tempo(tempo: Tempo) -> int:
    return bisect_right(_TEMPO_EDGES, tempo.beats_per_minute)  # as vocabulary.tempo_class, without an array


_meter_class = lru_cache(v.meter_class)
_TEMPO_EDGES = v.TEMPO_EDGES.tolist()
_FIRST_METER, _FIRST_TEMPO = v.meter_class(4, 4), v.tempo_class(120.0)
"""What holds where a song says nothing."""
