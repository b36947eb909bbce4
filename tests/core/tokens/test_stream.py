"""Streams: a whole song reads as a window with nothing marked does, however long it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.music.song import Song, Track, make_notes
from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong, encode
from core.tokens.stream import SongStream, song_stream, stream_length
from core.tokens.window import MAX_BARS, Layout, build_window
from tests.core.tokens.songs import dense_song, grid_songs, played_songs

BAR, TRACK, PROGRAM, TIME = 1, 3, 4, 5


def window_of(song: EncodedSong, first: int, last: int) -> np.ndarray:
    """The window of all tracks with nothing marked, as features."""
    tracks = tuple(range(len(song.programs)))
    return build_window(song, Layout(first, last, tracks, tracks), ()).features


def body_of(features: np.ndarray, tracks: int) -> np.ndarray:
    """What stands between the header and what closes a window or a stream."""
    closing = np.flatnonzero(np.isin(features[:, 0], [v.GENERATE, v.END]))[0]
    return features[1 + 2 * tracks:closing]


@settings(max_examples=60)
@given(st.one_of(grid_songs(), played_songs()), st.booleans())
def test_a_stream_is_the_window_of_the_whole_song_without_an_answer(song, drum_durations):
    encoded = encode(song, bar_count=1, drum_durations=drum_durations)
    stream = song_stream(encoded)
    assert stream.dtype == np.int32 and stream.shape == (stream_length(encoded), 6)
    window = window_of(encoded, 0, encoded.bar_count - 1)
    assert np.array_equal(stream, window[window[:, 0] != v.GENERATE])


@settings(max_examples=60)
@given(st.one_of(grid_songs(), played_songs()), st.data())
def test_any_part_is_cut_as_from_the_whole(song, data):
    stream = SongStream(encode(song, bar_count=data.draw(st.sampled_from([1, 30]))))
    whole = song_stream(stream.song)
    for _ in range(5):
        start = data.draw(st.integers(0, stream.length))
        stop = data.draw(st.integers(start, stream.length))
        assert np.array_equal(stream.cut(start, stop), whole[start:stop])


@pytest.mark.parametrize("bars", [MAX_BARS - 1, MAX_BARS, MAX_BARS + 1, 3 * MAX_BARS + 5])
def test_bars_are_counted_anew_and_time_runs_on(bars):
    encoded = encode(dense_song(bars, tracks=3, notes_a_bar=2))
    stream = song_stream(encoded)
    is_bar = v.KIND_OF[stream[:, 0]] == v.Kind.BAR
    assert np.array_equal(stream[is_bar, BAR], np.arange(bars) % MAX_BARS)
    assert np.array_equal(stream[is_bar, TIME], 96 * np.arange(bars))
    body = body_of(stream, 3)
    bar_of = np.cumsum(v.KIND_OF[body[:, 0]] == v.Kind.BAR) - 1
    for first in range(0, bars, MAX_BARS):
        last = min(bars, first + MAX_BARS) - 1
        shown = body_of(window_of(encoded, first, last), 3)
        said = body[(bar_of >= first) & (bar_of <= last)]
        tempo = v.KIND_OF[shown[:, 0]] == v.Kind.TEMPO  # a window says it anew, a stream only when it changes
        said = said[v.KIND_OF[said[:, 0]] != v.Kind.TEMPO]
        assert np.array_equal(said - [0, 0, 0, 0, 0, 96 * first], shown[~tempo])


def test_a_song_without_music_is_its_frame():
    assert song_stream(encode(Song()))[:, 0].tolist() == [v.SONG, v.END]
    silent = encode(Song(tracks=(Track(make_notes([], [], [], []), program=5),)), bar_count=2)
    stream = song_stream(silent)
    assert [v.describe(token) for token in stream[:3, 0]] == ["SONG", "TRACK 0", "PROGRAM 5"]
    assert len(stream) == stream_length(silent) == 7


def test_more_tracks_than_there_are_numbers_begin_anew():
    tracks = dense_song(bars=1, tracks=v.TRACKS + 3, notes_a_bar=1).tracks
    stream = song_stream(encode(Song(tracks=tracks)))
    header = stream[1:1 + 2 * len(tracks)]
    assert header[::2, TRACK].tolist() == [*range(v.TRACKS), 0, 1, 2]
    assert header[1::2, PROGRAM].max() <= v.DRUMS
