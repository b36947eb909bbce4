"""How far the filled bars are from the composer's, in the figures of ``core.evaluation.metrics``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.evaluation.answers import COMPOSER, Answer, Notes
from core.evaluation.metrics import (
    content_preservation,
    empty_beat_rate,
    groove_similarity,
    onset_grids,
    pitch_class_entropy,
    polyphony,
    scale_consistency,
)
from core.evaluation.scores import Figure
from core.evaluation.windows import InfillWindow
from core.music.song import EMPTY_NOTES, Song

ENTROPY = Figure("pitch-class entropy, difference", "Absolute difference in bits, bar by bar, drums apart.")
GROOVE = Figure("groove similarity, difference", "Absolute difference of 1 − Hamming distance of adjacent bars' "
                "onsets, over pairs of which one was filled, on the tracks asked for.")
CONTENT = Figure("content preservation", "Higher is better: mean cosine of smoothed chroma with the composer's notes.")
SCALE = Figure("scale consistency, difference", "Absolute difference, over all notes asked for, drums apart.")
EMPTY_BEATS = Figure("empty-beat rate, difference", "Absolute difference, over the filled bars.")
POLYPHONY = Figure("polyphony, difference", "Absolute difference in pitches at a time, drums apart.")
RESEMBLANCE = (ENTROPY, GROOVE, CONTENT, SCALE, EMPTY_BEATS, POLYPHONY)


def resemblance_figures(answer: Answer) -> dict[Figure, float]:
    """Each figure of an answer, the mean of its takes, NaN where it cannot be told; none for the composer's own.

    Smaller is better for all but the content preservation.
    """
    if answer.method == COMPOSER:
        return {}
    takes = [_of_take(answer, take, song) for take, song in zip(answer.takes, answer.songs)]
    return {figure: float(np.mean([take[figure] for take in takes])) for figure in RESEMBLANCE}


def _of_take(answer: Answer, take: Notes, song: Song) -> dict[Figure, float]:
    window = answer.window
    ours, theirs = _pitched(window.song, take), _pitched(window.song, answer.wanted)
    bars = sorted({bar for bar, _ in window.cells})

    def difference(figure: Callable[[np.ndarray], float]) -> float:
        return abs(figure(ours) - figure(theirs))

    return {ENTROPY: _entropy_difference(window, ours, theirs, bars),
            GROOVE: abs(_groove(window, song, bars) - _groove(window, window.song, bars)),
            CONTENT: _content(window, ours, theirs, bars),
            SCALE: difference(scale_consistency),
            EMPTY_BEATS: abs(_empty_beats(window, take, bars) - _empty_beats(window, answer.wanted, bars)),
            POLYPHONY: difference(polyphony)}


def _pitched(song: Song, notes: Notes) -> np.ndarray:
    return np.concatenate([EMPTY_NOTES, *(part for track, part in notes.items() if not song.tracks[track].is_drum)])


def _entropy_difference(window: InfillWindow, ours: np.ndarray, theirs: np.ndarray, bars: list[int]) -> float:
    """The mean of the bars in which the composer has pitched notes. A bar left empty has no bits."""
    of_bar = window.song.timebase.bar_at
    found = []
    for bar in bars:
        wanted = pitch_class_entropy(theirs[of_bar(theirs["onset"]) == bar])
        written = pitch_class_entropy(ours[of_bar(ours["onset"]) == bar])
        if not np.isnan(wanted):
            found.append(abs(np.nan_to_num(written) - wanted))
    return float(np.mean(found)) if found else np.nan


def _groove(window: InfillWindow, song: Song, bars: list[int]) -> float:
    notes = np.concatenate([song.tracks[track].notes for track in {track for _, track in window.cells}])
    grids = onset_grids(notes, song.timebase, window.first_bar, window.bars)
    return groove_similarity(grids, [window.first_bar + place in bars for place in range(window.bars)])


def _content(window: InfillWindow, ours: np.ndarray, theirs: np.ndarray, bars: list[int]) -> float:
    """Bar by bar; bars in which neither has pitched notes are left out."""
    timebase = window.song.timebase
    found = [content_preservation(*(some[timebase.bar_at(some["onset"]) == bar] for some in (ours, theirs)),
                                  int(timebase.bar_start(bar)), int(timebase.bar_end(bar)), timebase.ticks_per_beat)
             for bar in bars]
    told = [one for one in found if not np.isnan(one)]
    return float(np.mean(told)) if told else np.nan


def _empty_beats(window: InfillWindow, notes: Notes, bars: list[int]) -> float:
    """Over the filled bars, by the notes asked for."""
    timebase = window.song.timebase
    everything = np.concatenate([EMPTY_NOTES, *notes.values()])
    spans = [(int(timebase.bar_start(bar)), int(timebase.bar_end(bar))) for bar in bars]
    rates = [empty_beat_rate(everything, start, end, timebase.ticks_per_beat) for start, end in spans]
    return float(np.average(rates, weights=[end - start for start, end in spans]))
