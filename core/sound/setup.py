"""What a person chooses about sound and MIDI, and what is said about it between the window and the engine.

Importing this module loads no library: both processes do.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.sound.sink import DEVICE_LATENCY

NO_DEVICE = "none"
"""The name of the device that is none: a silent transport, for who only sends MIDI."""

LATENCIES = (0.01, 0.02, DEVICE_LATENCY, 0.05, 0.1, 0.2)
"""The buffers that can be chosen, in seconds: short ones answer sooner, long ones survive a busy machine."""


@dataclass(frozen=True)
class SoundSetup:
    """``device``: a name from ``devices``, "" for the system's default, or NO_DEVICE. ``latency``: the buffer asked of
    it, in seconds. ``soundfont``: a path, "" for the default. ``midi_output``, ``midi_input``: a port's name, VIRTUAL
    for a port of our own, "" for none.
    """

    device: str = ""
    latency: float = DEVICE_LATENCY
    soundfont: str = ""
    midi_output: str = ""
    midi_input: str = ""


@dataclass(frozen=True)
class SoundFacts:
    """What is in use now. ``latency``: seconds from the engine to the ear, as the device says. Empty names: none.

    ``lost`` names a device that has gone away while it was in use.
    """

    device: str = ""
    latency: float = 0.0
    soundfont: str = ""
    midi_output: str = ""
    midi_input: str = ""
    lost: str = ""


# -- to the engine -------------------------------------------------------------------------------


@dataclass(frozen=True)
class UseSoundFont:
    """Go on with another SoundFont ("" for the default) if it can be played."""

    path: str


@dataclass(frozen=True)
class UseMidi:
    """Open these ports in place of those before; "" for none."""

    output: str
    input: str


@dataclass(frozen=True)
class UseKeys:
    """What a MIDI keyboard sounds like."""

    program: int = 0
    is_drum: bool = False
    volume: int = 100
    pan: int = 64


# -- from the engine -----------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyHeard:
    """A message from the MIDI keyboard, which came while ``tick`` was heard. ``ahead``: seconds until the count-in is
    over, 0 after it. ``moving``: the transport ran.

    ``status`` is without the channel: 0x90 and 0x80 for keys down and up, 0xB0 for controllers and so on.
    """

    tick: int
    ahead: float
    moving: bool
    status: int
    a: int
    b: int


@dataclass(frozen=True)
class SoundFontRefused:
    """``text`` says why ``path`` is not used, as a sentence; ``stays`` is the SoundFont that goes on sounding."""

    text: str
    path: str
    stays: str


@dataclass(frozen=True)
class Notice:
    """A sentence for the person at the window, to be said once."""

    text: str
