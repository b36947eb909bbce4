import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation import metrics
from core.music.edits import shifted
from core.music.song import EMPTY_NOTES, Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from tests.core.evaluation.songs import tune

BEAT = 480
NOTES = st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 2000), st.integers(20, 100)), min_size=1, max_size=20)


def notes(*onset_duration_pitch):
    onset, duration, pitch = zip(*onset_duration_pitch)
    return make_notes(onset, duration, pitch, [80] * len(onset))


def test_one_pitch_class_has_no_entropy_and_twelve_have_most():
    assert metrics.pitch_class_entropy(notes((0, 9, 60), (0, 9, 72), (9, 9, 48))) == 0.0
    chromatic = notes(*((i, 9, 60 + i) for i in range(12)))
    assert metrics.pitch_class_entropy(chromatic) == pytest.approx(math.log2(12))


@given(NOTES, st.integers(-11, 11))
def test_transposing_changes_neither_entropy_nor_scale_consistency_nor_polyphony(some, semitones):
    here, there = notes(*some), shifted(notes(*some), semitones=semitones)
    for figure in (metrics.pitch_class_entropy, metrics.scale_consistency, metrics.polyphony):
        assert figure(here) == pytest.approx(figure(there))


@given(NOTES)
def test_polyphony_counts_pitches_tick_by_tick(some):
    roll = np.zeros((8000, 128), dtype=bool)
    for onset, duration, pitch in some:
        roll[onset:onset + duration, pitch] = True
    assert metrics.polyphony(notes(*some)) == pytest.approx(roll.sum() / roll.any(axis=1).sum())


def test_a_scale_is_wholly_consistent_and_one_strange_note_is_seen():
    scale = [(i, 9, 62 + step) for i, step in enumerate((0, 2, 4, 5, 7, 9, 11))]
    assert metrics.scale_consistency(notes(*scale)) == 1.0
    assert metrics.scale_consistency(notes(*scale, (99, 9, 63))) == pytest.approx(7 / 8)


def test_in_key_is_asked_only_after_a_prompt_in_key():
    c_major = notes(*((i, 9, 60 + step) for i, step in enumerate((0, 2, 4, 5, 7, 9, 11))))
    assert metrics.in_key_rate(notes((0, 9, 64), (9, 9, 66)), c_major) == 0.5
    chromatic = notes(*((i, 9, 60 + i) for i in range(12)))
    assert math.isnan(metrics.in_key_rate(c_major, chromatic))
    fifth = notes((0, 9, 60), (9, 9, 67))  # in C, G, F and more: the benefit of the doubt
    assert metrics.in_key_rate(notes((0, 9, 66), (9, 9, 69)), fifth) == 1.0


def test_beats_in_which_something_sounds_are_not_empty():
    song = notes((0, BEAT, 60), (3 * BEAT, 2 * BEAT + 1, 60))  # beats 0, 3, 4, 5 of 8
    assert metrics.empty_beat_rate(song, 0, 8 * BEAT, BEAT) == 0.5
    assert metrics.empty_beat_rate(song, 4 * BEAT, 8 * BEAT, BEAT) == 0.5
    assert metrics.empty_beat_rate(EMPTY_NOTES, 0, 4 * BEAT, BEAT) == 1.0


def test_groove_is_the_share_of_slots_that_stay():
    same = np.array([True, False, True, False])
    other = np.array([True, True, True, True])
    assert metrics.groove_similarity([same, same, same]) == 1.0
    assert metrics.groove_similarity([same, other]) == 0.5
    assert metrics.groove_similarity([same, same, other]) == 0.75
    assert metrics.groove_similarity([same, same, other], [True, False, False]) == 1.0
    assert metrics.groove_similarity([same, np.append(same, [True, True])]) == pytest.approx(1 - 2 / 6)
    assert math.isnan(metrics.groove_similarity([same]))


def test_onset_grids_follow_the_bars():
    song = Song(BEAT, (), (Tempo(0),), (Meter(0, 4, 4), Meter(4 * BEAT, 3, 4)))
    grids = metrics.onset_grids(notes((0, 9, 60), (5 * BEAT, 9, 60)), song.timebase, 0, 2)
    assert [len(grid) for grid in grids] == [48, 36]
    assert [np.flatnonzero(grid).tolist() for grid in grids] == [[0], [12]]


def test_content_is_kept_by_itself_and_by_an_octave_and_lost_by_a_tritone():
    chord = notes((0, 4 * BEAT, 60), (0, 4 * BEAT, 64), (0, 4 * BEAT, 67))

    def kept(other):
        return metrics.content_preservation(chord, other, 0, 4 * BEAT, BEAT)

    assert kept(chord) == pytest.approx(1.0)
    assert kept(shifted(chord, semitones=12)) == pytest.approx(1.0)
    assert kept(shifted(chord, semitones=6)) == pytest.approx(0.0)
    assert kept(EMPTY_NOTES) == 0.0
    assert math.isnan(metrics.content_preservation(EMPTY_NOTES, EMPTY_NOTES, 0, 4 * BEAT, BEAT))


def test_chroma_is_smoothed_over_two_beats_each_beat():
    chroma = metrics.smoothed_chroma(notes((0, 2 * BEAT, 60)), 0, 4 * BEAT, BEAT)
    assert chroma.shape == (3, 12)
    assert chroma[:, 0].tolist() == [1.0, 0.5, 0.0]


def test_drums_have_no_pitch_classes():
    song = tune()
    drums_moved = song.with_track(2, Track(shifted(song.tracks[2].notes, semitones=1), is_drum=True))
    assert metrics.figures_of(song) == metrics.figures_of(drums_moved)
    assert metrics.figures_of(song)["groove similarity"] == 1.0
    assert metrics.figures_of(song)["empty-beat rate"] == 0.0
