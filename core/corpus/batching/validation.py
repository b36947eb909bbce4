"""Held-out songs read in order from their start."""

from __future__ import annotations

import numpy as np

from core.corpus.batching.batch import Batch
from core.corpus.batching.streams import DiskStreams
from core.corpus.batching.walk import Walk
from core.corpus.store import Store

SEGMENTS = 8
"""Segments of a song that are read at most: more would leave the other rows waiting for the longest song."""


def stream_validation(store: Store, context: int, batch_size: int, songs: int, seed: int = 0,
                      segments: int = SEGMENTS) -> list[Batch]:
    """The same batches every time: ``songs`` songs of the store, each read in order from its start, not transposed.

    Rows walk as those of ``Contiguous``, the longest songs first; one for which no song is left is padding
    throughout. ``segments``: of ``context`` tokens, that are read of a song at most.
    """
    streams = DiskStreams(store)
    picked = np.random.default_rng(seed).permutation(len(store))[:songs]
    lengths = np.minimum(streams.lengths, segments * context)
    longest_first = picked[np.argsort(-lengths[picked], kind="stable")]
    rows = min(batch_size, len(picked))
    walk = Walk(lengths, context, rows, ((int(song), 0.0) for song in longest_first))
    return [streams.cut(walk.plan(step, transpose=False), rows, context) for step in range(walk.step_count())]
