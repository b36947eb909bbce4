"""The figures against those of independent packages, which only research needs.

Where a package is known to differ, the test says how.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation import metrics
from core.evaluation.infill import note_f1
from core.music.song import Song, Track, make_notes

NEEDED = "installed only for research (packaging/requirements-research.txt)"
TICKS = 24
BARS = 4


def random_song(seed):
    """Two pitched tracks and drums on the grid of 12 slots, four bars of 4/4; no note ends on a beat, the last bar is
    never full."""
    rng = np.random.default_rng(seed)
    tracks = []
    for is_drum in (False, False, True):
        count = int(rng.integers(1, 16))
        onset = 2 * rng.integers(0, 12 * 4 * BARS - 14, size=count)
        duration = 2 * rng.integers(0, 21, size=count) + 1  # ends between slots
        tracks.append(Track(make_notes(onset, duration, rng.integers(30, 91, size=count), [80] * count),
                            is_drum=is_drum))
    return Song(TICKS, tuple(tracks))


SONGS = [random_song(seed) for seed in range(25)]


def to_muspy(muspy, song):
    return muspy.Music(resolution=song.ticks_per_beat, tracks=[
        muspy.Track(program=track.program, is_drum=track.is_drum, notes=[
            muspy.Note(time=int(n["onset"]), pitch=int(n["pitch"]), duration=int(n["duration"]), velocity=80)
            for n in track.notes]) for track in song.tracks])


def test_entropy_scale_and_polyphony_are_muspys():
    muspy = pytest.importorskip("muspy", reason=f"muspy is {NEEDED}")
    for song in SONGS:
        ours, theirs = metrics.figures_of(song), to_muspy(muspy, song)
        assert ours["pitch-class entropy"] == pytest.approx(muspy.pitch_class_entropy(theirs))
        assert ours["scale consistency"] == pytest.approx(muspy.scale_consistency(theirs))
        assert ours["polyphony"] == pytest.approx(muspy.polyphony(theirs))


def test_empty_beats_are_muspys_where_no_note_ends_on_a_beat():
    muspy = pytest.importorskip("muspy", reason=f"muspy is {NEEDED}")
    for song in SONGS:
        beats = song.end // TICKS + 1
        ours = metrics.empty_beat_rate(metrics.all_notes(song), 0, beats * TICKS, TICKS)
        assert ours == pytest.approx(muspy.empty_beat_rate(to_muspy(muspy, song)))


def test_groove_is_muspys_but_for_the_size_of_a_slot():
    muspy = pytest.importorskip("muspy", reason=f"muspy is {NEEDED}")
    for song in SONGS:
        bars = song.end // (4 * TICKS) + 1
        grids = metrics.onset_grids(metrics.all_notes(song), song.timebase, 0, bars)
        theirs = muspy.groove_consistency(to_muspy(muspy, song), 4 * TICKS)
        # MuSpy has a slot a tick, of which we have every second: there half as large a share of the slots differs.
        assert (1 - metrics.groove_similarity(grids)) / 2 == pytest.approx(1 - theirs)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(60, 64)), min_size=1, max_size=12),
       st.lists(st.tuples(st.integers(0, 8), st.integers(60, 64)), min_size=1, max_size=12))
@settings(max_examples=40)
def test_note_f1_is_that_of_mir_eval(one, other):
    transcription = pytest.importorskip("mir_eval.transcription", reason=f"mir_eval is {NEEDED}")
    sides = []
    for pairs in (one, other):
        onset = np.array([at for at, _ in pairs], dtype=float)
        hertz = 440.0 * 2 ** ((np.array([pitch for _, pitch in pairs]) - 69) / 12)
        sides += [np.stack([onset, onset + 0.5], axis=1), hertz]
    _, _, theirs, _ = transcription.precision_recall_f1_overlap(*sides, onset_tolerance=0.01, offset_ratio=None)
    ours = note_f1(*({0: make_notes([at for at, _ in pairs], [1] * len(pairs), [p for _, p in pairs],
                                    [80] * len(pairs))} for pairs in (one, other)))
    assert ours == pytest.approx(theirs)
