"""Musical time: ticks, seconds, bars and beats, and the maps between them.

Ticks are integers at the song's own resolution (``ticks_per_beat`` ticks to a quarter note, which is
what MIDI calls a beat). Bars and beats are counted from 0 here; people count them from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

DEFAULT_TEMPO = 500_000
"""Microseconds a quarter note when a file says nothing: 120 quarter notes a minute."""


@dataclass(frozen=True, slots=True, order=True)
class Tempo:
    """From ``tick`` on, a quarter note lasts ``microseconds_per_beat`` microseconds."""

    tick: int
    microseconds_per_beat: int = DEFAULT_TEMPO

    @property
    def beats_per_minute(self) -> float:
        return 60e6 / self.microseconds_per_beat


@dataclass(frozen=True, slots=True, order=True)
class Meter:
    """From ``tick`` on, bars of ``numerator`` notes of one ``denominator``-th each. A bar starts at ``tick``."""

    tick: int
    numerator: int = 4
    denominator: int = 4

    def bar_ticks(self, ticks_per_beat: int) -> int:
        """Length of a whole bar in ticks, at least 1."""
        return max(1, self.numerator * 4 * ticks_per_beat // self.denominator)

    def beat_ticks(self, ticks_per_beat: int) -> int:
        """Length in ticks of the note the meter counts (a half, a quarter, an eighth...), at least 1."""
        return max(1, 4 * ticks_per_beat // self.denominator)


def usable_tempo(microseconds_per_beat: int) -> bool:
    """Whether a tempo from a file can be played at all (a file may say 0)."""
    return microseconds_per_beat > 0


def usable_meter(numerator: int, denominator: int) -> bool:
    """Whether a meter from a file makes bars of a length a person could count (a file may say 0/1 or 4/2^200)."""
    return numerator > 0 and 1 <= denominator <= 64


@dataclass(frozen=True)
class Timebase:
    """Converts between ticks, seconds and bars. The last change holds to the end of time.

    Before the first change MIDI's defaults hold: 120 quarter notes a minute, 4/4.
    A meter change inside a bar cuts that bar short: a new bar starts at the change.
    """

    ticks_per_beat: int
    tempos: tuple[Tempo, ...] = ()
    meters: tuple[Meter, ...] = ()

    def __post_init__(self) -> None:
        if self.ticks_per_beat < 1:
            raise ValueError(f"ticks_per_beat must be at least 1, not {self.ticks_per_beat}")

    # -- seconds ---------------------------------------------------------------------------------

    @cached_property
    def _tempo_map(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Arrays (start tick, start second, seconds per tick), one entry a tempo, the first at tick 0."""
        in_order = sorted(self.tempos, key=lambda tempo: tempo.tick)
        changes = {0: DEFAULT_TEMPO} | {tempo.tick: tempo.microseconds_per_beat for tempo in in_order}
        ticks = np.array(list(changes), dtype=np.int64)
        rate = np.array(list(changes.values()), dtype=np.float64) / 1e6 / self.ticks_per_beat
        seconds = np.concatenate([[0.0], np.cumsum(np.diff(ticks) * rate[:-1])])
        return ticks, seconds, rate

    def seconds_at(self, tick):
        """Seconds since the start at ``tick`` (a number or an array, same shape back, float64)."""
        ticks, seconds, rate = self._tempo_map
        at = np.clip(np.searchsorted(ticks, tick, side="right") - 1, 0, None)
        return seconds[at] + (np.asarray(tick) - ticks[at]) * rate[at]

    def tick_at(self, second):
        """The tick sounding at ``second`` (a number or an array), rounded down, int64."""
        ticks, seconds, rate = self._tempo_map
        at = np.clip(np.searchsorted(seconds, second, side="right") - 1, 0, None)
        # The tiny lift keeps tick_at(seconds_at(tick)) == tick in spite of rounding.
        return np.floor(ticks[at] + (np.asarray(second) - seconds[at]) / rate[at] + 1e-6).astype(np.int64)

    # -- bars ------------------------------------------------------------------------------------

    @cached_property
    def _bar_map(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Meter, ...]]:
        """Arrays (start tick, first bar, ticks a bar) and the meters, one entry a meter, the first at tick 0."""
        changes = {0: Meter(0)} | {m.tick: m for m in sorted(self.meters, key=lambda m: m.tick)}
        meters = tuple(changes.values())
        ticks, first = list(changes), [0]
        length = [m.bar_ticks(self.ticks_per_beat) for m in meters]
        for start, end, bar in zip(ticks, ticks[1:], length):
            first.append(first[-1] - (start - end) // bar)
        ticks, first, length = (np.array(column, dtype=np.int64) for column in (ticks, first, length))
        return ticks, first, length, meters

    def bar_at(self, tick):
        """Index of the bar that holds ``tick`` (a number or an array, int64), bar 0 the first."""
        ticks, first, length, _ = self._bar_map
        if len(ticks) == 1:  # most songs; dividing by one number is many times faster than by a column
            return np.asarray(tick) // length[0]
        at = np.maximum(np.searchsorted(ticks, tick, side="right") - 1, 0)
        return first[at] + (np.asarray(tick) - ticks[at]) // length[at]

    def bar_start(self, bar):
        """The tick at which bar ``bar`` (a number or an array) starts, int64."""
        ticks, first, length, _ = self._bar_map
        if len(ticks) == 1:
            return np.asarray(bar) * length[0]
        at = np.maximum(np.searchsorted(first, bar, side="right") - 1, 0)
        return ticks[at] + (np.asarray(bar) - first[at]) * length[at]

    def bar_end(self, bar):
        """The tick at which bar ``bar`` ends: the start of the next."""
        return self.bar_start(np.asarray(bar) + 1)

    def meter_of(self, bar: int) -> Meter:
        """The meter in force in bar ``bar``."""
        _, first, _, meters = self._bar_map
        return meters[max(0, int(np.searchsorted(first, bar, side="right")) - 1)]

    def tempo_at(self, tick: int) -> Tempo:
        """The tempo in force at ``tick``."""
        ticks, _, rate = self._tempo_map
        at = max(0, int(np.searchsorted(ticks, tick, side="right")) - 1)
        return Tempo(int(ticks[at]), round(rate[at] * 1e6 * self.ticks_per_beat))

    def bars_until(self, tick: int) -> int:
        """How many bars it takes to hold everything before ``tick``; 0 for tick 0."""
        return int(self.bar_at(tick - 1)) + 1 if tick > 0 else 0
