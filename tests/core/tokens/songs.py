"""Random songs for the tests of tokens and prompts, on the grid and off it."""

import numpy as np
from hypothesis import strategies as st

from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo, Timebase
from core.tokens.grid import MAX_BEATS, ticks_of_units, units_of_slot
from core.tokens.vocabulary import METERS, VELOCITY_WIDTH

MULTIPLES_OF_24 = st.sampled_from([24, 48, 96, 120, 192, 240, 384, 480, 960])
TEMPOS = st.lists(st.builds(Tempo, st.integers(0, 20_000), st.integers(200_000, 2_500_000)), max_size=3)


def bars_of(ticks_per_beat: int, *meters: Meter) -> Timebase:
    return Timebase(ticks_per_beat, (), meters)


def grid_points(timebase: Timebase, bars: int) -> np.ndarray:
    """Every tick of the first ``bars`` bars that has a slot, ascending."""
    slots = ticks_of_units(units_of_slot(np.arange(12 * MAX_BEATS)), timebase.ticks_per_beat)
    starts, ends = timebase.bar_start(np.arange(bars)), timebase.bar_end(np.arange(bars))
    return np.concatenate([start + slots[start + slots < end] for start, end in zip(starts, ends)])


@st.composite
def meter_maps(draw: st.DrawFn, ticks_per_beat: int, step: int) -> tuple[Meter, ...]:
    """Up to four meters; each but the first starts any multiple of ``step`` ticks after the one before, so that it
    may cut a bar short (a pick-up is a short first bar)."""
    meters, tick = [], 0
    for _ in range(draw(st.integers(1, 4))):
        meters.append(Meter(tick, *draw(st.sampled_from(METERS))))
        tick += step * draw(st.integers(1, 10 * ticks_per_beat // step))
    return tuple(meters)


@st.composite
def grid_songs(draw: st.DrawFn, bars: int = 10, most_tracks: int = 4, most_notes: int = 12) -> Song:
    """A song whose notes all start and end on slots: chords, overlaps, repeated notes, drums, odd meters."""
    ticks_per_beat = draw(MULTIPLES_OF_24)
    meters = draw(meter_maps(ticks_per_beat, step=ticks_per_beat // 24))
    points = grid_points(bars_of(ticks_per_beat, *meters), bars)
    note = st.tuples(st.integers(0, len(points) - 2), st.integers(0, 127), st.integers(1, 127),
                     st.one_of(st.integers(1, 12), st.integers(1, 400)))
    tracks = []
    for _ in range(draw(st.integers(1, most_tracks))):
        onsets, durations, pitches, velocities = [], [], [], []
        for start, pitch, velocity, length in draw(st.lists(note, max_size=most_notes)):
            onsets.append(points[start])
            durations.append(points[min(start + length, len(points) - 1)] - points[start])
            pitches.append(pitch)
            velocities.append(velocity)
        tracks.append(Track(make_notes(onsets, durations, pitches, velocities), program=draw(st.integers(0, 127)),
                            is_drum=draw(st.booleans())))
    return Song(ticks_per_beat, tuple(tracks), tuple(draw(TEMPOS)), meters)


@st.composite
def played_songs(draw: st.DrawFn, whole_bars: bool = False) -> Song:
    """A song played freely: any resolution, notes at any tick, of any length, 0 too; each pitch once a track.

    ``whole_bars``: one meter throughout; else meters change at any tick."""
    ticks_per_beat = draw(st.one_of(st.integers(24, 1000), st.sampled_from([96, 220, 480, 1024])))
    meters = (Meter(0, *draw(st.sampled_from(METERS))),) if whole_bars else draw(meter_maps(ticks_per_beat, step=1))
    last = 12 * ticks_per_beat
    tracks = []
    for is_drum in draw(st.lists(st.booleans(), min_size=1, max_size=3)):
        pitches = draw(st.lists(st.integers(0, 127), unique=True, max_size=12))
        onsets = [draw(st.integers(0, last)) for _ in pitches]
        durations = [draw(st.one_of(st.integers(0, ticks_per_beat), st.integers(0, last))) for _ in pitches]
        velocities = [draw(st.integers(1, 127)) for _ in pitches]
        tracks.append(Track(make_notes(onsets, durations, pitches, velocities), is_drum=is_drum))
    return Song(ticks_per_beat, tuple(tracks), (), meters)


def dense_song(bars: int, tracks: int, notes_a_bar: int = 8, seed: int = 0, ticks_per_beat: int = 480) -> Song:
    """``bars`` bars of 4/4 with notes in every bar of every track; the last of several tracks is a drum kit."""
    rng = np.random.default_rng(seed)
    step = 4 * ticks_per_beat // notes_a_bar
    onset = np.arange(bars * notes_a_bar) * step
    made = []
    for number in range(tracks):
        pitch = rng.integers(36, 84, size=len(onset))
        velocity = rng.integers(1, 8, size=len(onset)) * VELOCITY_WIDTH
        made.append(Track(make_notes(onset, np.full(len(onset), step), pitch, velocity), program=number % 128,
                          is_drum=tracks > 1 and number == tracks - 1))
    return Song(ticks_per_beat, tuple(made))
