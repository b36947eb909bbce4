"""The time grid inside a bar.

Time is counted in *units* of one 24th of a quarter note from the start of the bar. A beat (quarter note) has 12
*slots*: the union of the straight eighth-of-a-beat grid and the sixteenth-triplet grid, so 32nds, triplets and
swing all land exactly. Slot numbers run through the bar: ``slot = 12 * beat + slot in beat``.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from core.music.timebase import Timebase

UNITS_PER_BEAT = 24
SLOT_UNITS = np.array([0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21], dtype=np.int64)
"""Where the 12 slots of a beat lie, in units."""
SLOTS_PER_BEAT = len(SLOT_UNITS)
MAX_BEATS = 16
"""Longest bar the tokens can hold, in quarter notes."""
MAX_SLOTS = MAX_BEATS * SLOTS_PER_BEAT

_POINTS = np.append(SLOT_UNITS, UNITS_PER_BEAT)


def units_of_slot(slot):
    """Units from the start of the bar at which ``slot`` (a number or an array) lies, int64."""
    slot = np.asarray(slot, dtype=np.int64)
    return slot // SLOTS_PER_BEAT * UNITS_PER_BEAT + SLOT_UNITS[slot % SLOTS_PER_BEAT]


def slot_of_units(units):
    """The slot that lies at or before ``units`` (a number or an array) from the start of the bar, int64."""
    units = np.asarray(units, dtype=np.int64)
    within = np.searchsorted(SLOT_UNITS, units % UNITS_PER_BEAT, side="right") - 1
    return units // UNITS_PER_BEAT * SLOTS_PER_BEAT + within


def snap_to_units(ticks, ticks_per_beat: int):
    """The nearest grid point, in units, of ``ticks`` from the start of a bar. Integer arithmetic; ties go down.

    The result may be the first point after the bar's end: the caller knows where the bar ends.
    """
    return snap_and_measure(ticks, ticks_per_beat)[0]


def snap_and_measure(ticks, ticks_per_beat: int):
    """Like ``snap_to_units``, and how far each of ``ticks`` moves, in ticks."""
    ticks = np.asarray(ticks, dtype=np.int64)
    nearest, distance = _snapped(ticks_per_beat)
    if ticks.max(initial=0) < len(nearest):
        return nearest[ticks], distance[ticks]
    beat = ticks // ticks_per_beat
    within = ticks - beat * ticks_per_beat
    return beat * UNITS_PER_BEAT + nearest[within], distance[within]


@lru_cache(maxsize=8)  # files come in a few resolutions; the arrays of one take 60 to 8,000 kB
def _snapped(ticks_per_beat: int) -> tuple[np.ndarray, np.ndarray]:
    """The grid point nearest to each tick of the longest bar that the tokens can hold, and its distance in ticks."""
    ticks = np.arange(MAX_BEATS * ticks_per_beat)
    beat, within = np.divmod(ticks, ticks_per_beat)
    midpoints = (_POINTS[1:] + _POINTS[:-1]) * ticks_per_beat
    nearest = beat * UNITS_PER_BEAT + _POINTS[np.searchsorted(midpoints, within * UNITS_PER_BEAT * 2, side="left")]
    return nearest, np.abs(ticks_of_units(nearest, ticks_per_beat) - ticks)


def ticks_of_units(units, ticks_per_beat: int):
    """Ticks of ``units``, rounded to the nearest: exact whenever the resolution is a multiple of 24."""
    return (np.asarray(units, dtype=np.int64) * ticks_per_beat * 2 + UNITS_PER_BEAT) // (2 * UNITS_PER_BEAT)


def ticks_after_bar(bar: np.ndarray, units: np.ndarray, timebase: Timebase) -> np.ndarray:
    """The tick ``units`` after the start of ``bar``, counted on the grid of the bar in which it falls; int64."""
    end = timebase.bar_start(bar) * UNITS_PER_BEAT // timebase.ticks_per_beat + units
    last_tick = ((end + 1) * timebase.ticks_per_beat - 1) // UNITS_PER_BEAT  # of those that lie in that whole unit
    end_bar = np.maximum(bar, timebase.bar_at(last_tick))
    rest = end - timebase.bar_start(end_bar) * UNITS_PER_BEAT // timebase.ticks_per_beat
    return timebase.bar_start(end_bar) + ticks_of_units(rest, timebase.ticks_per_beat)
