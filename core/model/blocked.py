"""Causal attention for training on a CPU, written so that a compiler can fuse it.

torch's own attention for CPUs spends most of its time in small products. Here a block of queries meets all keys up to
its last in one product, and one pass over the scores weighs, masks and sums. It keeps the weights for the backward pass
instead of computing them again.
"""

from __future__ import annotations

import torch
from torch import Tensor

BLOCK = 128
"""Queries of a block. Larger ones compute more that is masked, smaller ones more products."""

LIMIT = 64.0
"""Scores are held within ± so much, where exp of any and their sum are finite. Normalised queries and keys stay far
below: what bounds them is the product of their gains, and in the shipped model none can exceed 25."""


def attend_blocked(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """What ``scaled_dot_product_attention`` gives with ``is_causal``, for normalised queries and keys.

    All (batch, heads, length, head width), in the precision of the values. Since scores are bounded, their exponentials
    need no maximum subtracted first.
    """
    queries = (queries * queries.shape[-1] ** -0.5).to(values.dtype)
    keys, parts = keys.to(values.dtype), []
    for start in range(0, queries.shape[2], BLOCK):
        stop = min(start + BLOCK, queries.shape[2])
        scores = queries[:, :, start:stop] @ keys[:, :, :stop].transpose(2, 3)
        weights = scores.clamp(-LIMIT, LIMIT).exp().tril(start)
        parts.append(weights @ values[:, :, :stop] / weights.sum(dim=-1, keepdim=True))
    return torch.cat(parts, dim=2)
