"""Songs to audio files, faster than real time, through the same code that plays them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np
import soundfile

from core.music.song import Song
from core.sound.renderer import Renderer
from core.sound.schedule import audible_tracks, compile_song
from core.sound.synth import FluidSynth

FORMATS = {".wav": ("WAV", "FLOAT"), ".flac": ("FLAC", "PCM_24")}
"""Ending → (format, sample type). WAV keeps every bit of what is heard; FLAC knows no floats."""

CHUNK = 256
"""Blocks between two looks at progress and cancel: 0.37 s of sound at 44,100 Hz."""

TAIL_SECONDS = 8.0
TAIL_SILENCE = 1e-4
"""After the last note the reverb is written until it falls below this (-80 dB), ``TAIL_SECONDS`` at most."""

LARGEST_WAV = (1 << 32) - (1 << 16)
"""Bytes that the lengths in a WAV file can say."""
FRAME_BYTES = 8
LONGEST_NAME = 60
"""Letters of a track's name that go into a stem's file name."""

Progress = Callable[[float], None]
ShouldStop = Callable[[], bool]


class AudioError(ValueError):
    """The song cannot be rendered or the file not be written. The message names the file and the reason."""


class _Stopped(Exception):
    """The caller wants no file any more."""


def render(song: Song, path: str | PathLike[str], *, sample_rate: int = 44100, start_tick: int = 0,
           end_tick: int | None = None, soundfont: str | PathLike[str] | None = None,
           on_progress: Progress | None = None, should_stop: ShouldStop | None = None) -> bool:
    """Write the song, or the ticks from ``start_tick`` to ``end_tick``, as WAV (32-bit float) or FLAC (24 bit).

    ``on_progress`` gets the part that is done, 0 to 1; ``should_stop`` is asked about three times a second of sound.
    Returns True when the file is complete; False when it was stopped, and then no file is written or replaced.
    Raises AudioError for another ending, for nothing to render or a place that cannot be written to, and
    SynthUnavailable without FluidSynth or SoundFont.
    """
    target = Path(path)
    chunks = partial(_chunks, song, sample_rate, start_tick, end_tick, soundfont)
    return bool(_write([(target, chunks)], sample_rate, on_progress, should_stop))


def render_stems(song: Song, path: str | PathLike[str], *, sample_rate: int = 44100, start_tick: int = 0,
                 end_tick: int | None = None, soundfont: str | PathLike[str] | None = None,
                 on_progress: Progress | None = None, should_stop: ShouldStop | None = None) -> list[Path]:
    """Write one file a track that sounds in the range, each as if that track were soloed, all of one length.

    ``path`` gives the folder, the beginning of the names and the format: ``Song.wav`` becomes ``Song - 01 Piano.wav``,
    with the track's own number. Returns the files; an empty list when it was stopped, and then none is written or
    replaced. Raises as ``render`` does.
    """
    target = Path(path)
    jobs = [(stem_path(target, song, index), partial(_chunks, stem_song(song, index), sample_rate, start_tick,
                                                     end_tick, soundfont))
            for index in tracks_that_sound(song, start_tick, end_tick)]
    if not jobs:
        raise AudioError(f"{target}: there is nothing to render: no note sounds there")
    return _write(jobs, sample_rate, on_progress, should_stop)


def render_array(song: Song, *, sample_rate: int = 44100, start_tick: int = 0, end_tick: int | None = None,
                 soundfont: str | PathLike[str] | None = None) -> np.ndarray:
    """The song's sound as an array, (frames, 2) float32. Raises as ``render`` does."""
    chunks = _chunks(song, sample_rate, start_tick, end_tick, soundfont)
    return np.concatenate([samples for samples, _ in chunks])


# -- stems ---------------------------------------------------------------------------------------


def tracks_that_sound(song: Song, start_tick: int = 0, end_tick: int | None = None) -> list[int]:
    """The indices of the tracks that are heard (not muted, nor beside a solo) and have a note in the range."""
    end = song.end if end_tick is None else end_tick
    return [index for index, audible in enumerate(audible_tracks(song))
            if audible and _any_between(song.tracks[index].notes, start_tick, end)]


def _any_between(notes: np.ndarray, start: int, end: int) -> bool:
    return bool(((notes["onset"] < end) & (notes["onset"] + np.maximum(notes["duration"], 1) > start)).any())


def stem_song(song: Song, index: int) -> Song:
    """The song with every track but one silent."""
    return replace(song, tracks=tuple(replace(track, solo=False, mute=other != index)
                                      for other, track in enumerate(song.tracks)))


