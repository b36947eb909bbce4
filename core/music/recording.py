"""From keys and pedals pressed while the song plays to notes and controllers on a track. Pure: what was played in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.music.edits import exchange_notes
from core.music.song import EMPTY_NOTES, RawEvent, Song, make_notes

CONTROL, PRESSURE, BEND = 0xB0, 0xD0, 0xE0
OF_TRACK = frozenset({0, 7, 10, 32})
"""Bank, volume and pan: what a track is set to is not played."""
COMMANDS = 120
"""From this controller on they are commands to an instrument."""
AT_REST = {(BEND,): (0, 64), (PRESSURE,): (0,), **{(CONTROL, number): (0,) for number in (1, *range(64, 70))}}
"""What pedals, wheel, bend and pressure go back to where a recording ends, so that nothing after it sounds other."""


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A key that goes down (``velocity`` 1..127) or comes up (0) while ``tick`` is heard."""

    tick: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class ControlEvent:
    """A controller, pressure or bend of the keyboard while ``tick`` is heard: ``status`` without channel, two bytes."""

    tick: int
    status: int
    a: int
    b: int


def recorded_notes(events: Iterable[KeyEvent], end: int, loop: tuple[int, int] | None = None) -> np.ndarray:
    """The notes of the keys pressed, in the order they came; keys still down when the recording stops end at ``end``.

    ``loop``: the ticks that were repeated, if any; a key held over the jump back lasts to the loop's end. Every note
    lasts a tick at least.
    """
    down: dict[int, KeyEvent] = {}
    notes: list[tuple[int, int, int, int]] = []

    def finish(pitch: int, tick: int) -> None:
        began = down.pop(pitch, None)
        if began is None:
            return
        if tick < began.tick:
            tick = loop[1] if loop else began.tick
        notes.append((began.tick, max(1, tick - began.tick), pitch, began.velocity))

    for event in events:
        finish(event.pitch, event.tick)
        if event.velocity:
            down[event.pitch] = event
    for pitch in list(down):
        finish(pitch, end)
    return make_notes(*zip(*notes, strict=True)) if notes else EMPTY_NOTES


def recorded_controls(events: Iterable[ControlEvent], end: int, loop: tuple[int, int] | None = None,
                      channel: int = 0) -> tuple[RawEvent, ...]:
    """What pedals and wheels did, as events by tick. What is held when the recording stops, or over the jump back of a
    ``loop``, goes to rest there."""
    kept: list[RawEvent] = []
    held: dict[tuple[int, ...], None] = {}
    last = 0

    def add(tick: int, what: tuple[int, ...], value: tuple[int, ...]) -> None:
        kept.append(RawEvent(tick, bytes((what[0] | channel, *what[1:], *value))))

    def rest(tick: int) -> None:
        for what in held:
            add(tick, what, AT_REST[what])
        held.clear()

    for event in events:
        if event.status == CONTROL and (event.a in OF_TRACK or event.a >= COMMANDS):
            continue
        if event.tick < last:
            rest(loop[1] if loop else last)
        what = (CONTROL, event.a) if event.status == CONTROL else (event.status,)
        value = {CONTROL: (event.b,), PRESSURE: (event.a,)}.get(event.status, (event.a, event.b))
        add(event.tick, what, value)
        last = event.tick
        if what in AT_REST:
            held.pop(what, None)
            if value != AT_REST[what]:
                held[what] = None
    rest(max(end, last))
    return tuple(sorted(kept, key=lambda event: event.tick))


def with_recording(song: Song, track: int, notes: np.ndarray, controls: tuple[RawEvent, ...]) -> Song:
    """The song with what was played put on a track, among what is there."""
    after = exchange_notes(song, track, EMPTY_NOTES, notes)
    if not controls:
        return after
    events = sorted((*after.tracks[track].events, *controls), key=lambda event: event.tick)
    return after.with_track(track, replace(after.tracks[track], events=tuple(events)))


def quantised(notes: np.ndarray, snap: Callable[[int], int], step: Callable[[int], int]) -> np.ndarray:
    """The notes with their starts at the nearest grid point and their ends at the nearest one after that.

    ``snap`` gives the grid point nearest to a tick, ``step`` the grid's step there; both in ticks. Of notes of one
    pitch that fall on one point the longest stays.
    """
    kept: dict[tuple[int, int], tuple[int, int]] = {}
    for onset, duration, pitch, velocity in notes.tolist():
        start = snap(onset)
        length = max(snap(onset + duration) - start, step(start), 1)
        kept[start, pitch] = max(kept.get((start, pitch), (0, 0)), (length, velocity))
    columns = [(start, length, pitch, velocity) for (start, pitch), (length, velocity) in kept.items()]
    return make_notes(*zip(*columns, strict=True)) if columns else EMPTY_NOTES
