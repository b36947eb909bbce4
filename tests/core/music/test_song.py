"""A song never changes in place, shares what an edit did not touch, and equals what sounds the same."""

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.music.song import NOTE_DTYPE, RawEvent, Song, Track, freeze_notes, make_notes
from core.music.timebase import Meter

rows = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 900), st.integers(0, 127), st.integers(1, 127)),
                max_size=30)


@given(rows)
def test_notes_are_sorted_read_only_and_all_there(notes: list[tuple[int, int, int, int]]) -> None:
    track = Track(np.array(notes, dtype=NOTE_DTYPE))
    kept = [(onset, pitch, duration, velocity) for onset, duration, pitch, velocity in track.notes.tolist()]
    assert kept == sorted((o, p, d, v) for o, d, p, v in notes)
    with pytest.raises(ValueError, match="read-only"):
        track.notes["onset"] = 0


@given(rows, st.randoms())
def test_order_of_entry_does_not_matter(notes: list[tuple[int, int, int, int]], random) -> None:
    shuffled = random.sample(notes, len(notes))
    assert Track(np.array(notes, dtype=NOTE_DTYPE)) == Track(np.array(shuffled, dtype=NOTE_DTYPE))


def test_the_array_given_stays_the_callers_own() -> None:
    mine = np.array([(0, 480, 60, 80)], dtype=NOTE_DTYPE)
    track = Track(mine)
    mine["pitch"] = 20
    assert track.notes["pitch"].tolist() == [60]


@pytest.mark.parametrize("columns", [
    ([-1], [1], [60], [1]), ([0], [-1], [60], [1]), ([0], [1], [128], [1]), ([0], [1], [-1], [1]),
    ([0], [1], [60], [0]), ([0], [1], [60], [128]),
    ([0], [1], [60], np.array([300])), ([0], [1], np.array([316]), [1])])
def test_notes_outside_midis_ranges_are_refused(columns: tuple) -> None:
    with pytest.raises(ValueError, match="note"):
        make_notes(*columns)


def test_velocity_0_is_refused_in_arrays_too() -> None:
    with pytest.raises(ValueError, match="velocity"):
        freeze_notes(np.array([(0, 1, 60, 0)], dtype=NOTE_DTYPE))


def test_songs_and_tracks_are_frozen() -> None:
    song = Song(tracks=(Track(),))
    with pytest.raises(FrozenInstanceError):
        song.ticks_per_beat = 96
    with pytest.raises(FrozenInstanceError):
        song.tracks[0].name = "x"


@pytest.mark.parametrize("change", [
    {"program": 1}, {"is_drum": True}, {"name": "x"}, {"colour": "#ff0000"}, {"volume": 1}, {"pan": 1}, {"mute": True},
    {"solo": True}, {"channel": 3}, {"events": (RawEvent(0, b"\xb0\x40\x7f"),)},
    {"notes": make_notes([0], [1], [60], [1])}])
def test_whatever_a_listener_could_tell_apart_makes_tracks_differ(change: dict) -> None:
    assert Track() == Track()
    assert replace(Track(), **change) != Track()


def test_where_a_song_came_from_does_not_matter() -> None:
    assert replace(Track(), origin=object()) == Track()
    assert Song(origin=object()) == Song()
    assert Track() != "a track"


def test_an_edit_shares_the_tracks_it_does_not_touch() -> None:
    song = Song(tracks=(Track(name="a"), Track(name="b")))
    edited = song.with_track(1, song.tracks[1].with_notes(make_notes([0], [1], [60], [1])))
    assert edited.tracks[0] is song.tracks[0]
    assert (song.note_count, edited.note_count) == (0, 1)


def test_the_end_is_that_of_the_longest_note_not_of_the_last() -> None:
    track = Track(make_notes([0, 480], [5000, 10], [60, 62], [80, 80]))
    song = Song(480, (Track(), track), meters=(Meter(0, 3, 4),))
    assert (track.end, song.end, song.bar_count, song.note_count) == (5000, 5000, 4, 2)
    assert (Song().end, Song().bar_count) == (0, 0)


def test_a_song_sent_to_another_process_is_the_same_and_as_unchangeable() -> None:
    song = Song(480, (Track(make_notes([0], [1], [60], [1]), events=(RawEvent(3, b"\xc0\1"),)),))
    back = pickle.loads(pickle.dumps(song))
    assert back == song
    assert not back.tracks[0].notes.flags.writeable
