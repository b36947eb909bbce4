"""What a prompt can say of a marked cell besides FILL: how many notes, how many at once, where they lie, what is kept.

    FILL  [DENSITY d] [POLYPHONY p] [REGISTER r]  [kept]

``kept`` is nothing or one of: the *rhythm* (for each note POSITION DURATION..., POSITION alone for a drum stroke of
the usual length), the *tune* (the PITCH of each note), or some of the cell's *notes*, whole, as a cell writes them.
Which of them it is shows: a tune begins with PITCH, notes with POSITION VELOCITY, a rhythm with POSITION alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.grid import UNITS_PER_BEAT

UNSAID = -1
"""No class: the cell is silent, or the register of drums."""

ATTRIBUTES = ("density", "polyphony", "register")
CLASSES = {"density": v.DENSITY_CLASSES, "polyphony": v.POLYPHONY_CLASSES, "register": v.REGISTER_CLASSES}
"""How many classes each has."""
FIRST_TOKENS = (v.DENSITY, v.POLYPHONY, v.REGISTER)
"""The token of the first class of each."""


@dataclass(frozen=True)
class CellHints:
    """What a prompt says of one marked cell besides FILL: classes (None: nothing is said) and what is ``kept`` of it,
    plain tokens as ``rhythm_of``, ``tune_of`` or ``notes_of`` give them."""

    density: int | None = None
    polyphony: int | None = None
    register: int | None = None
    kept: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name in ATTRIBUTES:
            value = getattr(self, name)
            if value is not None and not 0 <= value < CLASSES[name]:
                raise ValueError(f"{name} has classes 0 to {CLASSES[name] - 1}, not {value}")


def density_class(notes, units):
    """The class of so many notes in a bar of ``units`` (24ths of a quarter note); numbers or arrays, int64."""
    return np.searchsorted(v.DENSITY_EDGES, np.asarray(notes) * UNITS_PER_BEAT / np.maximum(1, units), side="right")


def register_class(total, notes):
    """The class of so many notes whose pitches sum up to ``total``; numbers or arrays, int64."""
    above = (np.asarray(total) - v.REGISTER_START * np.asarray(notes)) // (v.REGISTER_WIDTH * np.asarray(notes))
    return np.clip(above, 0, v.REGISTER_CLASSES - 1)


def register_bounds(register: int) -> tuple[int, int]:
    """The pitches between which a mean of the class lies: from the first, below the second."""
    low = v.REGISTER_START + v.REGISTER_WIDTH * register
    return (0 if register == 0 else low), (128 if register == v.REGISTER_CLASSES - 1 else low + v.REGISTER_WIDTH)


def cell_classes(cell: np.ndarray, slot: np.ndarray, pitch: np.ndarray, bar_units: np.ndarray,
                 drums: np.ndarray) -> np.ndarray:
    """The classes of density, polyphony and register of cells, int64 (3, cells); UNSAID where there is none.

    ``cell``, ``slot``, ``pitch``: of each note, the number of its cell, ascending, the slot at which it starts, not
    descending within its cell, and its pitch. ``bar_units`` and ``drums``: of each cell, the length of its bar in
    units and whether it is a drum kit's.
    """
    cells = len(bar_units)
    count = np.bincount(cell, minlength=cells)
    classes = np.full((3, cells), UNSAID, dtype=np.int64)
    sounds = count > 0
    classes[0, sounds] = density_class(count[sounds], np.asarray(bar_units)[sounds])
    stroke = np.flatnonzero((np.diff(cell, prepend=-1) != 0) | (np.diff(slot, prepend=-1) != 0))
    together = np.diff(stroke, append=len(cell))
    most = np.zeros(cells, dtype=np.int64)
    np.maximum.at(most, cell[stroke], together)
    classes[1, sounds] = np.minimum(most[sounds], v.POLYPHONY_CLASSES) - 1
    pitched = sounds & ~np.asarray(drums, dtype=bool)
    total = np.bincount(cell, weights=pitch, minlength=cells).astype(np.int64)[pitched]
    classes[2, pitched] = register_class(total, count[pitched])
    return classes


def classes_of(slot: np.ndarray, pitch: np.ndarray, bar_units: int, drums: bool) -> np.ndarray:
    """The three classes of one cell, int64 (3,), of its notes in the order of a cell; see ``cell_classes``."""
    slot = np.asarray(slot, dtype=np.int64)
    return cell_classes(np.zeros(len(slot), dtype=np.int64), slot, np.asarray(pitch, dtype=np.int64),
                        np.array([bar_units]), np.array([drums]))[:, 0]


def is_note(tokens: np.ndarray) -> np.ndarray:
    """Which of some plain tokens are PITCH or DRUM, bool."""
    return (tokens >= v.PITCH) & (tokens < v.DURATION)


def rhythm_of(tokens: np.ndarray, slots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rhythm of plain cells: POSITION for each note, then its DURATIONs; which of ``tokens`` they came from.

    ``tokens`` and ``slots`` as in an ``EncodedSong``, of one cell or of several laid end to end. Returns the tokens
    and their indices among the given ones, both int64.
    """
    at = np.flatnonzero((tokens >= v.PITCH) & (tokens < v.DURATION + len(v.DURATIONS)))
    kept = tokens[at].astype(np.int64)
    notes = is_note(kept)
    kept[notes] = v.POSITION + np.asarray(slots)[at[notes]].astype(np.int64)
    return kept, at


def tune_of(tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The PITCH tokens of plain cells, and their indices among the given tokens, both int64."""
    at = np.flatnonzero((tokens >= v.PITCH) & (tokens < v.DRUM))
    return tokens[at].astype(np.int64), at


def notes_of(tokens: np.ndarray, slots: np.ndarray, chosen: np.ndarray,
             cell: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Some of the notes of plain cells, written as cells of their own.

    ``chosen``: which notes (in the order of the tokens), bool. ``cell``: the cell of each token, when there are
    several; each says its first position and velocity afresh. Returns the tokens and for each the index of one of
    the given tokens in the same cell and slot, both int64.
    """
    tokens, index = tokens.astype(np.int64), np.arange(len(tokens))
    notes = is_note(tokens)
    owner = np.cumsum(notes) - 1  # the note a DURATION belongs to
    velocity = tokens[np.maximum.accumulate(np.where((tokens >= v.VELOCITY) & (tokens < v.PITCH), index, 0))]
    at = np.flatnonzero(notes)[chosen]
    place = np.asarray(slots).astype(np.int64)[at]
    home = np.zeros(len(at), dtype=np.int64) if cell is None else np.asarray(cell)[at]
    opens = np.diff(home, prepend=-1) != 0
    says_position = opens | (np.diff(place, prepend=-1) != 0)
    says_velocity = opens | (np.diff(velocity[at], prepend=-1) != 0)
    lasting = np.flatnonzero((tokens >= v.DURATION) & (tokens < v.DURATION + len(v.DURATIONS)))
    lasting = lasting[np.asarray(chosen)[owner[lasting]]]
    written = np.concatenate([v.POSITION + place[says_position], velocity[at[says_velocity]], tokens[at],
                              tokens[lasting]])
    source = np.concatenate([at[says_position], at[says_velocity], at, lasting])
    rank = np.repeat([0, 1, 2, 3], [says_position.sum(), says_velocity.sum(), len(at), len(lasting)])
    order = np.lexsort((rank, np.where(rank == 3, source, 0), np.concatenate(
        [at[says_position], at[says_velocity], at, np.flatnonzero(notes)[owner[lasting]]])))
    return written[order], source[order]
