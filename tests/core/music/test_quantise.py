"""Quantising: nothing at strength 0, the grid at strength 1, and never a note lost. Humanising: the same by seed."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.music.grid import Grid
from core.music.quantise import Quantise, humanised, quantised
from core.music.song import make_notes
from core.music.timebase import Timebase
from tests.core.music.note_lists import NOTES

BASE = Timebase(48)
GRIDS = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 3), Fraction(3, 8), Fraction(1, 4), None])
HOWS = st.builds(Quantise, GRIDS.map(Grid), st.floats(0, 1), st.floats(0.5, 0.75), st.booleans(), st.booleans())


@given(NOTES, HOWS)
def test_no_note_is_lost_nor_its_pitch_and_velocity_changed(notes, how):
    after = quantised(notes, how, BASE)
    assert len(after) == len(notes)
    for name in ("pitch", "velocity"):
        assert sorted(after[name]) == sorted(notes[name])
    assert np.count_nonzero(after["duration"] == 0) <= np.count_nonzero(notes["duration"] == 0)


@given(NOTES, GRIDS, st.floats(0.5, 0.75), st.booleans())
def test_strength_0_changes_nothing(notes, step, swing, ends):
    assert np.array_equal(quantised(notes, Quantise(Grid(step), 0.0, swing, True, ends), BASE), notes)


@given(NOTES, GRIDS, st.floats(0.5, 0.75))
def test_strength_1_puts_starts_on_the_grid_and_doing_it_again_changes_nothing(notes, step, swing):
    how = Quantise(Grid(step), 1.0, swing, True, True)
    after = quantised(notes, how, BASE)
    assert np.array_equal(Grid(step, swing).nearest(after["onset"], BASE), after["onset"])
    only_starts = quantised(notes, Quantise(Grid(step), 1.0, swing), BASE)
    assert np.array_equal(quantised(only_starts, Quantise(Grid(step), 1.0, swing), BASE), only_starts)


def test_half_the_strength_goes_half_the_way_and_lengths_are_kept():
    notes = make_notes([10, 50], [13, 20], [60, 62], [80, 80])
    after = quantised(notes, Quantise(Grid(Fraction(1)), 0.5), BASE)
    assert after["onset"].tolist() == [5, 49] and after["duration"].tolist() == [13, 20]


def test_an_end_on_the_grid_is_after_the_start():
    notes = make_notes([1, 50], [3, 40], [60, 62], [80, 80])
    after = quantised(notes, Quantise(Grid(Fraction(1)), ends=True), BASE)
    assert after["onset"].tolist() == [0, 48] and after["duration"].tolist() == [48, 48]


@given(NOTES, st.integers(0, 9), st.floats(0, 20), st.floats(0, 20))
def test_a_seed_plays_the_same_each_time_and_never_too_far_off(notes, seed, ticks, velocity):
    after = humanised(notes, seed, ticks, velocity)
    assert np.array_equal(after, humanised(notes, seed, ticks, velocity))
    assert sorted(after["duration"]) == sorted(notes["duration"]) and sorted(after["pitch"]) == sorted(notes["pitch"])
    assert np.abs(np.sort(after["onset"]) - np.sort(notes["onset"])).max(initial=0) <= 2 * ticks + 1
    assert np.array_equal(humanised(notes, seed, 0, 0), notes)
