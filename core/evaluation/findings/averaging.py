"""Averages of weights along a training at a constant rate, which tell at any time what a decay of the rate would give.

So one training has a whole curve, where a schedule has its end alone (Hägele et al. 2024).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

RECENT = 8
"""The average reaches back over about the last ninth of the steps (polynomial decay, Shamir and Zhang 2013)."""


class AveragedWeights:
    """Of one model's parameters; ``update`` after each step."""

    def __init__(self, model: nn.Module) -> None:
        self.parameters = list(model.parameters())
        self.average = [parameter.detach().clone() for parameter in self.parameters]
        self.step = 0

    @torch.no_grad()
    def update(self) -> None:
        self.step += 1
        torch._foreach_lerp_(self.average, self.parameters, (RECENT + 1) / (self.step + RECENT))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The model has the averages while this lasts."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        for place, parameter in enumerate(self.parameters):
            parameter.data, self.average[place] = self.average[place], parameter.data
