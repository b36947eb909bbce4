"""The song as MIDI messages to a port, each sent when the sample it belongs to is heard.

What the renderer tells its synthesizer is written down on the way (``Tee``), with the sample of the stream at which it
takes effect; a thread sends it when the sink has come to that sample. So an outside instrument stays with the sound
and with the playhead, and knows every mute, edit and jump.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from core.sound.channel_state import KIND, SUSTAIN, ChannelState, bring_to
from core.sound.midi_ports import OutPort
from core.sound.schedule import (
    BANK_LSB,
    BANK_MSB,
    BEND,
    CONTROL,
    KEY_PRESSURE,
    LAST_CHANNEL,
    NOTE_OFF,
    NOTE_ON,
    PAN,
    PRESSURE,
    PROGRAM,
    RESET_CONTROLLERS,
    VOLUME,
)
from core.sound.synth import Synth

DRUM_CHANNEL = 9
MELODIC_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
ALL_NOTES_OFF = 123
RESET = ((RESET_CONTROLLERS, 0), (BANK_MSB, 0), (BANK_LSB, 0), (VOLUME, 100), (PAN, 64))
"""What a fresh synthesizer stands at, and an outside one has to be told. Program 0 follows."""

LONGEST_NAP = 0.002
"""Seconds between two looks at the sink while something waits to be sent."""


class HeardClock:
    """The sample of the stream that is heard now. The sink takes hundreds of samples at once; between two such steps
    the time that has passed tells how far it is, and never further than the step.

    ``played``: the samples the sink has taken; ``last_read``: how many of them at once the last time, and when by
    ``clock``; ``latency``: samples between that and the ear.
    """

    def __init__(self, played: Callable[[], int], last_read: Callable[[], tuple[int, float]],
                 latency: Callable[[], int], rate: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._played, self._last_read, self._latency, self._rate, self._clock = played, last_read, latency, rate, clock

    def now(self) -> float:
        """Samples from the start of the stream, for any thread."""
        step, since = self._last_read()
        within = min(step, (self._clock() - since) * self._rate)
        return self._played() - step + within - self._latency()


class Sender:
    """Sends messages in the order of their samples, in a thread of its own, until ``close``."""

    def __init__(self, port: OutPort, heard: HeardClock, rate: int) -> None:
        self.port, self._heard, self._rate = port, heard, rate
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="midi out", daemon=True)
        self._thread.start()

    def add(self, stream: int, message: bytes) -> None:
        """Send ``message`` when sample ``stream`` is heard. A sample before the last one says that the stream was
        taken back to there: what was to sound after it does not, but everything else holds from there on."""
        with self._changed:
            waiting = self._waiting
            taken_back: list[bytes] = []
            while waiting and waiting[-1][0] > stream:
                taken_back.append(waiting.pop()[1])
            waiting.extend((stream, old) for old in reversed(taken_back) if old[0] & 0xF0 != NOTE_ON)
            waiting.append((stream, message))
            self._changed.notify()

    def close(self) -> None:
        """End at once, with every note let go."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        for channel in range(16):
            for message in silence(channel):
                self.port.send(message)
        self.port.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                ahead = (self._waiting[0][0] - self._heard.now()) / self._rate
                if ahead > 0:
                    self._changed.wait(min(ahead, LONGEST_NAP))
                    continue
                message = self._waiting.popleft()[1]
            self.port.send(message)


def silence(channel: int) -> tuple[bytes, bytes]:
    """The pedal up and all notes off on a MIDI channel."""
    return bytes((CONTROL | channel, SUSTAIN, 0)), bytes((CONTROL | channel, ALL_NOTES_OFF, 0))


