"""Chords are named as musicians name them, in any key and over any bass, and where there is none, none is named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.music.chords import QUALITIES, chords_of
from core.music.edits import shifted
from core.music.song import Song, Track, make_notes
from core.music.theory import PITCH_CLASSES
from core.music.timebase import Meter
from tests.core.music.note_lists import NOTES

BAR = 1920


def block(pitches, start=0, length=BAR):
    return make_notes([start] * len(pitches), [length] * len(pitches), list(pitches), [80] * len(pitches))


def names(*parts, meter=(4, 4), **facts) -> list[str]:
    song = Song(480, tuple(Track(part, **facts) for part in parts), meters=(Meter(0, *meter),))
    return [chord.name for chord in chords_of(song)]


@pytest.mark.parametrize(("pitches", "name"), [
    ((60, 64, 67), "C"), ((57, 60, 64), "Am"), ((59, 62, 65), "Bdim"), ((60, 64, 68), "Caug"), ((62, 67, 69), "Dsus4"),
    ((55, 59, 62, 65), "G7"), ((53, 57, 60, 64), "Fmaj7"), ((50, 53, 57, 60), "Dm7"), ((47, 50, 53, 57), "Bm7♭5"),
    ((47, 50, 53, 56), "Bdim7"), ((60, 63, 67, 71), "Cm(maj7)"), ((48, 52, 55, 57), "C6"), ((45, 48, 52, 55), "Am7"),
    ((40, 48, 55, 60), "C/E"), ((43, 48, 52, 60), "C/G"), ((41, 55, 59, 62), "G7/F"), ((48, 55), "C5"),
    ((48, 52, 55, 58, 62), "C9"), ((48, 52, 55, 62), "Cadd9"), ((48, 52), "C"), ((55, 59, 65), "G7"),
])
def test_known_chords_have_their_names(pitches, name):
    assert names(block(pitches)) == [name]


@given(st.integers(0, 11), st.sampled_from(sorted(QUALITIES)))
def test_every_chord_is_found_with_its_root_below_in_every_key(root, quality):
    pitches = [48 + root + step for step in QUALITIES[quality]]
    assert names(block(pitches)) == [f"{PITCH_CLASSES[root]}{quality}"]


def test_chords_change_with_bars_halves_and_beats_and_stay_over_bar_lines():
    c, f, g, am = (60, 64, 67), (53, 57, 60), (55, 59, 62), (57, 60, 64)
    parts = [block(c), block(c, BAR), block(f, 2 * BAR, 960), block(g, 2 * BAR + 960, 960),
             *(block(chord, 3 * BAR + 480 * beat, 480) for beat, chord in enumerate((c, am, f, g)))]
    song = Song(480, tuple(Track(part) for part in parts))
    assert [(chord.name, chord.start, chord.end) for chord in chords_of(song)] == [
        ("C", 0, 2 * BAR), ("F", 2 * BAR, 2 * BAR + 960), ("G", 2 * BAR + 960, 3 * BAR), ("C", 3 * BAR, 3 * BAR + 480),
        ("Am", 3 * BAR + 480, 3 * BAR + 960), ("F", 3 * BAR + 960, 3 * BAR + 1440), ("G", 3 * BAR + 1440, 4 * BAR)]


def test_broken_chords_and_passing_notes_are_heard_through():
    broken = make_notes([i * 240 for i in range(8)], [240] * 8, [48, 55, 60, 64, 67, 64, 60, 55], [80] * 8)
    passing = make_notes([0, 900, 960], [900, 60, 960], [72, 74, 76], [80] * 3)
    assert names(broken, passing) == ["C"]


def test_a_beat_of_a_compound_meter_is_three_eighths():
    parts = [block((60, 64, 67), 0, 720), block((55, 59, 62), 720, 720)]
    assert names(*parts, meter=(6, 8)) == ["C", "G"]


def test_drums_silence_and_single_notes_have_no_chord():
    assert names() == [] and names(block((60,))) == [] and names(block((36, 40, 43)), is_drum=True) == []
    assert names(block((60, 61, 62, 63))) == []
    assert names(make_notes([480], [0], [60], [80])) == []  # a note that sounds for no time


@given(NOTES, st.integers(1, 11))
def test_transposing_the_notes_transposes_their_chords(notes, semitones):
    notes = notes[(notes["pitch"] < 100)]
    here = chords_of(Song(48, (Track(notes),)))
    there = chords_of(Song(48, (Track(shifted(notes, 0, semitones)),)))
    assert [(c.start, c.end) for c in here] == [(c.start, c.end) for c in there]
    for before, after in zip(here, there):
        same = after.quality == before.quality and after.root == (before.root + semitones) % 12
        # What reads the same from several roots may be read from another one.
        assert same or _tones(after) == {(tone + semitones) % 12 for tone in _tones(before)}


def _tones(chord) -> set[int]:
    return {(chord.root + step) % 12 for step in QUALITIES[chord.quality]}


def test_some_bars_have_the_chords_they_have_in_the_whole():
    random = np.random.default_rng(3)
    count = 400
    pitches = random.choice([48, 52, 55, 57, 60], count)
    notes = make_notes(random.integers(0, 64 * 4, count) * 480, [480] * count, pitches, [80] * count)
    song = Song(480, (Track(notes),))
    whole = [(chord.start, chord.name) for chord in chords_of(song)]
    parts = [(chord.start, chord.name) for first in range(0, 64, 16) for chord in chords_of(song, first, first + 16)]
    assert set(whole) <= set(parts) and len(whole) > 30
    assert all(tick % (16 * BAR) == 0 for tick, _ in set(parts) - set(whole))
