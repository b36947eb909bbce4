"""The infilling test: cells are taken out and written again; how many notes come back as they were?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from core.evaluation.answers import COMPOSER, Answer
from core.evaluation.scores import Figure

NOTE_F1 = Figure("note F1", "Higher is better; 1 when every note comes back with the same pitch, onset, bar and track, "
                            "and no other.")


def note_f1(written: Mapping[int, np.ndarray], wanted: Mapping[int, np.ndarray]) -> float:
    """Harmonic mean of precision and recall of the notes by track; 1 when there is nothing on either side.

    Notes match one to one, when track, onset (hence bar) and pitch are exactly the same.
    """
    ours, theirs = _keys(written), _keys(wanted)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0


def infill_figures(answer: Answer) -> dict[Figure, float]:
    """The note F1 of an answer, the mean of its takes; none for the composer's own."""
    if answer.method == COMPOSER:
        return {}
    return {NOTE_F1: float(np.mean([note_f1(take, answer.wanted) for take in answer.takes]))}


def _keys(notes: Mapping[int, np.ndarray]) -> Counter:
    return Counter((track, onset, pitch) for track, part in notes.items()
                   for onset, pitch in zip(part["onset"].tolist(), part["pitch"].tolist()))
