"""Names of the chords that sound in a song, found from its notes.

Each bar is looked at as a whole; where no one chord explains it, or two explain its halves better, its halves are, and
then its beats. A chord explains what sounds as far as its tones take up the time that is sounded; every tone
that the chord needs has to be there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.music.edits import notes_between
from core.music.song import Song
from core.music.theory import PITCH_CLASSES, Spelling
from core.music.timebase import Timebase

QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "5": (0, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "m7♭5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "m(maj7)": (0, 3, 7, 11),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7sus4": (0, 5, 7, 10),
    "add9": (0, 2, 4, 7),
    "m(add9)": (0, 2, 3, 7),
    "9": (0, 2, 4, 7, 10),
    "maj9": (0, 2, 4, 7, 11),
    "m9": (0, 2, 3, 7, 10),
}
"""Semitones above the root."""

WITHOUT_FIFTH = ("", "m", "7", "maj7", "m7", "9", "maj9", "m9")
"""Chords that are themselves without their fifth."""

PRESENT = 0.05
"""A tone is there from this part of the sounded time on: less is in passing."""
ENOUGH = (0.88, 0.82, 0.78)
"""How much of a bar, of half a bar and of a beat a chord must explain to give its name."""
ROOT_IN_BASS, EACH_TONE, MISSING_FIFTH = 0.06, 0.025, 0.05
"""What speaks for a chord whose root is the lowest note, and against one of many tones or without its fifth."""
TIE = 1e-6
"""A semitone of the root above the bass: between chords that explain as much, wherever they are transposed to."""
BETTER = 0.02
"""By how much the parts must be explained better than the whole to be looked at apart."""


@dataclass(frozen=True, slots=True)
class Chord:
    """From tick ``start`` to ``end``: ``root`` and ``bass`` are pitch classes, ``quality`` is one of ``QUALITIES``."""

    start: int
    end: int
    root: int
    quality: str
    bass: int

    def above(self, spelling: Spelling = PITCH_CLASSES) -> str:
        """Its name without the bass."""
        return f"{spelling[self.root]}{self.quality}"

    def spelt(self, spelling: Spelling) -> str:
        below = "" if self.bass == self.root else f"/{spelling[self.bass]}"
        return f"{self.above(spelling)}{below}"

    @property
    def name(self) -> str:
        return self.spelt(PITCH_CLASSES)


def _templates() -> tuple[np.ndarray, np.ndarray, np.ndarray, list[tuple[int, str]]]:
    """Each chord's tones and those of them that must be there, float64 (chords, 12); what its size costs, (chords,);
    and its root and quality."""
    tones, needed, cost, names = [], [], [], []
    for quality, steps in QUALITIES.items():
        for root in range(12):
            row, need = np.zeros(12), np.zeros(12)
            row[[(root + step) % 12 for step in steps]] = 1
            need[[(root + step) % 12 for step in steps if step != 7 or quality not in WITHOUT_FIFTH]] = 1
            tones.append(row)
            needed.append(need)
            cost.append(EACH_TONE * len(steps))
            names.append((root, quality))
    return np.array(tones), np.array(needed), np.array(cost), names


TONES, NEEDED, COST, NAMES = _templates()
ROOTS = np.array([root for root, _ in NAMES])


def recognised(weights: np.ndarray, bass: np.ndarray, enough: float) -> tuple[np.ndarray, np.ndarray]:
    """For each row of ``weights``, the ticks that each pitch class sounds, float64 (n, 12), and its lowest pitch class
    ``bass``, int64 (n,): the index of its chord in ``NAMES``, -1 for none, int64 (n,), and how well that explains it,
    0 for none, float64 (n,)."""
    total = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, total, out=np.zeros(weights.shape), where=total > 0)
    there = (shares >= PRESENT).astype(float)
    explained = np.round(shares @ TONES.T, 9)  # the order of adding must not decide between chords
    lacking = (1 - there) @ NEEDED.T > 0
    fifth_missing = ((1 - there) @ TONES.T > 0) & ~lacking
    above_bass = (ROOTS - bass[:, None]) % 12
    score = explained - COST + ROOT_IN_BASS * (above_bass == 0) - MISSING_FIFTH * fifth_missing - TIE * above_bass
    score[lacking | (explained < enough)] = -np.inf
    best = score.argmax(axis=1)
    well = score[np.arange(len(best)), best]
    return np.where(np.isfinite(well), best, -1), np.where(np.isfinite(well), well, 0.0)


def beat_lines(timebase: Timebase, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """The ticks at which the beats of bars ``first`` to before ``last`` begin, and where the last one ends, and for
    each beat its bar; int64. Where a bar counts threes of eighths, three of them are a beat."""
    lines, bars = [], []
    starts = timebase.bar_start(np.arange(first, last + 1))
    for bar, start, end in zip(range(first, last), starts[:-1].tolist(), starts[1:].tolist()):
        meter = timebase.meter_of(bar)
        beat = meter.beat_ticks(timebase.ticks_per_beat) * (
            3 if meter.denominator >= 8 and meter.numerator % 3 == 0 else 1)
        beats = np.arange(start, end, max(beat, timebase.ticks_per_beat // 4, 1))
        lines.append(beats)
        bars.append(np.full(len(beats), bar))
    return (np.concatenate([*lines, starts[-1:]]),
            np.concatenate(bars) if bars else np.empty(0, dtype=np.int64))


def sounding(notes: np.ndarray, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many ticks each pitch class sounds between each two of ``lines``, float64 (n - 1, 12), and the lowest pitch
    there, 128 where there is none, int64 (n - 1,)."""
    count = len(lines) - 1
    onset, end = notes["onset"], notes["onset"] + notes["duration"]
    first = np.clip(np.searchsorted(lines, onset, side="right") - 1, 0, count)
    last = np.clip(np.searchsorted(lines, end, side="left"), 0, count)
    spans = np.maximum(last - first, 0)
    note = np.repeat(np.arange(len(notes)), spans)
    place = np.arange(len(note)) - np.repeat(np.cumsum(spans) - spans, spans) + first[note]
    ticks = np.minimum(end[note], lines[place + 1]) - np.maximum(onset[note], lines[place])
    pitch = notes["pitch"][note].astype(np.int64)
    weights = np.bincount(place * 12 + pitch % 12, weights=ticks, minlength=count * 12).reshape(count, 12)
    lowest = np.full(count, 128, dtype=np.int64)
    np.minimum.at(lowest, place, pitch)
    return weights, lowest


