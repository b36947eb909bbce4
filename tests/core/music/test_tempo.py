"""Gradual changes of tempo: where they begin and end, what is left of what was there, and that MIDI says the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.music.song import Song, Track, make_notes
from core.music.tempo import CURVES, Ramp, ramp_tempo, ramps, remove_meter, remove_tempos
from core.music.timebase import Meter, Tempo

BEAT = 480
BAR = 4 * BEAT
SONG = Song(BEAT, (Track(make_notes([0], [8 * BAR], [60], [80])),), (Tempo(0), Tempo(BAR, 400_000), Tempo(6 * BAR)))


@given(st.integers(0, 4), st.integers(1, 3), st.floats(30, 240), st.floats(30, 240), st.sampled_from(list(CURVES)))
def test_a_ramp_goes_one_way_from_its_first_tempo_to_its_last_and_touches_nothing_else(bar, bars, first, last, curve):
    start, end = bar * BAR, (bar + bars) * BAR
    after = ramp_tempo(SONG, start, end, first, last, curve)
    base = after.timebase
    assert base.tempo_at(start).microseconds_per_beat == round(60e6 / first)
    assert base.tempo_at(end).microseconds_per_beat == round(60e6 / last)
    inside = [t.microseconds_per_beat for t in after.tempos if start <= t.tick <= end]
    assert inside == sorted(inside, reverse=last > first)
    assert [t for t in after.tempos if not start <= t.tick <= end] == [
        t for t in SONG.tempos if not start <= t.tick <= end]
    assert parse_midi(midi_bytes(after)).tempos == after.tempos
    if len(inside) > 4:
        assert ramps(after.tempos, BEAT)[0] == Ramp(start, end, round(60e6 / first), round(60e6 / last))


def test_late_and_early_bend_the_way():
    middles = {curve: ramp_tempo(SONG, 0, 2 * BAR, 120, 60, curve).timebase.tempo_at(BAR).beats_per_minute
               for curve in CURVES}
    assert middles["early"] < middles["even"] < middles["late"]


def test_afterwards_another_tempo_can_hold():
    after = ramp_tempo(SONG, 0, BAR, 120, 60, afterwards=100)
    assert after.timebase.tempo_at(BAR).beats_per_minute == 100


def test_a_ramp_takes_time():
    with pytest.raises(ValueError):
        ramp_tempo(SONG, BAR, BAR, 120, 60)


def test_changes_are_taken_away_but_a_song_always_has_a_tempo_and_a_meter():
    assert remove_tempos(SONG, 0, 2 * BAR).tempos == (Tempo(0), Tempo(6 * BAR))
    song = replace(SONG, meters=(Meter(0), Meter(BAR, 3)))
    assert remove_meter(song, BAR).meters == (Meter(0),) and remove_meter(song, 0) == song


def test_single_changes_and_changes_far_apart_are_no_ramp():
    assert ramps(SONG.tempos, BEAT) == []
    steps = [Tempo(tick, 500_000 + tick) for tick in range(0, 5 * BEAT, BEAT)]
    assert ramps(steps, BEAT) == [Ramp(0, 4 * BEAT, 500_000, 500_000 + 4 * BEAT)]
