"""Song → tokens → notes: exact on the grid, within half a slot off it, and an honest report."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from core.tokens import vocabulary as v
from core.tokens.decoder import decode
from core.tokens.encoder import duration_parts, encode, encode_and_report
from tests.core.tokens.songs import dense_song, grid_songs, played_songs

HALF_A_SLOT = 1.5
"""Of the widest slot, in units."""
FEW = settings(max_examples=50)


def heard(notes: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Onset, duration, pitch and velocity class of every note, sorted."""
    return sorted(zip(notes["onset"].tolist(), notes["duration"].tolist(), notes["pitch"].tolist(),
                      (notes["velocity"] // v.VELOCITY_WIDTH).tolist()))


def assert_comes_back(song: Song) -> None:
    encoded, report = encode_and_report(song)
    decoded = decode(encoded, song.timebase)
    assert [heard(notes) for notes in decoded] == [heard(track.notes) for track in song.tracks]
    assert (report.notes, report.on_grid, report.worst, report.dropped) == (song.note_count, song.note_count, 0.0, 0)


def one_track(*notes: tuple[int, int, int, int], ticks_per_beat: int = 480, is_drum: bool = False, **facts) -> Song:
    """A song of one track from (onset, duration, pitch, velocity) tuples."""
    return Song(ticks_per_beat, (Track(make_notes(*zip(*notes)), is_drum=is_drum),), **facts)


@FEW
@given(grid_songs())
def test_what_lies_on_the_grid_comes_back_exactly(song):
    assert_comes_back(song)


@FEW
@given(grid_songs())
def test_tokens_of_decoded_notes_are_the_same_tokens(song):
    first = encode(song)
    tracks = [track.with_notes(notes) for track, notes in zip(song.tracks, decode(first, song.timebase))]
    again = encode(Song(song.ticks_per_beat, tuple(tracks), song.tempos, song.meters))
    assert np.array_equal(first.tokens, again.tokens)
    assert np.array_equal(first.slots, again.slots)


@FEW
@given(grid_songs())
def test_cells_stand_in_order_and_say_where_they_are(song):
    encoded = encode(song, bar_count=12)
    assert encoded.bar_count >= 12
    assert len(encoded.bar_units) == encoded.bar_count + 1
    places = list(zip(encoded.cell_bar.tolist(), encoded.cell_track.tolist()))
    assert places == sorted(set(places))
    assert encoded.cell_notes.sum() == song.note_count
    starts = song.timebase.bar_start(np.arange(encoded.bar_count + 1)) * 24 // song.ticks_per_beat
    assert np.array_equal(encoded.bar_units, starts)
    kinds = v.KIND_OF[encoded.tokens]
    for cell in range(encoded.cell_count):
        inside = kinds[encoded.cell_start[cell]:encoded.cell_start[cell + 1]]
        assert inside[:2].tolist() == [v.Kind.POSITION, v.Kind.VELOCITY]
        assert np.isin(inside, [v.Kind.PITCH, v.Kind.DRUM]).sum() == encoded.cell_notes[cell]
    assert np.array_equal(encoded.slots[kinds == v.Kind.POSITION],
                          encoded.tokens[kinds == v.Kind.POSITION] - v.POSITION)


@FEW
@given(grid_songs())
def test_without_drum_durations_a_stroke_costs_one_token_and_the_rest_is_exact(song):
    encoded, report = encode_and_report(song, drum_durations=False)
    assert report.on_grid == song.note_count
    for track, notes in zip(song.tracks, decode(encoded, song.timebase)):
        if track.is_drum:
            assert (notes["duration"] == v.DRUM_DURATION * song.ticks_per_beat // 24).all()
            assert [(n[0], *n[2:]) for n in heard(notes)] == sorted((n[0], *n[2:]) for n in heard(track.notes))
        else:
            assert heard(notes) == heard(track.notes)
    drums = np.isin(encoded.cell_track, [i for i, track in enumerate(song.tracks) if track.is_drum])
    of_drums = np.repeat(drums, np.diff(encoded.cell_start))
    assert not (v.KIND_OF[encoded.tokens[of_drums]] == v.Kind.DURATION).any()


@FEW
@given(played_songs(whole_bars=True))
def test_what_does_not_lie_on_the_grid_comes_back_within_half_a_slot(song):
    slack = 1 + HALF_A_SLOT * song.ticks_per_beat / 24  # one tick for rounding
    for track, notes in zip(song.tracks, decode(encode(song), song.timebase)):
        order, back = np.argsort(track.notes["pitch"]), np.sort(notes, order="pitch")
        before = track.notes[order]
        assert (np.abs(back["onset"] - before["onset"]) <= slack).all()
        end = np.maximum(before["onset"] + before["duration"], back["onset"] + song.ticks_per_beat // 24)
        assert (np.abs(back["onset"] + back["duration"] - end) <= slack).all()
        assert np.array_equal(back["velocity"] // v.VELOCITY_WIDTH, before["velocity"] // v.VELOCITY_WIDTH)
        assert (back["duration"] > 0).all()


@FEW
@given(played_songs())
def test_the_report_says_what_happened_to_every_note(song):
    encoded, report = encode_and_report(song)
    moved = []
    for track, notes in zip(song.tracks, decode(encoded, song.timebase)):
        before, back = np.sort(track.notes, order="pitch"), np.sort(notes, order="pitch")
        assert np.array_equal(before["pitch"], back["pitch"])
        moved.append(np.maximum(np.abs(before["onset"] - back["onset"]),
                                np.abs(before["onset"] + before["duration"] - back["onset"] - back["duration"])))
    ticks = np.concatenate(moved)
    assert report.notes == song.note_count
    assert report.dropped == 0
    assert report.on_grid == (ticks == 0).sum()
    assert report.worst == pytest.approx(ticks.max(initial=0) * 24 / song.ticks_per_beat)


@FEW
@given(played_songs())
def test_bars_cut_anywhere_move_no_onset_much_farther_than_half_a_slot(song):
    # A bar that is cut off the grid leaves less than a unit between its last slot and the next bar.
    for track, notes in zip(song.tracks, decode(encode(song), song.timebase)):
        before, back = np.sort(track.notes, order="pitch"), np.sort(notes, order="pitch")
        assert (np.abs(back["onset"] - before["onset"]) * 24 <= (HALF_A_SLOT + 1) * song.ticks_per_beat + 24).all()


def test_a_pick_up_and_meters_that_cut_a_bar_short():
    meters = (Meter(0, 4, 4), Meter(480, 3, 4), Meter(480 + 1440 + 720, 7, 8))
    song = one_track((0, 480, 60, 80), (480, 720, 62, 80), (1920, 720, 64, 80), (2640, 1680, 65, 80),
                     (2640 + 1680, 60, 67, 80), meters=meters)
    assert song.bar_count == 5
    assert_comes_back(song)
    assert encode(song).cell_bar.tolist() == [0, 1, 2, 3, 4]


def test_an_overhanging_note_does_not_mind_the_bar_lines():
    song = one_track((240, 480 * 77, 60, 80), meters=(Meter(0, 5, 8), Meter(600, 15, 16)))
    assert_comes_back(song)


def test_meters_and_tempos_are_those_in_force_at_each_bar():
    song = one_track((0, 1, 60, 80), (6720, 60, 60, 80), meters=(Meter(0, 4, 4), Meter(1920, 3, 4)),
                     tempos=(Tempo(0, 1_000_000), Tempo(1920 + 100, 400_000)))
    encoded = encode(song)
    assert [v.METERS[m] for m in encoded.bar_meter] == [(4, 4), (3, 4), (3, 4), (3, 4), (3, 4)]
    slow, fast = v.tempo_class(60), v.tempo_class(150)
    assert encoded.bar_tempo.tolist() == [slow, slow, fast, fast, fast]


def test_a_song_that_names_no_tempo_or_meter_is_read_as_midi_says():
    encoded = encode(one_track((0, 480, 60, 80), meters=(), tempos=()))
    assert v.METERS[encoded.bar_meter[0]] == (4, 4)
    assert encoded.bar_tempo[0] == v.tempo_class(120)


@pytest.mark.parametrize("is_drum", [False, True])
def test_zero_length_notes_come_back_as_short_ones(is_drum):
    song = one_track((480, 0, 60, 80), (960, 480, 62, 80), is_drum=is_drum)
    encoded, report = encode_and_report(song)
    assert heard(decode(encoded, song.timebase)[0]) == [(480, 20, 60, 5), (960, 480, 62, 5)]
    assert report.on_grid == 1
    assert report.worst == 1.0


def test_notes_beyond_sixteen_beats_of_a_bar_are_dropped_and_counted():
    song = one_track((0, 480, 60, 80), (15 * 480, 480, 62, 80), (16 * 480, 480, 64, 80), (17 * 480 + 7, 480, 65, 80),
                     (20 * 480, 480, 67, 80), meters=(Meter(0, 20, 4),))
    encoded, report = encode_and_report(song)
    assert decode(encoded, song.timebase)[0]["pitch"].tolist() == [60, 62, 67]
    assert (report.notes, report.dropped, report.worst) == (5, 2, 0.0)


def test_a_hundred_and_twenty_eight_tracks():
    song = dense_song(bars=2, tracks=128)
    assert_comes_back(song)
    assert set(encode(song).cell_track.tolist()) == set(range(128))


def test_more_tracks_than_a_byte_can_count():
    assert_comes_back(dense_song(bars=1, tracks=300, notes_a_bar=1))


@pytest.mark.parametrize("tracks", [(), (Track(),), (Track(), Track(is_drum=True))])
def test_a_song_without_notes_has_no_cells(tracks):
    encoded, report = encode_and_report(Song(480, tracks), bar_count=3)
    assert (encoded.cell_count, encoded.bar_count, len(encoded.programs)) == (0, 3, len(tracks))
    assert report.notes == 0
    assert [len(notes) for notes in decode(encoded, Song(480).timebase)] == [0] * len(tracks)


@given(st.lists(st.integers(0, 5000), max_size=20))
@settings(max_examples=50)
def test_durations_are_sums_largest_first(durations):
    rounds = duration_parts(np.array(durations, dtype=np.int64))
    for index, duration in enumerate(durations):
        parts = [int(v.DURATIONS[part[owner == index]].item()) for part, owner in rounds if index in owner]
        assert sum(parts) == duration
        assert parts == sorted(parts, reverse=True)
    assert all((np.diff(owner) > 0).all() for _, owner in rounds)
