"""The engine's own process: a thread that listens, a thread that renders ahead, and the sink.

A busy window cannot make it stumble, because they share no interpreter. The renderer keeps the ring a ``Lead``
ahead of the sink: enough for a machine under load, little enough that an edit, which takes effect where
rendering stands, is heard within 150 ms. Keys that are pressed have a ring of their own, which is kept short.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from core.music.song import Song
from core.sound.lead import Lead
from core.sound.live import Live
from core.sound.messages import (
    Close,
    KeyControl,
    KeyDown,
    KeyUp,
    Locate,
    Opened,
    Play,
    SetLoop,
    SetMetronome,
    SetSong,
    SetTempoScale,
    Stop,
)
from core.sound.midi_out import HeardClock, MidiOut
from core.sound.outside import FromKeyboard, Outside, PortsOpened
from core.sound.priority import ask_for_priority
from core.sound.renderer import Renderer
from core.sound.ring import Mix, Ring
from core.sound.schedule import BEND, CONTROL, NOTE_OFF, NOTE_ON, PRESSURE, compile_song
from core.sound.scheduler import Load, Scheduler
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
from core.sound.shelf import NewSound, SynthShelf
from core.sound.sink import DeviceSink, PacedSink, Sink, SinkUnavailable
from core.sound.state import SharedState, Snapshot
from core.sound.synth import BLOCK, Synth

AHEAD_IDLE = 20 * BLOCK
"""While stopped, so that Play is heard sooner: 29 ms."""

LEAD = 16 * BLOCK
"""Samples left to the sink when a jump takes back what was rendered: time to render what comes instead (23 ms)."""

LIVE_AHEAD = 12 * BLOCK
"""Samples rendered ahead of the keys that are pressed: 17 ms, or a little more than the sink takes at once."""

RING = 1 << 16
"""Samples the song's ring can hold, whatever buffer a device has."""

SPARE, SPARE_SHORT = 32 * BLOCK, 8 * BLOCK
"""What the song's and the other leads keep beyond the most that the sink takes at once."""

CHUNK = 8
"""Blocks rendered at once."""

ALL_SOUND_OFF = 120
"""From this controller on they are commands that end notes."""

WAKE_SECONDS = 0.005

STALL_SECONDS = 1.0
"""A device that took no sample for so long is gone, whatever its driver says: some freeze when their server ends."""


