"""Song → cells of tokens.

A *cell* is one bar of one track. Its tokens stand on their own: a cell says its first position and velocity
afresh, so that cells can be cut out, reordered and spliced without touching their neighbours. Inside a cell notes
run by onset, then pitch; each is ``[POSITION] [VELOCITY] PITCH DURATION...`` (``DRUM`` for drums), where POSITION
and VELOCITY stand only when they change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.music.song import Song
from core.tokens import vocabulary as v
from core.tokens.grid import MAX_SLOTS, UNITS_PER_BEAT, slot_of_units, snap_to_units, ticks_after_bar, ticks_of_units


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


def _snap(song: Song, ticks: np.ndarray, starts: np.ndarray, starts_in_units: np.ndarray) -> tuple[np.ndarray, ...]:
    """Bar and units from its start of the nearest grid points to ``ticks``.

    ``starts``, ``starts_in_units``: where bars start, up to two past the last tick's. A point that does not lie
    inside the bar, in ticks and in whole units, becomes the start of the next.
    """
    bar = song.timebase.bar_at(ticks)
    units = snap_to_units(ticks - starts[bar], song.ticks_per_beat)
    outside = ((starts[bar] + ticks_of_units(units, song.ticks_per_beat) >= starts[bar + 1])
               | (starts_in_units[bar] + units >= starts_in_units[bar + 1]))
    over = (units > 0) & outside
    return bar + over, np.where(over, 0, units)


def encode(song: Song, *, bar_count: int | None = None, drum_durations: bool = True) -> EncodedSong:
    """The song's cells. ``bar_count``: at least so many bars (default: those that hold its notes).

    With ``drum_durations=False`` every drum stroke gets the length that needs no token, as the model was trained.
    """
    return encode_and_report(song, bar_count=bar_count, drum_durations=drum_durations)[0]


def encode_and_report(song: Song, *, bar_count: int | None = None,
                      drum_durations: bool = True) -> tuple[EncodedSong, SnapReport]:
    """Like ``encode``, with a report of how far notes moved to the grid."""
    notes = np.concatenate([track.notes for track in song.tracks]) if song.tracks else np.empty(0, dtype=[])
    if not song.tracks or not len(notes):
        return _pack(song, bar_count or 0, *[np.empty(0, dtype=np.int64)] * 6), SnapReport(0, 0, 0.0, 0)
    track = np.repeat(np.arange(len(song.tracks)), [len(t.notes) for t in song.tracks])
    drums = np.array([t.is_drum for t in song.tracks])[track]
    ends = notes["onset"] + notes["duration"]
    last = int(song.timebase.bar_at(song.end)) + 1
    starts, starts_in_units = song.timebase.bar_start(np.arange(last + 2)), _bar_units(song, last + 2)
    bar, units = _snap(song, notes["onset"], starts, starts_in_units)
    end_bar, end_units = _snap(song, ends, starts, starts_in_units)
    duration = np.maximum(1, starts_in_units[end_bar] + end_units - starts_in_units[bar] - units)
    moved = np.abs(starts[bar] + ticks_of_units(units, song.ticks_per_beat) - notes["onset"])
    end_moved = np.abs(ticks_after_bar(bar, units + duration, song.timebase) - ends)
    if not drum_durations:
        duration, end_moved = np.where(drums, v.DRUM_DURATION, duration), np.where(drums, 0, end_moved)
    velocity = notes["velocity"].astype(np.int64) // v.VELOCITY_WIDTH
    pitch = notes["pitch"].astype(np.int64) + np.where(drums, v.DRUM, v.PITCH)

    kept = slot_of_units(units) < MAX_SLOTS
    order = np.lexsort([velocity, duration, pitch, units, track, bar])
    order = order[kept[order]]
    units_moved = np.maximum(moved, end_moved)[kept] * UNITS_PER_BEAT / song.ticks_per_beat
    report = SnapReport(len(notes), int((units_moved == 0).sum()), float(units_moved.max(initial=0.0)),
                        int((~kept).sum()))
    count = max(bar_count or 0, int(bar.max()) + 1, song.bar_count)
    return _pack(song, count, *(a[order] for a in (bar, track, units, duration, pitch, velocity))), report


def _bar_units(song: Song, count: int) -> np.ndarray:
    return song.timebase.bar_start(np.arange(count)) * UNITS_PER_BEAT // song.ticks_per_beat


def duration_parts(duration: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices into DURATIONS whose sum is each duration, largest first: (parts, owner), flat, owners ascending.

    A duration of 0 has no parts.
    """
    parts, owners = [], []
    owner = np.flatnonzero(duration)
    rest = np.asarray(duration, dtype=np.int64)[owner]
    while len(rest):
        part = np.searchsorted(v.DURATIONS, rest, side="right") - 1
        parts.append(part)
        owners.append(owner)
        rest = rest - v.DURATIONS[part]
        rest, owner = rest[rest > 0], owner[rest > 0]
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    flat, flat_owner = np.concatenate(parts), np.concatenate(owners)
    order = np.argsort(flat_owner, kind="stable")
    return flat[order], flat_owner[order]


