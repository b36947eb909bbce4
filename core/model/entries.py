"""What can be looked up, as compiled code reads it: keys, values, and a byte for each number of a key.

By those bytes all keys are compared, to see which few must be compared exactly (``look_up.h``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from core.model.compiled import LANES, compiled

FOUND = np.dtype([("score", np.float32), ("place", np.int32)])


class _Entries(ctypes.Structure):
    _fields_ = [*((name, ctypes.c_void_p) for name in ("keys", "values", "codes", "scales", "norms", "lengths")),
                *((name, ctypes.c_int32) for name in ("owners", "columns", "blocks", "wide"))]


class Entries:
    """Of some rows, (rows, H, N, D): ``keys`` and ``values``, which must not change, and how many of them count in each
    row, the first ones: ``lengths``."""

    def __init__(self, keys: Tensor, values: Tensor, lengths: Sequence[int]) -> None:
        rows, self.heads, columns, self.width = keys.shape
        self.longest = max(lengths)
        blocks = -(-self.longest // LANES)
        self._codes = torch.from_numpy(np.empty((rows, self.heads, blocks, self.width // 4, LANES, 4), dtype=np.uint8))
        scales, norms = torch.empty(rows, self.heads, self.width), torch.empty(rows, self.heads, 2)
        counts = torch.tensor(lengths, dtype=torch.int32)
        tensors = keys.contiguous(), values.contiguous(), self._codes, scales, norms, counts
        self._alive = tensors
        self.address = ctypes.pointer(_Entries(*(tensor.data_ptr() for tensor in tensors), rows, columns, blocks,
                                               keys.dtype == torch.float32))
        compiled().encode(self.address, self.heads, self.width)

    @property
    def size(self) -> int:
        """Bytes, besides the keys and values."""
        return self._codes.numel()

    def room(self, count: int) -> np.ndarray:
        """In which ``count`` can be looked for."""
        return np.empty(compiled().look_up_room(self.longest, count), dtype=FOUND)

    def nearest(self, queries: Tensor, count: int, row: int = 0) -> Tensor:
        """The places of the ``count`` entries of a row most like each query, (H, Q, D), by inner product: int64 (H, Q,
        count), in no order. The row must have so many."""
        queries, room = queries.float().contiguous(), self.room(count)
        places = torch.empty(*queries.shape[:2], count, dtype=torch.int64)
        compiled().find(self.address, row, self.heads, queries.shape[1], self.width, count,
                        ctypes.c_void_p(queries.data_ptr()), ctypes.c_void_p(room.ctypes.data),
                        ctypes.c_void_p(places.data_ptr()))
        return places


def entries_of(keys: Tensor, values: Tensor, lengths: Sequence[int | None]) -> Entries | None:
    """None where there is no compiled code that could read them, or where a length is None."""
    if (keys.device.type != "cpu" or keys.dtype not in (torch.float32, torch.bfloat16) or keys.shape[-1] % (2 * LANES)
            or None in lengths or compiled() is None):
        return None
    return Entries(keys, values, lengths)