class Host:
    """Renders ahead of the sink and obeys commands, in the thread that calls ``run``."""

    def __init__(self, sample_rate: int, sink: str, setup: SoundSetup, state: SharedState,
                 recording: np.ndarray | None) -> None:
        self._rate, self._setup, self._state, self._recording = sample_rate, setup, state, recording
        self._recorded = 0
        self._commands: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._news: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._ring, self._live_ring = Ring(RING), Ring(RING)
        self._mix = Mix(self._ring, self._live_ring, ask_for_priority)
        heard = HeardClock(lambda: self._ring.played, lambda: self._mix.last_read, lambda: self._sink.latency,
                           sample_rate)
        self._midi_out = MidiOut(heard, sample_rate)
        self._outside = Outside(self._midi_out, heard, self._commands.put)
        self._keys = UseKeys()
        self._shelf = SynthShelf(sample_rate, setup.soundfont, silent=sink == "null")
        self._renderer = Renderer(self._make_synth, compile_song(Song(), sample_rate))
        self._live = Live(self._shelf.take(), sample_rate)
        self._messages = [self._shelf.message] if self._shelf.message else []
        self._lost = ""
        self._lead = Lead(sample_rate)
        self._fill()
        self._sink = self._open_sink(sink)
        self._last_played, self._moved = 0, time.monotonic()
        self.lost_device = False

    def _open_sink(self, kind: str) -> Sink:
        wished, default = self._setup.device, ""
        if kind == "device" and wished != NO_DEVICE:
            for device in dict.fromkeys((wished, default)):
                try:
                    return DeviceSink(self._mix, self._rate, device, self._setup.latency)
                except SinkUnavailable as error:
                    self._messages.append(str(error))
        return PacedSink(self._mix, self._rate, self._keep if self._recording is not None else None)

    def _keep(self, samples: np.ndarray) -> None:
        room = self._recording[self._recorded:self._recorded + len(samples)]
        room[:] = samples[:len(room)]
        self._recorded += len(room)

    def _make_synth(self) -> Synth:
        """What the song is played on; the MIDI port, if one is open, hears it all."""
        return self._midi_out.tee(self._shelf.take(), lambda: self._renderer.stream)

    def opened(self) -> Opened:
        facts = SoundFacts(self._sink.name, self._sink.latency / self._rate, self._shelf.soundfont,
                           self._midi_out.name, self._outside.input, self._lost)
        return Opened(self._sink.name, " ".join(self._messages), facts)

    def tell(self, connection: Connection) -> None:
        """Send the news, so that a window that does not listen for a while holds nobody up."""
        try:
            while True:
                connection.send(self._news.get())
        except OSError:
            return  # nobody is there any more; ``listen`` deals with that

    def listen(self, connection: Connection) -> None:
        """Take messages until ``Close`` or until the other side is gone. Compiles songs, so that rendering goes on;
        of songs and tempos that came one upon the other only the last."""
        scheduler, compiled = Scheduler(self._rate), True
        try:
            while True:
                message = connection.recv() if compiled or connection.poll() else None
                if isinstance(message, SetSong | SetTempoScale):
                    scheduler.take(message)
                    compiled = False
                    continue
                if not compiled:
                    self._commands.put(scheduler.schedule())
                    compiled = True
                if isinstance(message, Close):
                    return
                if message is not None:
                    self._commands.put(message)
        except (EOFError, OSError):
            pass
        finally:  # an engine that cannot hear any more must not go on alone
            self._commands.put(Close())

    def run(self) -> None:
        self._news.put(self.opened())
        self._outside.use(UseMidi(self._setup.midi_output, self._setup.midi_input))
        while True:
            try:
                command = self._commands.get(timeout=WAKE_SECONDS)
                while True:
                    if isinstance(command, Close):
                        self._outside.close()
                        self._sink.close()
                        return
                    self._obey(command)
                    command = self._commands.get_nowait()
            except queue.Empty:
                pass
            self._fill()
            self._publish()
            if self._sink_is_gone():
                # Closing may wait for a server that does not answer any more.
                threading.Thread(target=self._sink.close, name="lost sink", daemon=True).start()
                self.lost_device, self._lost = True, self._sink.name
                self._messages = [f"The sound device {self._lost} is gone, so playing has paused. Choose another one, "
                                  "or play on without sound."]
                self._sink = self._open_sink("paced")
                self._pause()
                self._news.put(self.opened())

    def _sink_is_gone(self) -> bool:
        now = time.monotonic()
        if self._ring.played != self._last_played or self._ring.waiting == 0 or not self._sink.may_stall:
            self._last_played, self._moved = self._ring.played, now
        return not self._sink.running() or now - self._moved > STALL_SECONDS

    def _obey(self, command: Any) -> None:
        renderer = self._renderer
        match command:
            case Load(schedule, at_bar):
                renderer.load(schedule, at_bar)
            case SetMetronome(on):
                renderer.set_metronome(on)
            case SetLoop(ticks):
                renderer.set_loop(ticks and tuple(int(s) for s in renderer.clock.sample_of(np.array(ticks))))
            case KeyDown():
                self._live.key_down(**vars(command))
            case KeyUp(None):
                self._live.silence()
            case KeyUp(pitch, least):
                self._live.key_up(pitch, least)
            case KeyControl(status, a, b):
                self._live.control(status, a, b)
            case UseSoundFont(path):
                self._shelf.change(path, self._commands.put)
            case NewSound():
                self._change_sound(command)
            case UseMidi():
                self._outside.use(command)
            case PortsOpened():
                self._outside.adopt(command)
                self._news.put(self.opened())
            case UseKeys():
                self._keys = command
            case FromKeyboard(heard, message):
                self._press(heard, *message)
            case Notice() | SoundFontRefused():
                self._news.put(command)
            case _:
                self._move(command)

    def _move(self, command: Play | Stop | Locate) -> None:
        renderer = self._renderer
        renderer.serial = command.serial
        if isinstance(command, Stop):
            self._pause()
            return
        if command.tick is not None:
            self._rewind()
            renderer.locate(int(renderer.clock.sample_of(command.tick)))
        if isinstance(command, Play):
            soundfont = self._shelf.soundfont, self._shelf.silent
            renderer.play(count_in_bars=command.count_in_bars, endless=command.endless)
            if soundfont != (self._shelf.soundfont, self._shelf.silent):
                self._messages = [self._shelf.message]
                self._news.put(self.opened())

    def _pause(self) -> None:
        self._rewind()
        self._renderer.stop()
        self._midi_out.hush(self._renderer.stream)

    def _change_sound(self, new: NewSound) -> None:
        if self._shelf.adopt(new):
            self._live.change_synth(new.keys)
            self._renderer.change_synth()
            self._messages = []
            self._news.put(self.opened())

    def _press(self, heard: int, first: int, a: int = 0, b: int = 0) -> None:
        """A message from the MIDI keyboard: it sounds, and the window is told where in the song it came."""
        keys, status = self._keys, first & 0xF0
        if status == NOTE_ON and b:
            self._live.key_down(keys.program, keys.is_drum, a, b, keys.volume, keys.pan)
        elif status in (NOTE_ON, NOTE_OFF):
            status, b = NOTE_OFF, 0
            self._live.key_up(a)
        elif status == CONTROL and a >= ALL_SOUND_OFF:
            self._live.silence()
        elif status in (CONTROL, PRESSURE, BEND):
            self._live.control(status, a, b)
        segment = self._renderer.timeline.at(heard)
        ahead = (segment.begins - heard) / self._rate if segment.counting_at(heard) else 0.0
        self._news.put(KeyHeard(segment.tick_at(heard), ahead, segment.playing, status, a, b))

    def _rewind(self) -> None:
        """Take back what is rendered but not yet heard. A jump or a stop follows."""
        if self._renderer.transport.playing:
            self._renderer.rewind(*self._ring.take_back(max(LEAD, self._mix.longest_read + SPARE_SHORT)))

    def _fill(self) -> None:
        longest = self._mix.longest_read
        playing = self._renderer.transport.playing
        self._lead.heed(self._ring.underruns, self._ring.played, playing)
        live_ahead = max(LIVE_AHEAD, longest + SPARE_SHORT)
        while self._live.sounding and (blocks := (live_ahead - self._live_ring.waiting) // BLOCK) > 0:
            self._live_ring.write(self._live.render(blocks))
        while True:
            ahead = max(self._lead.samples, longest + SPARE) if playing else max(AHEAD_IDLE, longest + SPARE_SHORT)
            blocks = min(CHUNK, (ahead - self._ring.waiting) // BLOCK)
            if blocks < 1:
                return
            self._ring.write(self._renderer.render(blocks))

    def _publish(self) -> None:
        played = self._ring.played
        heard = max(0, played - self._sink.latency)
        segment = self._renderer.timeline.at(heard)
        self._renderer.timeline.forget(heard)
        self._state.write(Snapshot(segment.tick_at(heard), played, segment.playing, segment.serial,
                                   self._lead.stumbles, segment.counting_at(heard)))


def main(connection: Connection, memory: Any, recording: Any, sample_rate: int, sink: str,
         setup: SoundSetup) -> None:
    """The target of the process. Ends with ``Close`` or with the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches us too; the window decides
    sys.setswitchinterval(0.001)
    ask_for_priority()
    kept = None if recording is None else np.frombuffer(recording, np.float32).reshape(-1, 2)
    host = Host(sample_rate, sink, setup, SharedState(memory), kept)
    gc.freeze()  # what is there by now stays: looking through it again and again would hold the callback up
    for work in (host.listen, host.tell):
        threading.Thread(target=work, args=(connection,), name=work.__name__, daemon=True).start()
    host.run()
    if host.lost_device:
        os._exit(0)  # PortAudio's own farewell aborts, or waits for ever, when its server is gone
