"""Decoding: rows that go on from prompts, one token each at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from core.model.cache import KeyValueCache
from core.model.memory import RetrievalMemory, SegmentMemory
from core.model.native import NativeSteps, can_run, packed
from core.model.transformer import Transformer

Steps = Callable[[np.ndarray], np.ndarray]
"""From the features of a token a row, int32 (rows, 6), to the logits of the next, float32 (rows, V). A row of PAD is
left as it is; its logits mean nothing."""


def feed_prompts(model: Transformer, features: Tensor, alike: int, capacity: int, before: SegmentMemory | None = None,
                 retrieval: RetrievalMemory | None = None) -> tuple[KeyValueCache, Tensor]:
    """A new cache with room for ``capacity`` columns after what is remembered, fed with prompts, (rows, T, 6); and the
    logits of what comes next, (rows, 1, V). The first ``alike`` columns are the same in all rows, which then remember
    the same too, in one row; these columns are read once."""
    rows = len(features)
    capacity += before.length if before is not None else 0
    cache = model.new_cache(1 if alike else rows, capacity)
    if before is not None:
        cache.begin_with(before)
    if alike:
        model(features[:1, :alike], cache, last_only=True, retrieval=retrieval)
        cache = cache.repeat(rows)
    return cache, model(features[:, alike:], cache, last_only=True, retrieval=retrieval)


def start_steps(model: Transformer, cache: KeyValueCache, rows: int, retrieval: RetrievalMemory | None) -> Steps:
    """For ``rows`` rows, as many for each prompt that was fed to ``cache``, neighbours together. The cache must not be
    fed any more. By compiled code where that can be, see ``core.model.native``."""
    if can_run(model, retrieval):
        return NativeSteps(packed(model), cache, rows, retrieval)
    if rows > cache.batch:
        cache = cache.expand(rows // cache.batch)

    def step(features: np.ndarray) -> np.ndarray:
        logits = model(torch.from_numpy(features)[:, None], cache, last_only=True, retrieval=retrieval)
        return logits[:, -1].float().numpy()

    return step
