"""Causal self-attention with normalised queries and keys (QK-norm, Henry et al. 2020) and rotary positions.

Several heads may share one of keys and values (``ModelConfig.key_value_heads``); they are neighbours. The queries of
such a group are lined up as if they were so many more positions, so that the shared keys are read once.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.model.blocked import attend_blocked
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
        self.shared_heads = config.shared_heads
        self.group = self.heads // self.shared_heads
        self.qkv = nn.Linear(config.width, (self.heads + 2 * self.shared_heads) * self.head_width, bias=False)
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
        plain_queries, plain_keys, queries, keys, values = self.project(x, rotation)
        own_values = values
        if cache is not None:
            keys, values = cache.append(self.layer, keys, values)
        shared = cache.shared(self.layer) if isinstance(cache, KeyValueCache) else None
        if mask is None and length > 1:
            blocked = x.device.type == "cpu" and torch.is_grad_enabled() and self.gain is not None
            attend = attend_blocked if blocked else partial(F.scaled_dot_product_attention, is_causal=True)
            local = attend(queries, self.for_each_head(keys), self.for_each_head(values))
        else:
            if mask is not None and length > 1 and self.group > 1:
                mask = mask.repeat(1, 1, self.group, 1)
            grouped = self.lined_up(queries)
            local = self.apart(attend_shared(grouped, shared, keys, values, mask) if shared is not None else
                               F.scaled_dot_product_attention(grouped, keys, values, attn_mask=mask))
        if retrieval is not None and self.gate is not None:
            found, remembers = retrieval.attend(self.lined_up(plain_queries), plain_keys, own_values)
            local = mix(self.gate, local, self.apart(found), remembers)
        return self.out(local.transpose(1, 2).reshape(batch, length, width))

    def take_in(self, x: Tensor, rotation: tuple[Tensor, Tensor], memory: SegmentMemory | None,
                retrieval: RetrievalMemory | None) -> None:
        """Gives the memories the keys and values of ``x`` that ``forward`` would give them, and does no more."""
        _, plain_keys, _, keys, values = self.project(x, rotation)
        if memory is not None:
            memory.append(self.layer, keys, values)
        if retrieval is not None and self.gate is not None:
            retrieval.hold(plain_keys, values)

    def project(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Queries and keys before they are rotated, then rotated, and values: queries (batch, heads, length, head
        width), the others with heads of keys and values."""
        batch, length, _ = x.shape
        qkv = self.qkv(x).view(batch, length, self.group + 2, self.shared_heads, self.head_width)
        queries_keys = qkv[:, :, :-1]
        if self.gain is not None:  # one of queries and one of keys
            gain = self.gain if self.group == 1 else torch.cat((self.gain[:1].expand(self.group, -1, -1),
                                                                self.gain[1:]))
            queries_keys = F.rms_norm(queries_keys, (self.head_width,), eps=1e-6) * gain
        plain_queries, plain_keys = self._split(queries_keys.to(x.dtype))
        queries, keys = self._split(rotate(queries_keys, rotation).to(x.dtype))
        return plain_queries, plain_keys, queries, keys, qkv[:, :, -1].transpose(1, 2)

    def _split(self, queries_keys: Tensor) -> tuple[Tensor, Tensor]:
        """Queries and keys of (batch, length, group + 1, heads of keys, head width), shaped as ``project`` says."""
        by_head = queries_keys.permute(0, 3, 2, 1, 4)
        return by_head[:, :, :-1].flatten(1, 2), by_head[:, :, -1]

    def lined_up(self, queries: Tensor) -> Tensor:
        """(B, heads, T, D) to (B, heads of keys, group * T, D)."""
        return queries.unflatten(1, (self.shared_heads, self.group)).flatten(2, 3)

    def apart(self, said: Tensor) -> Tensor:
        """(B, heads of keys, group * T, D) to (B, heads, T, D)."""
        return said.unflatten(2, (self.group, -1)).flatten(1, 2)

    def for_each_head(self, shared: Tensor) -> Tensor:
        """Keys or values once for each head: (B, heads of keys, T, D) to (B, heads, T, D)."""
        return shared if self.group == 1 else shared.repeat_interleave(self.group, dim=1)


def attend_shared(queries: Tensor, shared: tuple[Tensor, Tensor], keys: Tensor, values: Tensor,
                  mask: Tensor | None) -> Tensor:
    """Attention over columns that the rows of a prompt share, and over each row's own after them.

    ``queries``: (R, H, Q, D). ``shared``: as ``KeyValueCache.shared`` gives it, each prompt for R / prompts rows;
    ``keys``, ``values``: (R, H, S, D). ``mask``: bool, over both. The shared columns go through memory once a prompt
    instead of once a row, and decoding costs little else (Hydragen, Juravsky et al. 2024). Returns (R, H, Q, D).
    """
    shared_keys, shared_values = shared
    prompts, length = len(shared_keys), shared_keys.shape[-1]
    rows, new = len(queries) // prompts, queries.shape[2]

    def of_prompt(x: Tensor) -> Tensor:
        """(R, H, Q, any) to (prompts, H, rows a prompt * Q, any)."""
        return x.unflatten(0, (prompts, rows)).transpose(1, 2).flatten(2, 3)

    def of_row(x: Tensor) -> Tensor:
        return x.unflatten(2, (rows, new)).transpose(1, 2).flatten(0, 1)

    queries = queries * queries.shape[-1] ** -0.5
    scores = torch.cat((of_row(of_prompt(queries) @ shared_keys), queries @ keys.transpose(2, 3)), dim=-1)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(dim=-1)
    return of_row(of_prompt(weights[..., :length]) @ shared_values) + weights[..., length:] @ values