def stem_path(path: Path, song: Song, index: int) -> Path:
    """Where the stem of track ``index`` goes; a name from a file is stripped of what could lead out of the folder."""
    name = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', " ", song.tracks[index].name)
    name = " ".join(name.split())[:LONGEST_NAME].rstrip(" .")
    return path.with_name(f"{path.stem} - {index + 1:02d}{' ' * bool(name)}{name}{path.suffix}")


# -- files ---------------------------------------------------------------------------------------


Chunks = Iterator[tuple[np.ndarray, float]]
"""Samples and the part that is done."""


def partial_path(path: Path, process: int) -> Path:
    """What a file is called while process number ``process`` writes it."""
    return path.with_name(f".{path.name}.{process}.partial")


def _write(jobs: list[tuple[Path, Callable[[], Chunks]]], sample_rate: int, on_progress: Progress | None,
           should_stop: ShouldStop | None) -> list[Path]:
    """Write every file beside its place, make them equally long, and only then move them all there."""
    for target, _ in jobs:
        _check_place(target)
    parts = [partial_path(target, os.getpid()) for target, _ in jobs]
    target = jobs[0][0]
    try:
        with ExitStack() as files:
            opened = []
            for number, (target, make_chunks) in enumerate(jobs):
                chunks = make_chunks()
                kind, subtype = FORMATS[target.suffix.lower()]
                parts[number].touch()  # where that fails the system gives a reason, the library none
                file = files.enter_context(
                    soundfile.SoundFile(parts[number], "w", sample_rate, 2, subtype, format=kind))
                opened.append(file)
                for samples, part in chunks:
                    if kind == "WAV" and (file.frames + len(samples)) * FRAME_BYTES > LARGEST_WAV:
                        raise AudioError(f"{target}: this is longer than a WAV file can be, 4 GiB: write FLAC")
                    file.write(samples)
                    if on_progress is not None:
                        on_progress((number + part) / len(jobs))
                    if should_stop is not None and should_stop():
                        raise _Stopped
            longest = max(file.frames for file in opened)
            for file in opened:
                _pad(file, longest)
        for (target, _), part in zip(jobs, parts, strict=True):
            _reach_the_disk(part)
            os.replace(part, target)
    except _Stopped:
        return []
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(f"{target}: cannot be written: {getattr(error, 'strerror', None) or error}") from error
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return [target for target, _ in jobs]


def _check_place(target: Path) -> None:
    if target.suffix.lower() not in FORMATS:
        raise AudioError(f"{target}: only {' and '.join(FORMATS)} files can be written, not "
                         f"{target.suffix or 'a file without ending'}")
    if not target.parent.is_dir():
        raise AudioError(f"{target}: cannot be written: there is no folder {target.parent}")
    if target.is_dir():
        raise AudioError(f"{target}: cannot be written: it is a folder")
    if not target.parent.is_dir():
        raise AudioError(f"{target}: cannot be written: there is no folder {target.parent}")


def _pad(file: soundfile.SoundFile, frames: int) -> None:
    silence = np.zeros((CHUNK * 64, 2), np.float32)
    while file.frames < frames:
        file.write(silence[:frames - file.frames])


def _reach_the_disk(path: Path) -> None:
    """So that a power cut right after cannot leave an empty file in the place of the old one."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


# -- samples -------------------------------------------------------------------------------------


def _chunks(song: Song, sample_rate: int, start_tick: int, end_tick: int | None,
            soundfont: str | PathLike[str] | None) -> Chunks:
    """Samples and the part that is done, chunk by chunk. Checks its arguments before it is first asked for one."""
    schedule = compile_song(song, sample_rate)
    start = int(schedule.clock.sample_of(start_tick))
    end = schedule.end if end_tick is None else int(schedule.clock.sample_of(end_tick))
    if end <= start:
        raise AudioError("there is nothing to render: no note sounds after the start")
    synths = ExitStack()

    def make_synth() -> FluidSynth:
        synth = FluidSynth(sample_rate, soundfont)
        synths.callback(synth.close)
        return synth

    renderer = Renderer(make_synth, schedule)
    renderer.locate(start)
    renderer.play(until=None if end_tick is None else end)
    return _render(renderer, start, end, round(TAIL_SECONDS * sample_rate), synths)


def _render(renderer: Renderer, start: int, end: int, tail: int, synths: ExitStack) -> Chunks:
    with synths:
        yield from _until_silent(renderer, start, end, tail)


def _until_silent(renderer: Renderer, start: int, end: int, tail: int) -> Chunks:
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
