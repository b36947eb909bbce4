"""The windows of the tests: some bars of a song with some cells taken out.

Infilling is tested as by Composer's Assistant 2 (Malandro 2024): 8 bars; only cells in which a note starts are taken
out, at least two, and at least one stays. Continuing is tested by what follows 8 bars of a song that ends with them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np

from core.evaluation.held_out import HeldOutSong
from core.generation.request import Cell
from core.music.song import Song

WINDOW_BARS = 8
CONTINUE = "continue"
"""The name of the test of continuing, where tests are named."""
NEW_BARS = 8
"""Bars that are written after ``WINDOW_BARS`` bars in that test."""
ATTEMPTS = 32
"""Windows of a song that are looked at before it is passed over."""

Protocol = Callable[[Collection[Cell], np.random.Generator], frozenset[Cell]]
"""From the cells (bar, track) of a window in which notes start to those that are taken out, perhaps none."""


def half_of_cells(sounding: Collection[Cell], rng: np.random.Generator) -> frozenset[Cell]:
    """Each cell with a chance of one half."""
    return frozenset(cell for cell in sorted(sounding) if rng.random() < 0.5)


def single_track(sounding: Collection[Cell], rng: np.random.Generator) -> frozenset[Cell]:
    """All of one track that plays in at least 7 bars."""
    owners = [track for _, track in sounding]
    tracks = [track for track in sorted(set(owners)) if owners.count(track) >= WINDOW_BARS - 1]
    if not tracks:
        return frozenset()
    chosen = tracks[int(rng.integers(len(tracks)))]
    return frozenset(cell for cell in sounding if cell[1] == chosen)


def last_bar(sounding: Collection[Cell], rng: np.random.Generator) -> frozenset[Cell]:
    """The last bar of all tracks."""
    return frozenset(cell for cell in sounding if cell[0] == WINDOW_BARS - 1)


PROTOCOLS: dict[str, Protocol] = {"0half": half_of_cells, "1singleinst": single_track, "2last": last_bar}


@dataclass(frozen=True, eq=False)
class InfillWindow:
    """``bars`` bars of a song from ``first_bar`` on, the cells (of the song) to be written among them."""

    song: Song
    first_bar: int
    cells: frozenset[Cell]
    bars: int = WINDOW_BARS

    @property
    def last_bar(self) -> int:
        return self.first_bar + self.bars - 1

    @property
    def start(self) -> int:
        """The tick of the song at which the window starts."""
        return int(self.song.timebase.bar_start(self.first_bar))

    @property
    def excerpt(self) -> Song:
        """The window as a song of its own, from bar 0; tracks keep their numbers."""
        return cut_out(self.song, self.first_bar, self.last_bar)

    @property
    def excerpt_cells(self) -> frozenset[Cell]:
        """The cells as the excerpt numbers them."""
        return frozenset((bar - self.first_bar, track) for bar, track in self.cells)


def draw_window(held_out: HeldOutSong, protocol: Protocol, rng: np.random.Generator) -> InfillWindow | None:
    """A random window of a song; None when it has none for this protocol."""
    song = held_out.song
    sounding = sounding_cells(song)
    for _ in range(ATTEMPTS if song.bar_count >= WINDOW_BARS else 0):
        first = int(rng.integers(0, song.bar_count - WINDOW_BARS + 1))
        inside = {(bar - first, track) for bar, track in sounding if first <= bar < first + WINDOW_BARS}
        taken = protocol(inside, rng)
        if 2 <= len(taken) < len(inside):
            return InfillWindow(song, first, frozenset((bar + first, track) for bar, track in taken))
    return None


def draw_continuation(held_out: HeldOutSong, rng: np.random.Generator) -> InfillWindow | None:
    """A song that ends with the ``NEW_BARS`` bars to be written; None when no track goes on after 8 bars of any place.

    What is asked for is every one of those bars on each track that plays both before and in them.
    """
    song = held_out.song
    sounding = sounding_cells(song)
    length = WINDOW_BARS + NEW_BARS
    for _ in range(ATTEMPTS if song.bar_count >= length else 0):
        first = int(rng.integers(0, song.bar_count - length + 1))
        middle = first + WINDOW_BARS
        before = {track for bar, track in sounding if first <= bar < middle}
        after = {track for bar, track in sounding if middle <= bar < first + length}
        if before & after:
            cells = frozenset((bar, track) for bar in range(middle, first + length) for track in before & after)
            return InfillWindow(cut_out(song, 0, first + length - 1), first, cells, length)
    return None


def sounding_cells(song: Song) -> set[Cell]:
    """The cells (bar, track) in which a note starts."""
    return {(bar, track) for track, part in enumerate(song.tracks)
            for bar in np.unique(song.timebase.bar_at(part.notes["onset"])).tolist()}


def notes_in(song: Song, cells: Collection[Cell]) -> dict[int, np.ndarray]:
    """The notes that start in the cells, by track."""
    found = {}
    for track in {track for _, track in cells}:
        notes = song.tracks[track].notes
        bars = [bar for bar, owner in cells if owner == track]
        found[track] = notes[np.isin(song.timebase.bar_at(notes["onset"]), bars)]
    return found


def cut_out(song: Song, first_bar: int, last_bar: int) -> Song:
    """Bars ``first_bar`` to ``last_bar``, both included, as a song: the notes that start there, cut off at its end."""
    timebase = song.timebase
    start, end = int(timebase.bar_start(first_bar)), int(timebase.bar_end(last_bar))
    tracks = []
    for track in song.tracks:
        notes = track.notes[(track.notes["onset"] >= start) & (track.notes["onset"] < end)].copy()
        notes["duration"] = np.minimum(notes["duration"], end - notes["onset"])
        notes["onset"] -= start
        tracks.append(track.with_notes(notes))
    tempos = (replace(timebase.tempo_at(start), tick=0),
              *(replace(tempo, tick=tempo.tick - start) for tempo in song.tempos if start < tempo.tick < end))
    meters = (replace(timebase.meter_of(first_bar), tick=0),
              *(replace(meter, tick=meter.tick - start) for meter in song.meters if start < meter.tick < end))
    return Song(song.ticks_per_beat, tuple(tracks), tempos, meters)
