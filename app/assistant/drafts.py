"""Takes while they are written and after, and whether one still fits the song. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.assistant.words import describe_bars, describe_cells, track_name
from app.translation import tr
from core.generation.request import Cell, Request, Take, same_notes
from core.music.song import Song, freeze_notes


class TakeDoesNotFit(ValueError):
    """The take cannot be put into the song any more. The message is a sentence for a person."""


@dataclass(eq=False)
class Draft:
    """A take of a request as far as it is written: the notes of each finished cell, and the take once it is whole."""

    request: Request
    index: int
    written: dict[Cell, np.ndarray] = field(default_factory=dict)
    take: Take | None = None

    @property
    def fraction(self) -> float:
        """How much of it is written, 0 to 1."""
        return 1.0 if self.take else min(1.0, len(self.written) / len(self.request.cells))

    @property
    def notes(self) -> dict[int, np.ndarray]:
        """For each track the notes written so far."""
        if self.take:
            return dict(self.take.notes)
        tracks: dict[int, list[np.ndarray]] = {}
        for (_, track), notes in self.written.items():
            tracks.setdefault(track, []).append(notes)
        return {track: freeze_notes(np.concatenate(parts)) for track, parts in tracks.items()}

    @property
    def note_count(self) -> int:
        return self.take.note_count if self.take else sum(len(notes) for notes in self.written.values())

    def so_far(self) -> Take:
        """The take, or while it is being written a take of the cells that are finished."""
        request = self.request
        return self.take or Take(self.index, frozenset(self.written), self.notes, request.seed,
                                 request.adventurousness, request.style, controls=request.controls)


def notes_in(song: Song, cells: Iterable[Cell]) -> dict[int, np.ndarray]:
    """For each track of the cells the notes that start in them."""
    bars_of: dict[int, list[int]] = {}
    for bar, track in cells:
        bars_of.setdefault(track, []).append(bar)
    notes = {}
    for track, bars in bars_of.items():
        own = song.tracks[track].notes
        notes[track] = own[np.isin(song.timebase.bar_at(own["onset"]), bars)]
    return notes


def is_in(draft: Draft, song: Song) -> bool:
    """Whether the take's cells of ``song`` hold just the take's notes."""
    if draft.take is None or any(track >= len(song.tracks) for _, track in draft.request.cells):
        return False
    return same_notes(notes_in(song, draft.request.cells), draft.take.notes)


def what_changed(draft: Draft, siblings: Sequence[Draft], song: Song) -> str:
    """What a person should know before the take goes into ``song``; empty when its target is as it was.

    A target that holds one of the ``siblings`` (takes of the same request) counts as unchanged: nothing is lost there.
    Raises TakeDoesNotFit when the take's notes would fall outside the bars or tracks they were written for.
    """
    asked, cells = draft.request.song, draft.request.cells
    tracks, bars = sorted({track for _, track in cells}), sorted({bar for bar, _ in cells})
    if tracks[-1] >= len(song.tracks):
        raise TakeDoesNotFit(tr("{name}, which this take was written for, is no longer in the song.",
                                name=track_name(asked, tracks[-1])))
    if song.ticks_per_beat != asked.ticks_per_beat or _edges(song, bars) != _edges(asked, bars):
        raise TakeDoesNotFit(tr("{bars} no longer lie where they did when this take was written: the "
                                "meter or the bars before have changed. Ask for new takes there.",
                                bars=describe_bars(bars)))
    changes = []
    for track in tracks:
        before, now = asked.tracks[track], song.tracks[track]
        if (before.name, before.program, before.is_drum) != (now.name, now.program, now.is_drum):
            changes.append(tr("What was written for {before} would now go to {now} (track {number}).",
                              before=track_name(asked, track), now=track_name(song, track), number=track + 1))
    known = [notes_in(asked, cells), *(sibling.take.notes for sibling in siblings if sibling.take)]
    here = notes_in(song, cells)
    if not any(same_notes(here, notes) for notes in known):
        changes.append(tr("{cells} have changed since this take was written.",
                          cells=describe_cells(song, cells)))
    return " ".join(changes)


def _edges(song: Song, bars: list[int]) -> list[tuple[int, int]]:
    return [(int(song.timebase.bar_start(bar)), int(song.timebase.bar_end(bar))) for bar in bars]
