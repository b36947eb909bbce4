"""Where the metronome clicks: on every beat the meter counts, with an accent where a bar begins."""

from __future__ import annotations

from core.sound.schedule import METRONOME_CHANNEL
from core.sound.synth import BLOCK, Synth
from core.sound.transport import SampleClock

ACCENT_PITCH, BEAT_PITCH = 76, 77
"""The high and the low wood block of General MIDI."""

ACCENT_VELOCITY, BEAT_VELOCITY = 127, 100


def next_click(clock: SampleClock, sample: int) -> tuple[int, bool]:
    """The first beat at or after ``sample``, and whether a bar begins there. Beats go on after the song's end."""
    timebase = clock.timebase
    tick = max(0, clock.tick_of(sample))
    bar = int(timebase.bar_at(tick))
    while True:
        beat = timebase.meter_of(bar).beat_ticks(timebase.ticks_per_beat)
        start, end = int(timebase.bar_start(bar)), int(timebase.bar_end(bar))
        for at in range(start + max(0, tick - start) // beat * beat, end, beat):
            if (found := int(clock.sample_of(at))) >= sample:
                return found, at == start
        bar += 1


def count_in_clicks(clock: SampleClock, position: int, bars: int) -> list[tuple[int, bool]]:
    """How ``position`` is counted in: (samples before it, whether a bar begins), the first click first.

    ``bars`` whole bars of the meter there, at the tempo there; inside a bar also its beats up to the position, so
    that a person who counts along is right when the song begins.
    """
    timebase = clock.timebase
    tick = clock.tick_of(position)
    bar = int(timebase.bar_at(tick))
    meter = timebase.meter_of(bar)
    beat, length = (f(timebase.ticks_per_beat) for f in (meter.beat_ticks, meter.bar_ticks))
    start = int(timebase.bar_start(bar))
    samples_per_tick = timebase.tempo_at(tick).microseconds_per_beat / 1e6 / timebase.ticks_per_beat * (
        clock.rate / clock.scale)
    ticks = [(start - (bars - n) * length + at, at == 0) for n in range(bars) for at in range(0, length, beat)]
    ticks += [(at, at == start) for at in range(start, tick, beat)]
    return [(round((tick - at) * samples_per_tick), accent) for at, accent in ticks]


class Metronome:
    """The clicks that are still to come: those of the count-in by samples of the stream, the others by position.

    What it strikes it notes in ``sounding``, as the renderer does.
    """

    def __init__(self) -> None:
        self.on = False
        self.begins = 0
        """The sample of the stream with which the song begins, once it is counted in."""
        self._count: list[tuple[int, bool]] = []
        self._click: tuple[int, bool] | None = None

    def count_in(self, clock: SampleClock, position: int, stream: int, bars: int) -> None:
        """Count ``position`` in from sample ``stream`` of the stream on; with 0 bars it begins at once."""
        clicks = count_in_clicks(clock, position, bars) if bars else []
        self.begins = stream + (round(clicks[0][0] / BLOCK) * BLOCK if clicks else 0)
        self._count = [(self.begins - before, accent) for before, accent in clicks]

    @property
    def next_counted(self) -> int | None:
        """The sample of the stream at which the count-in clicks next."""
        return self._count[0][0] if self._count else None

    @property
    def next(self) -> int | None:
        """The position of the next click."""
        return self._click[0] if self._click else None

    def seek(self, clock: SampleClock, position: int) -> None:
        """Go on with the first beat at or after ``position``."""
        self._click = next_click(clock, position) if self.on else None

    def strike_counted(self, limit: int, synth: Synth, sounding: dict[tuple[int, int], int]) -> None:
        """The clicks of the count-in before sample ``limit`` of the stream."""
        while self._count and self._count[0][0] < limit:
            _strike(self._count.pop(0)[1], synth, sounding)

    def strike(self, clock: SampleClock, limit: int, synth: Synth, sounding: dict[tuple[int, int], int]) -> None:
        """The clicks before position ``limit``."""
        while self._click is not None and self._click[0] < limit:
            at, accent = self._click
            _strike(accent, synth, sounding)
            self.seek(clock, at + 1)


def _strike(accent: bool, synth: Synth, sounding: dict[tuple[int, int], int]) -> None:
    for channel, pitch in [key for key in sounding if key[0] == METRONOME_CHANNEL]:
        synth.note_off(channel, pitch)
        del sounding[channel, pitch]
    pitch, velocity = (ACCENT_PITCH, ACCENT_VELOCITY) if accent else (BEAT_PITCH, BEAT_VELOCITY)
    synth.note_on(METRONOME_CHANNEL, pitch, velocity)
    sounding[METRONOME_CHANNEL, pitch] = velocity
