"""The cases that music brings, each truly generated: on the grid all comes back exactly, off it within half a slot."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from tests.core.tokens.round_trip import round_trip_faults
from tests.core.tokens.songs import MULTIPLES_OF_24, bars_of, grid_points

BARS = 8
ODD_METERS = st.sampled_from([meter for meter in v.METERS if meter[0] in (5, 7, 9, 11, 13, 15)])
METERS_WITHOUT_A_TOKEN = st.sampled_from([(17, 16), (21, 16), (13, 32), (9, 1), (20, 4), (35, 8)])
RESOLUTIONS = st.one_of(st.sampled_from([96, 220, 480, 1024]), st.integers(24, 1000))


ONE_TEMPO = st.just((Tempo(0),))
FEW_TRACKS = st.integers(1, 4)


@dataclass(frozen=True)
class Case:
    """``holds``: whether a song is truly of this case. ``meters``: for a resolution, a strategy of maps; ``tempos`` and
    ``tracks`` (how many) are strategies too. ``pitches``: how many there are to draw from."""

    holds: Callable[[Song], bool]
    meters: Callable[[int], st.SearchStrategy] = lambda ticks_per_beat: st.just((Meter(0),))
    tempos: st.SearchStrategy = ONE_TEMPO
    tracks: st.SearchStrategy = FEW_TRACKS
    pitches: int = 128
    zero_lengths: bool = False


@st.composite
def meter_changes(draw: st.DrawFn, ticks_per_beat: int, meter: st.SearchStrategy) -> tuple[Meter, ...]:
    """One to four meters, each beginning after whole bars of the one before."""
    meters, tick = [], 0
    for _ in range(draw(st.integers(1, 4))):
        meters.append(Meter(tick, *draw(meter)))
        tick += draw(st.integers(1, 3)) * meters[-1].bar_ticks(ticks_per_beat)
    return tuple(meters)


@st.composite
def pick_ups(draw: st.DrawFn, ticks_per_beat: int) -> tuple[Meter, ...]:
    """A first bar of fewer beats, or parts of one, than its meter says."""
    meter = draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (5, 4)]))
    units = draw(st.integers(1, 4 * meter[0] * 24 // meter[1] - 1))
    return Meter(0, *meter), Meter(units * ticks_per_beat // 24, *meter)


def tempo_maps() -> st.SearchStrategy:
    return st.lists(st.builds(Tempo, st.integers(0, 20_000), st.integers(200_000, 2_500_000)), min_size=2, max_size=9,
                    unique_by=lambda tempo: tempo.tick).map(tuple)


def has_overlaps(song: Song) -> bool:
    """Whether a note starts while its pitch still sounds on its track."""
    def in_one_pitch(notes: np.ndarray) -> bool:
        return bool(((notes["onset"] + notes["duration"])[:-1] > notes["onset"][1:]).any())
    return any(in_one_pitch(track.notes[track.notes["pitch"] == pitch])
               for track in song.tracks for pitch in np.unique(track.notes["pitch"]))


def has_zero_lengths(song: Song) -> bool:
    return any((track.notes["duration"] == 0).any() for track in song.tracks)


def starts_with_a_short_bar(song: Song) -> bool:
    return song.timebase.bar_end(0) < song.meters[0].bar_ticks(song.ticks_per_beat)


CASES = {
    "odd meters": Case(lambda song: any(meter.numerator % 2 and meter.numerator > 3 for meter in song.meters),
                       meters=lambda ticks_per_beat: meter_changes(ticks_per_beat, ODD_METERS)),
    "meters without a token": Case(lambda song: any((meter.numerator, meter.denominator) not in v.METERS
                                                    for meter in song.meters),
                                   meters=lambda ticks_per_beat: meter_changes(ticks_per_beat, METERS_WITHOUT_A_TOKEN)),
    "pick-ups": Case(starts_with_a_short_bar, meters=pick_ups),
    "tempo changes": Case(lambda song: len(song.tempos) > 1, tempos=tempo_maps()),
    "overlapping notes": Case(has_overlaps, tracks=st.integers(1, 3), pitches=2),
    "zero-length notes": Case(has_zero_lengths, zero_lengths=True),
    "23 parts": Case(lambda song: len(song.tracks) == 23 and all(len(track.notes) for track in song.tracks),
                     meters=pick_ups, tempos=tempo_maps(), tracks=st.just(23)),
    "128 tracks": Case(lambda song: len(song.tracks) == 128, tracks=st.just(128), zero_lengths=True),
}


@st.composite
def songs(draw: st.DrawFn, case: Case, on_grid: bool) -> Song:
    """A song of ``BARS`` bars; its notes come from a seed, so that large ones are drawn as fast as small ones."""
    ticks_per_beat = draw(MULTIPLES_OF_24 if on_grid else RESOLUTIONS)
    meters = draw(case.meters(ticks_per_beat))
    timebase = bars_of(ticks_per_beat, *meters)
    points = grid_points(timebase, BARS) if on_grid else np.arange(timebase.bar_start(BARS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    most = draw(st.sampled_from([8, 60]))
    tracks = []
    for _ in range(draw(case.tracks)):
        count = int(rng.integers(4, most))
        start = rng.integers(len(points), size=count)
        longest = rng.choice([3, 12, len(points)]) if on_grid else rng.choice([ticks_per_beat // 3, len(points)])
        end = np.minimum(start + rng.integers(1, longest + 1, size=count), len(points) - 1)
        end = np.where(start == end, start - 1, end)
        start, end = np.minimum(start, end), np.maximum(start, end)
        if case.pitches < 128:  # two notes of one pitch, one inside the other
            start[:2], end[:2] = (0, 1), (4, 3)
        pitch = rng.integers(60, 60 + case.pitches, size=count) % 128
        pitch[:2] = pitch[0]
        durations = points[end] - points[start]
        if case.zero_lengths:
            durations[rng.random(count) < 0.3] = 0
            durations[0] = 0
        tracks.append(Track(make_notes(points[start], durations, pitch, rng.integers(1, 128, size=count)),
                            program=int(rng.integers(128)), is_drum=bool(rng.random() < 0.2)))
    return Song(ticks_per_beat, tuple(tracks), draw(case.tempos), meters)


@pytest.mark.parametrize("on_grid", [True, False], ids=["on the grid", "off the grid"])
@pytest.mark.parametrize("name", CASES)
def test_what_a_case_brings_comes_back(name, on_grid):
    case = CASES[name]

    @settings(max_examples=20 if "tracks" in name or "parts" in name else 40)
    @given(songs(case, on_grid))
    def check(song: Song) -> None:
        assert case.holds(song)
        for drum_durations in (True, False):
            faults, report = round_trip_faults(song, drum_durations)
            assert not faults
            if on_grid and not case.zero_lengths and not report.dropped:
                assert (report.on_grid, report.worst) == (song.note_count, 0.0)
        if on_grid and case.zero_lengths:
            # They become as short as a note can be; all else stays.
            assert report.worst <= 1.0
    check()


@settings(max_examples=30)
@given(songs(CASES["tempo changes"], on_grid=True))
def test_bars_say_the_tempo_in_force(song):
    encoded = encode(song)
    starts = song.timebase.bar_start(np.arange(encoded.bar_count))
    assert encoded.bar_tempo.tolist() == [v.tempo_class(song.timebase.tempo_at(int(start)).beats_per_minute)
                                          for start in starts]
