"""Whether what was written goes with what is there: drums with their beat, tracks with each other."""

from __future__ import annotations

import numpy as np

from core.evaluation.answers import Notes
from core.evaluation.metrics import onset_grids
from core.evaluation.windows import InfillWindow
from core.music.song import EMPTY_NOTES, Song

MOSTLY = 0.5
CLASH_BEATS = 0.5
"""Quarter notes that two notes must sound together before they clash: passing notes do not."""


def share_of_lost_bars(window: InfillWindow, song: Song) -> float:
    """Of the written bars of drums, those most of whose strokes stand where no given bar of the track has one, in slots
    of a twelfth of a quarter note; NaN where no drums are asked for or none of as long a bar are given."""
    lost = []
    for track in sorted({track for _, track in window.cells if song.tracks[track].is_drum}):
        grids = onset_grids(song.tracks[track].notes, song.timebase, window.first_bar, window.bars)
        written = [(window.first_bar + place, track) in window.cells for place in range(window.bars)]
        for grid, is_written in zip(grids, written):
            given = [other for other, mark in zip(grids, written)
                     if not mark and len(other) == len(grid) and other.any()]
            if is_written and grid.any() and given:
                beaten = np.logical_or.reduce(given)
                lost.append(np.count_nonzero(grid & ~beaten) > MOSTLY * np.count_nonzero(grid))
    return float(np.mean(lost)) if lost else np.nan


def share_of_clashes(take: Notes, song: Song) -> float:
    """Of the written pitched notes, those that sound for ``CLASH_BEATS`` beside a note of another track that is a
    semitone, or that and octaves, away (a major seventh is none); NaN where no other track has notes."""
    least = int(CLASH_BEATS * song.ticks_per_beat)
    pitched = [number for number, track in enumerate(song.tracks) if not track.is_drum and len(track.notes)]
    clashing = total = 0
    for track, notes in take.items():
        others = [song.tracks[number].notes for number in pitched if number != track]
        if track not in pitched or not others or not len(notes):
            continue
        other = np.sort(np.concatenate([EMPTY_NOTES, *others]), order="onset")
        longest = int(other["duration"].max())
        for note in notes:
            start, end, pitch = int(note["onset"]), int(note["onset"] + note["duration"]), int(note["pitch"])
            near = other[slice(*np.searchsorted(other["onset"], [start - longest, end]))]
            together = np.minimum(near["onset"] + near["duration"], end) - np.maximum(near["onset"], start)
            apart = near["pitch"].astype(int) - pitch
            clashing += bool((np.abs(apart) % 12 == 1)[together >= least].any())
        total += len(notes)
    return clashing / total if total else np.nan
