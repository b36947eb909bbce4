"""What the prompts of training examples say of their marked cells: hints drawn at random from what the cells hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.attributes import (
    ATTRIBUTES,
    FIRST_TOKENS,
    UNSAID,
    cell_classes,
    is_note,
    notes_of,
    rhythm_of,
    tune_of,
)
from core.tokens.encoder import EncodedSong
from core.tokens.hints import Hints
from core.tokens.window import Layout, Window, numbers_of_cells, with_hints

Kept = Literal["", "rhythm", "tune", "notes"]

HINTED_SHARE = 0.5
"""Of the windows; the others say nothing of a marked cell but FILL."""
KEPT_SHARES: dict[Kept, float] = {"rhythm": 0.06, "tune": 0.04, "notes": 0.08}
"""Of all windows: those that keep something of marked cells."""
ATTRIBUTE_CHANCE = 0.5
"""That a window with hints says an attribute of its cells."""
ROOM = {"": 0.96, "tune": 0.88, "notes": 0.88, "rhythm": 0.82}
"""Share of the context that a window with hints is laid out for, so that most of them fit."""


@dataclass(frozen=True)
class HintPlan:
    """What a window says of marked cells: each of ATTRIBUTES or not, and what is kept ("": nothing)."""

    attributes: tuple[bool, bool, bool]
    kept: Kept = ""


def draw_plan(rng: np.random.Generator) -> HintPlan | None:
    """What a window is to say; None for a window without hints."""
    if rng.random() >= HINTED_SHARE:
        return None
    attributes = tuple((rng.random(len(ATTRIBUTES)) < ATTRIBUTE_CHANCE).tolist())
    chance = rng.random() * HINTED_SHARE
    for kept, share in KEPT_SHARES.items():
        if chance < share:
            return HintPlan(attributes, kept)
        chance -= share
    return HintPlan(attributes)


def hinted_window(window: Window, song: EncodedSong, layout: Layout, marked: np.ndarray, plan: HintPlan, context: int,
                  rng: np.random.Generator, shift: int = 0) -> Window:
    """The window with hints as planned, of as many cells as fit into ``context`` tokens.

    ``song``: of plain tokens. ``marked``: a mask as of ``core.tokens.window.cell_mask``. ``shift``: semitones by which
    the window will be transposed; registers are told of the music as it will be, kept tokens stand as they are now.
    """
    hints = hints_of(song, layout, marked, plan, rng, shift)
    return with_hints(window, _fitting(hints, context - len(window.features), rng))


def hints_of(song: EncodedSong, layout: Layout, marked: np.ndarray, plan: HintPlan, rng: np.random.Generator,
             shift: int = 0, everywhere: bool = False) -> Hints:
    """What ``plan`` says of the marked cells: attributes of those of a random part of the tracks, and what is kept of
    cells of one of them or of all, of all these cells or of a random part. ``shift``: as of ``hinted_window``.

    ``everywhere``: it is said of all marked cells that sound, and of notes one half is kept.
    """
    _, column = np.nonzero(marked)
    cells = numbers_of_cells(song, layout)[marked]
    place = np.flatnonzero(cells >= 0)  # among the marked cells: those that sound
    if not len(place):
        return Hints(np.empty(0, dtype=np.int64), np.zeros(len(cells), dtype=np.int64))
    column, cells, count = column[place], cells[place], len(cells)
    start, length = song.cell_start[cells], song.cell_start[cells + 1] - song.cell_start[cells]
    owner = np.repeat(np.arange(len(cells)), length)  # the cell, among those that sound, of each of their tokens
    source = np.arange(len(owner)) + np.repeat(start - (np.cumsum(length) - length), length)
    tokens, slots = song.tokens[source].astype(np.int64), song.slots[source].astype(np.int64)
    drums = song.programs[song.cell_track[cells]] == v.DRUMS

    parts = []  # (the cell, tokens), in the order in which they stand behind a FILL
    if any(plan.attributes):
        notes = is_note(tokens)
        bars = song.cell_bar[cells]
        pitch = tokens[notes] - v.PITCH + shift
        classes = cell_classes(owner[notes], slots[notes], pitch, song.bar_units[bars + 1] - song.bar_units[bars],
                               drums)
        told = everywhere | _some(column, rng)
        for start_token, said, value in zip(FIRST_TOKENS, plan.attributes, classes):
            if said:
                which = np.flatnonzero(told & (value != UNSAID))
                parts.append((which, start_token + value[which]))
    if plan.kept:
        share = 0.5 if everywhere else rng.uniform(0.1, 0.9)
        parts.append(_kept(plan.kept, tokens, slots, owner, everywhere | _cells_to_keep(column, rng), share, rng))
    if not parts:
        parts.append((place[:0], tokens[:0]))
    cell, said = (np.concatenate(some) for some in zip(*parts))
    order = np.argsort(cell, kind="stable")
    return Hints(said[order], np.bincount(place[cell], minlength=count))


def _kept(kept: Kept, tokens: np.ndarray, slots: np.ndarray, owner: np.ndarray, of_cells: np.ndarray,
          share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The kept tokens of some of the cells and the cell of each; of notes, about ``share``."""
    inside = of_cells[owner]
    tokens, slots, owner = tokens[inside], slots[inside], owner[inside]
    if kept == "rhythm":
        said, at = rhythm_of(tokens, slots)
    elif kept == "tune":
        said, at = tune_of(tokens)
    else:
        chosen = rng.random(int(is_note(tokens).sum())) < share
        said, at = notes_of(tokens, slots, chosen, owner)
    return owner[at], said


def _some(column: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The cells of a random part of the columns, of one at least, bool."""
    width = int(column.max()) + 1
    chosen = rng.random(width) < rng.choice((0.5, 1.0))
    chosen[column[int(rng.integers(len(column)))]] = True
    return chosen[column]


def _cells_to_keep(column: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The cells of one column or of all, and of these each with a chance or all, bool."""
    chosen = np.ones(len(column), dtype=bool)
    if rng.random() < 0.5:
        chosen = column == column[int(rng.integers(len(column)))]
    if rng.random() < 0.5:
        chosen &= rng.random(len(column)) < 0.5
    return chosen


def _fitting(hints: Hints, room: int, rng: np.random.Generator) -> Hints:
    """The hints of as many cells as take at most ``room`` tokens, cells in random order."""
    if len(hints.tokens) <= room:
        return hints
    order = rng.permutation(len(hints.lengths))
    fits = np.zeros(len(order), dtype=bool)
    fits[order[np.cumsum(hints.lengths[order]) <= room]] = True
    return Hints(hints.tokens[np.repeat(fits, hints.lengths)], np.where(fits, hints.lengths, 0))
