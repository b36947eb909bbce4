"""Takes do not get stuck: no marked cell becomes one of four equal bars in a row where the track has no such loop.

A model that keeps to what is likely copies the bar before, and then the copy. What is forbidden is a single note of the
copy, at a place drawn from its second half, so that the bar goes on as the model likes from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from core.generation.request import Cell
from core.music.song import Song
from core.tokens import vocabulary as v
from core.tokens.grammar import CellWriter
from core.tokens.grid import slot_of_units, snap_to_units

LOOP_BARS = 4
"""Equal bars in a row that are a loop."""

NEAR_BARS = 8
"""A loop that lies farther than this from the marked bars is no reason for another."""

Content = tuple[tuple[int, int], ...]
"""What stands in a bar: slot and pitch of each note, in order; empty for silence."""


class GivenBars:
    """What the bars near the marked ``cells`` of a song hold; those are silent."""

    def __init__(self, song: Song, cells: Collection[Cell]) -> None:
        self.song, self.cells = song, cells
        self._known: dict[int, dict[int, Content]] = {}
        self._looping: dict[int, bool] = {}

    def of(self, track: int) -> dict[int, Content]:
        """The sounding bars of a track near those that are marked in it."""
        if track not in self._known:
            notes, timebase = self.song.tracks[track].notes, self.song.timebase
            marked = [bar for bar, owner in self.cells if owner == track]
            first, last = timebase.bar_start(max(0, min(marked) - NEAR_BARS)), timebase.bar_end(max(marked) + NEAR_BARS)
            notes = notes[(notes["onset"] >= first) & (notes["onset"] < last)]
            bars = timebase.bar_at(notes["onset"])
            bounds = [*np.flatnonzero(np.diff(bars, prepend=-1)).tolist(), len(bars)]
            placed = self._placed(bars, notes)
            self._known[track] = {bar: tuple(sorted(placed[low:high]))
                                  for bar, low, high in zip(bars[bounds[:-1]].tolist(), bounds[:-1], bounds[1:])}
        return self._known[track]

    def content(self, bar: int, notes: np.ndarray) -> Content:
        """What notes that start in a bar (in ticks of the song) make of it."""
        return tuple(sorted(self._placed(bar, notes)))

    def _placed(self, bars: np.ndarray | int, notes: np.ndarray) -> list[tuple[int, int]]:
        """Slot and pitch of notes that start in a bar, or each in one."""
        ticks = notes["onset"] - self.song.timebase.bar_start(bars)
        slots = slot_of_units(snap_to_units(ticks, self.song.ticks_per_beat))
        return list(zip(slots.tolist(), notes["pitch"].tolist()))

    def loops(self, track: int) -> bool:
        """Whether the track has a loop near its marked bars: then another is no fault."""
        if track not in self._looping:
            bars = self.of(track)
            self._looping[track] = any(_run(bars, bar, 1) >= LOOP_BARS for bar in bars)
        return self._looping[track]


def _run(bars: dict[int, Content], start: int, step: int) -> int:
    """How many bars from ``start`` on, in steps of one, hold the same."""
    content, length = bars.get(start), 0
    while content and bars.get(start + step * length) == content:
        length += 1
    return length


class Loops:
    """The bars of one take as they are written."""

    def __init__(self, given: GivenBars) -> None:
        self.given = given
        self._bars: dict[int, dict[int, Content]] = {}

    def _of(self, track: int) -> dict[int, Content]:
        if track not in self._bars:
            self._bars[track] = dict(self.given.of(track))
        return self._bars[track]

    def wrote(self, bar: int, track: int, notes: np.ndarray) -> None:
        """A cell has been written."""
        self._of(track)[bar] = self.given.content(bar, notes)

    def would_close(self, bar: int, track: int) -> list[Content]:
        """What would make a cell, not written yet, part of a loop."""
        if self.given.loops(track):
            return []
        bars = self._of(track)
        before, after = _run(bars, bar - 1, -1), _run(bars, bar + 1, 1)
        found = []
        if before and bars[bar - 1] == bars.get(bar + 1):
            before += after
        if before >= LOOP_BARS - 1:
            found.append(bars[bar - 1])
        if after >= LOOP_BARS - 1 and bars[bar + 1] not in found:
            found.append(bars[bar + 1])
        return found

    def breaks(self, bar: int, track: int, generator: np.random.Generator) -> list[LoopBreak]:
        """What keeps the cell from closing a loop."""
        return [LoopBreak(content, int(generator.integers(len(content) // 2, len(content))))
                for content in self.would_close(bar, track)]


class LoopBreak:
    """Keeps the cell that is being written from becoming ``content``, by refusing its note number ``place``."""

    def __init__(self, content: Content, place: int) -> None:
        self.content, self.place, self.same = content, place, 0

    def narrow(self, writer: CellWriter, mask: np.ndarray) -> None:
        """Takes the one note out of what may follow, bool (vocabulary,), where it is next and something else may."""
        if self.same != self.place or writer.slot != self.content[self.place][0]:
            return
        token = _base(writer) + self.content[self.place][1]
        if mask[token] and np.count_nonzero(mask) > 1:
            mask[token] = False

    def take(self, writer: CellWriter, tokens: Iterable[int]) -> None:
        """Tokens that the cell has been given; ``writer`` has taken them."""
        for token in tokens:
            if v.KIND_OF[token] in (v.Kind.PITCH, v.Kind.DRUM) and self.same >= 0:
                note = (writer.slot, token - _base(writer))
                self.same = self.same + 1 if self.same < len(self.content) and note == self.content[self.same] else -1


def _base(writer: CellWriter) -> int:
    return v.DRUM if writer.place.program == v.DRUMS else v.PITCH
