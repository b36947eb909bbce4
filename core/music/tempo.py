"""Tempo that changes little by little, as MIDI can say it: a row of small steps. Pure edits Song → Song."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.music.song import Song
from core.music.timebase import Tempo

CURVES = {"even": 1.0, "late": 2.0, "early": 0.5}
"""How the change is spread: the power of the fraction of the way."""
STEPS_A_BEAT = 2
FEWEST_STEPS = 3
"""So many steps in one direction, at most a beat apart, are seen as one gradual change."""


@dataclass(frozen=True)
class Ramp:
    """A gradual change from tick ``start`` on; at ``end`` the tempo ``last`` is reached, in microseconds a beat."""

    start: int
    end: int
    first: int
    last: int


def ramp_tempo(song: Song, start: int, end: int, first: float, last: float, curve: str = "even",
               afterwards: float | None = None) -> Song:
    """The song with the tempo going from ``first`` to ``last`` quarter notes a minute between two ticks.

    From ``end`` on ``last`` holds, or ``afterwards``, until the next change. What was said of tempo between is gone.
    Raises ValueError where there is no time for it.
    """
    if end <= start:
        raise ValueError("a gradual change takes time")
    step = max(1, song.ticks_per_beat // STEPS_A_BEAT)
    ticks = range(start, end, step)
    marks = [Tempo(tick, _microseconds(first + (last - first) * (index / len(ticks)) ** CURVES[curve]))
             for index, tick in enumerate(ticks)]
    marks.append(Tempo(end, _microseconds(last if afterwards is None else afterwards)))
    outside = [tempo for tempo in song.tempos if not start <= tempo.tick <= end]
    heard = [mark for before, mark in zip([None, *marks], marks)
             if before is None or before.microseconds_per_beat != mark.microseconds_per_beat]
    return _with(song, [*outside, *heard])


def remove_tempos(song: Song, start: int, end: int) -> Song:
    """The song without the tempo changes from tick ``start`` to before ``end``: the tempo before them holds on.

    The first tempo of the song stays, since there has to be one.
    """
    return _with(song, [tempo for tempo in song.tempos if tempo.tick == 0 or not start <= tempo.tick < end])


def remove_meter(song: Song, tick: int) -> Song:
    """The song without the meter change at a tick; the first meter of the song stays."""
    return replace(song, meters=tuple(meter for meter in song.meters if meter.tick == 0 or meter.tick != tick))


def ramps(tempos: Sequence[Tempo], ticks_per_beat: int) -> list[Ramp]:
    """The gradual changes in a tempo map: steps in one direction, each at most a beat after the one before."""
    found: list[Ramp] = []
    index = 0
    while index < len(tempos) - 1:
        way, last = 0, index
        while last + 1 < len(tempos) and tempos[last + 1].tick - tempos[last].tick <= ticks_per_beat:
            change = tempos[last + 1].microseconds_per_beat - tempos[last].microseconds_per_beat
            if not change or change * way < 0:
                break
            way, last = change, last + 1
        if last - index >= FEWEST_STEPS:
            found.append(Ramp(tempos[index].tick, tempos[last].tick, tempos[index].microseconds_per_beat,
                              tempos[last].microseconds_per_beat))
            index = last
        else:
            index += 1
    return found


def _microseconds(beats_per_minute: float) -> int:
    return round(60e6 / beats_per_minute)


def _with(song: Song, tempos: list[Tempo]) -> Song:
    return replace(song, tempos=tuple(sorted(tempos, key=lambda tempo: tempo.tick)))
