import numpy as np
import pytest

from core.evaluation.baselines import copy_bars, previous_bar, random_bar
from core.evaluation.held_out import HeldOutSong, on_grid
from core.evaluation.infill import note_f1
from core.evaluation.windows import (
    NEW_BARS,
    PROTOCOLS,
    WINDOW_BARS,
    InfillWindow,
    cut_out,
    draw_continuation,
    draw_window,
    notes_in,
)
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from core.tokens.encoder import encode

BEAT = 480


def song_of(*onsets_of_tracks, bars=12):
    tracks = []
    for onsets in onsets_of_tracks:
        pitch = [60 + onset // BEAT % 7 for onset in onsets]
        tracks.append(Track(make_notes(onsets, [BEAT] * len(onsets), pitch, [80] * len(onsets))))
    return Song(BEAT, tuple(tracks))


def full(bars=12):
    return [beat * BEAT for beat in range(4 * bars)]


def held_out(song):
    return HeldOutSong("song.mid", "", song, encode(song))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_some_sounding_cells_are_taken_out_and_some_stay(name):
    sparse = [bar * 4 * BEAT for bar in (0, 3, 4, 7, 9)]
    song = song_of(full(), sparse, full()[8:])
    for seed in range(40):
        window = draw_window(held_out(song), PROTOCOLS[name], np.random.default_rng(seed))
        if window is None:
            continue
        sounding = {(int(bar), track) for track, part in enumerate(song.tracks)
                    for bar in song.timebase.bar_at(part.notes["onset"])
                    if window.first_bar <= bar < window.first_bar + WINDOW_BARS}
        assert window.cells < sounding and len(window.cells) >= 2


def test_single_track_takes_a_track_of_seven_bars_or_more():
    sparse = [bar * 4 * BEAT for bar in range(0, 12, 2)]
    for seed in range(20):
        window = draw_window(held_out(song_of(full(), sparse)), PROTOCOLS["1singleinst"], np.random.default_rng(seed))
        assert {track for _, track in window.cells} == {0} and len(window.cells) == 8


def test_last_bar_takes_all_tracks_of_the_eighth_bar():
    window = draw_window(held_out(song_of(full(), full())), PROTOCOLS["2last"], np.random.default_rng(0))
    assert window.cells == {(window.first_bar + 7, 0), (window.first_bar + 7, 1)}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_song_of_seven_bars_has_no_window(name):
    assert draw_window(held_out(song_of(full(7), full(7))), PROTOCOLS[name], np.random.default_rng(0)) is None


def test_a_continuation_ends_the_song_and_asks_for_the_tracks_that_go_on():
    song = song_of(full(30), full(4), full(30)[80:])  # throughout; only at first; only from bar 20 on
    for seed in range(20):
        window = draw_continuation(held_out(song), np.random.default_rng(seed))
        assert window.bars == WINDOW_BARS + NEW_BARS and window.song.bar_count == window.last_bar + 1
        assert {bar for bar, _ in window.cells} == set(range(window.last_bar - NEW_BARS + 1, window.last_bar + 1))
        assert (2 in {track for _, track in window.cells}) == (window.first_bar + WINDOW_BARS > 20)
        assert 1 not in {track for _, track in window.cells}
        assert window.excerpt.bar_count == window.bars


def test_a_short_song_cannot_be_continued_by_the_test():
    assert draw_continuation(held_out(song_of(full(15), full(15))), np.random.default_rng(0)) is None


def test_a_cut_keeps_meter_tempo_and_track_numbers():
    song = Song(BEAT, (Track(), Track(make_notes([0, 1920, 3360, 4800], [9999] * 4, [60] * 4, [80] * 4))),
                (Tempo(0, 400_000), Tempo(2000, 600_000)), (Meter(0, 4, 4), Meter(1920, 3, 4)))
    cut = cut_out(song, 1, 2)
    assert len(cut.tracks) == 2 and cut.tracks[1].notes["onset"].tolist() == [0, 1440]
    assert cut.end == 2 * 3 * BEAT == cut.tracks[1].end
    assert cut.meters == (Meter(0, 3, 4),) and cut.tempos == (Tempo(0, 400_000), Tempo(80, 600_000))


def test_copying_the_previous_bar_of_a_song_of_one_bar_repeated_is_perfect():
    song = song_of([beat * BEAT for beat in range(48)])
    bar = make_notes([0, 480, 720], [240] * 3, [60, 64, 67], [80] * 3)
    parts = [np.concatenate([bar]) for _ in range(12)]
    for number, part in enumerate(parts):
        part["onset"] += number * 4 * BEAT
    song = Song(BEAT, (Track(np.concatenate(parts)), Track(np.concatenate(parts))))
    window = InfillWindow(song, 2, frozenset({(3, 0), (4, 0), (9, 0), (9, 1)}))
    for choose in (previous_bar, random_bar):
        written = copy_bars(window, choose, np.random.default_rng(0))
        assert note_f1(written, notes_in(song, window.cells)) == 1.0


def test_the_previous_bar_is_the_nearest_that_plays_and_was_not_taken_out():
    song = song_of([0, 4 * BEAT, 6 * BEAT, 16 * BEAT, 20 * BEAT])  # bars 0, 1, 4, 5
    window = InfillWindow(song, 0, frozenset({(4, 0), (5, 0)}))
    written = copy_bars(window, previous_bar, np.random.default_rng(0))
    assert written[0]["onset"].tolist() == [16 * BEAT, 18 * BEAT, 20 * BEAT, 22 * BEAT]


def test_without_a_bar_before_the_next_is_copied_and_without_any_nothing():
    song = song_of([0, 4 * BEAT, 8 * BEAT], [0])
    window = InfillWindow(song, 0, frozenset({(0, 0), (0, 1)}))
    written = copy_bars(window, previous_bar, np.random.default_rng(0))
    assert written[0]["onset"].tolist() == [0] and 1 not in written


def test_a_long_bar_is_copied_into_a_short_one_as_far_as_it_goes():
    song = Song(BEAT, song_of([0, 480, 1440, 1920, 2400]).tracks, (Tempo(0),), (Meter(0, 4, 4), Meter(1920, 3, 4)))
    window = InfillWindow(song, 0, frozenset({(1, 0)}))
    assert copy_bars(window, previous_bar, np.random.default_rng(0))[0]["onset"].tolist() == [1920, 2400]


def test_songs_are_compared_on_the_grid():
    song = song_of([1, 479, 961])
    assert on_grid(song).tracks[0].notes["onset"].tolist() == [0, 480, 960]
    assert on_grid(on_grid(song)) == on_grid(song)
