"""Velocities drawn as lines and curves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.music.song import make_notes
from core.music.velocity import along_path, ramped
from tests.core.music.note_lists import NOTES

PATH = st.lists(st.tuples(st.floats(0, 500), st.floats(-50, 200)), min_size=1, max_size=6)


@given(NOTES, PATH)
def test_only_notes_within_the_path_change_and_stay_playable(notes, path):
    velocity = along_path(notes, path)
    assert velocity.min(initial=1) >= 1 and velocity.max(initial=1) <= 127
    first, last = min(tick for tick, _ in path), max(tick for tick, _ in path)
    outside = (notes["onset"] < first) | (notes["onset"] > last)
    assert np.array_equal(velocity[outside], notes["velocity"][outside])


def test_a_ramp_rises_evenly():
    notes = make_notes([0, 100, 200, 300], [50] * 4, [60] * 4, [64] * 4)
    assert ramped(notes, 0, 20, 200, 120)["velocity"].tolist() == [20, 70, 120, 64]
