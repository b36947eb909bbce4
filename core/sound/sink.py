"""Where the samples go: a sound device, or a thread that takes them at the same pace without one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Protocol

import numpy as np

from core.sound.ring import Ring

DEVICE_LATENCY = 0.03
"""Seconds of buffer asked of the device: what a Python callback in a process of its own keeps up with."""

PACED_FRAMES = 512
LOST_SECONDS = 0.5
"""A paced sink that was held up longer than this (a sleeping machine) does not try to catch up."""


class SinkUnavailable(RuntimeError):
    """There is no device to play on. The message says why in a sentence."""


class Sink(Protocol):
    """Takes samples from a ring from its making until ``close``."""

    name: str
    latency: int
    """Samples between leaving the ring and being heard."""
    may_stall: bool
    """A driver stands behind it that can freeze without saying so."""

    def running(self) -> bool: ...
    def close(self) -> None: ...


def _portaudio() -> ModuleType:
    try:
        import sounddevice
    except OSError as error:
        raise SinkUnavailable(
            "PortAudio is not installed, so nothing is heard. Install it with your system's package manager "
            "(Debian and Ubuntu: libportaudio2)."
        ) from error
    return sounddevice


def output_devices() -> tuple[tuple[str, ...], str]:
    """The names of the devices that play stereo, and of them the system's default ("" where there is none).

    Raises SinkUnavailable without PortAudio.
    """
    sounddevice = _portaudio()
    names = _named_devices(sounddevice)
    try:
        default = sounddevice.query_devices(kind="output")["index"]
    except (sounddevice.PortAudioError, ValueError):
        default = -1
    return tuple(dict.fromkeys(names.values())), names.get(default, "")


def _named_devices(sounddevice: ModuleType) -> dict[int, str]:
    """Index → name and driver. The index changes with what is plugged in; the name is what is remembered."""
    drivers = sounddevice.query_hostapis()
    return {device["index"]: f"{device['name']} ({drivers[device['hostapi']]['name']})"
            for device in sounddevice.query_devices() if device["max_output_channels"] >= 2}


class DeviceSink:
    """An output through PortAudio. The callback only copies."""

    may_stall = True

    def __init__(self, ring: Ring, sample_rate: int, device: str = "", latency: float = DEVICE_LATENCY) -> None:
        """``device``: a name from ``output_devices``, or "" for the system's default. ``latency``: the buffer to ask
        for, in seconds. Raises SinkUnavailable without PortAudio or without a device that takes stereo at this rate.
        """
        sounddevice = _portaudio()
        names = _named_devices(sounddevice)
        index = next((index for index, name in names.items() if name == device), None)
        if device and index is None:
            raise SinkUnavailable(f"The sound device {device} is not there.")
        try:
            self._stream = sounddevice.OutputStream(
                samplerate=sample_rate, channels=2, dtype="float32", latency=latency, device=index,
                callback=lambda out, frames, when, status: ring.read_into(out))
            self._stream.start()
            self.name = names.get(self._stream.device) or str(sounddevice.query_devices(self._stream.device)["name"])
        except (sounddevice.PortAudioError, ValueError) as error:
            if device:
                raise SinkUnavailable(f"The sound device {device} cannot be opened.") from error
            raise SinkUnavailable("No sound device can be opened, so nothing is heard. The transport "
                                  "runs on.") from error
        self.latency = round(min(0.5, self._stream.latency) * sample_rate)

    def running(self) -> bool:
        return self._stream.active

    def close(self) -> None:
        self._stream.close(ignore_errors=True)


class PacedSink:
    """Takes samples as fast as a device would, by ``clock`` (seconds), and hands them to ``keep`` or drops them."""

    name = "no device"
    latency = 0
    may_stall = False

    def __init__(self, ring: Ring, sample_rate: int, keep: Callable[[np.ndarray], None] | None = None,
                 clock: Callable[[], float] = time.perf_counter) -> None:
        self._ring, self._rate, self._keep, self._clock = ring, sample_rate, keep, clock
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="paced sink", daemon=True)
        self._thread.start()

    def running(self) -> bool:
        return self._thread.is_alive()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        block = np.empty((PACED_FRAMES, 2), np.float32)
        due = self._clock()
        while not self._closing.wait(max(0.0, due - self._clock())):
            if self._clock() - due > LOST_SECONDS:
                due = self._clock()
            ready = self._ring.read_into(block)
            if self._keep is not None:
                self._keep(block[:ready])
            due += PACED_FRAMES / self._rate