def chords_of(song: Song, first: int = 0, last: int | None = None) -> list[Chord]:
    """The chords of bars ``first`` to before ``last`` (default: the song's end) in order of time; drums sound none, and
    where nothing is recognised there is none."""
    last = song.bar_count if last is None else min(last, song.bar_count)
    return chords_in((track.notes for track in song.tracks if not track.is_drum), song.timebase, first, last)


def chords_in(parts: Iterable[np.ndarray], timebase: Timebase, first: int, last: int) -> list[Chord]:
    """The chords of all these notes together, in bars ``first`` to before ``last``."""
    if last <= first:
        return []
    lines, bars = beat_lines(timebase, first, last)
    bars = bars - first
    seen = [notes_between(notes, int(lines[0]), int(lines[-1])) for notes in parts]
    found = [sounding(notes, lines) for notes in seen if len(notes)]
    if not found:
        return []
    weights = sum(part[0] for part in found)
    lowest = np.minimum.reduce([part[1] for part in found])
    in_bar = np.arange(len(weights)) - np.searchsorted(bars, bars)
    halves = bars * 2 + (2 * in_bar >= np.bincount(bars)[bars])
    levels = [_at_level(weights, lowest, groups, enough)
              for groups, enough in zip((bars, halves, np.arange(len(weights))), ENOUGH)]
    chord, bass, well, _ = levels.pop()
    while levels:
        coarse, coarse_bass, coarse_well, own = levels.pop()
        parts_well = (np.bincount(own, weights=well) / np.bincount(own))[own]
        whole = (coarse >= 0) & (coarse_well + BETTER >= parts_well)
        chord, bass, well = (np.where(whole, *pair) for pair in (
            (coarse, chord), (coarse_bass, bass), (coarse_well, well)))
    return _merged(lines, chord, bass)


def _at_level(weights: np.ndarray, lowest: np.ndarray, groups: np.ndarray, enough: float) -> tuple[np.ndarray, ...]:
    """Looked at by groups of beats: for each beat its group's chord, bass and how well it is explained, and the number
    of its group."""
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    own = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(groups))))
    below = _first_bass(lowest, own, len(starts))
    chord, well = recognised(np.add.reduceat(weights, starts), below, enough)
    return chord[own], below[own], well[own], own


def _first_bass(lowest: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """For each group of beats the pitch class of the lowest note of its first beat with notes; -1 where none has."""
    below = np.full(count, -1, dtype=np.int64)
    sounds = np.flatnonzero(lowest < 128)[::-1]
    below[group[sounds]] = lowest[sounds] % 12
    return below


def _merged(lines: np.ndarray, chord: np.ndarray, bass: np.ndarray) -> list[Chord]:
    """Neighbouring beats of one chord as one."""
    changes = np.flatnonzero(np.append(True, (chord[1:] != chord[:-1]) | (bass[1:] != bass[:-1])))
    ends = np.append(changes[1:], len(chord))
    return [Chord(int(lines[start]), int(lines[end]), *NAMES[chord[start]], int(bass[start]))
            for start, end in zip(changes.tolist(), ends.tolist()) if chord[start] >= 0]
