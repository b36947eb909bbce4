"""What a model is trained on: windows of every task, or streams by one of three strategies, and where they live."""

from __future__ import annotations

from collections.abc import Mapping

from lightning_fabric import Fabric

from core.corpus.batching import (
    Contiguous,
    DiskStreams,
    LongSequence,
    MemoryStreams,
    PerSong,
    Strategy,
    Streams,
    stream_validation,
)
from core.corpus.examples import ExampleSource, validation_batches
from core.corpus.store import Store
from core.tokens.merges import Merges
from core.training.device_batches import DeviceStreams
from core.training.loss import Batch

STRATEGIES: Mapping[str, type[Strategy]] = {"long": LongSequence, "song": PerSong, "contiguous": Contiguous}
WINDOWS = "windows"
EXAMPLES = (WINDOWS, *STRATEGIES)
LOCATIONS = ("disk", "memory", "device")
VALIDATION_WINDOWS = 32
"""Held-out windows of each task that a validation measures."""
VALIDATION_SONGS = 64
"""Held-out songs that a validation reads from their start."""


def streams_at(location: str, store: Store) -> Streams:
    """The store's streams on ``disk``, in ``memory``, or on the ``device`` that the trainer will use."""
    if location == "device":
        return DeviceStreams(store, Fabric(accelerator="auto", devices=1).device)
    return {"disk": DiskStreams, "memory": MemoryStreams}[location](store)


def batch_source(examples: str, location: str, store: Store, context: int, batch_size: int, seed: int,
                 shares: Mapping[str, float] | None = None, rank: int = 0, ranks: int = 1,
                 merges: Merges | None = None) -> ExampleSource | Strategy:
    """Transposed training batches. ``examples``: of EXAMPLES. ``location``: of LOCATIONS; windows come from disk.

    ``merges``: those of the model; for windows alone.
    """
    if examples == WINDOWS:
        return ExampleSource(store, context, batch_size, seed, shares, rank=rank, ranks=ranks, merges=merges)
    return STRATEGIES[examples](streams_at(location, store), context, batch_size, seed, shares, transpose=True,
                                rank=rank, ranks=ranks)


def held_out_batches(examples: str, store: Store, context: int, batch_size: int,
                     merges: Merges | None = None) -> list[Batch]:
    """What a run is measured on: windows of every task, or songs read in order from their start."""
    if examples == WINDOWS:
        return validation_batches(store, context, batch_size, VALIDATION_WINDOWS, merges=merges)
    return stream_validation(store, context, batch_size, VALIDATION_SONGS)
