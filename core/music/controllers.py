"""Controllers of a track (pedal, wheel, expression, bend) as curves of steps, and pure edits of them.

A track carries them as raw events, in the order of its file. An edit takes out and puts in events of one controller
and leaves every other event, and their order, as it was.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace

import numpy as np

from core.music.song import RawEvent, Song, Track

CONTROL, BEND = 0xB0, 0xE0
STEPS_A_BEAT = 24
"""A drawn curve has at most so many events a quarter note: more cannot be heard, and would crowd a MIDI cable."""


@dataclass(frozen=True)
class Controller:
    """``number`` is the control change's, None for the bend. Values run from ``low`` to ``high``; ``default`` holds
    until the first event. ``switch``: there is only on and off, and from the middle up is on."""

    name: str
    number: int | None
    low: int = 0
    high: int = 127
    default: int = 0
    switch: bool = False

    def is_in(self, event: RawEvent) -> bool:
        """Whether the event sets it."""
        data = event.data
        if self.number is None:
            return data[0] & 0xF0 == BEND and len(data) == 3
        return data[0] & 0xF0 == CONTROL and len(data) == 3 and data[1] == self.number

    def value_of(self, event: RawEvent) -> int:
        low, high = event.data[1:3]
        return low + (high << 7) + self.low if self.number is None else high

    def event(self, tick: int, value: int, channel: int) -> RawEvent:
        value = min(max(int(value), self.low), self.high)
        if self.number is None:
            return RawEvent(int(tick), bytes((BEND | channel, value - self.low & 0x7F, value - self.low >> 7)))
        return RawEvent(int(tick), bytes((CONTROL | channel, self.number, value)))


SUSTAIN = Controller("Sustain", 64, switch=True)
MODULATION = Controller("Modulation", 1)
EXPRESSION = Controller("Expression", 11, default=127)
PITCH_BEND = Controller("Pitch Bend", None, -8192, 8191)

CONTROLLERS = (SUSTAIN, MODULATION, EXPRESSION, PITCH_BEND)


@dataclass(frozen=True, eq=False)
class Curve:
    """Steps: from ``ticks[i]`` on ``values[i]`` holds. Both int64 (n,), ticks ascending; of several at one tick the
    last holds."""

    ticks: np.ndarray
    values: np.ndarray

    def value_at(self, tick: float, default: int) -> int:
        """What holds at a tick, an event there included."""
        at = int(np.searchsorted(self.ticks, tick, side="right")) - 1
        return int(self.values[at]) if at >= 0 else default


def curve_of(track: Track, controller: Controller) -> Curve:
    """All that the track says of a controller."""
    found = [(event.tick, controller.value_of(event)) for event in track.events if controller.is_in(event)]
    ticks, values = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return Curve(ticks, values)


def drawn(controller: Controller, path: list[tuple[float, float]], start: int, end: int, step: int) -> Curve:
    """A path of (tick, value) points, straight between them, as steps from ``start`` to before ``end``, ``step`` ticks
    apart where the value changes. Beyond the path its first and last values hold."""
    ticks = np.arange(start, max(end, start + 1), max(1, step))
    along, heights = np.array(sorted(path), dtype=np.float64).T
    values = np.interp(ticks, along, heights)
    if controller.switch:
        values = np.where(values >= (controller.low + controller.high + 1) / 2, controller.high, controller.low)
    values = np.clip(np.round(values), controller.low, controller.high).astype(np.int64)
    changes = np.append(True, values[1:] != values[:-1])
    return Curve(ticks[changes], values[changes])


def replaced(old: Curve, new: Curve, start: int, end: int, default: int) -> Curve:
    """``old`` with ``new`` in the place of what it says from ``start`` to before ``end``; later it is as before."""
    inside = (old.ticks >= start) & (old.ticks < end)
    kept_ticks, kept_values = old.ticks[~inside], old.values[~inside]
    ticks, values = new.ticks, new.values
    before = Curve(kept_ticks[kept_ticks < start], kept_values[kept_ticks < start])
    if len(ticks) and ticks[0] == start and values[0] == before.value_at(start, default):
        ticks, values = ticks[1:], values[1:]  # says nothing new
    held, after = int(values[-1]) if len(values) else before.value_at(start, default), old.value_at(end, default)
    if held != after and not (old.ticks == end).any():
        ticks, values = np.append(ticks, end), np.append(values, after)
    at = int(np.searchsorted(kept_ticks, start))
    return Curve(np.insert(kept_ticks, at, ticks), np.insert(kept_values, at, values))


def without(old: Curve, start: int, end: int) -> Curve:
    """The curve without its steps from ``start`` to before ``end``: what held before goes on."""
    kept = (old.ticks < start) | (old.ticks >= end)
    return Curve(old.ticks[kept], old.values[kept])


def set_curve(song: Song, track: int, controller: Controller, curve: Curve) -> Song:
    """The song in which a track says this of a controller. Events that stay as they were keep their place."""
    here = song.tracks[track]
    channel = here.channel or 0
    wanted: dict[int, list[int]] = {}
    for tick, value in zip(curve.ticks.tolist(), curve.values.tolist()):
        wanted.setdefault(tick, []).append(value)
    there: dict[int, list[int]] = {}
    for event in here.events:
        if controller.is_in(event):
            there.setdefault(event.tick, []).append(controller.value_of(event))
    changed = {tick for tick in wanted.keys() | there.keys() if wanted.get(tick) != there.get(tick)}
    if not changed:
        return song
    kept = [event for event in here.events if event.tick not in changed or not controller.is_in(event)]
    places = [event.tick for event in kept]
    fresh: dict[int, list[RawEvent]] = {}
    for tick in sorted(changed & wanted.keys()):
        # In front of what stands at its tick: where the MIDI writer puts it too.
        fresh.setdefault(bisect_left(places, tick), []).extend(
            controller.event(tick, value, channel) for value in wanted[tick])
    events = []
    for index, event in enumerate(kept):
        events += fresh.get(index, ())
        events.append(event)
    events += fresh.get(len(kept), ())
    return song.with_track(track, replace(here, events=tuple(events)))
