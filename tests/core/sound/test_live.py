"""Keys that are pressed sound at once, as the track would, and end."""

import numpy as np
import pytest

from core.sound.live import Live
from core.sound.ring import Mix, Ring
from core.sound.schedule import BEND, CONTROL, PROGRAM
from core.sound.synth import BLOCK, FluidSynth
from tests.core.sound.listening import ORGAN, PIANO, RATE, SECOND, loudness, onsets, pitch_strength


@pytest.fixture
def live() -> Live:
    return Live(FluidSynth(RATE), RATE)


def test_a_key_sounds_at_once_and_ends_after_its_time(live: Live) -> None:
    assert not live.sounding
    live.key_down(ORGAN, False, 69, 100, seconds=0.25)
    sound = live.render(2 * SECOND)
    assert pitch_strength(sound[:RATE // 4], 69) > 0.003
    assert loudness(sound[-RATE // 2:]) < 1e-4
    live.render(8 * SECOND)
    assert not live.sounding
    live.key_down(PIANO, True, 38, 100, seconds=0.25)
    assert onsets(live.render(SECOND))[0] < 0.003


def test_a_key_that_is_held_sounds_until_it_is_let_go_and_the_pedal_holds_it_longer(live: Live) -> None:
    live.key_down(ORGAN, False, 60, 100)
    assert loudness(live.render(3 * SECOND)[-RATE:]) > 0.01
    live.control(CONTROL, 64, 127)
    live.key_up(60)
    assert loudness(live.render(2 * SECOND)[-RATE:]) > 0.01
    live.key_down(ORGAN, False, 64, 100)  # the pedal is still down for the next key
    live.key_up(64)
    assert loudness(live.render(2 * SECOND)[-RATE:]) > 0.01
    live.silence()
    assert loudness(live.render(3 * SECOND)[-RATE:]) < 1e-4


def test_a_key_that_is_let_go_at_once_still_sounds_as_long_as_is_asked(live: Live) -> None:
    live.key_down(ORGAN, False, 60, 100)
    live.key_up(60, 0.4)
    sounds = live.render(round(0.5 * RATE / BLOCK))
    at = round(0.3 * RATE)
    assert loudness(sounds[at:at + 2000]) > 0.01
    live.render(SECOND)
    assert loudness(live.render(20)) < 1e-3
    live.key_down(ORGAN, False, 60, 100)
    live.render(SECOND)
    live.key_up(60, 0.4)
    live.render(SECOND)
    assert loudness(live.render(20)) < 1e-3, "what has sounded longer ends at once"


def test_the_tracks_volume_and_pan_are_heard_and_the_keyboards_wheel(live: Live) -> None:
    def struck(**options: int) -> np.ndarray:
        live.key_down(ORGAN, False, 60, 100, **options)
        sound = live.render(SECOND)
        live.silence()
        live.render(2 * SECOND)
        return sound

    full = struck()
    assert loudness(struck(volume=50)) == pytest.approx(loudness(full) / 4, rel=0.2)
    left, right = struck(pan=0).T
    assert loudness(left) > 5 * loudness(right)
    live.control(BEND, 127, 127)
    assert pitch_strength(struck(), 62) > 10 * pitch_strength(full, 62)
    live.control(PROGRAM, 0, 0)  # the instrument is the track's, whatever the keyboard says
    live.control(BEND, 0, 64)
    assert pitch_strength(struck(), 60) == pytest.approx(pitch_strength(full, 60), rel=0.2)


def test_from_keys_to_drums_and_back_nothing_hangs(live: Live) -> None:
    live.key_down(ORGAN, False, 60, 100)
    live.render(100)
    live.key_down(PIANO, True, 38, 100, seconds=0.1)
    live.render(SECOND)
    live.key_up(60)
    assert loudness(live.render(3 * SECOND)[-RATE:]) < 1e-4


def test_the_mix_is_the_song_untouched_until_a_key_sounds_and_never_above_one() -> None:
    song, live, readers = Ring(4096), Ring(4096), []
    mix = Mix(song, live, lambda: readers.append(1))
    loud = np.full((1024, 2), 0.95, np.float32)
    out = np.empty((512, 2), np.float32)
    song.write(loud)
    assert mix.read_into(out) == 512
    assert np.array_equal(out, loud[:512])
    live.write(loud[:4 * BLOCK])
    assert mix.read_into(out) == 512
    assert np.abs(out).max() <= 1
    assert (out[:4 * BLOCK] > loud[:4 * BLOCK]).all()
    assert mix.longest_read == 512
    assert song.underruns == live.underruns == 0
    assert mix.read_into(out) == 0
    assert not out.any()
    assert readers == [1], "a thread that reads for the first time is told of once"
