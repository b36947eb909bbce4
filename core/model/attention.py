"""Causal self-attention with normalised queries and keys (QK-norm, Henry et al. 2020) and rotary positions."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.model.cache import KeyValueCache
from core.model.config import ModelConfig
from core.model.memory import RetrievalMemory, SegmentMemory, mix
from core.model.positions import rotate

CLOSED_GATE = -1.0
"""Where the gate between local attention and what was retrieved starts: a quarter comes from memory."""


class Attention(nn.Module):
    """One layer's attention; ``layer`` is its number, from 0, in the cache."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.layer, self.heads, self.head_width = layer, config.heads, config.head_width
        self.qkv = nn.Linear(config.width, 3 * config.width, bias=False)
        self.gain = nn.Parameter(torch.ones(2, 1, config.head_width)) if config.query_key_norm else None
        self.out = nn.Linear(config.width, config.width, bias=False)
        retrieves = layer + 1 == config.retrieval_layer
        self.gate = nn.Parameter(torch.full((config.heads,), CLOSED_GATE)) if retrieves else None

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], cache: KeyValueCache | SegmentMemory | None = None,
                mask: Tensor | None = None, retrieval: RetrievalMemory | None = None) -> Tensor:
        """``x``: (batch, length, width); ``mask`` as ``KeyValueCache.reserve`` gives it. Same shape back.

        ``retrieval`` counts in the layer that has a gate for it, and knows no positions: likeness alone is asked.
        """
        batch, length, width = x.shape
        queries_keys, queries, keys, values = self.project(x, rotation)
        own_values = values
        if cache is not None:
            keys, values = cache.append(self.layer, keys, values)
        shared = cache.shared(self.layer) if isinstance(cache, KeyValueCache) else None
        if shared is not None:
            local = attend_shared(queries, shared, keys, values, mask)
        else:
            causal = mask is None and length > 1
            local = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask, is_causal=causal)
        if retrieval is not None and self.gate is not None:
            plain_queries, plain_keys = queries_keys.to(x.dtype).permute(2, 0, 3, 1, 4)
            found, remembers = retrieval.attend(plain_queries, plain_keys, own_values)
            local = mix(self.gate, local, found, remembers)
        return self.out(local.transpose(1, 2).reshape(batch, length, width))

    def project(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Queries and keys before they are rotated, (batch, length, 2, heads, head width); rotated queries, rotated
        keys, and values, each (batch, heads, length, head width)."""
        batch, length, _ = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, self.head_width)
        queries_keys = qkv[:, :, :2]
        if self.gain is not None:  # one of queries and one of keys
            queries_keys = F.rms_norm(queries_keys, (self.head_width,), eps=1e-6) * self.gain
        queries, keys = rotate(queries_keys, rotation).to(x.dtype).permute(2, 0, 3, 1, 4)
        return queries_keys, queries, keys, qkv[:, :, 2].transpose(1, 2)


def attend_shared(queries: Tensor, shared: tuple[Tensor, Tensor], keys: Tensor, values: Tensor,
                  mask: Tensor | None) -> Tensor:
    """Attention over columns that the rows of a prompt share, and over each row's own after them.

    ``queries``: (R, H, T, D). ``shared``: as ``KeyValueCache.shared`` gives it, each prompt for R / prompts rows;
    ``keys``, ``values``: (R, H, S, D). ``mask``: bool, over both. The shared columns go through memory once a prompt
    instead of once a row, and decoding costs little else (Hydragen, Juravsky et al. 2024). Returns (R, H, T, D).
    """
    shared_keys, shared_values = shared
    prompts, length = len(shared_keys), shared_keys.shape[-1]
    rows, new = len(queries) // prompts, queries.shape[2]

    def of_prompt(x: Tensor) -> Tensor:
        """(R, H, T, any) to (prompts, H, rows a prompt * T, any)."""
        return x.unflatten(0, (prompts, rows)).transpose(1, 2).flatten(2, 3)

    def of_row(x: Tensor) -> Tensor:
        return x.unflatten(2, (rows, new)).transpose(1, 2).flatten(0, 1)

    queries = queries * queries.shape[-1] ** -0.5
    scores = torch.cat((of_row(of_prompt(queries) @ shared_keys), queries @ keys.transpose(2, 3)), dim=-1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=-1)
    return of_row(of_prompt(weights[..., :length]) @ shared_values) + weights[..., length:] @ values
