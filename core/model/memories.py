"""All that the rows of a batch remember of their songs, in one thing to hold, clear and save."""

from __future__ import annotations

import torch
from torch import Tensor

from core.model.config import ModelConfig
from core.model.memory import RetrievalMemory, SegmentMemory

PLACE_COLUMNS = 3
"""What is said of a remembered position: its song, bar and track."""


class Memories:
    """The memories that a model's config asks for, empty: of ``batch`` rows, ``retrieval`` positions at most to look
    up. ``segments`` and ``retrieval`` are None where the model has no such memory.
    """

    def __init__(self, config: ModelConfig, batch: int, retrieval: int, device: torch.device | str = "cpu") -> None:
        self.config, self.batch, self.capacity, self.device = config, batch, retrieval, torch.device(device)
        self.segments = SegmentMemory(config, batch, config.memory_length, device) if config.memory_length else None
        self.retrieval = (RetrievalMemory(config, batch, retrieval, PLACE_COLUMNS, device)
                          if config.retrieval_layer else None)

    def empty(self, device: torch.device | str, batch: int | None = None) -> Memories:
        """Others of the same kind that remember nothing."""
        return Memories(self.config, batch or self.batch, self.capacity, device)

    def remember(self, present: Tensor, places: Tensor) -> None:
        """Takes in the segment that was read last, where that has not been done in reading: ``present`` bool (B, T),
        ``places`` int32 (B, T, 3)."""
        if self.retrieval is not None:
            self.retrieval.remember(present, places)

    def clear(self, rows: Tensor) -> None:
        """Forgets all of the rows that are True in ``rows``, bool (B,)."""
        for memory in (self.segments, self.retrieval):
            if memory is not None:
                memory.clear(rows)

    def state(self) -> dict[str, Tensor]:
        """What ``load_state`` needs to go on exactly here."""
        return {f"{name}.{key}": value for name, memory in self._named() for key, value in memory.state().items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Puts back what ``state`` gave. Raises ValueError when it is another memory's."""
        for name, memory in self._named():
            memory.load_state({key.removeprefix(f"{name}."): value.to(self.device) for key, value in state.items()
                               if key.startswith(f"{name}.")})

    def _named(self) -> list[tuple[str, SegmentMemory | RetrievalMemory]]:
        pairs = (("segments", self.segments), ("retrieval", self.retrieval))
        return [(name, memory) for name, memory in pairs if memory is not None]
