"""Changes to the model that might learn faster, as patches of an untrained one: what wins clearly may join the model.

They serve trainings alone: none of them knows a cache or a memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.model.transformer import TOKEN, Transformer


class _Shifted(nn.Module):
    """A norm whose output is mixed with that of the token before, each channel by a learned share."""

    def __init__(self, norm: nn.Module, width: int) -> None:
        super().__init__()
        self.norm = norm
        self.share = nn.Parameter(torch.linspace(0.0, 0.5, width))

    def forward(self, x: Tensor) -> Tensor:
        now = self.norm(x)
        return torch.lerp(now, F.pad(now, (0, 0, 1, 0))[:, :-1], self.share.to(now.dtype))


def token_shift(model: Transformer) -> None:
    """Attention sees each token mixed with the one before (RWKV, Peng et al. 2023)."""
    for block in model.blocks:
        block.attention_norm = _Shifted(block.attention_norm, model.config.width)


def value_embeddings(model: Transformer) -> None:
    """Every block adds a table of the tokens to its values."""
    seen: list[Tensor] = []
    model.register_forward_pre_hook(lambda _, given: seen.__setitem__(slice(None), [given[0][..., TOKEN]]))
    width = model.config.shared_heads * model.config.head_width

    def add(table: nn.Embedding) -> Callable[[nn.Module, tuple, Tensor], Tensor]:
        def hook(_: nn.Module, __: tuple, qkv: Tensor) -> Tensor:
            return torch.cat((qkv[..., :-width], qkv[..., -width:] + table(seen[0]).to(qkv.dtype)), dim=-1)
        return hook

    for block in model.blocks:
        block.value_table = nn.Embedding(model.config.vocabulary_size, width)
        nn.init.normal_(block.value_table.weight, std=0.02)
        block.attention.qkv.register_forward_hook(add(block.value_table))


CANDIDATES: Mapping[str, Callable[[Transformer], None]] = {"token shift": token_shift,
                                                           "value embeddings": value_embeddings}
