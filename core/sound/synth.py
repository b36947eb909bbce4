"""FluidSynth as a function from MIDI messages to float samples, and the silence that stands in for it.

Only pyfluidsynth's library is used, not its driver or sequencer. Channels run to 256, so every track of a song has
one to itself. FluidSynth works in blocks of 64 samples: all lengths here are multiples of that.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import importlib
import io
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import Protocol

import numpy as np

from core.sound.soundfonts import SoundFontError, check_soundfont, default_soundfont

BLOCK = 64
"""Samples FluidSynth computes at once: a message takes effect at the start of a block."""

CHANNELS = 256
GAIN = 0.8
POLYPHONY = 512
DRUM_KIND, MELODIC_KIND = 1, 0

SHARES = 2
PARALLEL_FRAMES = 16 * BLOCK
"""From this many samples on a second processor is worth waking. The live engine renders less at once."""
LIMITER_KNEE = 0.8


class SynthUnavailable(RuntimeError):
    """There can be no sound. The message says in a sentence what is missing and what to install."""


class Synth(Protocol):
    """What the renderer needs of a synthesizer. Channels 0..255, all values as in MIDI; bend 0..16383."""

    def note_on(self, channel: int, pitch: int, velocity: int) -> None: ...
    def note_off(self, channel: int, pitch: int) -> None: ...
    def control(self, channel: int, number: int, value: int) -> None: ...
    def program(self, channel: int, program: int) -> None: ...
    def bend(self, channel: int, value: int) -> None: ...
    def pressure(self, channel: int, value: int) -> None: ...
    def key_pressure(self, channel: int, pitch: int, value: int) -> None: ...
    def make_drums(self, channel: int, drums: bool) -> None: ...
    def write(self, out: np.ndarray) -> None:
        """Fill ``out`` (frames, 2) float32, C-contiguous, with the next samples; frames a multiple of ``BLOCK``."""
    def resting(self) -> bool:
        """No voice sounds. Reverb may still ring."""
    def close(self) -> None: ...


def soft_limit(samples: np.ndarray) -> None:
    """Bend everything above the knee so that it stays below 1, in place. Quieter samples are left exactly alone."""
    if not len(samples) or max(samples.max(), -samples.min()) <= LIMITER_KNEE:
        return
    size = np.abs(samples)
    room = np.float32(1 - LIMITER_KNEE)
    bent = LIMITER_KNEE + room * np.tanh((size - np.float32(LIMITER_KNEE)) / room)
    np.copyto(samples, np.copysign(bent, samples), where=size > LIMITER_KNEE)


def carried_library() -> str | None:
    """A libfluidsynth that came inside another package's wheel (pygame-ce's carry one); None where there is none."""
    for package in ("pygame_ce.libs", "pygame.libs", "pygame"):
        for folder in map(Path, sys.path):
            for path in sorted((folder / package).glob("**/*fluidsynth*")):
                if path.is_file() and (".so" in path.name or path.suffix in (".dylib", ".dll")):
                    return str(path)
    return None


def load_library() -> ModuleType:
    """pyfluidsynth's module, silenced. Raises SynthUnavailable when it or the native library is missing."""
    module = sys.modules.get("fluidsynth") or _import_library()
    native = module._fl
    for level in range(5):
        native.fluid_set_log_function(level, None, None)
    # Told each time, because others (pretty_midi does) may have imported the module before us: without the types
    # ctypes would cut the pointers to 32 bits.
    pointer, integer = ctypes.c_void_p, ctypes.c_int
    native.fluid_synth_write_float.argtypes = [pointer, integer, pointer, integer, integer, pointer, integer, integer]
    native.fluid_synth_set_channel_type.argtypes = [pointer, integer, integer]
    native.fluid_synth_channel_pressure.argtypes = [pointer, integer, integer]
    native.fluid_synth_key_pressure.argtypes = [pointer, integer, integer, integer]
    return module


def _import_library() -> ModuleType:
    find_library = ctypes.util.find_library

    def find(name: str) -> str | None:
        return find_library(name) or (carried_library() if name == "fluidsynth" else None)

    ctypes.util.find_library = find
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # with CI=true in the environment the import prints
            return importlib.import_module("fluidsynth")
    except (ImportError, OSError) as error:
        raise SynthUnavailable(
            "FluidSynth is not installed, so there is no sound. Install it with your system's package manager "
            "(Debian and Ubuntu: libfluidsynth3, Homebrew: fluid-synth, Windows: FluidSynth's own release)."
        ) from error
    finally:
        ctypes.util.find_library = find_library


