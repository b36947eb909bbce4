"""Edits as pure functions Song → Song. Tracks that an edit does not touch are shared with the song before.

A note is known by its value. An edit of notes is said in two steps: what the chosen notes become (``shifted``,
``stretched``, ``with_velocity``: notes → notes) and ``exchange_notes``, which puts them in the others' place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.music.settings import changed_track
from core.music.song import EMPTY_NOTES, NOTE_DTYPE, SORT_ORDER, Song, Track, freeze_notes
from core.music.timebase import Meter, Tempo


class OutOfRange(ValueError):
    """The edit would push a note past the ends of the keyboard or before the song. Nothing was changed."""


class NotThere(ValueError):
    """Some of the notes to be changed are not there."""


# -- notes → notes ---------------------------------------------------------------------------------


def shifted(notes: np.ndarray, ticks: int = 0, semitones: int = 0) -> np.ndarray:
    """The notes later by ``ticks`` and higher by ``semitones``. Raises OutOfRange rather than crush a chord."""
    if not len(notes):
        return EMPTY_NOTES
    pitch, onset = notes["pitch"].astype(np.int64) + semitones, notes["onset"] + ticks
    if pitch.min() < 0 or pitch.max() > 127:
        raise OutOfRange(f"a note would go {'below' if pitch.min() < 0 else 'above'} the keyboard")
    if onset.min() < 0:
        raise OutOfRange("a note would start before the song")
    moved = notes.copy()
    moved["pitch"], moved["onset"] = pitch, onset
    return freeze_notes(moved)


def stretched(notes: np.ndarray, start: int = 0, end: int = 0, shortest: int = 1) -> np.ndarray:
    """The notes with their starts moved by ``start`` and their ends by ``end`` ticks, none under ``shortest`` ticks.

    A note that was shorter than ``shortest`` already stays as long as it was.
    """
    floor = np.minimum(notes["duration"], shortest)
    ends = notes["onset"] + notes["duration"]
    first = np.clip(notes["onset"] + start, 0, ends - floor)
    result = notes.copy()
    result["onset"], result["duration"] = first, np.maximum(floor, ends + end - first)
    return freeze_notes(result)


def with_velocity(notes: np.ndarray, velocity: int | np.ndarray) -> np.ndarray:
    """The notes at ``velocity``, 1..127: one for all, or one for each."""
    result = notes.copy()
    result["velocity"] = velocity
    return freeze_notes(result)


def clamped_shift(notes: np.ndarray, ticks: int, semitones: int) -> tuple[int, int]:
    """The nearest shift to (``ticks``, ``semitones``) that keeps every note in range: where a drag comes to rest."""
    if not len(notes):
        return 0, 0
    low, high = int(notes["pitch"].min()), int(notes["pitch"].max())
    return max(ticks, -int(notes["onset"].min())), min(max(semitones, -low), 127 - high)


# -- notes in a song -------------------------------------------------------------------------------


def find_notes(notes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The indices in ``notes`` (sorted) of the wanted notes, by value; a note wanted twice is found twice.

    Wanted notes that are not there are left out. Indices come back in ascending order.
    """
    if not len(wanted) or not len(notes):
        return np.empty(0, dtype=np.int64)
    both = np.concatenate([notes, np.asarray(wanted, dtype=NOTE_DTYPE)])
    order = np.lexsort([both[name] for name in reversed(SORT_ORDER)])  # stable: ``notes`` come before ``wanted``
    fresh = np.concatenate([[True], both[order][1:] != both[order][:-1]])
    group = np.cumsum(fresh) - 1
    is_wanted = order >= len(notes)
    asked = np.bincount(group, weights=is_wanted).astype(np.int64)
    rank = np.arange(len(order)) - np.flatnonzero(fresh)[group]
    found = order[~is_wanted & (rank < asked[group])]
    return np.sort(found)


def exchange_notes(song: Song, track: int, old: np.ndarray, new: np.ndarray) -> Song:
    """The song with the notes ``old`` of a track replaced by ``new``; either may be empty.

    Raises ValueError if a note of ``old`` is not on the track, or a new one is no note.
    """
    try:
        return song.with_track(track, replace(song.tracks[track], notes=exchanged(song.tracks[track].notes, old, new)))
    except NotThere as problem:
        raise ValueError(f"{problem} of the notes are no longer on track {track + 1}") from None


