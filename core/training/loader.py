"""Batches made ready ahead of the step that takes them, in a thread of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from core.training.loss import Batch

DEPTH = 2
"""Batches that are made ahead: while one is being taken, the next lies ready even if it took long to make."""


class BatchSource(Protocol):
    def batch(self, step: int) -> Batch:
        """The batch of step ``step``, from 0; the same for the same step, however often it is asked."""


@dataclass(frozen=True, eq=False)
class LoadedBatch:
    """A ``batch``, and its ``features`` and ``answer`` as tensors on the device that trains."""

    batch: Batch
    features: Tensor
    answer: Tensor


class Loader:
    """The batches of a source from ``step`` on, one after another. ``to_device`` moves a tensor.

    A context manager: leaving it drops what was made ahead.
    """

    def __init__(self, source: BatchSource, to_device: Callable[[Tensor], Tensor], step: int = 0,
                 depth: int = DEPTH) -> None:
        self.source, self.to_device, self.step, self.depth = source, to_device, step, depth
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._ready: deque[Future[LoadedBatch]] = deque()

    def load(self, step: int) -> LoadedBatch:
        """The batch of ``step``, made now."""
        batch = self.source.batch(step)
        features, answer = (self.to_device(torch.as_tensor(values)) for values in (batch.features, batch.answer))
        return LoadedBatch(batch, features, answer)

    def next(self) -> LoadedBatch:
        """The next batch; waits if it is not ready. Raises what making it raised."""
        self._fill(1)
        ready = self._ready.popleft()
        loaded = ready.result()
        self._fill(self.depth)
        return loaded

    def wait(self) -> None:
        """Waits until everything that was begun is ready."""
        for ready in self._ready:
            ready.result()

    def _fill(self, count: int) -> None:
        while len(self._ready) < count:
            self._ready.append(self._thread.submit(self.load, self.step))
            self.step += 1

    def __enter__(self) -> Loader:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)
