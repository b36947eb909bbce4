"""How much of an answer stands in the training music, beside how much of the composer's own notes does."""

from __future__ import annotations

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


def borrowing_figures(index: OriginalityIndex) -> Callable[[Answer], dict[Figure, float]]:
    """To measure answers by: the longest match of each take, their mean; NaN where one has no pitched notes."""
    def measure(answer: Answer) -> dict[Figure, float]:
        lengths = [_longest(index, answer.window.song, take) for take in answer.takes]
        return {LONGEST: float(np.mean(lengths))}

    return measure


def _longest(index: OriginalityIndex, song: Song, take: Notes) -> float:
    alone = replace(song, tracks=tuple(replace(track, notes=take.get(number, EMPTY_NOTES), events=(), origin=None)
                                       for number, track in enumerate(song.tracks)))
    if not any(len(track.notes) for track in alone.tracks if not track.is_drum):
        return np.nan
    return float(index.longest_match(encode(alone, drum_durations=False)).notes)
