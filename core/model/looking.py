"""What a model has learned and where it looks: its embeddings as vectors, its attention and its look-ups as weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.model.memories import Memories
from core.model.transformer import Transformer
from core.tokens import vocabulary as v


@dataclass(frozen=True, eq=False)
class Seen:
    """Where the last token looks. H heads, T tokens of the window.

    ``weights``: float32 (layers, H, T), on each token, itself included. ``remembered``: float32 (layers, H), on the
    segments before the window; both together are 1. ``found``: int64 (H, k), the places in the memory that the layer
    ``retrieval_layer`` looked up, and ``shares``, float32 (H, k), how much each counted: 1 together, 0 where nothing is
    remembered. ``gates``: float32 (H,), how far that layer's heads let through what was looked up, instead of what they
    see in the window. For a model that does not look up, k and ``gates`` are 0.
    """

    weights: np.ndarray
    remembered: np.ndarray
    found: np.ndarray
    shares: np.ndarray
    gates: np.ndarray


@torch.no_grad()
def pitch_vectors(model: Transformer) -> np.ndarray:
    """What the model reads of each pitch, all shared rows included; float32 (128, width)."""
    table = model.embeddings.compose()
    return table[v.PITCH:v.PITCH + 128].float().cpu().numpy()


@torch.no_grad()
def look_back(model: Transformer, features: Tensor, memories: Memories | None = None) -> Seen:
    """Where the last token of a window looks. ``features``: int (tokens, 6). ``memories``: of a row, what is remembered
    of the song before."""
    segments, retrieval = (memories.segments, memories.retrieval) if memories is not None else (None, None)
    before = segments.length if segments is not None else 0
    cache = model.new_cache(1, len(features) + before)
    if segments is not None:
        cache.begin_with(segments)
    inputs: list[tuple[Tensor, tuple[Tensor, Tensor]]] = []
    hooks = [block.attention.register_forward_pre_hook(lambda _, given: inputs.append((given[0], given[1])))
             for block in model.blocks]
    try:
        model(features[None], cache, last_only=True, retrieval=retrieval)
    finally:
        for hook in hooks:
            hook.remove()
    weights = []
    for layer, (block, (x, rotation)) in enumerate(zip(model.blocks, inputs, strict=True)):
        queries = block.attention.project(x, rotation)[2]
        keys = block.attention.for_each_head(cache.keys(layer))[0]
        scores = queries[0, :, -1:] @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])
        weights.append(scores[:, 0].float().masked_fill(~cache.present[0], -torch.inf).softmax(dim=-1))
    of_all = torch.stack(weights).cpu().numpy()
    on_window, on_segments = of_all[..., before:], of_all[..., :before].sum(axis=-1)
    none = np.zeros((model.config.heads, 0), dtype=np.float32)
    if retrieval is None:
        return Seen(on_window, on_segments, none.astype(np.int64), none, np.zeros(model.config.heads, np.float32))
    attention = model.blocks[model.config.retrieval_layer - 1].attention
    found, shares = (attention.apart(told)[0, :, -1].cpu().numpy() for told in (retrieval.found, retrieval.weights))
    opened = attention.gate.sigmoid().cpu().numpy()  # what has nothing to look up keeps what it sees in the window
    return Seen(on_window, on_segments, found, shares.astype(np.float32), opened if shares.any() else 0 * opened)
