"""Notes that must stay as they are when bars around them are written anew, and how edits carry them along."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from core.music.bars import moved_place
from core.music.song import Song

LockedNote = tuple[int, int, int]
"""Track, onset in ticks, and pitch."""
Locks = frozenset[LockedNote]


def locks_of(track: int, notes: np.ndarray) -> Locks:
    """Notes of a track, NOTE_DTYPE, as locked ones."""
    return frozenset((track, onset, pitch) for onset, pitch in zip(notes["onset"].tolist(), notes["pitch"].tolist()))


def locked_notes(song: Song, locks: Locks) -> dict[int, np.ndarray]:
    """The locked notes of each track that has some."""
    found = {}
    for track in sorted({track for track, _, _ in locks if track < len(song.tracks)}):
        notes = song.tracks[track].notes
        found[track] = notes[[(track, onset, pitch) in locks
                              for onset, pitch in zip(notes["onset"].tolist(), notes["pitch"].tolist())]]
    return {track: notes for track, notes in found.items() if len(notes)}


def locks_in(song: Song, locks: Locks, cells: Collection[tuple[int, int]]) -> Locks:
    """The locked notes that start in some cells (bar, track)."""
    return frozenset().union(*(
        locks_of(track, notes[[(bar, track) in cells for bar in song.timebase.bar_at(notes["onset"]).tolist()]])
        for track, notes in locked_notes(song, locks).items()))


def carried(locks: Locks, before: Song, after: Song, track: int, moved: tuple[np.ndarray, np.ndarray]) -> Locks:
    """The locks after an edit: on tracks that changed their places, or became one or two, behind bars that were put
    in or taken out, and on notes of ``track`` that were ``moved`` (old and new, in the same order; copies leave the
    old ones where they are). Notes that are no longer there are locked no more."""
    if not locks:
        return locks
    home, new_tracks = _homes(before, after)
    old, new = (_keys(track, notes) for notes in moved)
    if len(old) == len(new) and track in home:
        here = set(_keys(track, after.tracks[home[track]].notes))
        if not here.issuperset(old):
            places = dict(zip(old, new))
            locks = frozenset(places.get(lock, lock) for lock in locks)
    if before.shifts is not after.shifts:
        locks = frozenset((place, moved_place(onset, before, after), pitch) for place, onset, pitch in locks
                          if moved_place(moved_place(onset, before, after), after, before) == onset)
    locks = frozenset((now, onset, pitch) for place, onset, pitch in locks
                      for now in ([home[place]] if place in home else new_tracks))
    return frozenset().union(*(locks_of(place, notes) for place, notes in locked_notes(after, locks).items()))


def _keys(track: int, notes: np.ndarray) -> list[LockedNote]:
    return [(track, onset, pitch) for onset, pitch in zip(notes["onset"].tolist(), notes["pitch"].tolist())]


def _homes(before: Song, after: Song) -> tuple[dict[int, int], list[int]]:
    """Where each track of the song before is now, and the tracks that come from none of them alone. Tracks whose notes
    are shared are the same; of the others, where the songs have as many tracks, each is where it was in their order."""
    now: dict[int, list[int]] = {}  # a track and its copy share their notes: the first stays the first
    for index, track in enumerate(after.tracks):
        now.setdefault(id(track.notes), []).append(index)
    homes = {index: now[id(track.notes)].pop(0) for index, track in enumerate(before.tracks)
             if len(track.notes) and now.get(id(track.notes))}
    changed = [index for index in range(len(before.tracks)) if index not in homes]
    free = [index for index in range(len(after.tracks)) if index not in homes.values()]
    if len(before.tracks) == len(after.tracks) and len(changed) == len(free):
        return homes | dict(zip(changed, free, strict=True)), []
    return homes, free