def _pack(song: Song, bar_count: int, bar, track, units, duration, pitch, velocity) -> EncodedSong:
    """Sorted notes (arrays of equal length) into cells of tokens."""
    slot = slot_of_units(units)
    opens_cell = _changes(bar) | _changes(track)
    says_position = opens_cell | _changes(slot)
    says_velocity = opens_cell | _changes(velocity)
    is_drum = pitch >= v.DRUM
    says_duration = ~(is_drum & (duration == v.DRUM_DURATION))
    part, owner = duration_parts(np.where(says_duration, duration, 0))
    parts_of = np.bincount(owner, minlength=len(bar)).astype(np.int64)

    length = says_position.astype(np.int64) + says_velocity + 1 + parts_of
    start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    tokens = np.empty(start[-1], dtype=np.uint16)
    at = start[:-1]
    tokens[at[says_position]] = v.POSITION + slot[says_position]
    at = at + says_position
    tokens[at[says_velocity]] = v.VELOCITY + velocity[says_velocity]
    at = at + says_velocity
    tokens[at] = pitch
    first_part = np.concatenate([[0], np.cumsum(parts_of)])[:-1]
    tokens[at[owner] + 1 + np.arange(len(part)) - first_part[owner]] = v.DURATION + part

    first_notes = np.flatnonzero(opens_cell)
    bar_starts = song.timebase.bar_start(np.arange(bar_count))
    return EncodedSong(
        tokens=tokens,
        slots=np.repeat(slot, length).astype(np.uint8),
        cell_start=np.append(start[first_notes], start[-1]),
        cell_bar=bar[first_notes].astype(np.int32),
        cell_track=track[first_notes].astype(np.uint16),
        cell_notes=np.diff(np.append(first_notes, len(bar))).astype(np.int32),
        bar_units=_bar_units(song, bar_count + 1),
        bar_meter=_in_force(song.meters, bar_starts, v.meter_class(4, 4),
                            lambda meter: v.meter_class(meter.numerator, meter.denominator)),
        bar_tempo=_in_force(song.tempos, bar_starts, v.tempo_class(120.0),
                            lambda tempo: v.tempo_class(tempo.beats_per_minute)),
        programs=np.array([v.DRUMS if t.is_drum else t.program for t in song.tracks], dtype=np.uint8),
    )


def _in_force(changes: Sequence, ticks: np.ndarray, default: int, classify: Callable) -> np.ndarray:
    """The class of the last of ``changes`` at or before each tick, uint8; ``default`` before the first."""
    ordered = sorted(changes, key=lambda change: change.tick)
    classes = np.array([default, *map(classify, ordered)], dtype=np.uint8)
    return classes[np.searchsorted([change.tick for change in ordered], ticks, side="right")]


def _changes(values: np.ndarray) -> np.ndarray:
    """True where a value differs from the one before; the first always does."""
    return np.diff(values, prepend=-1) != 0
