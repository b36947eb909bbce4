"""What becomes of notes, events, tempos, meters and markers when time is put into a song or taken out of it.

The rules, the same for every kind of thing:

- What holds, holds on: a note (or a pedal, a tempo) that sounds across the place where time is put in lasts through it,
  and one that sounds across time that is taken out is shorter by that. So putting in and taking out again is nothing.
- A note that starts in time that is taken out is gone; one that only ends there ends where that time was.
- Of controllers, instruments, bends, keys, tempos, meters and sections that changed in time that is taken out, what
  held at its end holds after it. Lyrics, texts and cues in it are gone.
- Time put in before the first bar goes before the music alone: what sets a song up at tick 0 stays there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from core.music.song import Marker, Shift, freeze_notes
from core.music.timebase import Meter, Tempo

META, SYSTEM = 0xFF, 0xF0
TEXT, LYRIC, MARKER, CUE, KEY, TEMPO, METER = 0x01, 0x05, 0x06, 0x07, 0x59, 0x51, 0x58
OF_A_MOMENT = (LYRIC, MARKER, CUE)
"""Meta events that belong to the music beside them."""
CONTROL, POLY_PRESSURE = 0xB0, 0xA0
SWITCHES = range(64, 70)
BUILDS_ON_OTHERS = (6, 38, 96, 97, 98, 99, 100, 101, *range(120, 128))
"""Controllers that mean something only together and in order."""


def retimed_notes(notes: np.ndarray, shift: Shift) -> np.ndarray:
    """An array of ``NOTE_DTYPE`` after the shift."""
    at, by = shift.tick, shift.ticks
    onset, end = notes["onset"], notes["onset"] + notes["duration"]
    if by >= 0:
        moved_onset = np.where(onset >= at, onset + by, onset)
        moved_end = np.where((end > at) | (onset >= at), end + by, end)
        kept = slice(None)
    else:
        moved_onset = np.where(onset >= at, onset + by, onset)
        moved_end = np.where(end > at, np.maximum(at, end + by), end)
        moved_end = np.where(onset >= at, end + by, moved_end)
        kept = (onset < at) | (onset >= at - by)
    result = notes.copy()
    result["onset"], result["duration"] = moved_onset, moved_end - moved_onset
    return freeze_notes(result[kept])


def retimed_events(events: Sequence[tuple[int, bytes]], shift: Shift) -> list[tuple[int, int]]:
    """Of events in order of time (tick, message), none of them a note: (index, new tick) of those that stay."""
    at, by = shift.tick, shift.ticks
    if by >= 0:
        return [(i, tick if tick < at or _sets_up(tick, data) else tick + by) for i, (tick, data) in enumerate(events)]
    # What is said right after the time that is taken out counts too: nothing is said twice.
    near = [i for i, (tick, _) in enumerate(events) if at <= tick <= at - by]
    lasting = {near[place] for place in _lasting([events[i][1] for i in near])}
    fresh = {_key(events[i][1], i) for i in near if events[i][0] > 0} - {None}
    kept = [i for i, (tick, data) in enumerate(events)
            if not at <= tick < at - by or i in lasting or (_sets_up(tick, data) and _key(data, i) not in fresh)]
    return [(i, shift.moved(events[i][0])) for i in kept]


def _sets_up(tick: int, data: bytes) -> bool:
    return tick == 0 and not (data[0] == META and data[1] in OF_A_MOMENT)


def _lasting(messages: Sequence[bytes]) -> set[int]:
    """The indices of those whose effect lasts beyond the last of them."""
    last: dict[object, int] = {}
    for index, data in enumerate(messages):
        if (key := _key(data, index)) is not None:
            last[key] = index
    kept = set(last.values())
    for key, index in last.items():
        # A pedal that was lifted and pressed again still has to be lifted; one that is up need not be pressed before.
        if isinstance(key, tuple) and key[0] == "switch on" and last.get(("switch off", *key[1:]), -1) > index:
            kept.discard(index)
    return kept


def _key(data: bytes, index: int) -> object | None:
    """What the message sets: the last with the same key counts. None for what is over with its moment."""
    if data[0] == META:
        if data[1] in (TEXT, *OF_A_MOMENT):
            return None
        return ("meta", data[1]) if data[1] in (KEY, TEMPO, METER) else index
    if data[0] >= SYSTEM:
        return index
    if data[0] & 0xF0 == CONTROL:
        if data[1] in BUILDS_ON_OTHERS:
            return index
        if data[1] in SWITCHES:
            return f"switch {'on' if data[2] >= 64 else 'off'}", data[0], data[1]
    return (data[0], data[1]) if data[0] & 0xF0 in (CONTROL, POLY_PRESSURE) else (data[0],)


def retimed_tempos(tempos: tuple[Tempo, ...], shift: Shift) -> tuple[Tempo, ...]:
    def says_the_same(before: Tempo, last: Tempo) -> bool:
        return before.microseconds_per_beat == last.microseconds_per_beat

    return tuple(Tempo(tick, tempo.microseconds_per_beat) for tempo, tick in _retimed(tempos, shift, says_the_same))


def retimed_meters(meters: tuple[Meter, ...], shift: Shift, ticks_per_beat: int) -> tuple[Meter, ...]:
    """Bars begin where they did: where time is put in in the middle of a meter's bar, a bar begins there too.

    Both ends of the time that is put in or taken out are bar lines.
    """
    def has_a_bar_line(before: Meter) -> bool:
        return (shift.tick - before.tick) % before.bar_ticks(ticks_per_beat) == 0

    def says_the_same(before: Meter, last: Meter) -> bool:
        return replace(before, tick=last.tick) == last and has_a_bar_line(before)

    moved = [replace(meter, tick=tick) for meter, tick in _retimed(meters, shift, says_the_same)]
    if shift.ticks > 0 and shift.tick > 0:
        before = _last(meter for meter in meters if meter.tick < shift.tick) or Meter(0)
        if not has_a_bar_line(before):
            moved.append(replace(before, tick=shift.tick))
    return tuple(sorted(moved, key=lambda meter: meter.tick))


def retimed_markers(markers: tuple[Marker, ...], shift: Shift, end: int) -> tuple[Marker, ...]:
    """``end``: of the song. A section of which nothing is left has no marker either."""
    if shift.ticks >= 0:
        return tuple(Marker(shift.moved(marker.tick), marker.name) for marker in markers)
    until = shift.tick - shift.ticks
    lasts = end > until and not any(marker.tick == until for marker in markers)
    inside = [marker for marker in markers if shift.tick <= marker.tick < until]
    kept = [marker for marker in markers if marker not in inside or (lasts and marker.tick == inside[-1].tick)]
    return tuple(Marker(shift.moved(marker.tick), marker.name) for marker in kept)


def _retimed(marks: tuple, shift: Shift, says_the_same: Callable) -> list[tuple]:
    """(mark, new tick) of those that hold somewhere; the last in time that is taken out, from there on."""
    if shift.ticks >= 0:
        return [(mark, mark.tick if mark.tick == 0 else shift.moved(mark.tick)) for mark in marks]
    until = shift.tick - shift.ticks
    inside = [mark for mark in marks if shift.tick <= mark.tick < until]
    before, last = _last(mark for mark in marks if mark.tick < shift.tick), _last(inside)
    if any(mark.tick == until for mark in marks) or (before and last and says_the_same(before, last)):
        last = None
    return [(mark, shift.moved(mark.tick)) for mark in marks if mark not in inside or mark is last]


def _last(marks: Iterable):
    return max(marks, key=lambda mark: mark.tick, default=None)
