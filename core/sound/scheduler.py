"""What the engine is sent of a song, compiled: only what changed is compiled again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.music.song import Song
from core.music.timebase import Tempo, Timebase
from core.sound.messages import SetSong, SetTempoScale, SongReceiver
from core.sound.schedule import Part, PartEvents, Schedule, channel_of, compile_part, merge
from core.sound.transport import SampleClock


@dataclass(frozen=True, eq=False)
class Load:
    """A schedule to go on with, at the next bar line or at once."""

    schedule: Schedule
    at_bar: bool


class Scheduler:
    """Songs and tempo scales from messages to schedules. Parts that did not change are not compiled again."""

    def __init__(self, sample_rate: int) -> None:
        self._receiver = SongReceiver()
        self._parts: list[Part] = []
        self._clock = SampleClock(Timebase(Song().ticks_per_beat), sample_rate)
        self._compiled: list[tuple[Part, PartEvents]] = []
        self._at_bar: bool | None = None
        """Whether what has been taken since the last schedule may wait for a bar line."""

    def take(self, message: SetSong | SetTempoScale) -> None:
        if isinstance(message, SetSong):
            self._parts, timebase = self._receiver.parts(message)
            clock, at_bar = replace(self._clock, timebase=timebase), message.at_bar
        else:
            clock, at_bar = replace(self._clock, scale=message.scale), False
        before, self._clock = self._clock, clock
        if (_tempos(before.timebase), before.scale) != (_tempos(clock.timebase), clock.scale):
            self._compiled = []
        self._at_bar = at_bar and self._at_bar is not False

    def schedule(self) -> Load:
        compiled = []
        for index, part in enumerate(self._parts):
            known = self._compiled[index] if index < len(self._compiled) else None
            events = known[1] if known and known[0].same(part) else compile_part(part, channel_of(index), self._clock)
            compiled.append((part, events))
        self._compiled, at_bar, self._at_bar = compiled, bool(self._at_bar), None
        return Load(merge([events for _, events in compiled], self._clock), at_bar)


def _tempos(timebase: Timebase) -> tuple[int, tuple[Tempo, ...]]:
    return timebase.ticks_per_beat, timebase.tempos
