"""What is asked of the model and what comes back. Imports no torch: the window speaks in these words.

A *cell* is one bar of one track, written ``(bar, track)``, both counted from 0.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.generation.controls import NO_CONTROLS, Controls
from core.music.edits import replace_cells
from core.music.song import EMPTY_NOTES, Song

Cell = tuple[int, int]


@dataclass(frozen=True)
class Request:
    """Write the marked cells of a song, several times over.

    ``takes``: how many versions. ``seed``: same request, same seed, same takes. ``adventurousness``: 0 keeps to
    what is likely, 1 dares most. ``style``: the name of a fine-tuned style, empty for the base model. ``controls``:
    what must hold in the cells. ``library``: the folder of a library for a model that looks up, empty for none.
    """

    song: Song
    cells: frozenset[Cell]
    takes: int = 4
    seed: int = 0
    adventurousness: float = 0.5
    style: str = ""
    controls: Controls = NO_CONTROLS
    library: str = ""

    def __post_init__(self) -> None:
        if not self.cells:
            raise ValueError("no bars are marked: select at least one bar on one track")
        if any(bar < 0 or not 0 <= track < len(self.song.tracks) for bar, track in self.cells):
            raise ValueError("a marked bar or track is not in the song")
        if not 1 <= self.takes <= 16:
            raise ValueError(f"between 1 and 16 takes can be asked for, not {self.takes}")
        if not 0.0 <= self.adventurousness <= 1.0:
            raise ValueError(f"adventurousness lies between 0 and 1, not {self.adventurousness}")
        if self.controls.locked:
            self._check_locked()

    def _check_locked(self) -> None:
        timebase, tracks = self.song.timebase, range(len(self.song.tracks))
        by_track = {track: self.song.tracks[track].notes for track in {note[0] for note in self.controls.locked}
                    if track in tracks}
        there = {(track, onset, pitch) for track, notes in by_track.items()
                 for onset, pitch in zip(notes["onset"].tolist(), notes["pitch"].tolist())}
        if not self.controls.locked <= there:
            raise ValueError("a locked note is no longer in the song")
        if any((int(timebase.bar_at(onset)), track) not in self.cells for track, onset, _ in self.controls.locked):
            raise ValueError("a locked note does not lie in the marked bars")


@dataclass(frozen=True, eq=False)
class Take:
    """One version of the marked cells: for each track index the notes (ticks of the request's song) it gets.

    Seed, adventurousness, style and controls are kept so that the take can be had again.
    """

    index: int
    cells: frozenset[Cell]
    notes: Mapping[int, np.ndarray]
    seed: int
    adventurousness: float
    style: str = ""
    seconds: float = field(default=0.0)
    controls: Controls = NO_CONTROLS

    @property
    def note_count(self) -> int:
        return sum(len(notes) for notes in self.notes.values())

    def applied_to(self, song: Song) -> Song:
        """The song with the take's cells replaced by the take's notes; everything else is as it was."""
        return replace_cells(song, self.cells, self.notes)


def are_alike(takes: Sequence[Take]) -> bool:
    """Whether these are several takes of one request that all hold the same notes."""
    return len(takes) > 1 and all(same_notes(takes[0].notes, take.notes) for take in takes[1:])


def same_notes(here: Mapping[int, np.ndarray], there: Mapping[int, np.ndarray]) -> bool:
    """Whether each track has the same notes in both; a track that one does not name has none there."""
    return all(np.array_equal(here.get(track, EMPTY_NOTES), there.get(track, EMPTY_NOTES))
               for track in here.keys() | there.keys())


def continue_cells(song: Song, bars: int, tracks: Iterable[int] | None = None) -> frozenset[Cell]:
    """The cells of the ``bars`` bars after the song's last, on the given tracks (default: all that have notes).

    Raises ValueError when the song has no notes to go on from.
    """
    if song.note_count == 0:
        raise ValueError("the song has no notes to continue from")
    if bars < 1:
        raise ValueError(f"the number of bars must be at least 1, not {bars}")
    chosen = list(tracks) if tracks is not None else [i for i, t in enumerate(song.tracks) if len(t.notes)]
    first = song.bar_count
    return frozenset((bar, track) for bar in range(first, first + bars) for track in chosen)


def infill_cells(first_bar: int, last_bar: int, tracks: Iterable[int]) -> frozenset[Cell]:
    """The cells of bars ``first_bar`` to ``last_bar`` (both included, from 0) on the given tracks."""
    if last_bar < first_bar:
        raise ValueError(f"the last bar ({last_bar + 1}) lies before the first ({first_bar + 1})")
    return frozenset((bar, track) for bar in range(first_bar, last_bar + 1) for track in tracks)


def task_of(song: Song, cells: Collection[Cell]) -> str:
    """Which of the tasks a model is trained for (``core.corpus.examples.TASKS``) a request comes nearest to.

    track: nothing else is on the marked tracks. continue: nothing is on them from the first marked bar on. block: some
    bars of some tracks. cells: anything else.
    """
    bars, tracks = {bar for bar, _ in cells}, {track for _, track in cells}
    left = []
    for track in tracks:
        of_notes = song.timebase.bar_at(song.tracks[track].notes["onset"])
        left.append(of_notes[~np.isin(of_notes, [bar for bar, owner in cells if owner == track])])
    if not any(map(len, left)):
        return "track"
    if max(int(of_track.max()) for of_track in left if len(of_track)) < min(bars):
        return "continue"
    in_a_row = max(bars) - min(bars) + 1 == len(bars)
    return "block" if in_a_row and len(cells) == len(bars) * len(tracks) else "cells"
