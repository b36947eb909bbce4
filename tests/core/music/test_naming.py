"""Names that people type are understood, whatever way they write them."""

import pytest

from core.music.naming import pitch_class_named, pitch_classes_named, pitch_named
from core.music.theory import FLATS, PITCH_CLASSES, SHARPS, note_name


@pytest.mark.parametrize("spelling", [PITCH_CLASSES, SHARPS, FLATS])
def test_every_name_that_is_shown_is_understood(spelling):
    assert [pitch_class_named(name) for name in spelling] == list(range(12))
    assert [pitch_named(note_name(pitch, spelling)) for pitch in range(128)] == list(range(128))


@pytest.mark.parametrize(("name", "pitch"), [("C4", 60), ("c4", 60), ("F#3", 54), ("Bb-1", 10), ("Cb4", 59), ("60", 60),
                                             ("G9", 127), ("A9", None), ("128", None), ("H2", None), ("C", None)])
def test_pitches(name, pitch):
    assert pitch_named(name) == pitch


@pytest.mark.parametrize(("name", "classes"), [
    ("D minor", {2, 4, 5, 7, 9, 10, 0}), ("d Minor", {2, 4, 5, 7, 9, 10, 0}), ("F# major", {6, 8, 10, 11, 1, 3, 5}),
    ("Bb blues", {10, 1, 3, 4, 5, 8}), ("C E G", {0, 4, 7}), ("C,E,G", {0, 4, 7}), ("Am7", {9, 0, 4, 7}),
    ("C", {0, 4, 7}),
    ("Bm7b5", {11, 2, 5, 9}), ("Eb", {3, 7, 10}), ("Bbmaj7", {10, 2, 5, 9}), ("G7", {7, 11, 2, 5})])
def test_scales_chords_and_notes(name, classes):
    assert pitch_classes_named(name) == classes


@pytest.mark.parametrize("name", ["", "minor", "H minor", "D flat", "C E X", "Cx", "12"])
def test_what_is_no_name_is_none(name):
    assert pitch_classes_named(name) is None
