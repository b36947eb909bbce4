"""The maths of the viewport and of the grid, without a window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pianoroll.grid_lines import lines_between
from app.pianoroll.snap import GRIDS, snapped, step_ticks
from app.pianoroll.viewport import Viewport
from core.music.timebase import Meter, Timebase

VIEWS = st.builds(Viewport, width=st.integers(50, 3000), height=st.integers(50, 2000), left=st.floats(0, 1e5),
                  top=st.floats(0, 1500), scale=st.floats(1e-3, 2), row=st.floats(4, 40),
                  end=st.integers(1920, 1_000_000)).map(Viewport.kept)


@given(VIEWS, st.floats(0, 3000), st.integers(0, 127))
def test_pixels_and_music_are_inverse(view, x, pitch):
    assert view.x(view.tick(x)) == pytest.approx(x, abs=1e-3)
    assert view.pitch(view.y(pitch) + view.row / 2) == pitch


@given(VIEWS, st.floats(0, 1), st.floats(0.5, 2))
def test_zoom_keeps_the_tick_under_the_mouse_unless_an_end_is_met(view, part, factor):
    x = part * view.width
    zoomed = view.zoomed(factor, x)
    if 0 < zoomed.left < zoomed.furthest_left:
        assert zoomed.tick(x) == pytest.approx(view.tick(x), rel=1e-6, abs=1e-3)


@given(VIEWS, st.floats(0, 1), st.floats(0.8, 1.25))
def test_zooming_rows_keeps_the_pitch_under_the_mouse(view, part, factor):
    y = part * view.height
    zoomed = view.zoomed_rows(factor, y)
    if 0 < zoomed.top < zoomed.furthest_top:
        assert abs(zoomed.pitch(y) - view.pitch(y)) <= 1


@given(VIEWS, st.floats(-1e7, 1e7), st.floats(-1e5, 1e5))
def test_no_scroll_leaves_the_song(view, dx, dy):
    scrolled = view.scrolled(dx, dy)
    assert 0 <= scrolled.left <= scrolled.furthest_left and 0 <= scrolled.top <= scrolled.furthest_top


@given(VIEWS, st.integers(0, 100_000), st.integers(1, 5000), st.integers(0, 127))
def test_revealing_brings_the_start_into_sight_and_does_not_zoom(view, start, length, pitch):
    if start >= view.end:
        return
    shown = view.revealing(start, start + length, pitch, pitch)
    assert shown.scale == view.scale
    assert shown.x(start + length) >= -1 and shown.x(start) <= shown.width
    if view.height > 3 * view.row:
        assert shown.y(pitch) + shown.row > 0 and shown.y(pitch) < shown.height


def test_revealing_what_is_in_sight_moves_nothing():
    view = Viewport(width=800, height=400, top=600)
    assert view.revealing(100, 200, view.pitch(200), view.pitch(200)) == view


@given(
    st.sampled_from(list(GRIDS)), st.floats(0, 1e5), st.sampled_from([96, 100, 480]), st.sampled_from([(4, 4), (7, 8)])
)
def test_snapping_is_idempotent_and_near(grid, tick, resolution, meter):
    timebase = Timebase(resolution, (), (Meter(0, *meter),))
    at = snapped(tick, grid, timebase)
    assert snapped(at, grid, timebase) == at
    assert abs(at - tick) <= step_ticks(grid, timebase, tick) / 2 + 1
    before = snapped(tick, grid, timebase, down=True)
    assert tick - step_ticks(grid, timebase, tick) - 1 < before <= tick


def test_triplets_meet_the_beat_at_any_resolution():
    timebase = Timebase(100, (), (Meter(0),))
    points = sorted({snapped(tick, "1/8 triplet", timebase) for tick in range(100)})
    assert points == [0, 33, 66, 100]


def test_the_grid_starts_anew_at_each_bar():
    timebase = Timebase(480, (), (Meter(0, 7, 8),))
    assert snapped(7 * 240 + 10, "1/2", timebase) == 7 * 240
    assert snapped(100, "Bar", timebase) == 0 and snapped(1600, "Bar", timebase) == 7 * 240


@given(st.sets(st.integers(0, 127), min_size=1), st.floats(4, 40), st.integers(100, 900))
def test_folded_rows_lie_below_one_another_and_are_found_by_their_pitch(pitches, row, height):
    shown = tuple(sorted(pitches))
    view = Viewport(height=height, row=row).folded(shown)
    assert view.rows == len(shown) and view.folded(shown) is view
    for place, pitch in enumerate(reversed(shown)):
        top = float(view.y(pitch))
        assert top == pytest.approx(place * row - view.top) and float(view.y(pitch - 1)) == pytest.approx(top + row)
        if top >= 0 and top + row <= height:
            assert view.pitch(top + row / 2) == pitch
    assert view.has_row(np.arange(128)).sum() == len(shown)


def test_folding_keeps_the_middle_pitch_in_the_middle():
    view = Viewport(height=200).with_pitches(60, 60)
    folded = view.folded(tuple(range(0, 128, 2)))
    assert folded.pitch(100) == 60 and folded.folded(()).pitch(100) == 60


def test_lines_of_the_grid_stand_where_notes_snap_to():
    timebase = Timebase(100, (), (Meter(0), Meter(800, 3, 4)))
    lines = dict(lines_between("1/8 triplet", 0.5, 0.0, 1300.0, timebase))
    assert all(snapped(tick, "1/8 triplet", timebase) == tick for tick in lines["step"].tolist())
    assert lines["step"][:4].tolist() == [0, 33, 66, 100] and {800, 1100}.issubset(lines["bar"].tolist())
    assert lines["beat"][-3:].tolist() == [1100, 1200, 1300]
    far = dict(lines_between("1/16", 0.001, 0.0, 100_000.0, timebase))
    assert list(far) == ["bar"] and len(far["bar"]) < 100
    adaptive = dict(lines_between("As zoom", 0.5, 0.0, 700.0, timebase))
    assert np.diff(adaptive["step"]).min() * 0.5 >= 14 or not len(adaptive["step"])
