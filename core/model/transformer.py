"""The decoder: structured embeddings, pre-norm blocks, logits tied to the token embeddings.

Shapes: B batch, T length, W width, V vocabulary. ``features`` is int (B, T, 6), columns as named below.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.model.attention import Attention
from core.model.cache import KeyValueCache
from core.model.config import ModelConfig
from core.model.memory import RetrievalMemory, SegmentMemory
from core.model.positions import Rotary
from core.tokens.merges import Merges

TOKEN, BAR, SLOT, TRACK, PROGRAM, TIME = range(6)
"""Columns of the features. SLOT is 12 times the beat plus the slot in the beat; TIME is in 24ths of a quarter note."""

BARS = 128
BEATS = 16
SLOTS_A_BEAT = 12
TRACKS = 129
PROGRAMS = 130


class Embeddings(nn.Module):
    """All that is known of a token as one sum of rows.

    A token's own row plus the shared rows ``components`` names (int (V, n), 0 for none) plus, with structured
    embeddings, the rows of its bar, slot, track and program.
    """

    def __init__(self, config: ModelConfig, components: Tensor) -> None:
        super().__init__()
        if components.ndim != 2 or len(components) != config.vocabulary_size:
            raise ValueError(f"components must have {config.vocabulary_size} rows, not shape {tuple(components.shape)}")
        if components.numel() and not 0 <= int(components.min()) <= int(components.max()) < config.component_count:
            raise ValueError(f"components must name rows 0 to {config.component_count - 1}")
        self.structured = config.structured_embeddings
        self.vocabulary_size = config.vocabulary_size
        self.register_buffer("components", components.long().clone())
        self.token = _rows(config.vocabulary_size, config.width)
        if self.structured:
            self.shared = _rows(config.component_count, config.width)
            self.shared.data[0] = 0.0
            self.bar = _rows(BARS, config.width)
            self.beat = _rows(BEATS, config.width)
            self.slot_in_beat = _rows(SLOTS_A_BEAT, config.width)
            self.track = _rows(TRACKS, config.width)
            self.program = _rows(PROGRAMS, config.width)
            sizes = [config.vocabulary_size, BARS, BEATS * SLOTS_A_BEAT, TRACKS]
            offsets = torch.tensor([0, *sizes]).cumsum(0)
        else:
            offsets = torch.zeros(1, dtype=torch.long)
        self.register_buffer("offsets", offsets, persistent=False)  # first row of each column's part of the table

    def compose(self) -> Tensor:
        """One table of every row a feature column can name; the first V rows are the tokens."""
        if not self.structured:
            return self.token
        tokens = self.token + F.embedding_bag(self.components, self.shared, mode="sum", padding_idx=0)
        slots = (self.beat[:, None] + self.slot_in_beat).flatten(0, 1)
        return torch.cat((tokens, self.bar, slots, self.track, self.program))

    def look_up(self, features: Tensor, table: Tensor) -> Tensor:
        """The embedded features, (B, T, W)."""
        rows = features[..., :len(self.offsets)] + self.offsets
        return F.embedding(rows, table).sum(dim=-2)


class FeedForward(nn.Module):
    """SwiGLU (Shazeer 2020)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        hidden = config.feed_forward_multiple * config.width
        self.gate_up = nn.Linear(config.width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(F.silu(gate) * up)


class Block(nn.Module):
    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(config.width, eps=1e-6)
        self.attention = Attention(config, layer)
        self.feed_forward_norm = nn.RMSNorm(config.width, eps=1e-6)
        self.feed_forward = FeedForward(config)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor], cache: KeyValueCache | SegmentMemory | None,
                mask: Tensor | None, retrieval: RetrievalMemory | None) -> Tensor:
        x = x + self.attention(self.attention_norm(x), rotation, cache, mask, retrieval)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Transformer(nn.Module):
    """The model. ``components``: int (V, n), the shared embedding rows of each token (see ``Embeddings``).

    ``merges``: what its tokens beyond the plain ones stand for; it travels with the model, whoever copies or saves it.

    Initial weights come from torch's global generator: seed it for the same model again.
    """

    def __init__(self, config: ModelConfig, components: Tensor, merges: Merges | None = None) -> None:
        super().__init__()
        if merges is not None and merges.size != config.vocabulary_size:
            raise ValueError(f"the merges are of {merges.size} tokens, the model of {config.vocabulary_size}")
        self.config = config
        self.merges = merges
        self.embeddings = Embeddings(config, components)
        self.embedding_norm = nn.RMSNorm(config.width, eps=1e-6)
        self.rotary = Rotary(config)
        self.blocks = nn.ModuleList(Block(config, layer) for layer in range(config.layers))
        self.output_norm = nn.RMSNorm(config.width, eps=1e-6)
        self._frozen_table: Tensor | None = None
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                # Each block starts as the identity: what it adds to the stream begins at zero.
                std = 0.0 if name.endswith((".out", ".down")) else module.in_features ** -0.5
                nn.init.normal_(module.weight, std=std)

    @property
    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

    def freeze_embeddings(self) -> None:
        """Composes the embedding table once, for decoding. ``train()`` forgets it; so call again after new weights."""
        with torch.no_grad():
            self._frozen_table = self.embeddings.compose().clone()

    def frozen_table(self) -> Tensor:
        """The composed embeddings, frozen now if they were not."""
        if self._frozen_table is None:
            self.freeze_embeddings()
        return self._frozen_table

    def train(self, mode: bool = True) -> Transformer:
        if mode:
            self._frozen_table = None
        return super().train(mode)

    def new_cache(self, batch: int, capacity: int | None = None) -> KeyValueCache:
        """An empty cache on the model's device; ``capacity`` in tokens, the config's context unless told."""
        weight = self.embeddings.token
        return KeyValueCache(self.config, batch, capacity or self.config.context, weight.device, weight.dtype)

    def forward(self, features: Tensor, cache: KeyValueCache | SegmentMemory | None = None, last_only: bool = False,
                retrieval: RetrievalMemory | None = None) -> Tensor:
        """Logits of the next token, (B, T, V), or (B, 1, V) for the last position alone with ``last_only``.

        Without a cache padding must be on the right. With one, ``features`` are the tokens that come next, one or
        several; PAD is a hole (see ``core.model.cache``) whose own logits mean nothing. A ``SegmentMemory`` in its
        place lets a segment of a song look back at those before. ``retrieval``: what else is remembered of the song.
        """
        table, x, rotation, mask = self._enter(features, cache)
        for block in self.blocks:
            x = block(x, rotation, cache, mask, retrieval)
        if last_only:
            x = x[:, -1:]
        return F.linear(self.output_norm(x), table[:self.config.vocabulary_size])

    def take_in(self, features: Tensor, memory: SegmentMemory | None, retrieval: RetrievalMemory | None,
                depth: int) -> None:
        """Gives the memories what ``forward`` would give them in the first ``depth`` blocks, and does no more: what a
        block gives follows from the blocks below it. What the blocks above have in ``memory`` is then not right."""
        _, x, rotation, mask = self._enter(features, memory)
        for block in self.blocks[:depth - 1]:
            x = block(x, rotation, memory, mask, retrieval)
        last = self.blocks[depth - 1]
        last.attention.take_in(last.attention_norm(x), rotation, memory, retrieval)

    def _enter(self, features: Tensor, cache: KeyValueCache | SegmentMemory | None
               ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor], Tensor | None]:
        """The embedding table, the features in it, (B, T, W), how they are rotated, and where they may look."""
        table = self._frozen_table if self._frozen_table is not None else self.embeddings.compose()
        if cache is None:
            index, mask = torch.arange(features.shape[1], device=features.device)[None], None
        else:
            index, mask = cache.reserve(features[..., TOKEN])
        rotation = self.rotary(index, features[..., TIME])
        return table, self.embedding_norm(self.embeddings.look_up(features, table)), rotation, mask


def _rows(count: int, width: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(count, width) * 0.02)
