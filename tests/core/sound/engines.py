"""What the tests of the engine share: real processes that are always ended, and songs to hear."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from core.music.song import Song, Track
from core.sound.engine import Engine
from tests.core.sound.listening import BEAT, ORGAN, RATE, notes

CLICKS = Song(BEAT, (Track(notes(*((i, 0.1, 37) for i in range(40))), is_drum=True),))
HELD = Song(BEAT, (Track(notes((0, 80, 60)), program=ORGAN),))


@contextmanager
def running(song: Song | None = None, **options) -> Iterator[Engine]:
    engine = Engine(**{"sink": "paced", "record_seconds": 12, **options})
    if song is not None:
        engine.set_song(song)
    engine.start()
    try:
        wait_for(lambda: engine.state.device)
        yield engine
    finally:
        engine.close()


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.002)


def wait_samples(engine: Engine, seconds: float) -> None:
    goal = engine.state.samples_played + seconds * RATE
    wait_for(lambda: engine.state.samples_played >= goal)


def level(samples: np.ndarray) -> float:
    return float(np.abs(samples).max(initial=0))
