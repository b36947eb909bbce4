"""Whole bars put in, taken out and repeated on all tracks, as pure edits Song → Song. ``retiming`` has the rules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.music.retiming import retimed_events, retimed_markers, retimed_meters, retimed_notes, retimed_tempos
from core.music.settings import written_out
from core.music.song import RawEvent, Shift, Song, Track
from core.music.timebase import Meter, Tempo

PROGRAM, CONTROL, SYSTEM, VOLUME, PAN = 0xC0, 0xB0, 0xF0, 7, 10
AT_REST = {(0xB0, 1): (0,), (0xB0, 11): (127,), (0xB0, 64): (0,), (0xB0, 66): (0,), (0xB0, 67): (0,), (0xE0,): (0, 64)}
"""What modulation, expression, the pedals and the pitch bend are at before anything is said of them."""


def insert_bars(song: Song, bar: int, count: int) -> Song:
    """The song with ``count`` empty bars before ``bar``, in the meter of the bar before that (at the start: the first).

    Tempo and meter changes and sections that begin with ``bar`` move along with it.
    """
    at = int(song.timebase.bar_start(bar))
    length = song.timebase.meter_of(max(0, bar - 1)).bar_ticks(song.ticks_per_beat)
    return _shifted(song, Shift(at, count * length)) if count > 0 else song


def delete_bars(song: Song, first: int, last: int) -> Song:
    """The song without bars ``first`` to ``last`` on any track: what came after them comes where they began."""
    start, end = int(song.timebase.bar_start(first)), int(song.timebase.bar_end(last))
    return _shifted(song, Shift(start, start - end))


def repeat_bars(song: Song, first: int, last: int) -> Song:
    """The song with bars ``first`` to ``last`` of all tracks once more right after themselves, tempo and meter too.

    Notes that start in them keep their length; what sounds on from before them is not begun again.
    """
    base = song.timebase
    start, end = int(base.bar_start(first)), int(base.bar_end(last))
    there = _shifted(song, Shift(end, end - start))
    tracks = tuple(_repeated_track(old, new, start, end) for old, new in zip(song.tracks, there.tracks))
    return replace(there, tracks=tracks, tempos=_repeated(song.tempos, there.tempos, base.tempo_at(start), start, end),
                   meters=_repeated(song.meters, there.meters, base.meter_of(first), start, end))


def moved_place(tick: int, before: Song, after: Song) -> int:
    """Where a place in ``before`` is in ``after``, by the bars that were put in and taken out between the two."""
    shared = 0
    for old, new in zip(before.shifts, after.shifts):
        if old is not new:
            break
        shared += 1
    for shift in reversed(before.shifts[shared:]):
        tick = shift.moved_back(tick)
    for shift in after.shifts[shared:]:
        tick = shift.moved(tick)
    return tick


# -- shifting ----------------------------------------------------------------------------------------


def _shifted(song: Song, shift: Shift) -> Song:
    tracks = tuple(_shifted_track(track, shift) for track in song.tracks)
    undoes_last = bool(song.shifts) and shift.ticks < 0 and song.shifts[-1] == Shift(shift.tick, -shift.ticks)
    return replace(
        song, tracks=tracks, tempos=retimed_tempos(song.tempos, shift),
        meters=retimed_meters(song.meters, shift, song.ticks_per_beat),
        markers=retimed_markers(song.markers, shift, song.end),
        shifts=song.shifts[:-1] if undoes_last else (*song.shifts, shift))


def _shifted_track(track: Track, shift: Shift) -> Track:
    muted_end = int((track.muted["onset"] + track.muted["duration"]).max(initial=0))
    if max(track.end, muted_end, *(event.tick for event in track.events[-1:]), 0) < shift.tick:
        return track
    notes, muted = retimed_notes(track.notes, shift), retimed_notes(track.muted, shift)
    kept = retimed_events([(event.tick, event.data) for event in track.events], shift)
    events = sorted((RawEvent(tick, track.events[index].data) for index, tick in kept), key=lambda event: event.tick)
    moved = replace(track, notes=notes, muted=muted, events=tuple(events))
    lost_its_start = len(notes) < len(track.notes) and len(notes) and shift.tick <= track.notes["onset"][0]
    return _settled(moved) if lost_its_start else moved


def _settled(track: Track) -> Track:
    """Instrument, volume and pan as they are at the first note, where changes of them come before it now."""
    start, facts, events = int(track.notes["onset"][0]), {}, []
    written = written_out(track)
    for event in written.events:
        status = event.data[0] & 0xF0 if event.data[0] < 0xF0 else 0
        if event.tick > start or not (status == PROGRAM or (status == CONTROL and event.data[1] in (VOLUME, PAN))):
            events.append(event)
        elif status == PROGRAM:
            facts["program"] = event.data[1]
        else:
            facts["volume" if event.data[1] == VOLUME else "pan"] = event.data[2]
    return replace(written, events=tuple(events), **facts) if facts else track


# -- repeating ---------------------------------------------------------------------------------------


def _repeated(old: tuple, new: tuple, at_start: Tempo | Meter, start: int, end: int) -> tuple:
    """The marks ``new``, those from ``start`` to ``end`` once more after that, from what was in force ``at_start``."""
    again = [replace(mark, tick=mark.tick + end - start) for mark in old if start < mark.tick < end]
    if not again and not any(mark.tick == end for mark in new):
        return new
    others = [mark for mark in new if mark.tick != end]
    return tuple(sorted([*others, replace(at_start, tick=end), *again], key=lambda mark: mark.tick))


def _repeated_track(old: Track, new: Track, start: int, end: int) -> Track:
    """``new`` (``old`` with room from ``end`` on) with what begins from ``start`` to ``end`` once more."""
    length, old, new = end - start, written_out(old), written_out(new)
    events = [event for event in old.events if start <= event.tick < end]
    repeated = [*new.events, *_as_before(old, events, start, end),
                *(RawEvent(event.tick + length, event.data) for event in events)]
    return replace(new, notes=_repeated_notes(old.notes, new.notes, start, end),
                   muted=_repeated_notes(old.muted, new.muted, start, end),
                   events=tuple(sorted(repeated, key=lambda event: event.tick)))


def _repeated_notes(old: np.ndarray, new: np.ndarray, start: int, end: int) -> np.ndarray:
    inside = old[(old["onset"] >= start) & (old["onset"] < end)]
    again = inside.copy()
    again["onset"] += end - start
    around = new[(new["onset"] < start) | (new["onset"] >= end)]
    return np.concatenate([around, inside, again])


def _as_before(track: Track, events: list[RawEvent], start: int, end: int) -> list[RawEvent]:
    """At ``end``, what sets each thing that ``events`` change to what it was at ``start``."""
    of_track = {(PROGRAM,): (track.program,), (CONTROL, VOLUME): (track.volume,), (CONTROL, PAN): (track.pan,)}
    values = AT_REST | of_track
    touched: dict[tuple, int] = {}
    for event in events:
        if (key := _what_is_set(event.data)) in values and key not in touched:
            touched[key] = event.data[0]
    for event in track.events:
        if event.tick <= start and (key := _what_is_set(event.data)) in touched:
            values[key] = tuple(event.data[len(key):])
    return [RawEvent(end, bytes((status, *key[1:], *values[key]))) for key, status in touched.items()]


def _what_is_set(data: bytes) -> tuple | None:
    if data[0] >= SYSTEM:
        return None
    status = data[0] & 0xF0
    return (status, data[1]) if status == CONTROL else (status,)
