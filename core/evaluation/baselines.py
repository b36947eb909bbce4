"""What can be written without a model: copies of bars that are there. Both may look at the whole song."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from core.evaluation.windows import InfillWindow
from core.music.song import freeze_notes

Choice = Callable[[list[int], int, np.random.Generator], int]
"""From the bars that could be copied, ascending, and the bar to be written, to the bar that is copied."""


def previous_bar(bars: list[int], bar: int, rng: np.random.Generator) -> int:
    """The nearest bar before; where there is none, the nearest after."""
    return max((b for b in bars if b < bar), default=bars[0])


def random_bar(bars: list[int], bar: int, rng: np.random.Generator) -> int:
    return bars[int(rng.integers(len(bars)))]


def copy_bars(window: InfillWindow, choose: Choice, rng: np.random.Generator) -> Mapping[int, np.ndarray]:
    """Each cell as a copy of another bar of its track that plays and is not taken out itself: notes by track."""
    timebase = window.song.timebase
    written: dict[int, list[np.ndarray]] = {}
    for bar, track in sorted(window.cells):
        notes = window.song.tracks[track].notes
        bar_of = timebase.bar_at(notes["onset"])
        bars = [b for b in np.unique(bar_of).tolist() if (b, track) not in window.cells]
        if bars:
            source = choose(bars, bar, rng)
            copy = notes[bar_of == source].copy()
            copy["onset"] += int(timebase.bar_start(bar) - timebase.bar_start(source))
            written.setdefault(track, []).append(copy[copy["onset"] < timebase.bar_end(bar)])
    return {track: freeze_notes(np.concatenate(parts)) for track, parts in written.items()}
