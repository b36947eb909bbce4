"""What merged tokens have in common with the plain tokens they are made of, for the model's embeddings."""

from __future__ import annotations

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.merges.merges import Merges

MOST_ROWS = 16
"""Shared rows of one token at most: a position, a velocity and a chord of four notes of one length have as many."""
_OWN_ROW = (v.Kind.VELOCITY, v.Kind.DRUM, v.Kind.DURATION)
"""Kinds whose tokens share nothing but their kind; with merges each has a row for itself and all that contain it."""


def components(merges: Merges | None = None) -> np.ndarray:
    """The shared embedding rows of each token, int64 (tokens, n), 0 for none: ``vocabulary.COMPONENTS`` without merges.

    With merges a velocity, drum or duration has one row more, and a merged token has the rows of all its parts, each
    once, the first ``MOST_ROWS`` of them.
    """
    if merges is None:
        return v.COMPONENTS
    plain = v.COMPONENTS.copy()
    free = v.COMPONENT_COUNT
    for kind in _OWN_ROW:
        plain[v.START[kind]:v.START[kind] + v.SIZES[kind], 1] = free + np.arange(v.SIZES[kind])
        free += v.SIZES[kind]
    rows = [list(dict.fromkeys(plain[list(parts)].ravel().tolist())) for parts in merges.expansions]
    rows = [[row for row in some if row][:MOST_ROWS] for some in rows]
    table = np.zeros((merges.size, max([plain.shape[1], *map(len, rows)])), dtype=np.int64)
    table[:v.SIZE, :plain.shape[1]] = plain
    for token, some in enumerate(rows, start=v.SIZE):
        table[token, :len(some)] = some
    return table


def component_count(merges: Merges | None = None) -> int:
    """Rows of the shared embedding table, the zero row included."""
    return v.COMPONENT_COUNT + (sum(v.SIZES[kind] for kind in _OWN_ROW) if merges else 0)
