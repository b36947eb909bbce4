"""The section on how the shipped model sees pitches."""

from __future__ import annotations

from pathlib import Path

from core.evaluation.look_pictures import draw_pitches
from core.generation.look import map_pitches
from core.model.checkpoint import load_model

PICTURE = "model-pitches.png"


def pitches_section(out: Path, base: Path) -> list[str]:
    """The lines of the section, and its picture in ``out``. ``base``: the shipped model's folder."""
    pitches = map_pitches(load_model(base)[0])
    draw_pitches(out / PICTURE, pitches)
    alike = pitches.alike
    nearest = int(alike[1:13].argmax()) + 1
    octave = "more than any smaller interval" if nearest == 12 else f"less than {nearest} semitones"
    fifth = "more" if alike[7] > max(alike[6], alike[8]) else "no more"
    return [
        "\n## How the shipped model sees pitches\n",
        "The embeddings of the keys of a piano, their mean taken off (`python3 main.py look resources/models/base`). "
        f"Pitches an octave apart are alike {octave} (mean cosine {alike[12]:.2f}, two octaves {alike[24]:.2f}, a "
        f"semitone {alike[1]:.2f}); fifths ({alike[7]:.2f}) {fifth} than the tritone ({alike[6]:.2f}) and the sixth "
        f"({alike[8]:.2f}) beside them. Right: the means of the twelve pitch classes, joined by fifths; a ring is the "
        "circle of fifths, which the model was never told. Pitches of one class share a row of the table, so the "
        "likeness of octaves is partly built in; that of fifths is not. One model, one training.\n",
        f"![pitches]({PICTURE})\n"]