def exchanged(notes: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The notes with ``old`` replaced by ``new``. Raises NotThere, which says how many of ``old`` are not there."""
    found = find_notes(notes, old)
    if len(found) != len(old):
        raise NotThere(len(old) - len(found))
    return freeze_notes(np.concatenate([np.delete(notes, found), new]))


def notes_between(notes: np.ndarray, start: int, end: int, low: int = 0, high: int = 127) -> np.ndarray:
    """The notes that sound anywhere in ticks ``start`` to ``end`` and whose pitch is ``low`` to ``high``."""
    inside = (notes["onset"] < end) & (notes["onset"] + np.maximum(notes["duration"], 1) > start)
    return notes[inside & (notes["pitch"] >= low) & (notes["pitch"] <= high)]


def replace_cells(song: Song, cells: Iterable[tuple[int, int]], notes: Mapping[int, np.ndarray]) -> Song:
    """The song with the notes that start in the given cells replaced.

    ``cells``: (bar, track) pairs from 0. ``notes``: for each track index its new notes, in ticks.
    Notes that start before a cell and ring into it stay. Raises ValueError for a new note outside the cells.
    """
    bars_of: dict[int, list[int]] = {}
    for bar, track in cells:
        bars_of.setdefault(track, []).append(bar)
    if strangers := set(notes) - set(bars_of):
        raise ValueError(f"notes for tracks that are not marked: {sorted(strangers)}")
    tracks = list(song.tracks)
    for index, bars in bars_of.items():
        old, new = tracks[index].notes, notes.get(index, EMPTY_NOTES)
        if not np.isin(song.timebase.bar_at(new["onset"]), bars).all():
            raise ValueError(f"a new note on track {index + 1} lies outside the marked bars")
        kept = old[~np.isin(song.timebase.bar_at(old["onset"]), bars)]
        tracks[index] = tracks[index].with_notes(np.concatenate([kept, new]))
    return replace(song, tracks=tuple(tracks))


# -- tracks ----------------------------------------------------------------------------------------


def change_track(song: Song, index: int, **facts) -> Song:
    """The song with some facts of a track changed: ``name``, ``program``, ``volume``... as in ``Track``."""
    return song.with_track(index, changed_track(song.tracks[index], **facts))


def add_track(song: Song, track: Track, at: int | None = None) -> Song:
    """The song with a track put in at index ``at`` (default: last)."""
    at = len(song.tracks) if at is None else at
    return replace(song, tracks=(*song.tracks[:at], track, *song.tracks[at:]))


def remove_track(song: Song, index: int) -> Song:
    return replace(song, tracks=song.tracks[:index] + song.tracks[index + 1:])


def move_track(song: Song, index: int, to: int) -> Song:
    """The song with track ``index`` taken out and put back so that it stands at index ``to``."""
    return add_track(remove_track(song, index), song.tracks[index], to)


# -- tempo and meter -------------------------------------------------------------------------------


def set_tempo(song: Song, tempo: Tempo) -> Song:
    """The song with this tempo from its tick on, until the next change. The notes keep their bars and beats."""
    return replace(song, tempos=_with_mark(song.tempos, tempo))


def set_meter(song: Song, meter: Meter) -> Song:
    """The song with this meter from its tick on, until the next change. The notes keep their ticks."""
    return replace(song, meters=_with_mark(song.meters, meter))


def _with_mark(marks: tuple, mark: Tempo | Meter) -> tuple:
    return tuple(sorted([*(other for other in marks if other.tick != mark.tick), mark], key=lambda m: m.tick))


# -- what changed ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Region:
    """A box of the roll: ticks ``start`` to ``end``, pitches ``low`` to ``high``, and the tracks it lies on."""

    start: int
    end: int
    low: int
    high: int
    tracks: tuple[int, ...]


def changed_region(before: Song, after: Song) -> Region | None:
    """The smallest box that holds every note that differs; None when no note does."""
    boxes, tracks = [], []
    for index in range(max(len(before.tracks), len(after.tracks))):
        old, new = (song.tracks[index] if index < len(song.tracks) else Track() for song in (before, after))
        changed = np.concatenate([_differing(old.notes, new.notes), _differing(old.muted, new.muted)])
        if len(changed):
            boxes.append(changed)
            tracks.append(index)
    if not boxes:
        return None
    notes = np.concatenate(boxes)
    return Region(int(notes["onset"].min()), int((notes["onset"] + notes["duration"]).max()),
                  int(notes["pitch"].min()), int(notes["pitch"].max()), tuple(tracks))


def _differing(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """What stands between the notes that two arrays begin with alike and those that they end with alike."""
    if old is new:
        return EMPTY_NOTES
    shared = min(len(old), len(new))
    differs = np.flatnonzero(old[:shared] != new[:shared])
    head = int(differs[0]) if len(differs) else shared
    differs = np.flatnonzero(old[::-1][:shared - head] != new[::-1][:shared - head])
    tail = int(differs[0]) if len(differs) else shared - head
    return np.concatenate([old[head:len(old) - tail], new[head:len(new) - tail]])
