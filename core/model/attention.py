"""Causal self-attention with normalised queries and keys (QK-norm, Henry et al. 2020) and rotary positions."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.model.cache import KeyValueCache
from core.model.config import ModelConfig
from core.model.memory import RetrievalMemory, SegmentMemory, mix
from core.model.positions import rotate

CLOSED_GATE = -2.0
"""Where the gate between local attention and what was retrieved starts: an eighth comes from memory."""


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
        qkv = self.qkv(x).view(batch, length, 3, self.heads, self.head_width)
        queries_keys = qkv[:, :, :2]
        if self.gain is not None:  # one of queries and one of keys
            queries_keys = F.rms_norm(queries_keys, (self.head_width,), eps=1e-6) * self.gain
        queries, keys = rotate(queries_keys, rotation).to(x.dtype).permute(2, 0, 3, 1, 4)
        values = qkv[:, :, 2].transpose(1, 2)
        own_values = values
        if cache is not None:
            keys, values = cache.append(self.layer, keys, values)
        causal = mask is None and length > 1
        local = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask, is_causal=causal)
        if retrieval is not None and self.gate is not None:
            plain_queries, plain_keys = queries_keys.to(x.dtype).permute(2, 0, 3, 1, 4)
            found, remembers = retrieval.attend(plain_queries, plain_keys, own_values)
            local = mix(self.gate, local, found, remembers)
        return self.out(local.transpose(1, 2).reshape(batch, length, width))
