"""Edits as pure functions Song → Song. Tracks that an edit does not touch are shared with the song before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from core.music.song import EMPTY_NOTES, Song


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
