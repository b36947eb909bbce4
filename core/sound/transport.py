"""Where in the song we are. The number of samples played is the only clock.

Two counts of samples meet here. The *stream* is everything the sink has been given since it started; it only
grows. A *position* is a place in the song, in samples from its start. The renderer runs ahead of the sink, so the
timeline remembers which stretch of the stream holds which part of the song, and the playhead asks it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from core.music.timebase import Timebase


@dataclass(frozen=True)
class SampleClock:
    """Ticks to samples from the song's start and back, at ``rate`` samples a second.

    ``scale`` is how much faster than written the song is played: 2.0 is twice as fast.
    """

    timebase: Timebase
    rate: int
    scale: float = 1.0

    def sample_of(self, tick):
        """The nearest sample to ``tick`` (a number or an array, int64)."""
        return np.rint(self.timebase.seconds_at(tick) * (self.rate / self.scale)).astype(np.int64)

    def tick_of(self, sample: int) -> int:
        """The tick that sounds at ``sample``. ``tick_of(sample_of(t)) == t`` for ticks longer than a sample."""
        tick = int(self.timebase.tick_at(sample * self.scale / self.rate))
        return tick + 1 if self.sample_of(tick + 1) <= sample else tick

    def moved_from(self, other: SampleClock, sample: int) -> int:
        """The place here that ``sample`` has on another clock. What lay before a tick there lies before it here."""
        if self == other:
            return sample
        tick = other.tick_of(sample)
        start, end = (int(self.sample_of(t)) for t in (tick, tick + 1))
        within = sample - int(other.sample_of(tick))  # where the tempo is the same nothing moves at all
        return min(start + within, max(start, end - 1))


@dataclass(frozen=True)
class Segment:
    """From sample ``stream`` of the stream on, the song is at ``position`` and moves with it if ``playing``.

    While it is counted in it stays there until sample ``begins`` of the stream. ``serial`` is the last of the
    caller's commands that had been obeyed.
    """

    stream: int
    position: int
    playing: bool
    clock: SampleClock
    serial: int
    begins: int = 0

    def position_at(self, stream: int) -> int:
        return self.position + max(0, stream - max(self.stream, self.begins)) if self.playing else self.position

    def counting_at(self, stream: int) -> bool:
        return self.playing and stream < self.begins

    def tick_at(self, stream: int) -> int:
        return self.clock.tick_of(max(0, self.position_at(stream)))


class Timeline:
    """The segments that are rendered but not yet heard, and the one that is heard."""

    def __init__(self, first: Segment) -> None:
        self._segments = deque([first])

    def append(self, segment: Segment) -> None:
        """What was planned from ``segment.stream`` on is replaced by it."""
        while len(self._segments) > 1 and self._segments[-1].stream >= segment.stream:
            self._segments.pop()
        self._segments.append(segment)

    def at(self, stream: int) -> Segment:
        """The segment in force at sample ``stream`` of the stream."""
        return next((s for s in reversed(self._segments) if s.stream <= stream), self._segments[0])

    def forget(self, before: int) -> None:
        """Drop the segments that ended before sample ``before`` of the stream."""
        while len(self._segments) > 1 and self._segments[1].stream <= before:
            self._segments.popleft()


class Transport:
    """Play, stop, locate and loop over song positions. The renderer asks it how far it may go and moves it on."""

    def __init__(self, clock: SampleClock) -> None:
        self.clock = clock
        self.position = 0
        self.playing = False
        self.origin = 0
        self.loop: tuple[int, int] | None = None
        self._loop_ahead = False

    def play(self) -> None:
        self.playing, self.origin = True, self.position

    def stop(self) -> None:
        self.playing = False

    def locate(self, position: int) -> None:
        self.position = position
        self._look_for_loop()

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Play ``loop`` (start and end position) again and again once its end is reached; None plays on."""
        self.loop = loop
        self._look_for_loop()

    def set_clock(self, clock: SampleClock) -> None:
        """Take another tempo map or scale and stay at the same tick."""
        before = self.clock
        self.position, self.origin = (clock.moved_from(before, sample) for sample in (self.position, self.origin))
        self.loop = self.loop and (clock.moved_from(before, self.loop[0]), clock.moved_from(before, self.loop[1]))
        self.clock = clock
        self._look_for_loop()

    @property
    def loop_end(self) -> int | None:
        """The position at which to jump back, if playing on leads there."""
        return self.loop[1] if self._loop_ahead and self.loop else None

    def jump_back(self) -> None:
        """From the loop's end to its start, keeping the samples by which the block overshot: loops do not drift."""
        self.position += self.loop[0] - self.loop[1]

    def _look_for_loop(self) -> None:
        self._loop_ahead = self.loop is not None and self.position < self.loop[1]
