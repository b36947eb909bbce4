"""What a model's shape costs when it writes: the time of a step, and the steps of a usual request."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import torch

from core.corpus.store import Store
from core.model.transformer import Transformer

TAKES = 4
PROMPT = 1024
"""Tokens of the prompt that the takes share."""
STEPS = 40
BARS, TRACKS = 8, 4
"""Of the usual request."""
SONGS = 100


@torch.inference_mode()
def step_seconds(models: Mapping[str, Transformer]) -> dict[str, float]:
    """Processor time of a step that writes a token of each take, on one thread: the median, models in turns."""
    torch.set_num_threads(1)
    features = torch.ones(1, PROMPT, 6, dtype=torch.int32)
    token = features[:, :1].expand(TAKES, -1, -1)
    caches = {}
    for name, model in models.items():
        model.eval()
        model.freeze_embeddings()
        cache = model.new_cache(1, PROMPT + STEPS)
        model(features, cache, last_only=True)
        caches[name] = cache.expand(TAKES)
    seconds: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(STEPS):
        for name, model in models.items():
            began = time.process_time()
            model(token, caches[name], last_only=True)
            seconds[name].append(time.process_time() - began)
    return {name: float(np.median(some)) for name, some in seconds.items()}


def tokens_of_request(store: Store) -> float:
    """Tokens of ``BARS`` bars of ``TRACKS`` tracks that play, the mean over songs with as many tracks."""
    lengths = []
    for number in np.random.default_rng(0).permutation(len(store)).tolist():
        song = store[number]
        if len(song.programs) >= TRACKS and song.cell_count:
            lengths.append(float(np.diff(song.cell_start).mean()) + 1)  # and its TRACK
        if len(lengths) == SONGS:
            break
    return BARS * TRACKS * float(np.mean(lengths))
