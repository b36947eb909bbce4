"""Fingerprints outlive what does not change the music, and tell apart what does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corpus.duplicates import SAME, SIGNATURE_BINS, find_repeats, signature, similarity
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from core.tokens.encoder import encode
from tests.core.corpus.folders import transposed
from tests.core.tokens.songs import dense_song, grid_songs


def of(song: Song) -> np.ndarray:
    return signature(encode(song, drum_durations=False))


def in_ticks(song: Song, ticks_per_beat: int) -> Song:
    """The song at another resolution, every tick rounded."""
    def scaled(ticks):
        return np.round(np.asarray(ticks) * ticks_per_beat / song.ticks_per_beat).astype(np.int64)

    def moved(track):
        notes = track.notes.copy()
        ends = scaled(notes["onset"] + notes["duration"])
        notes["onset"] = scaled(notes["onset"])
        notes["duration"] = np.maximum(1, ends - notes["onset"])
        return track.with_notes(notes)

    return Song(ticks_per_beat, tuple(map(moved, song.tracks)), song.tempos,
                tuple(replace(meter, tick=int(scaled(meter.tick))) for meter in song.meters))


def humanised(song: Song, seed: int) -> Song:
    """As a drummer to a click plays it: every onset up to a fiftieth of a beat off."""
    rng = np.random.default_rng(seed)

    def loose(track):
        notes = track.notes.copy()
        notes["onset"] = np.maximum(0, notes["onset"] + rng.integers(-10, 11, len(notes)))
        return track.with_notes(notes)

    return replace(song, tracks=tuple(map(loose, song.tracks)))


SONG = dense_song(16, 4, seed=1)


@pytest.mark.parametrize("changed", [
    transposed(SONG, 5), transposed(SONG, -7),
    replace(SONG, tracks=tuple(replace(t, name="Something else", program=(t.program + 9) % 128) for t in SONG.tracks)),
    replace(SONG, tracks=SONG.tracks[::-1]),
    replace(SONG, tempos=(Tempo(0, 300_000), Tempo(960, 700_000))),
    replace(SONG, tracks=tuple(replace(t, channel=c) for c, t in enumerate(SONG.tracks))),
    in_ticks(SONG, 96), in_ticks(SONG, 960), in_ticks(SONG, 220),
    replace(SONG, tracks=(*SONG.tracks, Track())),
], ids=["higher", "lower", "names and programs", "order of tracks", "tempo", "channels", "96 ticks", "960 ticks",
        "220 ticks", "a silent track"])
def test_what_is_the_same_music_has_the_same_signature(changed):
    assert similarity(of(SONG), of(changed)) == 1.0


def test_louder_notes_and_other_lengths_do_not_count():
    louder = [track.with_notes(track.notes.copy()) for track in SONG.tracks]
    for track in louder:
        track.notes.setflags(write=True)
        track.notes["velocity"] = 127
        track.notes["duration"] //= 2
    assert similarity(of(SONG), of(replace(SONG, tracks=tuple(louder)))) == 1.0


@pytest.mark.parametrize("ticks", [120, 192, 384, 1000])
def test_a_human_take_at_another_resolution_is_the_same(ticks):
    for seed in range(5):
        take = humanised(dense_song(32, 3, seed=seed), seed)
        assert similarity(of(take), of(in_ticks(take, ticks))) >= SAME


def test_a_song_with_a_few_bars_changed_is_the_same_and_with_half_of_them_is_not():
    def with_other_bars(count):
        other = dense_song(16, 4, seed=2)
        tick = count * 4 * SONG.ticks_per_beat
        return replace(SONG, tracks=tuple(
            a.with_notes(np.concatenate([b.notes[b.notes["onset"] < tick], a.notes[a.notes["onset"] >= tick]]))
            for a, b in zip(SONG.tracks, other.tracks)))
    assert similarity(of(SONG), of(with_other_bars(1))) >= SAME
    assert similarity(of(SONG), of(with_other_bars(8))) < SAME


def test_songs_of_their_own_have_nothing_in_common():
    signatures = np.stack([of(dense_song(16, 3, seed=seed)) for seed in range(30)])
    alike = (signatures[:, None] == signatures[None]).mean(-1)
    assert alike[~np.eye(30, dtype=bool)].max() < 0.1


def test_a_loop_is_not_the_long_song_made_of_it_nor_drums_a_melody():
    def loop(times, is_drum=False):
        onsets = np.arange(16 * times) * 120
        pitches = np.tile([60, 64, 67, 72, 71, 69, 67, 65, 64, 62, 60, 59, 57, 59, 60, 62], times)
        return Song(tracks=(Track(make_notes(onsets, np.full(len(onsets), 120), pitches, np.full(len(onsets), 80)),
                                  is_drum=is_drum),))
    assert similarity(of(loop(4)), of(loop(5))) >= SAME
    assert similarity(of(loop(2)), of(loop(64))) < SAME
    assert similarity(of(loop(4)), of(loop(4, is_drum=True))) < 0.1


@settings(max_examples=60)
@given(song=grid_songs(), by=st.integers(-12, 12))
def test_any_song_transposed_is_the_same(song, by):
    low = min((int(t.notes["pitch"].min()) for t in song.tracks if len(t.notes) and not t.is_drum), default=64)
    high = max((int(t.notes["pitch"].max()) for t in song.tracks if len(t.notes) and not t.is_drum), default=64)
    assert similarity(of(song), of(transposed(song, max(-low, min(by, 127 - high))))) == 1.0


def test_songs_of_hardly_any_notes_have_signatures():
    one_each = [Track(make_notes([480 * i], [480], [40 + 7 * i % 50], [80])) for i in range(20)]
    other = [Track(make_notes([240 * i], [480], [40 + 3 * i % 50], [80])) for i in range(20)]
    few = Song(tracks=tuple(one_each))
    assert of(few).shape == (SIGNATURE_BINS,) and of(few).dtype == np.uint16
    assert similarity(of(few), of(Song(tracks=tuple(other)))) < SAME
    assert similarity(of(few), of(transposed(few, 3))) == 1.0
    assert of(Song(tracks=(Track(make_notes([0], [1], [60], [80])),))).shape == (SIGNATURE_BINS,)


def test_few_notes_beside_drums_are_the_same_when_transposed():
    pairs = [(np.full(2, 480 * i), np.full(2, 60), np.array([0, 7 * i]), np.full(2, 80)) for i in range(8)]
    song = Song(tracks=tuple(Track(make_notes(*pair), is_drum=i % 2 == 1) for i, pair in enumerate(pairs)))
    assert similarity(of(song), of(transposed(song, 1))) == 1.0


def test_repeats_are_found_and_named_by_the_first(monkeypatch):
    songs = [of(dense_song(16, 2, seed=seed)) for seed in range(40)]
    order = [0, 1, 2, 1, 3, 0, 0, *range(4, 40), 39, 1]
    kept = find_repeats(np.stack([songs[i] for i in order]))
    first = {number: order.index(number) for number in order}
    assert kept.tolist() == [-1 if first[n] == at else first[n] for at, n in enumerate(order)]


def test_likeness_is_not_handed_on():
    """A chain of songs, each like the next: what is dropped resembles what is kept in its place."""
    rng = np.random.default_rng(0)
    chain = [rng.integers(0, 2**16, SIGNATURE_BINS, dtype=np.uint16)]
    for step in range(8):
        following = chain[-1].copy()
        following[16 * step:16 * step + 16] = rng.integers(0, 2**16, 16)
        chain.append(following)
    chain = np.stack(chain)
    kept = find_repeats(chain)
    assert kept[0] == -1 and (kept >= 0).any() and (kept[1:] == -1).any()
    for late in np.flatnonzero(kept >= 0):
        assert kept[kept[late]] == -1 and similarity(chain[late], chain[kept[late]]) >= SAME


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_songs_are_no_special_case(count):
    signatures = np.stack([of(SONG)] * count) if count else np.empty((0, SIGNATURE_BINS), dtype=np.uint16)
    assert find_repeats(signatures).tolist() == [-1, 0][:count]


def test_meters_do_not_count_where_the_notes_are_the_same():
    assert similarity(of(SONG), of(replace(SONG, meters=(Meter(0, 3, 4),)))) > 0.9
