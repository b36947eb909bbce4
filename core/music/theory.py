"""Scales and keys: what belongs to one, which one notes are likely in, and steps along it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.music.edits import OutOfRange
from core.music.song import EMPTY_NOTES, Song, freeze_notes

Spelling = tuple[str, ...]
"""What the twelve pitch classes are called, from C up."""

PITCH_CLASSES: Spelling = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
"""As they are called most where there is no key."""
SHARPS: Spelling = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
FLATS: Spelling = ("C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B")
SHARP_KEYS, FLAT_KEYS = {7, 2, 9, 4, 11}, {5, 10, 3, 8, 1}
"""Tonics of the major keys that are written with sharps, and with flats; F♯ major and E♭ minor share one signature."""

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole tone": (0, 2, 4, 6, 8, 10),
    "diminished": (0, 2, 3, 5, 6, 8, 9, 11),
}
"""Semitones above the tonic."""

SIGNATURES = {"minor": 3, "harmonic minor": 3, "melodic minor": 3, "dorian": 10, "phrygian": 8, "lydian": 7,
              "mixolydian": 5, "locrian": 1, "minor pentatonic": 3, "blues": 3}
"""How far above its tonic a scale has that of the major key with the same signature; 0 where nothing is said."""

PROFILES = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
"""How well each semitone above the tonic fits a key, as listeners rated it (Krumhansl and Kessler 1982)."""


@dataclass(frozen=True)
class Key:
    """A scale on a tonic, pitch class 0..11 (0 is C). ``scale`` names one of ``SCALES``."""

    tonic: int
    scale: str = "major"

    @property
    def name(self) -> str:
        return f"{self.spelling[self.tonic]} {self.scale}"

    @cached_property
    def spelling(self) -> Spelling:
        """What the pitch classes are called in it."""
        above = SIGNATURES.get(self.scale, 0)
        major = (self.tonic + above) % 12
        if major in SHARP_KEYS or (major == 6 and above == 0):
            return SHARPS
        return FLATS if major in FLAT_KEYS or major == 6 else PITCH_CLASSES

    @cached_property
    def pitch_classes(self) -> frozenset[int]:
        """Its notes, 0..11 with 0 for C."""
        return frozenset((self.tonic + step) % 12 for step in SCALES[self.scale])

    @cached_property
    def pitches(self) -> np.ndarray:
        """All MIDI pitches that belong to it, ascending, int64."""
        return self.ladder[(self.ladder >= 0) & (self.ladder < 128)]

    @cached_property
    def ladder(self) -> np.ndarray:
        """The same, far enough past both ends of the keyboard to step off it."""
        return np.array([pitch for pitch in range(-132, 264) if pitch % 12 in self.pitch_classes], dtype=np.int64)


def key_named(name: str) -> Key | None:
    """The key that is called so; None if none is."""
    tonic, _, scale = name.partition(" ")
    found = next((spelling.index(tonic) for spelling in (PITCH_CLASSES, SHARPS, FLATS) if tonic in spelling), None)
    return Key(found, scale) if found is not None and scale in SCALES else None


def note_name(pitch: int, spelling: Spelling = PITCH_CLASSES) -> str:
    """Middle C, pitch 60, is C4."""
    return f"{spelling[pitch % 12]}{pitch // 12 - 1}"


def pitch_class_weights(parts: Iterable[np.ndarray]) -> np.ndarray:
    """How many ticks each pitch class sounds in all of the notes, float64 (12,)."""
    notes = np.concatenate([EMPTY_NOTES, *parts])
    return np.bincount(notes["pitch"] % 12, weights=np.maximum(notes["duration"], 1), minlength=12)


def estimated_key(parts: Iterable[np.ndarray]) -> Key | None:
    """The major or minor key whose profile the sounding pitch classes resemble most; None without notes."""
    weights = pitch_class_weights(parts)
    if not weights.any():
        return None
    if np.ptp(weights) == 0:
        return Key(0)
    found = [(float(np.corrcoef(np.roll(profile, tonic), weights)[0, 1]), tonic, scale)
             for scale, profile in PROFILES.items() for tonic in range(12)]
    _, tonic, scale = max(found, key=lambda one: one[0])
    return Key(tonic, scale)


def key_of(song: Song) -> Key | None:
    """The key that the song's notes are likely in; drums have none."""
    return estimated_key(track.notes for track in song.tracks if not track.is_drum)


def in_scale(notes: np.ndarray, key: Key) -> np.ndarray:
    """Which of the notes belong to the key, bool."""
    return np.isin(notes["pitch"], key.pitches)


def scale_shifted(notes: np.ndarray, key: Key, steps: int) -> np.ndarray:
    """The notes higher by so many steps of the key's scale; one between two steps stays as far above the lower.

    Raises OutOfRange rather than crush a chord, at the end of the keyboard or where a scale has no room.
    """
    pitch = notes["pitch"].astype(np.int64)
    index = np.searchsorted(key.ladder, pitch, side="right") - 1
    target = np.clip(index + steps, 0, len(key.ladder) - 1)
    moved = pitch + key.ladder[target] - key.ladder[index]
    if len(moved) and (moved.min() < 0 or moved.max() > 127):
        raise OutOfRange(f"a note would go {'below' if moved.min() < 0 else 'above'} the keyboard")
    if _places(notes["onset"], pitch) != _places(notes["onset"], moved):
        raise OutOfRange("two notes of a chord would become one")
    result = notes.copy()
    result["pitch"] = moved
    return freeze_notes(result)


def _places(onset: np.ndarray, pitch: np.ndarray) -> int:
    """How many different notes there are, told by start and pitch."""
    return len(np.unique(onset * 128 + pitch))
