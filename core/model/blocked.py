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
    The keys up to a block are put together from blocks, so that their gradients add up block by block and not as
    slices filled up with zeros.
    """
    queries = (queries * queries.shape[-1] ** -0.5).to(values.dtype)
    keys, values = keys.to(values.dtype).split(BLOCK, dim=2), values.split(BLOCK, dim=2)
    parts = []
    for number, block in enumerate(queries.split(BLOCK, dim=2)):
        scores = block @ torch.cat(keys[:number + 1], dim=2).transpose(2, 3)
        weights = scores.clamp(-LIMIT, LIMIT).exp().tril(number * BLOCK)
        parts.append(weights @ torch.cat(values[:number + 1], dim=2) / weights.sum(dim=-1, keepdim=True))
    return torch.cat(parts, dim=2)
