"""Rotary positions (Su et al. 2021): half of the heads turn by token index, half by musical time.

With musical time "one bar ago" is one fixed angle, however many notes lie between.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from core.model.config import ModelConfig

INDEX_BASE = 10_000.0
"""The usual base: wavelengths from 2π to nearly 2π · 10,000 tokens."""

SHORTEST_TIME = 4.0
"""Shortest wavelength of musical time in 24ths of a quarter note: a sixteenth-triplet, the finest step of the grid."""

LONGEST_TIME = 6144.0
"""Longest wavelength of musical time in 24ths of a quarter note: 64 bars of 4/4."""


class Rotary(nn.Module):
    """Turns integer positions into the cosines and sines that ``rotate`` applies."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        pairs = config.head_width // 2
        steps = torch.arange(pairs, dtype=torch.float32) / pairs
        by_index = INDEX_BASE ** -steps
        wavelengths = SHORTEST_TIME * (LONGEST_TIME / SHORTEST_TIME) ** torch.linspace(0.0, 1.0, pairs)
        kinds = [by_index, 2 * math.pi / wavelengths] if config.musical_time_rotary else [by_index]
        self.heads_a_kind = config.shared_heads // len(kinds)
        self.register_buffer("frequencies", torch.stack(kinds), persistent=False)  # (kinds, pairs), radians a step

    def forward(self, index: Tensor, time: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and signed sines, each (batch, length, 1, heads of keys, head width), in fp32.

        ``index``: token index, int (batch or 1, length). ``time``: 24ths of a quarter note, int (batch, length).
        """
        positions = torch.stack((index.expand_as(time), time), dim=-1)[..., :len(self.frequencies)]
        angles = positions.float()[..., None] * self.frequencies
        cos, sin = angles.cos(), angles.sin()
        cos = torch.cat((cos, cos), dim=-1).repeat_interleave(self.heads_a_kind, dim=-2)
        sin = torch.cat((-sin, sin), dim=-1).repeat_interleave(self.heads_a_kind, dim=-2)
        return cos.unsqueeze(2), sin.unsqueeze(2)


def rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Rotates (batch, length, any, heads of keys, head width); the pair of number i is number i + head width / 2.
    Written by halves, which a compiler reads whole, where it would gather the numbers of a ``roll`` one by one."""
    cos, sin = (part.unflatten(-1, (2, -1)) for part in rotation)
    halves = x.unflatten(-1, (2, -1))
    return (halves * cos + halves.flip(-2) * sin).flatten(-2)
