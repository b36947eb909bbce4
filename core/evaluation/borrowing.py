"""How much of an answer stands in the training music, beside how much of the composer's own notes does."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.evaluation.answers import Answer, Notes
from core.evaluation.originality import OriginalityIndex
from core.evaluation.scores import Figure
from core.music.song import EMPTY_NOTES, Song
from core.tokens.encoder import encode

LONGEST = Figure("longest match", "Notes in a row, transposed or not, that stand in the training music with the same "
                 "steps of pitch and time; drums apart.", human=True)


def longest_matches(index: OriginalityIndex, answer: Answer) -> list[float]:
    """The longest match of each take that has pitched notes.

    Lengths are skewed, so the mean of several takes is no length to set beside that of a composer's one passage.
    """
    lengths = [_longest(index, answer.window.song, take) for take in answer.takes]
    return [length for length in lengths if not math.isnan(length)]


def borrowing_figures(index: OriginalityIndex) -> Callable[[Answer], dict[Figure, float]]:
    """To measure answers by: the mean of their longest matches; NaN where no take has pitched notes."""
    def measure(answer: Answer) -> dict[Figure, float]:
        lengths = longest_matches(index, answer)
        return {LONGEST: float(np.mean(lengths)) if lengths else math.nan}

    return measure


def _longest(index: OriginalityIndex, song: Song, take: Notes) -> float:
    alone = replace(song, tracks=tuple(replace(track, notes=take.get(number, EMPTY_NOTES), events=(), origin=None)
                                       for number, track in enumerate(song.tracks)))
    if not any(len(track.notes) for track in alone.tracks if not track.is_drum):
        return math.nan
    return float(index.longest_match(encode(alone, drum_durations=False)).notes)
