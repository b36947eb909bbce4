"""From a schedule to samples. The same code plays live and writes files, so both give the same samples.

Time moves in FluidSynth's blocks of 64 samples; a message takes effect at the block boundary nearest to its sample,
so no onset is off by more than 32 samples (0.73 ms at 44,100 Hz).
"""

from __future__ import annotations

import numpy as np

from core.sound.channel_state import KIND, SOSTENUTO, SUSTAIN, ChannelState, bring_to, send, wanted_state
from core.sound.schedule import CONTROL, NOTE_OFF, NOTE_ON, PREVIEW_CHANNEL, PROGRAM, Schedule
from core.sound.synth import BLOCK, Synth, SynthFactory, soft_limit
from core.sound.transport import SampleClock, Segment, Timeline, Transport

HALF = BLOCK // 2
FADE = 4 * BLOCK
"""Samples over which what was sounding passes over into what replaces it."""

SILENCE = 1e-5
END_SECONDS = 1.0
"""How long the transport runs on after the last note before it stops by itself."""

CHASE_SECONDS = 0.06
"""A note with less than this left is not taken up again when playing starts in its middle."""


class Renderer:
    """Song position, synthesizer and channel state, moved on together by ``render``.

    ``timeline`` says what part of the song each sample of the rendered stream belongs to. Not thread-safe: one
    thread calls it.
    """

    def __init__(self, make_synth: SynthFactory, schedule: Schedule) -> None:
        self._make_synth = make_synth
        self._synth: Synth = make_synth()
        self._schedule = schedule
        self._state = ChannelState()
        self._sounding: dict[tuple[int, int], int] = {}
        self._previews: list[tuple[int, int]] = []
        self._next = 0
        self._until: int | None = None
        self._fade = np.empty((0, 2), np.float32)
        self._faded = 0
        self._loud = True
        self.transport = Transport(schedule.clock)
        self.stream = 0
        self.serial = 0
        self.timeline = Timeline(self._segment())

    @property
    def clock(self) -> SampleClock:
        return self.transport.clock

    # -- commands ----------------------------------------------------------------------------------

    def load(self, schedule: Schedule) -> None:
        """Go on with another schedule at the same tick: notes that are in both ring on, the rest is set right."""
        self._schedule = schedule
        if schedule.clock != self.transport.clock:
            self.transport.set_clock(schedule.clock)
        if self.transport.playing:
            self._set_right(self.transport.position - HALF, keep_ringing=True)
            if self._until is not None:
                self._until = self._natural_end()
        self._mark()

    def play(self, until: int | None = None) -> None:
        """Play from the position to ``until`` (a position), or to the end of the notes if any lie ahead.

        Begins with a fresh synthesizer, so that what is heard does not depend on what was heard before.
        """
        if self.transport.playing:
            return
        fresh = self._make_synth()
        self.fade_from(self._raw(FADE))
        self._synth.close()
        self._synth = fresh
        self._state.clear()
        self._sounding.clear()
        self._previews.clear()
        self.transport.play()
        self._until = until if until is not None else self._natural_end()
        self._set_right(self.transport.position)
        self._mark()

    def stop(self) -> None:
        """Let every note go and stay where we are."""
        self.transport.stop()
        self._release_all()
        for key, value in list(self._state.items()):
            channel, kind, number = key
            if kind == CONTROL and number in (SUSTAIN, SOSTENUTO) and value:
                self._synth.control(channel, number, 0)
                self._state[key] = 0
        self._mark()

    def locate(self, position: int) -> None:
        """Go to ``position``; while playing, play on from there."""
        self.transport.locate(position)
        if self.transport.playing:
            self.transport.origin = position
            self._until = self._natural_end()
            self._set_right(position)
        self._mark()

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        self.transport.set_loop(loop if loop and loop[1] - loop[0] >= BLOCK else None)
        self._mark()

    def preview(self, program: int, is_drum: bool, pitch: int, velocity: int, seconds: float) -> None:
        """Sound one note now, on a channel of its own, whatever the transport does."""
        wanted = wanted_state((), ((PREVIEW_CHANNEL, PROGRAM, program, 0),))
        wanted[PREVIEW_CHANNEL, KIND, 0] = is_drum
        mine = ChannelState({k: v for k, v in self._state.items() if k[0] == PREVIEW_CHANNEL})
        bring_to(self._synth, mine, wanted)
        self._state.update(mine)
        self._synth.note_on(PREVIEW_CHANNEL, pitch, velocity)
        self._previews = [(at, p) for at, p in self._previews if p != pitch]
        self._previews.append((self.stream + max(1, round(seconds * self.clock.rate)), pitch))
        self._loud = True

    def rewind(self, stream: int, discarded: np.ndarray) -> None:
        """The samples from ``stream`` on, ``discarded``, will not be heard: take the position back to there."""
        segment = self.timeline.at(stream)
        self.transport.position = segment.position_at(stream)
        self.stream = stream
        self.fade_from(discarded)

    def fade_from(self, samples: np.ndarray) -> None:
        """Let ``samples``, which would have come next, pass over into what is rendered next. Silence just ends."""
        samples = samples[:FADE]
        audible = len(samples) and np.abs(samples).max() > SILENCE
        self._fade = samples if audible else samples[:0]
        self._faded = 0

    # -- samples -----------------------------------------------------------------------------------

    def render(self, blocks: int) -> np.ndarray:
        """The next ``blocks`` blocks, (blocks · 64, 2) float32, each value between -1 and 1."""
        out = np.empty((blocks * BLOCK, 2), np.float32)
        done = 0
        while done < len(out):
            self._do_what_is_due()
            frames = min(len(out) - done, self._blocks_ahead() * BLOCK)
            self._write(out[done:done + frames])
            self.stream += frames
            if self.transport.playing:
                self.transport.position += frames
            done += frames
        return out

    def _write(self, out: np.ndarray) -> None:
        if not self._loud and not self.transport.playing:
            out[:] = 0
        else:
            self._synth.write(out)
            soft_limit(out)
            self._loud = bool(self._previews) or not self._synth.resting() or float(np.abs(out).max()) > SILENCE
        if self._faded < len(self._fade):
            old = self._fade[self._faded:self._faded + len(out)]
            share = np.linspace(1, 0, len(self._fade), dtype=np.float32)[self._faded:self._faded + len(out), None]
            out[:len(old)] += share * (old - out[:len(old)])
            self._faded += len(old)

    def _raw(self, frames: int) -> np.ndarray:
        out = np.empty((frames, 2), np.float32)
        self._synth.write(out)
        soft_limit(out)
        return out

    def _do_what_is_due(self) -> None:
        for at, pitch in [p for p in self._previews if p[0] < self.stream + HALF]:
            self._synth.note_off(PREVIEW_CHANNEL, pitch)
            self._previews.remove((at, pitch))
        if not self.transport.playing:
            return
        self._dispatch()
        end = self._end_ahead()
        if end is None or end >= self.transport.position + HALF:
            return
        if self.transport.loop_end is not None:
            self.transport.jump_back()
            self._set_right(self.transport.loop[0])
            self._mark()
            self._dispatch()
        else:
            self.stop()
            self.transport.locate(self.transport.origin)
            self._mark()

    def _dispatch(self) -> None:
        """Send the events that belong to the block that comes next."""
        limit = self.transport.position + HALF
        if (end := self._end_ahead()) is not None:
            limit = min(limit, end)
        upto = int(np.searchsorted(self._schedule.samples, limit))
        for _, channel, status, a, b in self._schedule.events[self._next:upto].tolist():
            if status == NOTE_ON:
                self._synth.note_on(channel, a, b)
                self._sounding[channel, a] = b
            elif status == NOTE_OFF:
                if self._sounding.pop((channel, a), None) is not None:
                    self._synth.note_off(channel, a)
            else:
                send(self._synth, channel, status, a, b)
                self._state.note(channel, status, a, b)
        self._next = max(self._next, upto)

    def _blocks_ahead(self) -> int:
        """Blocks until something is due."""
        ahead = [at - self.stream for at, _ in self._previews]
        if self.transport.playing:
            coming = [self._end_ahead()]
            if self._next < len(self._schedule.samples):
                coming.append(int(self._schedule.samples[self._next]))
            ahead += [sample - self.transport.position for sample in coming if sample is not None]
        nearest = min(ahead, default=1 << 30)
        return max(1, (nearest - HALF) // BLOCK + 1)

    # -- setting right -----------------------------------------------------------------------------

    def _set_right(self, position: int, keep_ringing: bool = False) -> None:
        """Bring channels and notes to what they are had the song been played up to ``position``."""
        schedule = self._schedule
        self._next = int(np.searchsorted(schedule.samples, position))
        wanted = wanted_state(schedule.channels, schedule.controls_before(position))
        wanted.update({k: v for k, v in self._state.items() if k[0] == PREVIEW_CHANNEL})
        ringing = {(channel, pitch): (velocity, left) for channel, pitch, velocity, left in schedule.notes_at(position)}
        if not keep_ringing:
            self._release_all()
        changed = bring_to(self._synth, self._state, wanted)
        for channel, pitch in list(self._sounding):
            if (channel, pitch) not in ringing or channel in changed:
                self._synth.note_off(channel, pitch)
                del self._sounding[channel, pitch]
        enough = CHASE_SECONDS * self.clock.rate
        for (channel, pitch), (velocity, left) in ringing.items():
            if (channel, pitch) not in self._sounding and left >= enough and not schedule.channels[channel]:
                self._synth.note_on(channel, pitch, velocity)
                self._sounding[channel, pitch] = velocity

    def _release_all(self) -> None:
        for channel, pitch in self._sounding:
            self._synth.note_off(channel, pitch)
        self._sounding.clear()

    def _end_ahead(self) -> int | None:
        """The position at which playing jumps back or stops."""
        loop_end = self.transport.loop_end
        return loop_end if loop_end is not None else self._until

    def _natural_end(self) -> int | None:
        end = self._schedule.end
        return end + round(END_SECONDS * self.clock.rate) if self.transport.position < end else None

    def _segment(self) -> Segment:
        return Segment(self.stream, self.transport.position, self.transport.playing, self.clock, self.serial)

    def _mark(self) -> None:
        self._loud = True
        self.timeline.append(self._segment())
