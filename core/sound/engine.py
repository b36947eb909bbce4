"""The handle on the sound engine, for the window's process. Importing it loads no FluidSynth and no device.

The engine itself (``core.sound.host``) runs in a spawned process. Every method here returns at once: a thread
starts the process, packs songs and sends; the state comes back through shared memory.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from typing import Any

import numpy as np

from core.music.song import Song
from core.sound.life import Life
from core.sound.messages import (
    KeyControl,
    KeyDown,
    KeyUp,
    Locate,
    Play,
    SetLoop,
    SetMetronome,
    SetTempoScale,
    Stop,
)
from core.sound.setup import (
    NO_DEVICE,
    KeyHeard,
    Notice,
    SoundFacts,
    SoundFontRefused,
    SoundSetup,
    UseKeys,
    UseMidi,
    UseSoundFont,
)
from core.sound.sink import PacedSink
from core.sound.state import TransportState

DIED = "The sound engine has stopped unexpectedly."
SINKS = ("device", "paced", "null")
SLOWEST, FASTEST = 0.25, 2.0
"""The range of the tempo scale."""


class Engine:
    """Plays a song in a process of its own. All methods are for one thread and return at once.

    ``sink``: "device" for the system's default output, "paced" for the same without a device, "null" for a
    transport that runs without FluidSynth. Without FluidSynth or a device it becomes a silent transport, and
    ``state.message`` says so. ``record_seconds``: keep that much of what a paced sink receives, for ``recorded``.
    """

    def __init__(self, sample_rate: int = 44100, sink: str = "device",
                 setup: SoundSetup | None = None, record_seconds: float = 0.0) -> None:
        if sink not in SINKS:
            raise ValueError(f"sink must be one of {', '.join(SINKS)}, not {sink}")
        self.sample_rate = sample_rate
        self._sink, self._setup = sink, setup or SoundSetup()
        self._keys = UseKeys()
        frames = round(record_seconds * sample_rate)
        self._recording = multiprocessing.get_context("spawn").RawArray("f", 2 * frames) if frames else None
        self._life: Life | None = None
        self._song: Song | None = None
        self._loop: tuple[int, int] | None = None
        self._metronome = False
        self._tempo_scale = 1.0
        self._serial = 0
        self._heard = TransportState()
        self._expected: tuple[int | None, bool] = (0, False)

    def start(self) -> None:
        """Start the process with the song, loop and place set so far. Does nothing when it has been started."""
        if self._life is not None:
            return
        self._life = Life(self._recording, self.sample_rate, self._sink, self._setup)
        self._life.send(self._keys)
        if self._tempo_scale != 1.0:
            self._life.send(SetTempoScale(self._tempo_scale))
        if self._song is not None:
            self._life.send_song(self._song)
        if self._metronome:
            self._life.send(SetMetronome(True))
        if self._loop is not None:
            self._life.send(SetLoop(self._loop))
        heard, self._heard = self._heard, TransportState(tick=self._heard.tick, alive=True)
        self._command(heard.tick, heard.playing, Play if heard.playing else Locate)

    def close(self) -> None:
        """End the process and wait for that. The engine can be started again and stands where it was."""
        self._heard = replace(self.state, playing=False, alive=False)
        self._end()

    def restart(self) -> None:
        """Start a new process with the same song and loop, at the tick at which the last one was heard, playing if
        that one was playing."""
        self.state  # noqa: B018 - reading it notes where we are
        self._end()
        self.start()

    @property
    def setup(self) -> SoundSetup:
        """The device, SoundFont and ports that are asked for; a SoundFont that is refused goes back to the old one."""
        return self._setup

    def change_setup(self, setup: SoundSetup) -> None:
        """Use another device, SoundFont or MIDI ports, while playing too: the place is kept. A SoundFont goes on in
        the same process; a device needs a new one, which alone sees what has been plugged in. What was asked for and
        was not there is tried again."""
        before, self._setup = self._setup, setup
        if self._life is None:
            return
        if (setup.device, setup.latency) != (before.device, before.latency) or self._lacks(setup.device):
            self.restart()
            return
        facts = self.facts
        if setup.soundfont != before.soundfont or (facts.device and setup.soundfont != facts.soundfont):
            self._life.send(UseSoundFont(setup.soundfont))
        ports = setup.midi_output, setup.midi_input
        if ports != (before.midi_output, before.midi_input) or ports != (facts.midi_output, facts.midi_input):
            self._life.send(UseMidi(setup.midi_output, setup.midi_input))

    def _lacks(self, device: str) -> bool:
        """Something else plays in the place of this device, which may have been plugged in meanwhile."""
        facts = self.facts
        if self._sink != "device" or device == NO_DEVICE or not facts.device:
            return bool(facts.lost)
        return facts.device == PacedSink.name or device not in ("", facts.device)

    @property
    def facts(self) -> SoundFacts:
        """What is in use now; all empty while nothing runs."""
        return SoundFacts() if self._life is None else self._life.opened().facts

    def news(self) -> list[KeyHeard | Notice | SoundFontRefused]:
        """What has happened since this was last asked: keys of the MIDI keyboard, and sentences to be said."""
        if self._life is None:
            return []
        self._life.opened()
        news, self._life.news = self._life.news, []
        for refusal in (one for one in news if isinstance(one, SoundFontRefused)):
            if refusal.path == self._setup.soundfont:
                self._setup = replace(self._setup, soundfont=refusal.stays)
        return news

    def set_keys(self, program: int, is_drum: bool, volume: int = 100, pan: int = 64) -> None:
        """What the MIDI keyboard sounds like."""
        keys = UseKeys(program, is_drum, volume, pan)
        if keys != self._keys:
            self._keys = keys
            if self._life is not None:
                self._life.send(keys)

    def set_song(self, song: Song, at_bar: bool = False) -> None:
        """Play this song from now on; may be called while playing. The packing happens in another thread.

        ``at_bar``: while playing the song until now is heard up to the next bar line, or to the jump of the loop.
        """
        self._song = song
        if self._life is not None:
            self._life.send_song(song, at_bar)

    def play(self, from_tick: int | None = None, count_in_bars: int = 0, endless: bool = False) -> None:
        """Play from ``from_tick``, or from where the transport stands, after so many bars of clicks. At the end of
        the song it stops by itself and goes back to where it began, unless it is to be ``endless``."""
        self._command(from_tick, True, Play, count_in_bars, endless)

    def stop(self) -> None:
        """Stop and stay where we are."""
        self._command(None, False, Stop)

    def locate(self, tick: int) -> None:
        """Go to ``tick``; while playing, play on from there."""
        self._command(tick, self.state.playing, Locate)

    def set_loop(self, start_tick: int, end_tick: int) -> None:
        """Once ``end_tick`` is reached go on at ``start_tick``. Raises ValueError if it is not after that."""
        if not 0 <= start_tick < end_tick:
            raise ValueError(f"a loop must end after its start, not run from {start_tick} to {end_tick}")
        self._send_loop((start_tick, end_tick))

    def clear_loop(self) -> None:
        self._send_loop(None)

    def set_metronome(self, on: bool) -> None:
        """Click on every beat while playing, with an accent on each bar's first."""
        self._metronome = on
        if self._life is not None:
            self._life.send(SetMetronome(on))

    def set_tempo_scale(self, scale: float) -> None:
        """Play ``scale`` times as fast as the song says, from where it is on; pitches stay. Raises ValueError outside
        0.25 to 2."""
        if not SLOWEST <= scale <= FASTEST:
            raise ValueError(f"the tempo scale must be from {SLOWEST} to {FASTEST}, not {scale}")
        self._tempo_scale = scale
        if self._life is not None:
            self._life.send(SetTempoScale(scale))

    def preview(self, program: int, is_drum: bool, pitch: int, velocity: int = 96, seconds: float | None = 0.4,
                volume: int = 100, pan: int = 64) -> None:
        """Sound one key at once, playing or not, for so many seconds; with None until ``key_up``."""
        if self._life is not None:
            self._life.send(KeyDown(program, is_drum, pitch, velocity, volume, pan, seconds))

    def key_up(self, pitch: int | None = None, least: float = 0.0) -> None:
        """Let go of a key that is held, not before it has sounded for ``least`` seconds; or of all, at once."""
        if self._life is not None:
            self._life.send(KeyUp(pitch, least))

    def key_control(self, status: int, a: int, b: int) -> None:
        """A controller (0xB0), pressure (0xD0) or bend (0xE0) of a keyboard, for the keys that are pressed."""
        if self._life is not None:
            self._life.send(KeyControl(status, a, b))

    @property
    def state(self) -> TransportState:
        """What is heard now. A command that is on its way already shows in ``tick`` and ``playing``."""
        if self._life is None:
            return self._heard
        snapshot, opened = self._life.state.read(), self._life.opened()
        tick, playing = snapshot.tick, snapshot.playing
        if snapshot.serial < self._serial:
            tick, playing = self._expected[0] if self._expected[0] is not None else tick, self._expected[1]
        self._heard = TransportState(playing, tick, snapshot.played, opened.device, opened.message, True,
                                     snapshot.underruns, snapshot.counting and playing)
        if not self._life.alive:
            return replace(self._heard, playing=False, alive=False, message=DIED)
        return self._heard

    @property
    def pid(self) -> int | None:
        """The engine's process, None while there is none."""
        return None if self._life is None else self._life.pid

    def recorded(self) -> np.ndarray:
        """What the paced sink has received so far, (frames, 2) float32; empty without ``record_seconds``."""
        if self._recording is None or self._life is None:
            return np.empty((0, 2), np.float32)
        samples = np.frombuffer(self._recording, np.float32).reshape(-1, 2)
        return samples[:self._life.state.read().played].copy()

    def _command(self, tick: int | None, playing: bool, kind: type, *details: Any) -> None:
        state = self.state
        if self._life is None:
            self._heard = replace(state, playing=playing, tick=state.tick if tick is None else tick)
            return
        pending = self._life.state.read().serial < self._serial
        self._expected = (self._expected[0] if tick is None and pending else tick, playing)
        self._serial += 1
        self._life.send(kind(self._serial) if kind is Stop else kind(self._serial, tick, *details))

    def _send_loop(self, loop: tuple[int, int] | None) -> None:
        self._loop = loop
        if self._life is not None:
            self._life.send(SetLoop(loop))

    def _end(self) -> None:
        if self._life is not None:
            self._life.close()
            self._life = None