class FluidSynth:
    """FluidSynth with one SoundFont. Two made alike and fed alike give the same samples, bit for bit.

    The channels are shared out among ``SHARES`` synthesizers of its library, whose samples are added in a fixed
    order: so two processors can render one song, and still every sample is what one processor would have rendered.
    (FluidSynth's own ``synth.cpu-cores`` adds voices in the order in which threads finish: never twice the same.)
    """

    def __init__(self, sample_rate: int, soundfont: str | PathLike[str] | None = None) -> None:
        """Raises SynthUnavailable without FluidSynth, without a SoundFont, or with one that cannot be read."""
        library = load_library()
        path = Path(soundfont) if soundfont is not None else default_soundfont()
        if path is None:
            raise SynthUnavailable("No SoundFont was found, so there is no sound. Install pretty_midi, "
                                   "which brings one.")
        try:
            facts = check_soundfont(path)
        except SoundFontError as error:
            raise SynthUnavailable(str(error)) from error
        self._native = library._fl
        self._synths = [library.Synth(gain=GAIN, samplerate=float(sample_rate), channels=CHANNELS,
                                      **{"synth.polyphony": POLYPHONY}) for _ in range(SHARES)]
        self._handles = [synth.synth for synth in self._synths]
        self._added = np.empty((0, 2), np.float32)
        self._helper: ThreadPoolExecutor | None = None
        if any(synth.sfload(str(path), 1) < 0 for synth in self._synths):
            self.close()
            raise SynthUnavailable(
                f"The SoundFont {path} has compressed samples (.sf3), which this FluidSynth was built without. "
                "Choose an .sf2." if facts.compressed else
                f"The SoundFont {path} is damaged: FluidSynth cannot read what is in it.")

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        self._synths[channel % SHARES].noteon(channel, pitch, velocity)

    def note_off(self, channel: int, pitch: int) -> None:
        self._synths[channel % SHARES].noteoff(channel, pitch)

    def control(self, channel: int, number: int, value: int) -> None:
        self._synths[channel % SHARES].cc(channel, number, value)

    def program(self, channel: int, program: int) -> None:
        self._synths[channel % SHARES].program_change(channel, program)

    def bend(self, channel: int, value: int) -> None:
        self._synths[channel % SHARES].pitch_bend(channel, value - 8192)

    def pressure(self, channel: int, value: int) -> None:
        self._native.fluid_synth_channel_pressure(self._handles[channel % SHARES], channel, value)

    def key_pressure(self, channel: int, pitch: int, value: int) -> None:
        self._native.fluid_synth_key_pressure(self._handles[channel % SHARES], channel, pitch, value)

    def make_drums(self, channel: int, drums: bool) -> None:
        kind = DRUM_KIND if drums else MELODIC_KIND
        self._native.fluid_synth_set_channel_type(self._handles[channel % SHARES], channel, kind)

    def write(self, out: np.ndarray) -> None:
        if len(self._added) < len(out):
            self._added = np.empty((len(out), 2), np.float32)
        added = self._added[:len(out)]
        if len(out) >= PARALLEL_FRAMES:
            self._helper = self._helper or ThreadPoolExecutor(1, "synth share")
            helping = self._helper.submit(self._write_share, 1, added)
            self._write_share(0, out)
            helping.result()
        else:
            self._write_share(0, out)
            self._write_share(1, added)
        out += added

    def _write_share(self, share: int, out: np.ndarray) -> None:
        at = out.ctypes.data
        self._native.fluid_synth_write_float(self._handles[share], len(out), at, 0, 2, at, 1, 2)

    def resting(self) -> bool:
        return all(synth.get_active_voice_count() == 0 for synth in self._synths)

    def close(self) -> None:
        if self._helper is not None:
            self._helper.shutdown()
            self._helper = None
        self._handles.clear()
        while self._synths:
            self._synths.pop().delete()


class SilentSynth:
    """Takes every message, sounds nothing: the transport runs on without FluidSynth."""

    def _ignore(self, *message: int) -> None:
        """Nothing sounds and nothing needs to be freed."""

    note_on = note_off = control = program = bend = pressure = key_pressure = make_drums = close = _ignore

    def write(self, out: np.ndarray) -> None:
        out[:] = 0

    def resting(self) -> bool:
        return True


SynthFactory = Callable[[], Synth]
