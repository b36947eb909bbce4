"""What passes between a strategy, the streams and the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True, eq=False)
class Batch:
    """``features`` int32 (rows, length, 6), right-padded with PAD; ``answer`` bool (rows, length), the tokens that
    were asked for; ``note_count`` int32 (rows,), notes in the answer; ``task``, one name a row; ``song_ended`` bool
    (rows,): the next batch's row does not go on where this one stopped, so what is remembered of it must be cleared.

    Arrays; of streams that live on a device, tensors there.
    """

    features: np.ndarray
    answer: np.ndarray
    note_count: np.ndarray
    task: tuple[str, ...]
    song_ended: np.ndarray


@dataclass(frozen=True, eq=False)
class Pieces:
    """Which parts of which streams make up a batch: ``length`` tokens of ``song`` from its token ``start`` on stand
    in ``row`` from column ``at`` on.

    int64 (pieces,) each, in the order of rows and columns. ``draw``: float64 (pieces,) in 0..1, from which the
    transposition follows once the song's range is known; None for none. ``song_ended``: as of ``Batch``.
    """

    row: np.ndarray
    at: np.ndarray
    song: np.ndarray
    start: np.ndarray
    length: np.ndarray
    draw: np.ndarray | None
    song_ended: np.ndarray


class Streams(Protocol):
    """The streams of a store's songs, wherever they live.

    ``lengths``: tokens of each, int64 (songs,). ``collections``: the name of each song's collection.
    """

    lengths: np.ndarray
    collections: Sequence[str]

    def cut(self, pieces: Pieces, rows: int, context: int) -> Batch:
        """The batch of ``rows`` rows and ``context`` columns that the pieces make up."""