class Encoder:
    """A synthesizer that turns what it is told into bytes for ``emit``.

    The renderer's channels, one a track, become MIDI's sixteen: drums go to the tenth, the others to the one of their
    number without it; from the sixteenth melodic track on they share.
    """

    def __init__(self, emit: Callable[[bytes], None]) -> None:
        self._emit = emit
        self._drums: set[int] = set()
        self.used: set[int] = set()
        """The MIDI channels that have been told anything."""

    def _say(self, channel: int, status: int, *data: int) -> None:
        if channel <= LAST_CHANNEL:  # the metronome is nobody else's
            to = DRUM_CHANNEL if channel in self._drums else MELODIC_CHANNELS[channel % len(MELODIC_CHANNELS)]
            self.used.add(to)
            self._emit(bytes((status | to, *data)))

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        self._say(channel, NOTE_ON, pitch, velocity)

    def note_off(self, channel: int, pitch: int) -> None:
        self._say(channel, NOTE_OFF, pitch, 64)

    def control(self, channel: int, number: int, value: int) -> None:
        self._say(channel, CONTROL, number, value)

    def program(self, channel: int, program: int) -> None:
        self._say(channel, PROGRAM, program)

    def bend(self, channel: int, value: int) -> None:
        self._say(channel, BEND, value & 0x7F, value >> 7)

    def pressure(self, channel: int, value: int) -> None:
        self._say(channel, PRESSURE, value)

    def key_pressure(self, channel: int, pitch: int, value: int) -> None:
        self._say(channel, KEY_PRESSURE, pitch, value)

    def make_drums(self, channel: int, drums: bool) -> None:
        """Comes first for each channel of a fresh synthesizer, which is where an outside one is made fresh too."""
        (self._drums.add if drums else self._drums.discard)(channel)
        for number, value in RESET:
            self.control(channel, number, value)
        self.program(channel, 0)


class MidiOut:
    """The port that the song goes to, if any. All methods are for the thread that renders."""

    def __init__(self, heard: HeardClock, rate: int) -> None:
        self._heard, self._rate = heard, rate
        self._sender: Sender | None = None
        self._tee: Tee | None = None

    @property
    def name(self) -> str:
        """The open port, or empty."""
        return "" if self._sender is None else self._sender.port.name

    def use(self, port: OutPort | None) -> None:
        """Send to another port from now on, or to none. The one before is let go of in a thread of its own."""
        if self._sender is not None:
            threading.Thread(target=self._sender.close, name="midi out", daemon=True).start()
        self._sender = Sender(port, self._heard, self._rate) if port is not None else None
        if self._sender is not None and self._tee is not None:
            self._tee.tell_state()

    def close(self) -> None:
        if self._sender is not None:
            self._sender.close()
            self._sender = None

    def hush(self, stream: int) -> None:
        """Let go of every note when sample ``stream`` is heard."""
        if self._tee is not None:
            for channel in sorted(self._tee.encoder.used):
                for message in silence(channel):
                    self.add(stream, message)

    def add(self, stream: int, message: bytes) -> None:
        if self._sender is not None:
            self._sender.add(stream, message)

    def tee(self, synth: Synth, stream: Callable[[], int]) -> Synth:
        """``synth``, of which the port hears everything too; ``stream`` says at which sample something takes effect.
        It takes the place of the one before."""
        self._tee = Tee(synth, lambda message: self.add(stream(), message))
        return self._tee


class Tee:
    """Plays on a synthesizer and writes down what it plays."""

    def __init__(self, synth: Synth, emit: Callable[[bytes], None]) -> None:
        self._synth = synth
        self._state = ChannelState()
        self.encoder = Encoder(emit)
        self.write, self.resting, self.close = synth.write, synth.resting, synth.close

    def tell_state(self) -> None:
        """Say everything that is in force, for a port that has just been opened."""
        bring_to(self.encoder, ChannelState(), self._state)

    def note_on(self, channel: int, pitch: int, velocity: int) -> None:
        self._synth.note_on(channel, pitch, velocity)
        self.encoder.note_on(channel, pitch, velocity)

    def note_off(self, channel: int, pitch: int) -> None:
        self._synth.note_off(channel, pitch)
        self.encoder.note_off(channel, pitch)

    def control(self, channel: int, number: int, value: int) -> None:
        self._synth.control(channel, number, value)
        self._state.note(channel, CONTROL, number, value)
        self.encoder.control(channel, number, value)

    def program(self, channel: int, program: int) -> None:
        self._synth.program(channel, program)
        self._state.note(channel, PROGRAM, program, 0)
        self.encoder.program(channel, program)

    def bend(self, channel: int, value: int) -> None:
        self._synth.bend(channel, value)
        self._state.note(channel, BEND, value & 0x7F, value >> 7)
        self.encoder.bend(channel, value)

    def pressure(self, channel: int, value: int) -> None:
        self._synth.pressure(channel, value)
        self._state.note(channel, PRESSURE, value, 0)
        self.encoder.pressure(channel, value)

    def key_pressure(self, channel: int, pitch: int, value: int) -> None:
        self._synth.key_pressure(channel, pitch, value)
        self._state.note(channel, KEY_PRESSURE, pitch, value)
        self.encoder.key_pressure(channel, pitch, value)

    def make_drums(self, channel: int, drums: bool) -> None:
        self._synth.make_drums(channel, drums)
        self._state[channel, KIND, 0] = drums
        self.encoder.make_drums(channel, drums)
