"""Streams that live on the device that trains: batches are cut there, no token is copied from the host."""

from __future__ import annotations

import numpy as np
import torch

from core.corpus.batching import Batch, MemoryStreams, Pieces
from core.corpus.batching.streams import TASK, transpositions
from core.corpus.store import Store
from core.tokens import vocabulary as v


class DeviceStreams:
    """All streams of a store as tensors on ``device``: 10 bytes a token. Cuts what ``MemoryStreams`` does.

    Only where the pieces of a batch lie is sent to the device at each step: 32 bytes a piece. ``memory``: the same
    streams in memory, if they are there already.
    """

    def __init__(self, store: Store, device: torch.device | str, memory: MemoryStreams | None = None) -> None:
        memory = memory or MemoryStreams(store)
        self.device = torch.device(device)
        self.lengths, self.collections = memory.lengths, memory.collections
        self._bounds, self._ranges = memory.bounds, memory.ranges
        # Torch knows little of uint16: the same bits travel as int16.
        self._columns = [torch.from_numpy(column.view(np.int16) if column.dtype == np.uint16 else column)
                         .to(self.device, copy=True) for column in memory.columns.values()]
        self._padding = torch.tensor([v.PAD, 0, 0, v.NO_TRACK, v.NO_PROGRAM, 0], dtype=torch.int32, device=self.device)

    @torch.no_grad()
    def cut(self, pieces: Pieces, rows: int, context: int) -> Batch:
        """The batch of ``rows`` rows and ``context`` columns that the pieces make up; tensors on the device."""
        count = len(pieces.row)
        shift = (np.zeros(count, dtype=np.int64) if pieces.draw is None
                 else transpositions(pieces.draw, *self._ranges[pieces.song].T))
        sent = np.stack([pieces.row * context + pieces.at, self._bounds[pieces.song] + pieces.start, pieces.length,
                         shift])
        place, source, length, shift = torch.from_numpy(sent).to(self.device)
        column = torch.arange(rows * context, device=self.device)
        piece = torch.searchsorted(place, column, right=True) - 1
        offset = column - place[piece]
        real = (piece >= 0) & (offset < length[piece])
        index = torch.where(real, source[piece] + offset, 0)
        found = torch.stack([values[index].int() for values in self._columns], dim=-1)
        token = found[:, 0] & 0xFFFF
        found[:, 0] = token + torch.where((token >= v.PITCH) & (token < v.PITCH + 128), shift[piece], 0)
        features = torch.where(real[:, None], found, self._padding).view(rows, context, -1)
        answer = features[..., 0] != v.PAD
        answer[:, 0] = False
        notes = (features[..., 0] >= v.PITCH) & (features[..., 0] < v.DURATION) & answer
        return Batch(features, answer, notes.sum(dim=1, dtype=torch.int32), (TASK,) * rows,
                     torch.from_numpy(pieces.song_ended).to(self.device))
