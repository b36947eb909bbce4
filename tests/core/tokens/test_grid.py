"""The grid: 12 slots a beat, nearest snapping, and ticks of any resolution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.music.timebase import Meter, Timebase
from core.tokens.grid import (
    MAX_SLOTS,
    SLOT_UNITS,
    UNITS_PER_BEAT,
    slot_of_units,
    snap_to_units,
    ticks_after_bar,
    ticks_of_units,
    units_of_slot,
)

ALL_SLOTS = np.arange(MAX_SLOTS)


def test_slots_and_units_are_inverse():
    units = units_of_slot(ALL_SLOTS)
    assert (np.diff(units) > 0).all()
    assert (slot_of_units(units) == ALL_SLOTS).all()


def test_a_slot_reaches_up_to_the_next():
    units = np.arange(units_of_slot(MAX_SLOTS))
    slots = slot_of_units(units)
    assert (units_of_slot(slots) <= units).all()
    assert (units < units_of_slot(slots + 1)).all()


@pytest.mark.parametrize("parts", [1, 2, 3, 4, 6, 8])
def test_even_divisions_of_a_beat_all_have_slots(parts):
    assert set(np.arange(parts) * UNITS_PER_BEAT // parts) <= set(SLOT_UNITS)


@given(st.integers(1, 2000), st.integers(0, 100_000))
def test_snapping_is_to_the_nearest_point(ticks_per_beat, tick):
    snapped = int(snap_to_units(tick, ticks_per_beat))
    beat = tick // ticks_per_beat * UNITS_PER_BEAT
    points = [beat + int(unit) for unit in (*SLOT_UNITS, UNITS_PER_BEAT)]
    # Distances in 24ths of a tick, so that nothing is rounded.
    distance = {point: abs(point * ticks_per_beat - tick * UNITS_PER_BEAT) for point in points}
    assert distance[snapped] == min(distance.values())
    assert distance[snapped] <= 1.5 * ticks_per_beat  # half of the widest slot


@given(st.integers(1, 50), st.integers(0, MAX_SLOTS - 1))
def test_ticks_of_a_slot_come_back_where_every_unit_has_a_tick(multiple, slot):
    ticks_per_beat = 24 * multiple
    units = int(units_of_slot(slot))
    ticks = int(ticks_of_units(units, ticks_per_beat))
    assert ticks == units * multiple
    assert snap_to_units(ticks, ticks_per_beat) == units


@given(st.integers(1, 5000), st.integers(0, 400))
def test_ticks_are_rounded_to_the_nearest(ticks_per_beat, units):
    assert abs(int(ticks_of_units(units, ticks_per_beat)) - units * ticks_per_beat / UNITS_PER_BEAT) <= 0.5


def test_units_are_counted_on_across_a_bar_that_was_cut_short():
    timebase = Timebase(480, (), (Meter(0, 4, 4), Meter(720, 3, 4)))
    after = ticks_after_bar(np.array([0, 0, 1]), np.array([35, 36 + 72 + 3, 3]), timebase)
    assert after.tolist() == [700, 720 + 3 * 480 + 60, 780]
