"""From a schedule to samples. The same code plays live and writes files, so both give the same samples.

Time moves in FluidSynth's blocks of 64 samples; a message takes effect at the block boundary nearest to its sample,
so no onset is off by more than 32 samples (0.73 ms at 44,100 Hz).
"""

from __future__ import annotations

import numpy as np

from core.sound.channel_state import KIND, SOSTENUTO, SUSTAIN, ChannelState, bring_to, send, wanted_state
from core.sound.fade import FADE, SILENCE, Fade
from core.sound.metronome import Metronome
from core.sound.schedule import CONTROL, METRONOME_CHANNEL, NOTE_OFF, NOTE_ON, PROGRAM, Schedule
from core.sound.synth import BLOCK, Synth, SynthFactory, soft_limit
from core.sound.transport import SampleClock, Segment, Timeline, Transport

HALF = BLOCK // 2
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
        self._pending: Schedule | None = None
        self._switch = 0
        self._state = ChannelState()
        self._sounding: dict[tuple[int, int], int] = {}
        self._next = 0
        self._until: int | None = None
        self._endless = False
        self._chase_later = False
        self._metronome = Metronome()
        self._fade = Fade()
        self._loud = True
        self.transport = Transport(schedule.clock)
        self.stream = 0
        self.serial = 0
        self.timeline = Timeline(self._segment())

    @property
    def clock(self) -> SampleClock:
        return self.transport.clock

    @property
    def counting(self) -> bool:
        """Clicks count the song in: it stands at its position and waits."""
        return self.transport.playing and self.stream < self._metronome.begins

    # -- commands ----------------------------------------------------------------------------------

    def load(self, schedule: Schedule, at_bar: bool = False) -> None:
        """Go on with another schedule at the same tick: notes that are in both ring on, the rest is set right.

        ``at_bar``: while playing not before the next bar line, or the loop's jump if that comes first.
        """
        transport = self.transport
        if at_bar and transport.playing and not self.counting and schedule.clock == transport.clock:
            self._pending, self._switch = schedule, self._next_bar_line()
            return
        done = schedule.clock.moved_from(transport.clock, transport.position - HALF)
        self._schedule, self._pending = schedule, None
        if schedule.clock != transport.clock:
            transport.set_clock(schedule.clock)
        if transport.playing:
            self._set_right(done, keep_ringing=True)
            self._move_end()
        self._mark()

    def play(self, until: int | None = None, count_in_bars: int = 0, endless: bool = False) -> None:
        """Play from the position to ``until`` (a position), or to the end of the notes if any lie ahead and it is not
        to be ``endless``. Clicks for ``count_in_bars`` bars come first.

        Begins with a fresh synthesizer, so that what is heard does not depend on what was heard before.
        """
        if self.transport.playing:
            self._mark()
            return
        self._take_fresh_synth()
        self._endless = endless
        self._until = until if until is not None else self._natural_end()
        self._metronome.count_in(self.clock, self.transport.position, self.stream, count_in_bars)
        self.transport.play()
        self._set_right(self.transport.position)
        self._mark()

    def change_synth(self) -> None:
        """Go on at the same place with another synthesizer from where they are made: the notes that ring are taken
        up again."""
        self._take_fresh_synth()
        if self.transport.playing:
            self._set_right(self.transport.position - HALF)
        self._mark()

    def _take_fresh_synth(self) -> None:
        fresh = self._make_synth()
        tail = np.empty((FADE, 2), np.float32)
        self._synth.write(tail)
        soft_limit(tail)
        self._fade.start(tail)
        self._synth.close()
        self._synth = fresh
        self._state.clear()
        self._sounding.clear()

    def stop(self) -> None:
        """Let every note go and stay where we are."""
        self.transport.stop()
        self._take_pending()
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
        self._take_pending()
        if self.transport.playing:
            self.transport.origin = position
            self._until = self._natural_end()
            self._set_right(position)
        self._mark()

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        self.transport.set_loop(loop if loop and loop[1] - loop[0] >= BLOCK else None)
        self._mark()

    def set_metronome(self, on: bool) -> None:
        """Click on every beat while playing, or no longer."""
        self._metronome.on = on
        self._metronome.seek(self.clock, self.transport.position - HALF)

    def rewind(self, stream: int, discarded: np.ndarray) -> None:
        """The samples from ``stream`` on, ``discarded``, will not be heard: take the position back to there.
        What was sent for them cannot be taken back, so a jump or a stop has to follow."""
        segment = self.timeline.at(stream)
        self.transport.position = segment.position_at(stream)
        self.stream = stream
        self._fade.start(discarded)

    # -- samples -----------------------------------------------------------------------------------

    def render(self, blocks: int) -> np.ndarray:
        """The next ``blocks`` blocks, (blocks · 64, 2) float32, each value between -1 and 1."""
        out = np.empty((blocks * BLOCK, 2), np.float32)
        done = 0
        while done < len(out):
            if self.transport.playing:
                self._do_what_is_due()
            frames = min(len(out) - done, self._blocks_ahead() * BLOCK)
            self._write(out[done:done + frames])
            if self.transport.playing and not self.counting:
                self.transport.position += frames
            self.stream += frames
            done += frames
        return out

    def _write(self, out: np.ndarray) -> None:
        if not self._loud and not self.transport.playing:
            out[:] = 0
        else:
            self._synth.write(out)
            soft_limit(out)
            self._loud = not self._synth.resting() or float(np.abs(out).max()) > SILENCE
        self._fade.over(out)

    def _do_what_is_due(self) -> None:
        transport = self.transport
        if self.counting:
            self._metronome.strike_counted(self.stream + HALF, self._synth, self._sounding)
            return
        if self._chase_later:
            self._set_right(transport.position, keep_ringing=True)
        self._dispatch()
        limit = transport.position + HALF
        if self._switch_ahead() is not None and self._switch < limit:
            self._take_pending()
            self._set_right(self._switch, keep_ringing=True)
            self._move_end()
            self._mark()
            self._dispatch()
        end = self._end_ahead()
        if end is None or end >= limit:
            return
        if transport.loop_end is not None:
            transport.jump_back()
            self._take_pending()
            self._set_right(transport.loop[0])
            self._mark()
            self._dispatch()
        else:
            self.stop()
            transport.locate(transport.origin)
            self._mark()

    def _dispatch(self) -> None:
        """Send the events that belong to the block that comes next."""
        ends = (self.transport.position + HALF, self._end_ahead(), self._switch_ahead())
        limit = min(at for at in ends if at is not None)
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
        self._metronome.strike(self.clock, limit, self._synth, self._sounding)

    def _blocks_ahead(self) -> int:
        """Blocks until something is due."""
        if not self.transport.playing:
            return 1 << 24
        if self.counting:
            clicks = (self._metronome.begins, self._metronome.next_counted)
            ahead = [at - self.stream for at in clicks if at is not None]
        else:
            coming = [self._end_ahead(), self._switch_ahead(), self._metronome.next]
            if self._next < len(self._schedule.samples):
                coming.append(int(self._schedule.samples[self._next]))
            ahead = [sample - self.transport.position for sample in coming if sample is not None]
        return max(1, (min(ahead, default=1 << 30) - HALF) // BLOCK + 1)

    # -- setting right -----------------------------------------------------------------------------

    def _set_right(self, position: int, keep_ringing: bool = False) -> None:
        """Bring channels and notes to what they are had the song been played up to ``position``."""
        schedule = self._schedule
        self._next = int(np.searchsorted(schedule.samples, position))
        self._metronome.seek(self.clock, position)
        self._chase_later = self.counting
        wanted = wanted_state(schedule.channels, schedule.controls_before(position))
        wanted[METRONOME_CHANNEL, KIND, 0] = True
        wanted.note(METRONOME_CHANNEL, PROGRAM, 0, 0)
        ringing = {(channel, pitch): (velocity, left) for channel, pitch, velocity, left in schedule.notes_at(position)}
        if not keep_ringing:
            self._release_all()
        changed = bring_to(self._synth, self._state, wanted)
        for channel, pitch in list(self._sounding):
            if channel != METRONOME_CHANNEL and ((channel, pitch) not in ringing or channel in changed):
                self._synth.note_off(channel, pitch)
                del self._sounding[channel, pitch]
        if self._chase_later:
            return
        enough = CHASE_SECONDS * self.clock.rate
        for (channel, pitch), (velocity, left) in ringing.items():
            if (channel, pitch) not in self._sounding and left >= enough and not schedule.channels[channel]:
                self._synth.note_on(channel, pitch, velocity)
                self._sounding[channel, pitch] = velocity

    def _release_all(self) -> None:
        for channel, pitch in self._sounding:
            self._synth.note_off(channel, pitch)
        self._sounding.clear()

    def _take_pending(self) -> None:
        if self._pending is not None:
            self._schedule, self._pending = self._pending, None

    def _next_bar_line(self) -> int:
        """The first bar line of which nothing has been sent yet."""
        timebase, done = self.clock.timebase, self.transport.position - HALF
        bar = int(timebase.bar_at(max(0, self.clock.tick_of(done))))
        start, end = (int(self.clock.sample_of(at(bar))) for at in (timebase.bar_start, timebase.bar_end))
        return start if start >= done else end

    def _switch_ahead(self) -> int | None:
        """The position at which another schedule takes over, if that comes before the loop's jump."""
        loop_end = self.transport.loop_end
        due = self._pending is not None and (loop_end is None or self._switch < loop_end)
        return self._switch if due else None

    def _end_ahead(self) -> int | None:
        """The position at which playing jumps back or stops. A song whose successor waits does not stop before it."""
        loop_end = self.transport.loop_end
        if loop_end is not None:
            return loop_end
        return self._until if self._pending is None else None

    def _natural_end(self) -> int | None:
        end = self._schedule.end
        ahead = self.transport.position < end and not self._endless
        return end + round(END_SECONDS * self.clock.rate) if ahead else None

    def _move_end(self) -> None:
        """The end of another schedule; of one that has ended already, a moment from now."""
        if self._until is not None:
            soon = self.transport.position + round(END_SECONDS * self.clock.rate)
            self._until = self._natural_end() or soon

    def _segment(self) -> Segment:
        begins = self._metronome.begins if self.transport.playing else 0
        return Segment(self.stream, self.transport.position, self.transport.playing, self.clock, self.serial, begins)

    def _mark(self) -> None:
        self._loud = True
        self.timeline.append(self._segment())
