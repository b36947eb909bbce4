"""What is rendered to a file is what the device gets, sample for sample; and how fast it is rendered."""

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.files.audio import render
from core.files.midi import read_midi
from core.music.song import RawEvent, Song, Track
from core.sound.renderer import END_SECONDS
from tests.core.sound.engines import running, wait_for
from tests.core.sound.listening import BEAT, RATE, notes

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "demo.mid"
LEAST_SPEED = 25
"""Times real time, by processor time: the wall clock tells of the machine's other work too."""

SONG = Song(BEAT, (
    Track(notes((0, 3, 60), (1, 1, 64), (4, 2, 67), (5, 1, 72)), program=48,
          events=(RawEvent(BEAT, b"\xb0\x40\x7f"), RawEvent(3 * BEAT, b"\xb0\x40\x00"), RawEvent(0, b"\xe0\x00\x50"))),
    Track(notes(*((i / 2, 0.25, 36 + i % 3) for i in range(12))), is_drum=True),
    Track(notes((0, 6, 40)), program=33, volume=90, pan=20)))


def first_sound(samples: np.ndarray) -> int:
    return int(np.argmax(np.abs(samples).max(axis=1) > 1e-4))


@pytest.mark.parametrize(("start", "end"), [(0, None), (4 * BEAT, None), (2 * BEAT, 5 * BEAT)])
def test_a_wav_holds_every_sample_that_the_sink_received(tmp_path: Path, start: int, end: int | None) -> None:
    path = tmp_path / "song.wav"
    render(SONG, path, start_tick=start, end_tick=end)
    written, rate = soundfile.read(path, dtype="float32")
    with running(SONG) as engine:
        engine.play(start)
        wait_for(lambda: engine.state.playing and engine.state.tick > start)
        wait_for(lambda: not engine.state.playing)
        heard = engine.recorded()
    span = (end - start) / BEAT * 0.5 if end else (SONG.end - start) / BEAT * 0.5 + END_SECONDS
    at, begins = first_sound(heard), first_sound(written)
    count = int(span * rate) - begins - 64
    assert count > 0.9 * RATE
    assert np.array_equal(heard[at:at + count], written[begins:begins + count])


def test_the_demo_song_is_rendered_many_times_faster_than_it_plays(tmp_path: Path) -> None:
    song, path = read_midi(DEMO), tmp_path / "demo.wav"
    start = time.process_time()
    render(song, path)
    speed = soundfile.info(path).duration / (time.process_time() - start)
    print(f"\nrendered at {speed:.0f} times real time")
    assert speed > LEAST_SPEED
