"""Figures of music as such. None of them says that music is good; together they say how far two pieces are alike.

Drums have no pitch classes, so what is about pitch is given the notes of other tracks only. What cannot be told, for
want of notes, is NaN. Notes are arrays of ``NOTE_DTYPE`` in any order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from core.music.song import EMPTY_NOTES, Song
from core.music.theory import SCALES
from core.music.timebase import Timebase

GROOVE_SLOTS = 12
"""Slots of a quarter note in which onsets are told apart for the groove."""
CHROMA_FRAMES = 12
"""Frames of a quarter note in which sounding pitch classes are counted."""
SMOOTHING_FRAMES = 2 * CHROMA_FRAMES

MAJOR_SCALES = np.stack([np.roll(np.isin(np.arange(12), SCALES["major"]), root) for root in range(12)])
"""The major scales by root, bool (12, 12). The natural minor scales are the same sets."""


def pitch_class_histogram(notes: np.ndarray) -> np.ndarray:
    """Notes of each pitch class, C first; int64 (12,)."""
    return np.bincount(notes["pitch"] % 12, minlength=12)


def pitch_class_entropy(notes: np.ndarray) -> float:
    """Bits of the distribution of pitch classes, 0 to log2 12 (Wu and Yang 2020; as MuSpy)."""
    counts = pitch_class_histogram(notes)
    chances = counts[counts > 0] / max(1, counts.sum())
    return float(-(chances * np.log2(chances)).sum() + 0.0) if len(chances) else math.nan


def scale_consistency(notes: np.ndarray) -> float:
    """The largest share of notes that lie in one major or natural minor scale (Mogren 2016; as MuSpy)."""
    counts = pitch_class_histogram(notes)
    return float((MAJOR_SCALES @ counts).max() / counts.sum()) if counts.any() else math.nan


def in_key_rate(notes: np.ndarray, prompt: np.ndarray, least: float = 0.9) -> float:
    """The share of ``notes`` in the scale of ``prompt``; NaN where under ``least`` of the prompt itself lies in one.

    Where several scales fit the prompt equally well, the one that fits the notes best.
    """
    if not len(notes) or not len(prompt) or scale_consistency(prompt) < least:
        return math.nan
    fit = MAJOR_SCALES @ pitch_class_histogram(prompt)
    counts = pitch_class_histogram(notes)
    return float((MAJOR_SCALES[fit == fit.max()] @ counts).max() / counts.sum())


def polyphony(notes: np.ndarray) -> float:
    """How many different pitches sound on average while any does (as MuSpy)."""
    on, off = notes["onset"], notes["onset"] + notes["duration"]
    sounding = _covered(on, off, notes["pitch"])
    anything = _covered(on, off, np.zeros(len(notes), dtype=np.int64))
    return sounding / anything if anything else math.nan


def empty_beat_rate(notes: np.ndarray, start: int, end: int, ticks_per_beat: int) -> float:
    """The share of quarter notes from tick ``start`` to ``end`` in which nothing sounds (Dong et al. 2018).

    MuSpy also counts a beat as filled when a note ends exactly where it begins, and one beat more at the end.
    """
    beats = -(-(end - start) // ticks_per_beat)
    if beats < 1:
        return math.nan
    first = np.clip((notes["onset"] - start) // ticks_per_beat, 0, beats)
    last = np.clip(-((start - notes["onset"] - notes["duration"]) // ticks_per_beat), 0, beats)
    steps = np.zeros(beats + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, np.maximum(first, last), -1)
    return float((np.cumsum(steps)[:beats] == 0).mean())


def onset_grids(notes: np.ndarray, timebase: Timebase, first_bar: int, bars: int) -> list[np.ndarray]:
    """Which slots (``GROOVE_SLOTS`` a quarter note) of each bar hold an onset; a bool array a bar."""
    starts = timebase.bar_start(np.arange(first_bar, first_bar + bars + 1))
    grids = []
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist()):
        slots = max(1, -(-(end - start) * GROOVE_SLOTS // timebase.ticks_per_beat))
        inside = notes["onset"][(notes["onset"] >= start) & (notes["onset"] < end)]
        grid = np.zeros(slots, dtype=bool)
        grid[(inside - start) * GROOVE_SLOTS // timebase.ticks_per_beat] = True
        grids.append(grid)
    return grids


def groove_similarity(grids: Iterable[np.ndarray], counts: Iterable[bool] | None = None) -> float:
    """1 − the share of slots that differ between adjacent bars, averaged over the N − 1 pairs (Wu and Yang 2020).

    ``counts``: which of the bars matter; pairs without any of them are left out. Of bars of different lengths, slots
    that only one of them has differ when they hold an onset. (MuSpy takes a slot a tick.)
    """
    grids = list(grids)
    wanted = [True] * len(grids) if counts is None else list(counts)
    found = [_alike(grids[i], grids[i + 1]) for i in range(len(grids) - 1) if wanted[i] or wanted[i + 1]]
    return float(np.mean(found)) if found else math.nan


def content_preservation(notes: np.ndarray, other: np.ndarray, start: int, end: int, ticks_per_beat: int) -> float:
    """The mean cosine of the smoothed chroma of two passages over the same bars (Lu and Su 2018, Cífka et al. 2020).

    Frames in which neither sounds are left out; where one alone does the cosine is 0.
    """
    ours, theirs = (smoothed_chroma(some, start, end, ticks_per_beat) for some in (notes, other))
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    sounding = (ours.any(axis=1) | theirs.any(axis=1))
    cosine = (ours * theirs).sum(axis=1) / np.maximum(lengths, 1e-12)
    return float(cosine[sounding].mean()) if sounding.any() else math.nan


def smoothed_chroma(notes: np.ndarray, start: int, end: int, ticks_per_beat: int) -> np.ndarray:
    """How many notes of each pitch class sound, in windows of two beats, one a beat; float64 (windows, 12)."""
    frames = max(1, -(-(end - start) * CHROMA_FRAMES // ticks_per_beat))
    first = np.clip((notes["onset"] - start) * CHROMA_FRAMES // ticks_per_beat, 0, frames)
    last = np.clip(-((start - notes["onset"] - notes["duration"]) * CHROMA_FRAMES // ticks_per_beat), 0, frames)
    steps = np.zeros((frames + 1, 12))
    np.add.at(steps, (first, notes["pitch"] % 12), 1.0)
    np.add.at(steps, (last, notes["pitch"] % 12), -1.0)
    sums = np.concatenate([np.zeros((1, 12)), np.cumsum(np.cumsum(steps[:frames], axis=0), axis=0)])
    begins = np.arange(0, max(1, frames - CHROMA_FRAMES), CHROMA_FRAMES)  # the last window may be cut off
    ends = np.minimum(begins + SMOOTHING_FRAMES, frames)
    return (sums[ends] - sums[begins]) / (ends - begins)[:, None]


def figures_of(song: Song) -> Mapping[str, float]:
    """The figures of a whole song that need no other beside it."""
    everything, pitched = all_notes(song), all_notes(song, drums=False)
    end = int(song.timebase.bar_start(song.bar_count))
    return {"pitch-class entropy": pitch_class_entropy(pitched),
            "scale consistency": scale_consistency(pitched),
            "polyphony": polyphony(pitched),
            "empty-beat rate": empty_beat_rate(everything, 0, end, song.ticks_per_beat),
            "groove similarity": groove_similarity(onset_grids(everything, song.timebase, 0, song.bar_count))}


def all_notes(song: Song, drums: bool = True) -> np.ndarray:
    """The notes of all tracks, or of all but the drums."""
    return np.concatenate([EMPTY_NOTES, *(track.notes for track in song.tracks if drums or not track.is_drum)])


def _alike(one: np.ndarray, other: np.ndarray) -> float:
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    differing = np.count_nonzero(longer[:len(shorter)] != shorter) + np.count_nonzero(longer[len(shorter):])
    return 1.0 - differing / len(longer)


def _covered(on: np.ndarray, off: np.ndarray, kind: np.ndarray) -> int:
    """Ticks in which notes sound, each kind counted for itself and overlapping notes of one kind once."""
    order = np.lexsort([on, kind])
    kind = kind[order].astype(np.int64)
    # Laid end to end, kinds cannot overlap: each begins after all that another covers.
    span = int(off.max(initial=0)) + 1
    start, end = on[order] + kind * span, off[order] + kind * span
    reached = np.maximum.accumulate(end) if len(end) else end
    before = np.concatenate([[-1], reached[:-1]]) if len(end) else end
    return int(np.maximum(0, end - np.maximum(start, before)).sum())
