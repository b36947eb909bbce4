"""A passage in numbers: what a classifier may tell the composer's bars from others' by.

Everything is of the notes asked for, most of it beside the notes that are given in the same bars, so that the same
prompt gives both sides the same start.
"""

from __future__ import annotations

import numpy as np

from core.evaluation.answers import Answer, Notes
from core.evaluation.faults import share_of_copies
from core.evaluation.metrics import (
    all_notes,
    empty_beat_rate,
    groove_similarity,
    onset_grids,
    pitch_class_entropy,
    polyphony,
    scale_consistency,
    smoothed_chroma,
)
from core.evaluation.windows import InfillWindow
from core.music.song import EMPTY_NOTES, Song

STEPS = (0, 1, 2, 4, 7, 12)
"""Semitones up to which steps of a melody are counted together."""
LENGTHS = (0.125, 0.25, 0.5, 0.75, 1.0, 2.0, 4.0)
"""Quarter notes up to which durations are counted together."""
PLACES = 12
"""Places in a quarter note at which onsets are counted."""
INTERVALS = 7
"""Interval classes, 0 to 6 semitones, of notes that sound together."""


def traits(answer: Answer, take: Notes, song: Song) -> np.ndarray:
    """The traits of one take, float64 (n,), finite. ``song``: the window's with the take in it."""
    window, timebase = answer.window, song.timebase
    beat = song.ticks_per_beat
    start, end = window.start, int(timebase.bar_end(window.last_bar))
    pitched = [number for number, track in enumerate(song.tracks) if not track.is_drum]
    notes = _together(take.values())
    tuneful = _together(part for track, part in take.items() if track in pitched)
    given = _given(answer, song)
    given_tuneful = given[np.isin(given["track"], pitched)]
    count, cells = len(notes), len(window.cells)
    lengths, given_lengths = notes["duration"] / beat, given["duration"] / beat
    velocities = notes["velocity"].astype(float)
    bars = [bar - window.first_bar for bar, _ in window.cells]
    grids = onset_grids(notes, timebase, window.first_bar, window.bars)
    filled = [place in bars for place in range(window.bars)]
    onset_in_bar = notes["onset"] - timebase.bar_start(timebase.bar_at(notes["onset"])) if count else np.zeros(0)
    found = [
        np.log1p(count / cells),
        np.log1p(count / cells) - np.log1p(len(given) / max(1, len(window.song.tracks) * window.bars - cells)),
        np.mean(onset_in_bar == 0) if count else 0.0,
        empty_beat_rate(notes, start, end, beat),
        _spread(tuneful["pitch"]), _spread(velocities), len(np.unique(velocities)) / max(1, count),
        _mean(velocities) - _mean(given["velocity"]), _mean(tuneful["pitch"]) - _mean(given_tuneful["pitch"]),
        np.log1p(_mean(lengths)) - np.log1p(_mean(given_lengths)), _spread(np.log(np.maximum(lengths, 1e-3))),
        pitch_class_entropy(tuneful), scale_consistency(tuneful),
        scale_consistency(all_notes(song, drums=False)), polyphony(tuneful),
        groove_similarity(grids, filled), share_of_copies(window, song),
        _chroma_agreement(tuneful, given_tuneful, song, window),
        float(len(tuneful) == 0),
        *_shares(np.abs(_steps(take, pitched)), STEPS), *_shares(lengths, LENGTHS),
        *_counted(notes["onset"] * PLACES // beat % PLACES, PLACES),
        *_counted(_intervals(tuneful, tuneful), INTERVALS), *_counted(_intervals(tuneful, given_tuneful), INTERVALS),
    ]
    return np.nan_to_num(np.array(found, dtype=np.float64))


_GIVEN = np.dtype([*EMPTY_NOTES.dtype.descr, ("track", np.int32)])


def _together(parts) -> np.ndarray:
    return np.concatenate([EMPTY_NOTES, *parts])


def _given(answer: Answer, song: Song) -> np.ndarray:
    """The notes of the window's bars that were not asked for, with their track."""
    window = answer.window
    found = []
    for number, track in enumerate(song.tracks):
        bar = song.timebase.bar_at(track.notes["onset"])
        asked = [b for b, owner in window.cells if owner == number]
        notes = track.notes[(bar >= window.first_bar) & (bar <= window.last_bar) & ~np.isin(bar, asked)]
        part = np.zeros(len(notes), dtype=_GIVEN)
        for name in EMPTY_NOTES.dtype.names:
            part[name] = notes[name]
        part["track"] = number
        found.append(part)
    return np.concatenate([np.zeros(0, dtype=_GIVEN), *found])


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def _spread(values: np.ndarray) -> float:
    return float(np.std(values)) if len(values) else 0.0


def _shares(values: np.ndarray, edges: tuple[float, ...]) -> np.ndarray:
    """The share of values up to each edge and above the one before it, and of those beyond the last."""
    return _counted(np.searchsorted(edges, values, side="left"), len(edges) + 1)


def _counted(numbers: np.ndarray, kinds: int) -> np.ndarray:
    return np.bincount(numbers.astype(np.int64), minlength=kinds)[:kinds] / max(1, len(numbers))


def _steps(take: Notes, pitched: list[int]) -> np.ndarray:
    """Semitones from each onset's highest note to the next one's, track by track."""
    found = [np.zeros(0)]
    for track, notes in take.items():
        if track in pitched and len(notes):
            order = np.lexsort((-notes["pitch"].astype(np.int64), notes["onset"]))
            _, first = np.unique(notes["onset"][order], return_index=True)
            found.append(np.diff(notes["pitch"][order][first].astype(np.int64)))
    return np.concatenate(found)


def _intervals(notes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The interval class (0 to 6) of each note with every other note that sounds when it starts."""
    sounding = ((others["onset"][None] <= notes["onset"][:, None])
                & (others["onset"] + others["duration"] > notes["onset"][:, None]))
    if others is notes:
        np.fill_diagonal(sounding, False)
    left, right = np.nonzero(sounding)
    apart = np.abs(notes["pitch"][left].astype(np.int64) - others["pitch"][right].astype(np.int64)) % 12
    return np.minimum(apart, 12 - apart)


def _chroma_agreement(notes: np.ndarray, given: np.ndarray, song: Song, window: InfillWindow) -> float:
    """The mean cosine of the smoothed chroma of the notes and of those given, where both sound."""
    start, end = window.start, int(song.timebase.bar_end(window.last_bar))
    ours, theirs = (smoothed_chroma(some, start, end, song.ticks_per_beat) for some in (notes, given))
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    both = lengths > 0
    return float(((ours * theirs).sum(axis=1)[both] / lengths[both]).mean()) if both.any() else 0.0
