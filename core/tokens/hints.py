"""Hints: what prompts say of marked cells besides FILL, written into the rows of a window.

What they are is told in ``core.tokens.attributes``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.attributes import ATTRIBUTES, FIRST_TOKENS, CellHints
from core.tokens.grid import MAX_SLOTS, units_of_slot

_UNITS_OF_SLOT = units_of_slot(np.arange(MAX_SLOTS)).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Hints:
    """The hints of a window's marked cells, in the order they are written, laid end to end.

    ``tokens`` int64 (n,), plain; ``lengths`` int64 (marked cells,), how many of them each cell has.
    """

    tokens: np.ndarray
    lengths: np.ndarray


def hint_tokens(hints: CellHints) -> list[int]:
    """What stands behind the FILL of a cell."""
    classes = [(start, getattr(hints, name)) for start, name in zip(FIRST_TOKENS, ATTRIBUTES)]
    return [start + value for start, value in classes if value is not None] + [int(token) for token in hints.kept]


def pack(hints: Sequence[CellHints | None]) -> Hints:
    """The hints of each marked cell, in the order they are written; None for a cell without any."""
    tokens = [hint_tokens(one) if one is not None else [] for one in hints]
    return Hints(np.array([token for some in tokens for token in some], dtype=np.int64),
                 np.array([len(some) for some in tokens], dtype=np.int64))


def insert_hints(rows: np.ndarray, hints: Hints) -> np.ndarray:
    """Rows of a window (int32 (n, 6), see ``core.tokens.window.FEATURES``) with hints behind each FILL.

    A hint describes its cell; one with a position, or after it, the slot and the time of that.
    """
    fills = np.flatnonzero(rows[:, 0] == v.FILL)
    lengths = np.zeros(len(rows), dtype=np.int64)
    lengths[fills] = hints.lengths
    before = np.cumsum(lengths) - lengths
    written = np.empty((len(rows) + len(hints.tokens), rows.shape[1]), dtype=rows.dtype)
    written[np.arange(len(rows)) + before] = rows
    added = np.repeat(rows[fills], hints.lengths, axis=0)
    first = np.cumsum(hints.lengths) - hints.lengths
    index = np.arange(len(added))
    slots = _slots(hints.tokens, np.repeat(first, hints.lengths))
    added[:, 0], added[:, 2] = hints.tokens, slots
    added[:, 5] += _UNITS_OF_SLOT[slots]
    written[np.repeat(fills + 1 + before[fills] - first, hints.lengths) + index] = added
    return written


def _slots(tokens: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The slot each hint stands at: that of the last POSITION of its cell, or 0. ``first``: where its cell begins."""
    index = np.arange(len(tokens))
    said = (tokens >= v.POSITION) & (tokens < v.VELOCITY)
    last = np.maximum.accumulate(np.where(said, index, -1))
    return np.where(last >= first, tokens[last] - v.POSITION, 0)
