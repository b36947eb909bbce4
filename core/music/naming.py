"""Pitches, scales and chords by the names that people type: ``F#4``, ``Bb minor``, ``Am7``, ``C E G``."""

from __future__ import annotations

import re

from core.music.chords import QUALITIES
from core.music.theory import SCALES, Key

_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTAL = {"#": 1, "♯": 1, "b": -1, "♭": -1}
_CLASS = r"[A-Ga-g](?:##|♯♯|bb|♭♭|#|♯|b|♭)?"


def pitch_class_named(name: str) -> int | None:
    """0 (C) to 11 (B) of ``F#``, ``Bb``, ``c``; None for anything else."""
    name = name.strip()
    if not re.fullmatch(_CLASS, name):
        return None
    return (_NATURAL[name[0].upper()] + sum(_ACCIDENTAL[sign] for sign in name[1:])) % 12


def pitch_named(name: str) -> int | None:
    """The MIDI pitch of ``C4`` (60), ``F#3`` or a number from 0 to 127; None for anything else."""
    name = name.strip()
    found = re.fullmatch(rf"({_CLASS})(-?\d)", name)
    if found:
        letter, signs = found[1][0].upper(), found[1][1:]
        pitch = _NATURAL[letter] + sum(_ACCIDENTAL[sign] for sign in signs) + 12 * (int(found[2]) + 1)
    else:
        pitch = int(name) if name.isdecimal() else -1
    return pitch if 0 <= pitch < 128 else None


def pitch_classes_named(name: str) -> frozenset[int] | None:
    """The pitch classes of a key (``D minor``, ``F# dorian``), a chord (``Am7``) or some notes (``C E G`` or
    ``C,E,G``); None for anything else."""
    words = name.replace(",", " ").split()
    notes = [pitch_class_named(word) for word in words]
    if len(words) > 1 and None not in notes:
        return frozenset(notes)
    if words and notes[0] is not None and (scale := " ".join(words[1:]).casefold()) in SCALES:
        return Key(notes[0], scale).pitch_classes
    found = re.fullmatch(rf"({_CLASS})(.*)", name.strip())
    quality = found[2].replace("b", "♭") if found else ""
    if found and quality in QUALITIES:
        return frozenset((pitch_class_named(found[1]) + step) % 12 for step in QUALITIES[quality])
    return None


def key_with(pitch_classes: frozenset[int]) -> Key | None:
    """The key that has just these pitch classes, the best known of them; None where no scale does."""
    return next((key for scale in SCALES for tonic in range(12)
                 if (key := Key(tonic, scale)).pitch_classes == pitch_classes), None)
