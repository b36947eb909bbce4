"""Which token may follow, and where it stands: the answer of a window, token by token.

``CellWriter`` walks the marked cells in order. It is what makes every sampled sequence decodable, and it knows the
features (bar, slot, track, program, time) that the model must be given with each token it writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.grid import MAX_SLOTS, slot_of_units, units_of_slot
from core.tokens.window import Layout, order_cells


@dataclass(frozen=True)
class CellPlace:
    """A marked cell as the model sees it: ``bar`` of the song, ``window_bar`` counted from the window's start, the
    song's ``track``, its ``number`` in the window, its ``program`` (128: drums), the bar's ``start`` in units since
    the window's start, and how many ``slots`` the bar has."""

    bar: int
    track: int
    window_bar: int
    number: int
    program: int
    start: int
    slots: int


def cell_places(song: EncodedSong, layout: Layout, marked: Sequence[tuple[int, int]]) -> list[CellPlace]:
    """The places of the marked cells (bar, track), in the order they are written."""
    number_of = dict(zip(layout.tracks, layout.numbers))
    origin = int(song.bar_units[layout.first_bar])
    places = []
    for bar, track in order_cells(marked, layout.tracks):
        start, end = int(song.bar_units[bar]), int(song.bar_units[bar + 1])
        slots = min(MAX_SLOTS, max(1, int(slot_of_units(end - start - 1)) + 1))
        places.append(CellPlace(bar, track, bar - layout.first_bar, number_of[track], int(song.programs[track]),
                                start - origin, slots))
    return places


_DURATION_GAP = np.diff(v.DURATIONS, append=v.DURATIONS[-1] * 2 + 1)
"""What may still be added after a duration so that the sum is written largest part first: less than this."""
_DRUM_DURATION_TOKEN = v.DURATION + int(np.flatnonzero(v.DURATIONS == v.DRUM_DURATION)[0])

_UNITS_OF_SLOT = units_of_slot(np.arange(MAX_SLOTS)).tolist()


class GrammarError(ValueError):
    """A token that may not stand where it stands."""


class CellWriter:
    """The state of one answer being written.

    ``allowed()`` is a bool mask (vocabulary,) of what may come next; ``advance(token)`` takes it; ``features(token)``
    are the six numbers the model reads with the token just taken. ``done`` after END.
    """

    def __init__(self, places: Sequence[CellPlace]) -> None:
        if not places:
            raise ValueError("no cell is marked")
        self.places = list(places)
        self.index = -1
        self.done = False
        self._open_cell()

    def _open_cell(self) -> None:
        self.slot = -1
        self.velocity = -1
        self.pitch = -1
        self.note_count = 0
        self.last = v.Kind.TRACK
        self._duration = -1

    @property
    def place(self) -> CellPlace:
        """The cell being written (before the first: the first)."""
        return self.places[max(0, min(self.index, len(self.places) - 1))]

    @property
    def closing_token(self) -> int:
        """The token that ends the present cell: the TRACK of the next one, or END after the last."""
        following = self.index + 1
        return v.END if following == len(self.places) else v.TRACK + self.places[following].number

    @property
    def may_close(self) -> bool:
        """Whether the present cell is at a point where it could end."""
        return self.index < 0 or self.last in (v.Kind.TRACK, v.Kind.DURATION) or self._is_drum_stroke

    @property
    def _is_drum_stroke(self) -> bool:
        return self.last == v.Kind.DRUM

    def allowed(self) -> np.ndarray:
        """What may come next, bool (vocabulary,)."""
        mask = np.zeros(v.SIZE, dtype=bool)
        if self.done:
            return mask
        if self.may_close:
            mask[self.closing_token] = True
        if self.index < 0:
            return mask
        place, last = self.place, self.last
        drums = place.program == v.DRUMS
        note_over = last == v.Kind.DURATION or self._is_drum_stroke
        if last == v.Kind.TRACK or note_over:
            mask[v.POSITION + self.slot + 1:v.POSITION + place.slots] = True
        if last == v.Kind.POSITION or note_over:
            mask[v.VELOCITY:v.VELOCITY + v.VELOCITY_CLASSES] = True
            if self.velocity >= 0:
                mask[v.VELOCITY + self.velocity] = False
        if last == v.Kind.VELOCITY or note_over or (last == v.Kind.POSITION and self.velocity >= 0):
            base = v.DRUM if drums else v.PITCH
            mask[base + max(0, self.pitch):base + 128] = True
        if last == v.Kind.PITCH or self._is_drum_stroke:
            mask[v.DURATION:v.DURATION + len(v.DURATIONS)] = True
            if self._is_drum_stroke:
                mask[_DRUM_DURATION_TOKEN] = False
        if last == v.Kind.DURATION:
            fits = int(np.searchsorted(v.DURATIONS, _DURATION_GAP[self._duration], side="left"))
            mask[v.DURATION:v.DURATION + fits] = True
        return mask

    def advance(self, token: int) -> None:
        """Take a token. Raises GrammarError when it may not follow."""
        if not self.allowed()[token]:
            raise GrammarError(f"{v.describe(token)} may not follow here (bar {self.place.bar + 1})")
        self.take(token)

    def take(self, token: int) -> None:
        """Take a token that is known to be allowed."""
        if token == self.closing_token and self.may_close:
            self.index += 1
            self.done = token == v.END
            self._open_cell()
            return
        kind = v.Kind(int(v.KIND_OF[token]))
        value = token - v.START[kind]
        if kind == v.Kind.POSITION:
            self.slot, self.pitch = value, -1
        elif kind == v.Kind.VELOCITY:
            self.velocity = value
        elif kind == v.Kind.DURATION:
            self._duration = value
        else:
            self.pitch = value
            self.note_count += 1
        self.last = kind

    def features(self, token: int) -> tuple[int, int, int, int, int, int]:
        """What the model reads with the token just taken, see ``core.tokens.window.FEATURES``."""
        if self.done:
            return token, 0, 0, v.NO_TRACK, v.NO_PROGRAM, 0
        place, slot = self.place, max(0, self.slot)
        return (token, place.window_bar, slot, place.number, place.program,
                place.start + _UNITS_OF_SLOT[slot])
