"""Where the metronome clicks: on every beat the meter counts, with an accent where a bar begins."""

from __future__ import annotations

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
