"""Songs to audio files, faster than real time, through the same code that plays them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np
import soundfile

from core.music.song import Song
from core.sound.renderer import Renderer
from core.sound.schedule import compile_song
from core.sound.synth import FluidSynth

FORMATS = {".wav": ("WAV", "FLOAT"), ".flac": ("FLAC", "PCM_24")}
"""Ending → (format, sample type). WAV keeps every bit of what is heard; FLAC knows no floats."""

CHUNK = 256
"""Blocks between two looks at progress and cancel: 0.37 s of sound at 44,100 Hz."""

TAIL_SECONDS = 8.0
TAIL_SILENCE = 1e-4
"""After the last note the reverb is written until it falls below this (-80 dB), ``TAIL_SECONDS`` at most."""


class AudioError(ValueError):
    """The song cannot be rendered or the file not be written. The message names the file and the reason."""


def render(song: Song, path: str | PathLike[str], *, sample_rate: int = 44100, start_tick: int = 0,
           end_tick: int | None = None, soundfont: str | PathLike[str] | None = None,
           on_progress: Callable[[float], None] | None = None,
           should_stop: Callable[[], bool] | None = None) -> bool:
    """Write the song, or the ticks from ``start_tick`` to ``end_tick``, as WAV (32-bit float) or FLAC (24 bit).

    ``on_progress`` gets the part that is done, 0 to 1; ``should_stop`` is asked about three times a second of sound.
    Returns True when the file is complete; False when it was stopped, and then no file is written or replaced.
    Raises AudioError for another ending, for nothing to render or a place that cannot be written to, and
    SynthUnavailable without FluidSynth or SoundFont.
    """
    target = Path(path)
    if target.suffix.lower() not in FORMATS:
        raise AudioError(f"{target}: only {' and '.join(FORMATS)} files can be written, not "
                         f"{target.suffix or 'a file without ending'}")
    kind, subtype = FORMATS[target.suffix.lower()]
    partial_file = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        chunks = _chunks(song, sample_rate, start_tick, end_tick, soundfont)
        with soundfile.SoundFile(partial_file, "w", sample_rate, 2, subtype, format=kind) as file:
            for samples, progress in chunks:
                file.write(samples)
                if on_progress is not None:
                    on_progress(progress)
                if should_stop is not None and should_stop():
                    return False
        os.replace(partial_file, target)
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(f"{target}: cannot be written: {getattr(error, 'strerror', None) or error}") from error
    finally:
        partial_file.unlink(missing_ok=True)
    return True


def render_array(song: Song, *, sample_rate: int = 44100, start_tick: int = 0, end_tick: int | None = None,
                 soundfont: str | PathLike[str] | None = None) -> np.ndarray:
    """The song's sound as an array, (frames, 2) float32. Raises as ``render`` does."""
    return np.concatenate([samples for samples, _ in _chunks(song, sample_rate, start_tick, end_tick, soundfont)])


def _chunks(song: Song, sample_rate: int, start_tick: int, end_tick: int | None,
            soundfont: str | PathLike[str] | None) -> Iterator[tuple[np.ndarray, float]]:
    """Samples and the part that is done, chunk by chunk. Checks its arguments before it is first asked for one."""
    schedule = compile_song(song, sample_rate)
    start = int(schedule.clock.sample_of(start_tick))
    end = schedule.end if end_tick is None else int(schedule.clock.sample_of(end_tick))
    if end <= start:
        raise AudioError("there is nothing to render: no note sounds after the start")
    renderer = Renderer(partial(FluidSynth, sample_rate, soundfont), schedule)
    renderer.locate(start)
    renderer.play(until=None if end_tick is None else end)
    return _render(renderer, start, end, round(TAIL_SECONDS * sample_rate))


def _render(renderer: Renderer, start: int, end: int, tail: int) -> Iterator[tuple[np.ndarray, float]]:
    while renderer.transport.playing:
        samples = renderer.render(CHUNK)
        yield samples, min(1.0, renderer.stream / (end - start + tail))
    limit = renderer.stream + tail
    while renderer.stream < limit:
        samples = renderer.render(CHUNK)
        done = float(np.abs(samples).max()) < TAIL_SILENCE
        yield samples, 1.0 if done else min(1.0, renderer.stream / (end - start + tail))
        if done:
            return
