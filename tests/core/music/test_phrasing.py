"""Splitting, joining, legato and reversing: what comes back, and what stays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.music.phrasing import joined, legato, reversed_in_time, split_at
from core.music.song import make_notes
from tests.core.music.note_lists import NOTES, SOME_NOTES


def ticks_sounding(notes) -> dict[int, int]:
    return {int(p): int(notes["duration"][notes["pitch"] == p].sum()) for p in np.unique(notes["pitch"])}


@given(NOTES, st.integers(0, 500))
def test_a_split_keeps_what_sounds_and_leaves_nothing_across(notes, tick):
    parts = split_at(notes, tick)
    assert ticks_sounding(parts) == ticks_sounding(notes)
    assert not ((parts["onset"] < tick) & (parts["onset"] + parts["duration"] > tick)).any()
    assert np.array_equal(split_at(parts, tick), parts)


@given(SOME_NOTES, st.integers(0, 500))
def test_joining_after_a_split_restores_a_note_of_each_pitch(notes, tick):
    whole = joined(notes)
    assert np.array_equal(joined(split_at(whole, tick)), whole)


@given(NOTES)
def test_joined_notes_are_one_a_pitch_from_the_first_start_to_the_last_end(notes):
    whole = joined(notes)
    assert sorted(whole["pitch"]) == np.unique(notes["pitch"]).tolist()
    for note in whole:
        same = notes[notes["pitch"] == note["pitch"]]
        assert note["onset"] == same["onset"].min()
        assert note["onset"] + note["duration"] == (same["onset"] + same["duration"]).max()


@given(NOTES)
def test_legato_leaves_no_gap_and_no_overlap_between_one_start_and_the_next(notes):
    bound = legato(notes)
    starts = np.unique(bound["onset"])
    for note in bound[bound["onset"] < starts[-1:].max(initial=0)]:
        assert note["onset"] + note["duration"] == starts[starts > note["onset"]].min()
    assert np.array_equal(legato(bound), bound)


@given(NOTES)
def test_reversing_twice_restores_everything(notes):
    turned = reversed_in_time(notes)
    assert np.array_equal(reversed_in_time(turned), notes)
    assert sorted(turned["pitch"]) == sorted(notes["pitch"])


def test_reversing_turns_a_phrase_round():
    turned = reversed_in_time(make_notes([10, 20, 40], [5, 20, 10], [60, 62, 64], [80, 70, 60]))
    assert turned[["onset", "duration", "pitch"]].tolist() == [(10, 10, 64), (20, 20, 62), (45, 5, 60)]
