"""What a model is trained on: windows of every task, or streams by one of three strategies, and where they live."""

from __future__ import annotations

from collections.abc import Mapping

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
from core.corpus.song_walk import HeldOutWalk, SongWalk, WalkBatch
from core.corpus.store import Store
from core.tokens.merges import Merges
from core.training.device_batches import DeviceStreams
from core.training.loss import Batch
from core.training.processes import process_device

STRATEGIES: Mapping[str, type[Strategy]] = {"long": LongSequence, "song": PerSong, "contiguous": Contiguous}
WINDOWS = "windows"
EXAMPLES = (WINDOWS, *STRATEGIES)
LOCATIONS = ("disk", "memory", "device")
VALIDATION_WINDOWS = 32
"""Held-out windows of each task that a validation measures."""
VALIDATION_SONGS = 64
"""Held-out songs that a validation reads from their start."""
VALIDATION_SEGMENTS = 6
"""Segments of each of them, read as a walk, at most."""
RETRIEVAL_CAPACITY = 2048
"""Positions that can be looked up in training; to search more costs more than it teaches. At work all are kept."""


def rows_of(context: int, most: int, tokens: int) -> int:
    """Rows of ``context`` tokens in a step of at most so many ``tokens``; at least one, and no more than ``most``."""
    return max(1, min(most, tokens // context))


def streams_at(location: str, store: Store) -> Streams:
    """The store's streams on ``disk``, in ``memory``, or on the ``device`` that the trainer will use."""
    if location == "device":
        return DeviceStreams(store, process_device())
    return {"disk": DiskStreams, "memory": MemoryStreams}[location](store)


def batch_source(examples: str, location: str, store: Store, context: int, batch_size: int, seed: int,
                 shares: Mapping[str, float] | None = None, rank: int = 0, ranks: int = 1,
                 merges: Merges | None = None, hints: bool = False) -> ExampleSource | Strategy:
    """Transposed training batches. ``examples``: of EXAMPLES. ``location``: of LOCATIONS; windows come from disk.

    ``merges``: those of the model, and ``hints``: whether prompts say more of marked cells; for windows alone.
    """
    if examples == WINDOWS:
        return ExampleSource(store, context, batch_size, seed, shares, rank=rank, ranks=ranks, merges=merges,
                             hints=hints)
    return STRATEGIES[examples](streams_at(location, store), context, batch_size, seed, shares, transpose=True,
                                rank=rank, ranks=ranks)


def held_out_batches(examples: str, store: Store, context: int, batch_size: int,
                     merges: Merges | None = None) -> list[Batch]:
    """What a run is measured on: windows of every task, or songs read in order from their start."""
    if examples == WINDOWS:
        return validation_batches(store, context, batch_size, VALIDATION_WINDOWS, merges=merges)
    return stream_validation(store, context, batch_size, VALIDATION_SONGS)


def walk_source(store: Store, context: int, rows: int, seed: int, shares: Mapping[str, float] | None = None,
                rank: int = 0, ranks: int = 1, hints: bool = False) -> SongWalk:
    """Transposed batches of ``rows`` rows a party for a model with memories; ``hints`` as for windows."""
    return SongWalk(DiskStreams(store), context, rows, seed, shares, transpose=True, rank=rank, ranks=ranks,
                    hints=hints)


def held_out_walk(store: Store, context: int, rows: int) -> list[WalkBatch]:
    """What a run with memories is measured on: windows in songs that are read from their start."""
    walk = HeldOutWalk(store, context, rows, VALIDATION_SONGS // 2, VALIDATION_SEGMENTS)
    return [walk.batch(step) for step in range(len(walk))]
