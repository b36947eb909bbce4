"""Decoding: rows that go on from prompts, one token each at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from core.model.cache import KeyValueCache
from core.model.memory import RetrievalMemory
from core.model.native import NativeSteps, can_run, packed
from core.model.transformer import Transformer

Steps = Callable[[np.ndarray], np.ndarray]
"""From the features of a token a row, int32 (rows, 6), to the logits of the next, float32 (rows, V). A row of PAD is
left as it is; its logits mean nothing."""


def start_steps(model: Transformer, cache: KeyValueCache, rows: int, retrieval: RetrievalMemory | None) -> Steps:
    """For ``rows`` rows, as many for each prompt that was fed to ``cache``, neighbours together. The cache must not be
    fed any more. By compiled code where that can be, see ``core.model.native``."""
    if can_run(model):
        return NativeSteps(packed(model), cache, rows)
    if rows > cache.batch:
        cache = cache.expand(rows // cache.batch)

    def step(features: np.ndarray) -> np.ndarray:
        logits = model(torch.from_numpy(features)[:, None], cache, last_only=True, retrieval=retrieval)
        return logits[:, -1].float().numpy()

    return step
