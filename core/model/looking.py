"""What a model has learned and where it looks: its embeddings as vectors, its attention as weights."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from core.model.transformer import Transformer
from core.tokens import vocabulary as v


@torch.no_grad()
def pitch_vectors(model: Transformer) -> np.ndarray:
    """What the model reads of each pitch, all shared rows included; float32 (128, width)."""
    table = model.embeddings.compose()
    return table[v.PITCH:v.PITCH + 128].float().cpu().numpy()


@torch.no_grad()
def attention_weights(model: Transformer, features: Tensor) -> np.ndarray:
    """How much the last token looks at each token, itself included; float32 (layers, heads, tokens), each row sums
    up to 1. ``features``: int (tokens, 6). Without a memory."""
    inputs: list[tuple[Tensor, tuple[Tensor, Tensor]]] = []
    hooks = [block.attention.register_forward_pre_hook(lambda _, given: inputs.append((given[0], given[1])))
             for block in model.blocks]
    try:
        model(features[None], last_only=True)
    finally:
        for hook in hooks:
            hook.remove()
    weights = []
    for block, (x, rotation) in zip(model.blocks, inputs, strict=True):
        _, _, queries, keys, _ = block.attention.project(x, rotation)
        keys = block.attention.for_each_head(keys)[0]
        scores = queries[0, :, -1:] @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])
        weights.append(scores[:, 0].float().softmax(dim=-1))
    return torch.stack(weights).cpu().numpy()
