"""The metronome and the count-in, by what is heard of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.music.song import Song, Track
from core.music.timebase import Meter, Tempo, Timebase
from core.sound.metronome import count_in_clicks, next_click
from core.sound.schedule import compile_song
from core.sound.transport import SampleClock
from tests.core.sound.listening import (
    BEAT,
    ORGAN,
    RATE,
    SECOND,
    SILENCE,
    clicks,
    loudness,
    notes,
    onsets,
    played,
    renderer_of,
)

BAR = 4 * BEAT


def brightness(samples: np.ndarray) -> float:
    """The frequency in which most of a click lies."""
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=1) * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE / len(samples))


def accents(samples: np.ndarray, found: np.ndarray) -> list[bool]:
    """Which clicks are the high ones."""
    pitches = [brightness(samples[round(at * RATE):round(at * RATE) + 2048]) for at in found]
    middle = (min(pitches) + max(pitches)) / 2
    return [pitch > middle for pitch in pitches]


def test_it_clicks_on_every_beat_of_the_meter_and_tempo_map_with_an_accent_on_each_bar() -> None:
    song = Song(BEAT, tempos=(Tempo(0, 500_000), Tempo(BAR, 350_000)),
                meters=(Meter(0, 4, 4), Meter(BAR, 3, 4), Meter(BAR + 6 * BEAT, 5, 8)))
    renderer = renderer_of(song)
    renderer.set_metronome(True)
    renderer.play()
    sound = renderer.render(6 * SECOND)
    found = onsets(sound)
    quarters, eighths = np.arange(10), 10 + np.arange(11) / 2
    expected = song.timebase.seconds_at(np.concatenate([quarters, eighths]) * BEAT)
    assert np.abs(found[:len(expected)] - expected).max() < 0.003
    assert accents(sound, found[:len(expected)]) == (
        [True, False, False, False] + [True, False, False] * 2 + ([True] + [False] * 4) * 2 + [True])


def test_it_follows_the_tempo_scale_and_can_be_switched_while_playing() -> None:
    renderer = renderer_of(Song(BEAT), 2.0)
    renderer.play()
    assert loudness(renderer.render(SECOND)) < SILENCE
    renderer.set_metronome(True)
    on = renderer.render(2 * SECOND)
    renderer.set_metronome(False)
    renderer.render(SECOND)
    assert loudness(renderer.render(SECOND)) < 1e-4
    assert np.diff(onsets(on)) == pytest.approx(np.full(7, 0.25), abs=0.003)


def test_it_goes_round_with_a_loop() -> None:
    renderer = renderer_of(Song(BEAT, (Track(),)))
    renderer.set_metronome(True)
    renderer.set_loop((0, 3 * RATE // 2))
    renderer.play()
    sound = renderer.render(4 * SECOND)
    found = onsets(sound)
    assert np.abs(found - 0.5 * np.arange(len(found))).max() < 0.003
    assert accents(sound, found)[:7] == [True, False, False, True, False, False, True]


def test_edits_at_every_moment_lose_and_double_no_click() -> None:
    song = Song(BEAT, (Track(notes((0, 40, 60))),))
    muted = replace(song, tracks=(replace(song.tracks[0], mute=True),))
    renderer = renderer_of(muted)
    renderer.set_metronome(True)
    renderer.play()
    parts = []
    for _ in range(500):
        parts.append(renderer.render(3))
        renderer.load(compile_song(muted, RATE))
    once = renderer_of(muted)
    once.set_metronome(True)
    once.play()
    assert np.array_equal(np.concatenate(parts), once.render(1500))


def test_the_count_in_clicks_a_bar_and_then_the_song_begins() -> None:
    song = Song(BEAT, (clicks(0, 1, 2), Track(notes((0, 8, 60)), program=ORGAN)))
    renderer = renderer_of(Song(BEAT, song.tracks[:1]))
    renderer.play(count_in_bars=1)
    sound = renderer.render(5 * SECOND)
    found = onsets(sound)
    assert found == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3], abs=0.003)
    assert accents(sound, found[:4]) == [True, False, False, False]


def test_the_position_waits_while_it_is_counted_in_and_no_held_note_sounds_before() -> None:
    song = Song(BEAT, (Track(notes((0, 40, 60)), program=ORGAN),))
    start = 4 * RATE
    renderer = renderer_of(song)
    renderer.locate(start)
    renderer.play(count_in_bars=2)
    counted = renderer.render(4 * SECOND - 100)
    assert renderer.counting
    assert renderer.transport.position == start
    assert renderer.timeline.at(RATE).position_at(RATE) == start
    assert renderer.timeline.at(RATE).counting_at(RATE)
    renderer.render(110)
    assert not renderer.counting
    rest = renderer.render(SECOND)
    assert loudness(rest) == pytest.approx(loudness(played(song, 1, start)), rel=0.2)
    between = counted[round(0.3 * RATE):round(0.45 * RATE)]
    assert loudness(between) < 0.02 * loudness(rest)
    assert renderer.transport.position - start == pytest.approx(renderer.stream - 4 * RATE, abs=32)


def test_a_count_in_begun_within_a_bar_counts_its_beats_too() -> None:
    clock = SampleClock(Timebase(BEAT, (), (Meter(0, 3, 4),)), RATE)
    position = int(clock.sample_of(5 * BEAT))
    half = RATE // 2
    assert count_in_clicks(clock, position, 1) == [(5 * half, True), (4 * half, False), (3 * half, False),
                                                   (2 * half, True), (half, False)]


def test_stopping_while_it_is_counted_in_leaves_the_place_and_no_click() -> None:
    renderer = renderer_of(Song(BEAT, (clicks(*range(8)),)))
    renderer.locate(RATE)
    renderer.play(count_in_bars=1)
    renderer.render(SECOND // 4)
    renderer.stop()
    renderer.render(SECOND)
    assert loudness(renderer.render(SECOND)) < 1e-4
    assert renderer.transport.position == RATE
    renderer.play()
    assert len(onsets(renderer.render(SECOND - 20))) == 2


def test_taking_back_what_was_rendered_leads_back_into_the_count_in() -> None:
    renderer = renderer_of(Song(BEAT, (clicks(*range(8)),)))
    renderer.play(count_in_bars=1)
    renderer.render(2 * SECOND - 10)
    discarded = renderer.render(56)
    renderer.rewind(renderer.stream - len(discarded), discarded)
    renderer.locate(4 * RATE)
    assert renderer.counting
    assert onsets(renderer.render(SECOND))[0] < 0.02


METERS = st.builds(Meter, st.integers(0, 20_000), st.integers(1, 9), st.sampled_from([2, 4, 8, 16]))


@given(st.lists(METERS, max_size=4),
       st.integers(0, 2_000_000), st.sampled_from([0.5, 1.0, 1.7]))
def test_the_next_click_is_the_first_beat_from_there(meters: list[Meter], sample: int, scale: float) -> None:
    clock = SampleClock(Timebase(BEAT, (Tempo(0, 431_000),), tuple(meters)), RATE, scale)
    timebase = clock.timebase
    bars = range(int(timebase.bar_at(clock.tick_of(sample))) + 2)
    beats = [(int(clock.sample_of(tick)), tick == timebase.bar_start(bar)) for bar in bars for tick in
             range(timebase.bar_start(bar), timebase.bar_end(bar), timebase.meter_of(bar).beat_ticks(BEAT))]
    assert next_click(clock, sample) == next((at, accent) for at, accent in beats if at >= sample)
