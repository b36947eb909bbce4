"""Keys are found from notes, and steps along a scale stay in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.music.edits import OutOfRange, shifted
from core.music.song import EMPTY_NOTES, Song, Track, make_notes
from core.music.theory import (
    PITCH_CLASSES,
    SCALES,
    Key,
    estimated_key,
    in_scale,
    key_named,
    key_of,
    note_name,
    scale_shifted,
)
from tests.core.music.note_lists import NOTES

KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(sorted(SCALES)))


def melody(*pitches, durations=None):
    count = len(pitches)
    return make_notes([i * 4 for i in range(count)], durations or [4] * count, pitches, [80] * count)


@pytest.mark.parametrize("tonic", range(12))
def test_a_tune_with_a_cadence_is_found_in_its_key(tonic):
    major = melody(60, 62, 64, 65, 67, 65, 64, 62, 60, 67, 60, durations=[4] * 8 + [8, 8, 16])
    minor = melody(57, 59, 60, 62, 64, 62, 60, 59, 57, 56, 57, durations=[4] * 8 + [8, 4, 16])
    assert estimated_key([shifted(major, 0, tonic)]) == Key(tonic, "major")
    assert estimated_key([shifted(minor, 0, tonic)]) == Key((9 + tonic) % 12, "minor")


def test_drums_have_no_key_and_silence_has_none():
    tune = melody(60, 62, 64, 65, 67, 60)
    assert estimated_key([EMPTY_NOTES]) is None
    assert key_of(Song(tracks=(Track(tune), Track(melody(37, 37, 37), is_drum=True)))) == estimated_key([tune])
    assert key_of(Song(tracks=(Track(tune, is_drum=True),))) is None


@given(KEYS)
def test_a_key_is_found_by_its_name(key):
    assert key_named(key.name) == key and len(key.pitches) >= 50
    assert key_named(f"{PITCH_CLASSES[key.tonic]} {key.scale}") == key


@pytest.mark.parametrize(("key", "name", "third"), [
    (Key(1), "D♭ major", "F"), (Key(9), "A major", "C♯"), (Key(6), "F♯ major", "A♯"),
    (Key(3, "minor"), "E♭ minor", "G♭"),
    (Key(8, "minor"), "G♯ minor", "B"), (Key(10, "dorian"), "B♭ dorian", "D♭"), (Key(0), "C major", "E")])
def test_keys_and_their_notes_are_spelt_as_musicians_spell_them(key, name, third):
    step = 3 if key.scale in ("minor", "dorian") else 4
    assert key.name == name and key.spelling[(key.tonic + step) % 12] == third
    assert note_name(60 + (key.tonic + step) % 12, key.spelling) == f"{third}4"


def test_what_is_no_key_has_none():
    assert [key_named(name) for name in ("", "C", "H major", "C nothing")] == [None] * 4


@given(NOTES, KEYS, st.integers(-9, 9))
def test_notes_of_the_scale_stay_in_it_and_steps_back_undo_steps(notes, key, steps):
    notes = notes[in_scale(notes, key)]
    try:
        moved = scale_shifted(notes, key, steps)
    except OutOfRange:
        return
    assert in_scale(moved, key).all()
    assert np.array_equal(scale_shifted(moved, key, -steps), notes)


@given(NOTES, KEYS, st.integers(-9, 9))
def test_no_two_notes_of_a_chord_become_one(notes, key, steps):
    try:
        moved = scale_shifted(notes, key, steps)
    except OutOfRange as problem:
        assert "note" in str(problem)
        return
    assert len(np.unique(moved[["onset", "pitch"]])) == len(np.unique(notes[["onset", "pitch"]]))


@given(NOTES, KEYS)
def test_no_step_is_no_change(notes, key):
    assert np.array_equal(scale_shifted(notes, key, 0), notes)


def test_a_third_up_in_c_major():
    assert scale_shifted(melody(60, 62, 64, 66), Key(0), 2)["pitch"].tolist() == [64, 65, 67, 70]
    with pytest.raises(OutOfRange, match="above"):
        scale_shifted(melody(127), Key(0), 1)
    with pytest.raises(OutOfRange, match="become one"):
        scale_shifted(make_notes([0, 0], [4, 4], [63, 64], [80, 80]), Key(0), 1)
