"""Keys that are pressed now. A synthesizer of its own, so that they are heard at once whatever the song does."""

from __future__ import annotations

import numpy as np

from core.sound.channel_state import KIND, SOSTENUTO, SUSTAIN, ChannelState, bring_to, send
from core.sound.schedule import BANK_LSB, BANK_MSB, CONTROL, PAN, PROGRAM, VOLUME
from core.sound.synth import BLOCK, Synth

CHANNEL = 0
SILENCE = 1e-5


class Live:
    """Plays keys on one channel. Not thread-safe: one thread calls it."""

    def __init__(self, synth: Synth, sample_rate: int) -> None:
        self._synth, self._rate = synth, sample_rate
        self._state = ChannelState()
        self._held: set[int] = set()
        self._ends: dict[int, int] = {}
        """For each pitch that ends by itself the sample of the live stream at which it does."""
        self._begins: dict[int, int] = {}
        self._loud = False
        self.stream = 0

    @property
    def sounding(self) -> bool:
        """Whether there is anything to render."""
        return self._loud

    def key_down(self, program: int, is_drum: bool, pitch: int, velocity: int, volume: int = 100, pan: int = 64,
                 seconds: float | None = None) -> None:
        """Sound a key until ``key_up``, or for so many seconds."""
        wanted = ChannelState(self._state)
        wanted[CHANNEL, KIND, 0] = is_drum
        for status, a, b in ((PROGRAM, program, 0), (CONTROL, VOLUME, volume), (CONTROL, PAN, pan)):
            wanted.note(CHANNEL, status, a, b)
        if is_drum != self._state.get((CHANNEL, KIND, 0), False):
            self.silence()
        bring_to(self._synth, self._state, wanted)
        if pitch in self._held:
            self._synth.note_off(CHANNEL, pitch)
        self._synth.note_on(CHANNEL, pitch, velocity)
        self._held.add(pitch)
        self._begins[pitch] = self.stream
        self._ends.pop(pitch, None)
        if seconds is not None:
            self._ends[pitch] = self.stream + max(1, round(seconds * self._rate))
        self._loud = True

    def key_up(self, pitch: int, least: float = 0.0) -> None:
        """Let go of a key, but not before it has sounded for ``least`` seconds."""
        if pitch not in self._held:
            return
        end = self._begins[pitch] + round(least * self._rate)
        if end > self.stream:
            self._ends[pitch] = end
        else:
            self._held.remove(pitch)
            self._ends.pop(pitch, None)
            self._synth.note_off(CHANNEL, pitch)

    def control(self, status: int, a: int, b: int) -> None:
        """A message of the keyboard that is no note: its pedal, its wheels, its pressure. What chooses an instrument
        is left to the track."""
        if status == PROGRAM or (status == CONTROL and a in (BANK_MSB, BANK_LSB)):
            return
        send(self._synth, CHANNEL, status, a, b)
        self._state.note(CHANNEL, status, a, b)

    def change_synth(self, synth: Synth) -> None:
        """Play on another synthesizer from now on. What sounds ends."""
        self._synth.close()
        self._synth, self._loud = synth, False
        self._state.clear()
        self._held.clear()
        self._ends.clear()

    def silence(self) -> None:
        """Let go of every key and of the pedals."""
        for pitch in list(self._held):
            self.key_up(pitch)
        for pedal in (SUSTAIN, SOSTENUTO):
            self.control(CONTROL, pedal, 0)

    def render(self, blocks: int) -> np.ndarray:
        """The next ``blocks`` blocks, (blocks · 64, 2) float32, not limited."""
        out = np.empty((blocks * BLOCK, 2), np.float32)
        done = 0
        while done < len(out):
            for pitch in [p for p, end in self._ends.items() if end < self.stream + BLOCK // 2]:
                self.key_up(pitch)
            nearest = min(self._ends.values(), default=1 << 60) - self.stream
            frames = min(len(out) - done, max(1, (nearest - BLOCK // 2) // BLOCK + 1) * BLOCK)
            self._synth.write(out[done:done + frames])
            self.stream += frames
            done += frames
        self._loud = bool(self._held) or not self._synth.resting() or float(np.abs(out).max()) > SILENCE
        return out
