"""A muted note is kept, does not sound, and comes back as it was."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.music.edits import NotThere, changed_region
from core.music.excerpt import excerpt
from core.music.muting import delete_muted, mute_notes, unmute_notes
from core.music.song import EMPTY_NOTES, Song, Track, make_notes
from core.music.track_edits import merge_tracks, split_track
from core.sound.schedule import compile_song
from core.tokens.encoder import encode
from tests.core.music.note_lists import SOME_NOTES


@given(SOME_NOTES, st.data())
def test_muting_and_unmuting_restores_the_song(notes, data):
    some = notes[sorted(data.draw(st.sets(st.integers(0, len(notes) - 1))))]
    song = Song(48, (Track(notes), Track(notes)))
    silent = mute_notes(song, 0, some)
    assert np.array_equal(silent.tracks[0].muted, some) and silent.tracks[1] is song.tracks[1]
    assert unmute_notes(silent, 0, some) == song
    assert delete_muted(silent, 0, some).tracks[0] == Track(silent.tracks[0].notes)
    assert (silent == song) is (len(some) == 0) and pickle.loads(pickle.dumps(silent)) == silent
    if len(some):
        region = changed_region(song, silent)
        assert region.start <= some["onset"].min() and region.tracks == (0,)
        with pytest.raises(NotThere):
            unmute_notes(song, 0, some)


def test_a_muted_note_is_neither_played_nor_written_as_midi_nor_read_by_the_model():
    both = make_notes([0, 480], [480, 480], [60, 64], [80, 80])
    silent = mute_notes(Song(tracks=(Track(both),)), 0, both[1:])
    assert [int(span["pitch"]) for span in compile_song(silent, 44100).spans] == [60]
    assert parse_midi(midi_bytes(silent)).tracks[0].notes["pitch"].tolist() == [60]
    alone = Song(tracks=(Track(both[:1]),))
    assert np.array_equal(encode(silent).tokens, encode(alone).tokens)
    assert np.array_equal(excerpt(silent, {0: both[:1]}).tracks[0].muted, EMPTY_NOTES)


def test_muted_notes_go_along_when_tracks_are_merged_and_split():
    both = make_notes([0, 480, 960, 960], [480] * 4, [60, 72, 60, 72], [80] * 4)
    silent = mute_notes(Song(tracks=(Track(both),)), 0, both[:2])
    halves = split_track(silent, 0, 66)
    assert [track.muted["pitch"].tolist() for track in halves.tracks] == [[72], [60]]
    assert np.array_equal(merge_tracks(halves, (0, 1)).tracks[0].muted, both[:2])
