"""The engine's own process: a thread that listens, a thread that renders ahead, and the sink.

A busy window cannot make it stumble, because they share no interpreter. The renderer keeps the ring ``AHEAD``
samples ahead of the sink: enough for a machine under load, little enough that an edit, which takes effect where
rendering stands, is heard within 150 ms. Keys that are pressed have a ring of their own, which is kept short.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from core.music.song import Song
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
from core.sound.renderer import Renderer
from core.sound.ring import Mix, Ring
from core.sound.schedule import compile_song
from core.sound.scheduler import Load, Scheduler
from core.sound.sink import DeviceSink, PacedSink, Sink, SinkUnavailable
from core.sound.state import SharedState, Snapshot
from core.sound.synth import BLOCK, FluidSynth, SilentSynth, Synth, SynthUnavailable

AHEAD = 56 * BLOCK
"""Samples rendered ahead while playing: 81 ms at 44,100 Hz."""

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

WAKE_SECONDS = 0.005

STALL_SECONDS = 1.0
"""A device that took no sample for so long is gone, whatever its driver says: some freeze when their server ends."""


class SynthShelf:
    """Hands out fresh synthesizers at once, because the next is always being made in a thread.

    Falls back to the default SoundFont and then to silence; ``message`` says so.
    """

    def __init__(self, sample_rate: int, soundfont: str | None, silent: bool) -> None:
        self._rate, self._soundfont = sample_rate, soundfont
        self.message = ""
        self._maker = None
        if not silent:
            self._maker = ThreadPoolExecutor(1, "synth")
            try:
                self._first = self._open()
            except SynthUnavailable as error:
                self.message = str(error)
                self._maker = None
        self._next: Future[Synth] | None = None

    def _open(self) -> Synth:
        try:
            return FluidSynth(self._rate, self._soundfont)
        except SynthUnavailable as error:
            if self._soundfont is None:
                raise
            self._soundfont, self.message = None, f"{error} The default SoundFont is used instead."
            return FluidSynth(self._rate)

    def take(self) -> Synth:
        if self._maker is None:
            return SilentSynth()
        synth = self._first if self._next is None else self._next.result()
        self._next = self._maker.submit(FluidSynth, self._rate, self._soundfont)
        return synth


class Host:
    """Renders ahead of the sink and obeys commands, in the thread that calls ``run``."""

    def __init__(self, sample_rate: int, sink: str, soundfont: str | None, state: SharedState,
                 recording: np.ndarray | None) -> None:
        self._rate, self._state, self._recording = sample_rate, state, recording
        self._recorded = 0
        self._shelf = SynthShelf(sample_rate, soundfont, silent=sink == "null")
        self._renderer = Renderer(self._shelf.take, compile_song(Song(), sample_rate))
        self._live = Live(self._shelf.take(), sample_rate)
        self._ring, self._live_ring = Ring(RING), Ring(RING)
        self._mix = Mix(self._ring, self._live_ring)
        self._messages = [self._shelf.message] if self._shelf.message else []
        self._commands: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._fill()
        self._sink = self._open_sink(sink)
        self._last_played, self._moved = 0, time.monotonic()
        self.lost_device = False

    def _open_sink(self, kind: str) -> Sink:
        if kind == "device":
            try:
                return DeviceSink(self._mix, self._rate)
            except SinkUnavailable as error:
                self._messages.append(str(error))
        return PacedSink(self._mix, self._rate, self._keep if self._recording is not None else None)

    def _keep(self, samples: np.ndarray) -> None:
        room = self._recording[self._recorded:self._recorded + len(samples)]
        room[:] = samples[:len(room)]
        self._recorded += len(room)

    def opened(self) -> Opened:
        return Opened(self._sink.name, " ".join(self._messages))

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

    def run(self, connection: Connection) -> None:
        connection.send(self.opened())
        while True:
            try:
                command = self._commands.get(timeout=WAKE_SECONDS)
                while True:
                    if isinstance(command, Close):
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
                self.lost_device = True
                self._messages = ["The sound device is gone, so nothing is heard. The transport runs on."]
                self._sink = self._open_sink("paced")
                connection.send(self.opened())

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
            case KeyUp(pitch):
                self._live.key_up(pitch)
            case KeyControl(status, a, b):
                self._live.control(status, a, b)
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
            renderer.play(count_in_bars=command.count_in_bars, endless=command.endless)

    def _pause(self) -> None:
        self._rewind()
        self._renderer.stop()

    def _rewind(self) -> None:
        """Take back what is rendered but not yet heard. A jump or a stop follows."""
        if self._renderer.transport.playing:
            self._renderer.rewind(*self._ring.take_back(max(LEAD, self._mix.longest_read + SPARE_SHORT)))

    def _fill(self) -> None:
        longest = self._mix.longest_read
        live_ahead = max(LIVE_AHEAD, longest + SPARE_SHORT)
        while self._live.sounding and (blocks := (live_ahead - self._live_ring.waiting) // BLOCK) > 0:
            self._live_ring.write(self._live.render(blocks))
        while True:
            playing = self._renderer.transport.playing
            ahead = max(AHEAD, longest + SPARE) if playing else max(AHEAD_IDLE, longest + SPARE_SHORT)
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
                                   self._ring.underruns, segment.counting_at(heard)))


def main(connection: Connection, memory: Any, recording: Any, sample_rate: int, sink: str,
         soundfont: str | None) -> None:
    """The target of the process. Ends with ``Close`` or with the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches us too; the window decides
    sys.setswitchinterval(0.001)
    kept = None if recording is None else np.frombuffer(recording, np.float32).reshape(-1, 2)
    host = Host(sample_rate, sink, soundfont, SharedState(memory), kept)
    threading.Thread(target=host.listen, args=(connection,), name="listener", daemon=True).start()
    host.run(connection)
    if host.lost_device:
        os._exit(0)  # PortAudio's own farewell aborts, or waits for ever, when its server is gone
