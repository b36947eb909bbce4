"""The grid meets every bar line, keeps triplets exact, and swings every second step."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.music.grid import Grid
from core.music.timebase import Meter, Timebase

STEPS = st.sampled_from([None, Fraction(0), *(Fraction(a, b) for a, b in ((1, 1), (1, 2), (1, 3), (3, 8), (1, 6)))])
METERS = st.sampled_from([(), (Meter(0, 3, 4), Meter(2880, 7, 8)), (Meter(0), Meter(1000, 6, 8))])


@given(STEPS, METERS, st.floats(0.5, 0.75), st.lists(st.integers(0, 20_000), min_size=1))
def test_points_stay_where_they_are_and_every_bar_line_is_one(step, meters, swing, ticks):
    timebase, grid = Timebase(480, (), meters), Grid(step, swing)
    points = grid.nearest(ticks, timebase)
    assert np.array_equal(grid.nearest(points, timebase), points)
    lines = timebase.bar_start(np.arange(12))
    assert np.array_equal(grid.nearest(lines, timebase), lines)


def test_triplets_are_exact_at_any_resolution():
    odd = Timebase(100)
    assert Grid(Fraction(1, 3)).nearest([0, 30, 60, 100, 133], odd).tolist() == [0, 33, 66, 100, 133]


def test_swing_delays_every_second_step():
    grid = Grid(Fraction(1, 2), swing=2 / 3)
    assert grid.nearest([0, 200, 240, 410, 480, 700], Timebase(480)).tolist() == [0, 320, 320, 480, 480, 800]


def test_a_bar_and_a_beat_are_those_of_the_meter():
    timebase = Timebase(480, (), (Meter(0, 6, 8), Meter(1440, 3, 4)))
    assert Grid(None).nearest([700, 800, 2800], timebase).tolist() == [0, 1440, 2880]
    assert Grid(Fraction(1), beats=True).nearest([250, 1700], timebase).tolist() == [240, 1920]
