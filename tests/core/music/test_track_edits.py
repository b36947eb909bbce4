"""Tracks duplicated, merged and split: no note is lost, and MIDI says the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.music.song import EMPTY_NOTES, RawEvent, Song, Track, make_notes
from core.music.track_edits import NotMergeable, duplicate_track, merge_tracks, split_track

NOTE = st.tuples(st.integers(0, 40), st.integers(1, 9), st.integers(0, 127), st.integers(1, 127))
NOTES = st.lists(NOTE, max_size=24, unique_by=lambda n: (n[0], n[2])).map(
    lambda rows: make_notes(*(zip(*rows, strict=True) if rows else ([],) * 4)))
PEDAL = (RawEvent(2, b"\xb0\x40\x7f"), RawEvent(9, b"\xb0\x40\x00"))


@given(NOTES, st.integers(0, 128))
def test_a_split_track_merges_to_what_it_was(notes, pitch):
    song = Song(4, (Track(EMPTY_NOTES, 3), Track(notes, 5, name="Keys", events=PEDAL)))
    low = notes["pitch"] < pitch
    if low.all() or not low.any():
        with pytest.raises(ValueError):
            split_track(song, 1, pitch)
        return
    split = split_track(song, 1, pitch)
    assert [track.name for track in split.tracks] == ["", "Keys", "Keys low"]
    assert split.tracks[1].notes["pitch"].min() >= pitch > split.tracks[2].notes["pitch"].max()
    assert split.tracks[2].program == 5 and split.tracks[2].events == PEDAL
    assert np.array_equal(merge_tracks(split, [1, 2]).tracks[1].notes, notes)


@given(NOTES, NOTES)
def test_a_merged_track_holds_all_notes_once_and_comes_back_from_midi(one, other):
    song = Song(4, (Track(one, 3, events=PEDAL), Track(other, 9, name="other", events=(RawEvent(1, b"\xc1\x07"),))))
    merged = merge_tracks(song, [1, 0])
    (track,) = merged.tracks
    wanted = {(n[0], n[2]) for notes in (one, other) for n in notes.tolist()}
    assert {(n[0], n[2]) for n in track.notes.tolist()} == wanted and len(track.notes) == len(wanted)
    assert track.program == 3 and track.events == PEDAL
    read = parse_midi(midi_bytes(merged))
    assert sum(len(t.notes) for t in read.tracks) == len(wanted)


def test_drums_are_not_merged_with_other_instruments():
    with pytest.raises(NotMergeable, match="drums"):
        merge_tracks(Song(4, (Track(), Track(is_drum=True))), [0, 1])


def test_a_copy_has_a_channel_of_its_own_and_can_be_told_apart_afterwards():
    notes = make_notes([0, 4], [4, 4], [60, 64], [80, 80])
    read = parse_midi(midi_bytes(Song(4, (Track(notes, 5, name="Keys"),))))
    written = parse_midi(midi_bytes(duplicate_track(read, 0)))
    assert [track.name for track in written.tracks] == ["Keys", "Keys copy"]
    assert len({track.channel for track in written.tracks}) == 2
    assert all(np.array_equal(track.notes, notes) and track.program == 5 for track in written.tracks)
