"""Tracks of another song: the same beats at this song's resolution, beside what was there."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.music.joining import add_song
from core.music.song import RawEvent, Song, Track, make_notes
from core.music.timebase import Meter, Tempo


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 16), st.integers(0, 127), st.integers(1, 127)), min_size=1,
                max_size=10, unique_by=lambda n: (n[0], n[2])), st.sampled_from([1, 24, 96, 480]), st.integers(0, 4))
def test_added_tracks_begin_at_the_bar_and_keep_their_beats(rows, ticks, bar):
    song = Song(480, (Track(make_notes([0], [480], [60], [80]), name="Mine"),), (Tempo(0, 400_000),), (Meter(0, 3, 4),))
    notes = make_notes(*zip(*rows, strict=True))
    other = Song(ticks, (Track(notes, 40, name="Theirs", events=(RawEvent(ticks, b"\xb0\x40\x7f"),)),))
    after = add_song(song, other, bar)
    assert after.tracks[0] is song.tracks[0] and (after.tempos, after.meters) == (song.tempos, song.meters)
    added = after.tracks[1]
    assert np.array_equal(added.notes["onset"], notes["onset"] * (480 // ticks) + bar * 1440)
    assert np.array_equal(added.notes["duration"], notes["duration"] * (480 // ticks))
    assert (added.program, added.events) == (40, (RawEvent(480 + bar * 1440, b"\xb0\x40\x7f"),))
    read = parse_midi(midi_bytes(after))
    assert [track.name for track in read.tracks] == ["Mine", "Theirs"]
    assert len({track.channel for track in read.tracks}) == 2


def test_a_note_never_loses_all_its_length():
    other = Song(960, (Track(make_notes([0], [1], [60], [80])),))
    assert add_song(Song(24), other, 0).tracks[0].notes["duration"].tolist() == [1]
