import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.infill import note_f1
from core.music.song import EMPTY_NOTES, make_notes


def notes(*onset_pitch, duration=120, velocity=80):
    onset, pitch = zip(*onset_pitch)
    return make_notes(onset, [duration] * len(onset), pitch, [velocity] * len(onset))


MELODY = notes((0, 60), (240, 62), (480, 64), (960, 60))


def test_the_same_notes_score_one_whatever_their_lengths_and_loudness():
    other = notes((0, 60), (240, 62), (480, 64), (960, 60), duration=30, velocity=1)
    assert note_f1({0: MELODY}, {0: other}) == 1.0


@pytest.mark.parametrize("other", [
    {0: notes((1, 60), (241, 62), (481, 64), (961, 60))},
    {0: notes((0, 72), (240, 74), (480, 76), (960, 72))},
    {1: MELODY},
    {0: EMPTY_NOTES},
    {},
], ids=["other onsets", "other octave", "other track", "silence", "nothing"])
def test_nothing_in_common_scores_zero(other):
    assert note_f1({0: MELODY}, other) == 0.0
    assert note_f1(other, {0: MELODY}) == 0.0


def test_silence_where_silence_was_is_right():
    assert note_f1({0: EMPTY_NOTES}, {}) == 1.0


def test_a_note_written_twice_matches_once():
    once, twice = notes((0, 60)), notes((0, 60), (0, 60))
    assert note_f1({0: twice}, {0: once}) == pytest.approx(2 / 3)  # precision 1/2, recall 1
    assert note_f1({0: once}, {0: twice}) == pytest.approx(2 / 3)
    assert note_f1({0: twice}, {0: twice}) == 1.0


def test_half_right_is_precision_and_recall_together():
    written = notes((0, 60), (240, 62), (480, 65))  # 2 of 3 are right, 2 of 4 are found
    assert note_f1({0: written}, {0: MELODY}) == pytest.approx(2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(60, 63)), max_size=12),
       st.lists(st.tuples(st.integers(0, 5), st.integers(60, 63)), max_size=12))
def test_it_is_symmetric_and_one_only_for_equals(one, other):
    ours, theirs = ({0: notes(*pairs) if pairs else EMPTY_NOTES} for pairs in (one, other))
    assert note_f1(ours, theirs) == note_f1(theirs, ours)
    assert 0.0 <= note_f1(ours, theirs) <= 1.0
    assert (note_f1(ours, theirs) == 1.0) == (sorted(one) == sorted(other))
