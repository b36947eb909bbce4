"""What the steps since the last report came to."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor


class Meter:
    """Sums up the steps since the last report."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock, self.began = clock, clock()
        self.steps, self.busy = 0, 0.0
        self.total: Tensor | float = 0.0  # tensors are read only for a report, so that a GPU is not waited for
        self.tokens: Tensor | int = 0

    def add(self, loss: Tensor, tokens: Tensor, seconds: float) -> None:
        self.steps += 1
        self.tokens = self.tokens + tokens
        self.busy += seconds
        self.total = self.total + loss

    @property
    def age(self) -> float:
        """Seconds since the last report."""
        return self.clock() - self.began

    @property
    def loss(self) -> float:
        return float(self.total) / self.steps

    @property
    def tokens_per_second(self) -> float:
        return int(self.tokens) / max(self.busy, 1e-9)
