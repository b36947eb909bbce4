"""A field for a pitch: shows C4, takes C4, f#3, Eb5 or 60."""

from __future__ import annotations

import re

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox

from core.music.theory import note_name

STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
SIGNS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
NAME = re.compile(r"([a-g])([#♯b♭]?)(-?\d)", re.IGNORECASE)


def pitch_of(text: str) -> int | None:
    """The pitch that is meant, 0..127; None where none is."""
    text = text.strip()
    if text.isdecimal():
        pitch = int(text)
    elif found := NAME.fullmatch(text):
        step, sign, octave = found.groups()
        pitch = STEPS[step.lower()] + SIGNS[sign.lower()] + 12 * (int(octave) + 1)
    else:
        return None
    return pitch if 0 <= pitch <= 127 else None


class PitchBox(QSpinBox):
    def textFromValue(self, pitch: int) -> str:
        return note_name(pitch)

    def valueFromText(self, text: str) -> int:
        pitch = pitch_of(text)
        return self.value() if pitch is None else pitch

    def validate(self, text: str, at: int):
        pitch = pitch_of(text)
        fits = pitch is not None and self.minimum() <= pitch <= self.maximum()
        return (QValidator.State.Acceptable if fits else QValidator.State.Intermediate), text, at
