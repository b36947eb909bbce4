"""The marked cells of a request, and the notes of the song there that are to be kept.

They are read on the grid the model writes on. A note that is given (locked, or kept by its rhythm) is written at its
slot and put back at its own ticks afterwards (``core.generation.keeping``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from core.generation.controls import Controls
from core.music.song import Song
from core.music.timebase import Timebase
from core.tokens import vocabulary as v
from core.tokens.encoder import duration_parts, snap_to_bars
from core.tokens.grid import MAX_SLOTS, UNITS_PER_BEAT, slot_of_units, ticks_of_units, units_of_slot

MOST_PARTS = 8
"""DURATION tokens that are written of a given note at most; it gets its own length back in any case."""


@dataclass(frozen=True, eq=False)
class Given:
    """A note that is given, or several that are one on the grid: its ``slot`` and ``pitch``, its length as indices into
    DURATIONS (none for a drum's), and the ``originals`` (NOTE_DTYPE)."""

    slot: int
    pitch: int
    parts: tuple[int, ...]
    originals: np.ndarray
    locked: bool

    @property
    def velocity(self) -> int:
        """The class of the (first) original's velocity."""
        return int(self.originals["velocity"][0]) // v.VELOCITY_WIDTH

    @property
    def tokens(self) -> int:
        """How many it takes to write at most."""
        return 3 + len(self.parts)


@dataclass(frozen=True, eq=False)
class CellFrame:
    """A marked cell and what is there. ``slot_ticks``: the tick at which each slot that can be used for sure decodes.

    ``given``: notes of the song in it, in the order of a cell; ``beyond``: those the tokens cannot say, which stay.
    """

    bar: int
    track: int
    drums: bool
    units: int
    slot_ticks: np.ndarray
    given: tuple[Given, ...]
    beyond: np.ndarray

    @property
    def slots(self) -> int:
        return len(self.slot_ticks)

    @property
    def locked(self) -> list[int]:
        """Indices of the locked among the given."""
        return [index for index, note in enumerate(self.given) if note.locked]

    @property
    def usable(self) -> np.ndarray:
        """Slots at which a new note can start, bool (slots,): where ticks are coarse, several slots are one tick."""
        return np.diff(self.slot_ticks, prepend=-1) > 0

    def free_of_locked(self, allowed: np.ndarray) -> list[np.ndarray]:
        """For each slot, the ``allowed`` pitches (bool (128,)) that no locked note holds there."""
        spaces = [allowed] * self.slots
        for index in self.locked:
            note = self.given[index]
            starts = note.originals["onset"].min()
            ends = (note.originals["onset"] + note.originals["duration"]).max()
            for slot in {note.slot, *np.flatnonzero((self.slot_ticks >= starts) & (self.slot_ticks < ends)).tolist()}:
                spaces[slot] = spaces[slot].copy()
                spaces[slot][note.pitch] = False
        return spaces


def cell_frames(song: Song, cells: Collection[tuple[int, int]], controls: Controls) -> list[CellFrame]:
    """A frame for each cell (bar, track), with the notes that the controls keep there."""
    bars_of: dict[int, set[int]] = defaultdict(set)
    for bar, track in cells:
        bars_of[track].add(bar)
    return [frame for track, bars in sorted(bars_of.items()) for frame in _frames_of_track(song, track, bars, controls)]


def _frames_of_track(song: Song, track: int, bars: set[int], controls: Controls) -> list[CellFrame]:
    timebase, drums, notes = song.timebase, song.tracks[track].is_drum, song.tracks[track].notes
    locked = {(onset, pitch) for other, onset, pitch in controls.locked if other == track}
    own_bar = timebase.bar_at(notes["onset"])
    keeps_all = controls.keep == "rhythm" or (controls.keep == "tune" and not drums)
    is_locked = np.array([note in locked for note in zip(notes["onset"].tolist(), notes["pitch"].tolist())], dtype=bool)
    chosen = np.isin(own_bar, list(bars)) & (is_locked | keeps_all)
    notes, own_bar, is_locked = notes[chosen], own_bar[chosen], is_locked[chosen]

    bar, units = snap_to_bars(notes["onset"], timebase)
    end_bar, end_units = snap_to_bars(notes["onset"] + notes["duration"], timebase)
    duration = np.maximum(1, _units_at(timebase, end_bar) + end_units - _units_at(timebase, bar) - units)
    slot = slot_of_units(units)
    beyond = slot >= MAX_SLOTS
    left = ~np.isin(bar, list(bars))  # it stands at the start of a bar that is not marked: the last slot comes nearest
    bar, slot = np.where(left, own_bar, bar), np.where(left, MAX_SLOTS, slot)
    frames = []
    for number in sorted(bars):
        slot_ticks = _slot_ticks(timebase, number)
        here = np.flatnonzero((bar == number) & ~beyond)
        place = np.minimum(slot[here], len(slot_ticks) - 1)
        here = here[np.lexsort((notes["velocity"][here], duration[here], notes["pitch"][here], place))]
        place = np.minimum(slot[here], len(slot_ticks) - 1)
        lengths = [()] * len(here) if drums else _lengths(duration[here])
        given = _given(notes[here], place.tolist(), lengths, is_locked[here])
        length = int(_units_at(timebase, np.array(number + 1)) - _units_at(timebase, np.array(number)))
        frames.append(CellFrame(number, track, drums, length, slot_ticks, given, notes[(bar == number) & beyond]))
    return frames


def _given(notes: np.ndarray, slots: list[int], lengths: list[tuple[int, ...]],
           locked: np.ndarray) -> tuple[Given, ...]:
    """Notes in the order of a cell as they are given; locked ones of one pitch at one slot are one."""
    given: list[Given] = []
    at: dict[tuple[int, int], int] = {}
    for index, (slot, parts) in enumerate(zip(slots, lengths)):
        pitch, one = int(notes["pitch"][index]), notes[index:index + 1]
        if locked[index] and (slot, pitch) in at:
            same = given[at[slot, pitch]]
            given[at[slot, pitch]] = Given(slot, pitch, same.parts, np.concatenate([same.originals, one]), True)
            continue
        if locked[index]:
            at[slot, pitch] = len(given)
        given.append(Given(slot, pitch, parts, one, bool(locked[index])))
    return tuple(given)


def _lengths(durations: np.ndarray) -> list[tuple[int, ...]]:
    """Of each duration in units the indices into DURATIONS that are written of it, largest first."""
    parts: list[list[int]] = [[] for _ in durations]
    for part, owner in duration_parts(np.minimum(durations, MOST_PARTS * v.DURATIONS[-1]))[:MOST_PARTS]:
        for index, one in zip(owner.tolist(), part.tolist()):
            parts[index].append(one)
    return [tuple(one) for one in parts]


def _units_at(timebase: Timebase, bar: np.ndarray) -> np.ndarray:
    """Whole units from the song's start to the starts of bars."""
    return timebase.bar_start(bar) * UNITS_PER_BEAT // timebase.ticks_per_beat


def _slot_ticks(timebase: Timebase, bar: int) -> np.ndarray:
    """The tick of each slot of a bar, int64; one slot fewer than a window may have, where it rounds the bar up."""
    start, end = int(timebase.bar_start(bar)), int(timebase.bar_end(bar))
    whole_units = (end - start) * UNITS_PER_BEAT // timebase.ticks_per_beat
    slots = min(MAX_SLOTS, max(1, int(slot_of_units(whole_units - 1)) + 1))
    ticks = start + ticks_of_units(units_of_slot(np.arange(slots)), timebase.ticks_per_beat)
    return np.minimum(ticks, end - 1)
