"""What a request asks of its notes, in words a musician uses."""

from __future__ import annotations

from app.translation import counted, later, tr
from core.generation.controls import Controls
from core.music.naming import key_with
from core.music.theory import PITCH_CLASSES

KEEPS = {"nothing": later("Nothing"), "rhythm": later("The rhythm"), "tune": later("The tune")}
DENSITIES = (
    later("Very sparse: a note in two beats, or fewer"), later("Sparse: a note in one or two beats"),
    later("Quarter notes: 1 to 1½ a beat"), later("Between quarters and eighths"), later("Eighth notes: 2 to 3 a beat"),
    later("Busy: 3 to 4 a beat"), later("Sixteenth notes: 4 to 6 a beat"), later("Very busy: 6 a beat or more"))
POLYPHONIES = (later("One note at a time"), later("Two at once"), later("Three at once"), later("Four at once or more"))
REGISTERS = (
    later("Lowest bass"), later("Low bass"), later("Bass"), later("Low tenor"), later("Tenor, middle C"),
    later("Alto"), later("Soprano"), later("High"), later("Very high"), later("Top of the piano"),
    later("Above the piano"), later("Highest there is"))
"""By class of ``core.tokens.attributes``."""


def scale_words(pitch_classes: frozenset[int]) -> str:
    """The name of the key that has just these pitch classes, or else their names."""
    key = key_with(pitch_classes)
    return key.name if key else " ".join(PITCH_CLASSES[one] for one in sorted(pitch_classes))


def describe_controls(controls: Controls) -> str:
    """``rhythm kept, alto, notes of C major``; empty where nothing is asked."""
    said = []
    if controls.keep != "nothing":
        said.append(tr("rhythm kept") if controls.keep == "rhythm" else tr("tune kept"))
    if controls.locked:
        said.append(counted(len(controls.locked), later("{count} note locked"), later("{count} notes locked")))
    for value, words in ((controls.density, DENSITIES), (controls.polyphony, POLYPHONIES),
                         (controls.register, REGISTERS)):
        if value is not None:
            name = tr(words[value]).split(":")[0]
            said.append(name[:1].lower() + name[1:])
    if controls.pitch_classes:
        said.append(tr("notes of {scale}", scale=scale_words(controls.pitch_classes)))
    return ", ".join(said)
