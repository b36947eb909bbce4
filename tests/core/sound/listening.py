"""What the tests of sound share: short songs, and ears for the samples."""

from functools import partial

import numpy as np

from core.music.song import Song, Track, make_notes
from core.sound.renderer import Renderer
from core.sound.schedule import compile_song
from core.sound.synth import BLOCK, FluidSynth

RATE = 44100
BEAT = 480
SECOND = -(-RATE // BLOCK)
"""Blocks in a second, rounded up."""

ORGAN, STRINGS, PIANO = 19, 48, 0
SILENCE = 1e-6


def notes(*rows: tuple[float, float, int]) -> np.ndarray:
    """(onset, length) in beats and pitch."""
    return make_notes([round(r[0] * BEAT) for r in rows], [round(r[1] * BEAT) for r in rows], [r[2] for r in rows],
                      [100] * len(rows))


def clicks(*beats: float) -> Track:
    return Track(notes(*((beat, 0.1, 37) for beat in beats)), is_drum=True)


def renderer_of(song: Song, scale: float = 1.0) -> Renderer:
    return Renderer(partial(FluidSynth, RATE), compile_song(song, RATE, scale))


def played(song: Song, seconds: float = 1.0, start: int = 0) -> np.ndarray:
    renderer = renderer_of(song)
    renderer.locate(start)
    renderer.play()
    return renderer.render(round(seconds * SECOND))


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def onsets(samples: np.ndarray, gap: float = 0.1) -> np.ndarray:
    """Seconds at which clicks begin: the level rises above a tenth of the peak after ``gap`` seconds below it."""
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > 0.1 * np.abs(samples).max())
    first = np.concatenate([[True], np.diff(loud) > gap * RATE])
    return loud[first] / RATE


def pitch_strength(samples: np.ndarray, pitch: int) -> float:
    """How much of the pitch's fundamental is in the samples."""
    wave = samples.mean(axis=1) * np.hanning(len(samples))
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    return float(abs(wave @ np.exp(-2j * np.pi * frequency * np.arange(len(wave)) / RATE)) / len(wave))
